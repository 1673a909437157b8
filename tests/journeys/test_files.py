"""Photos chosen for a form that is refused: they stay chosen, the form is done once, and no sentence is lost on the way."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import Page, expect

from appointments.models import HelpRequest
from community_portal.casework.models import Attachment
from tests.cast import Cast, make_cast
from tests.factories import make_category

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(db: None) -> Cast:
    make_category(name="维修", code="repair")
    return make_cast()


def photo() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((60, 40), 60).save(out, "JPEG")
    return out.getvalue()


def choose(page: Page, *names: str) -> None:
    files: Any = [{"name": name, "mimeType": "image/jpeg", "buffer": photo()} for name in names]
    page.get_by_label(re.compile("照片")).set_input_files(files)
    for name in names:
        expect(page.get_by_alt_text(name)).to_be_visible()


def test_a_resident_whose_form_is_refused_keeps_his_photos(house: Cast, browse: Callable[..., Any]) -> None:
    page = browse(house.elder_account).new_page()
    page.goto("/help/")
    page.get_by_role("radio", name="维修").check()
    page.get_by_label("说说遇到的难处").fill("字" * 2001)
    choose(page, "stairs.jpg", "lamp.jpg")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("最多 2000 字，现在 2001 字")).to_be_visible()
    expect(page.get_by_text("选好的照片和文件还在。")).to_be_visible()
    expect(page.get_by_label("说说遇到的难处")).to_be_focused()
    expect(page.get_by_alt_text("lamp.jpg")).to_be_visible()
    page.get_by_label("说说遇到的难处").fill("楼道灯坏了。")
    page.get_by_role("button", name="提交").dblclick()
    expect(page.get_by_text("已登记，编号")).to_be_visible()
    assert HelpRequest.objects.count() == 1 and Attachment.objects.count() == 2


def test_the_desk_keeps_the_photos_while_it_looks_whether_it_is_the_same_person(
    house: Cast, browse: Callable[..., Any]
) -> None:
    page = browse(house.reception, width=1440).new_page()
    page.goto("/desk/intake/")
    page.get_by_label("姓名").fill(house.elder.name)
    page.get_by_role("radio", name="维修").check()
    page.get_by_label("居民怎么说，就怎么记").fill("楼道灯坏了。")
    choose(page, "stairs.jpg")
    page.locator("#intake-button button").click()
    expect(page.get_by_text("先看看是不是同一个人")).to_be_visible()
    expect(page.get_by_text("选好的照片和文件还在。")).to_be_visible()
    page.locator("#main").get_by_role("link", name=re.compile(house.elder.name)).first.click()
    expect(page.locator("p.chosen")).to_be_visible()
    page.locator("#intake-button button").click()
    expect(page.get_by_text("已登记 LT-")).to_be_visible()
    assert Attachment.objects.count() == 1


def test_a_form_that_cannot_be_shown_again_is_answered_as_ever(house: Cast, browse: Callable[..., Any]) -> None:
    """It stood open too long: the page with its words."""
    page = browse(house.elder_account).new_page()
    page.goto("/help/")
    page.get_by_role("radio", name="维修").check()
    page.get_by_label("说说遇到的难处").fill("楼道灯坏了。")
    choose(page, "stairs.jpg")
    page.locator("main input[name=csrfmiddlewaretoken]").first.evaluate("at => { at.value = 'x'.repeat(64) }")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("这个页面放得太久了")).to_be_visible()
    expect(page.get_by_text("楼道灯坏了。")).to_be_visible()


def test_without_script_it_is_said_that_they_must_be_chosen_again(house: Cast, browse: Callable[..., Any]) -> None:
    page = browse(house.reception, width=1440, java_script_enabled=False).new_page()
    page.goto("/desk/intake/")
    page.get_by_label("姓名").fill(house.elder.name)
    page.get_by_role("radio", name="维修").check()
    page.get_by_label("居民怎么说，就怎么记").fill("楼道灯坏了。")
    page.get_by_label(re.compile("照片")).set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    page.locator("#intake-button button").click()
    expect(page.get_by_text("先看看是不是同一个人")).to_be_visible()
    expect(page.get_by_text("照片要再选一次。")).to_be_visible()


def test_a_script_is_told_where_the_form_leads(house: Cast, client: Client) -> None:
    client.force_login(house.elder_account)
    words = {"category": make_category().pk, "words": "灯坏了", "once": "k" * 20}
    for _sent in range(2):
        told = client.post("/help/", words, headers={"X-Files-Stay": "1"})
        assert (told.status_code, told["Location"]) == (204, f"/my/requests/{HelpRequest.objects.get().case.number}/")
    assert "已登记" in client.get(told["Location"]).content.decode()
