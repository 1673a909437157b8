"""The forms of the steps: who has how much in hand, what was drawn and chosen is not lost, and consent is seen where it counts."""

import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from appointments.models import HelpRequest
from appointments.requests.actions import steps
from appointments.requests.actions.intake import register_request
from appointments.requests.queries import why_this_officer
from community_portal import clock
from community_portal.casework.models import Task
from community_portal.matters.actions import extensions, hands
from community_portal.matters.actions.steps import take
from community_portal.matters.actions.words import answer
from community_portal.people.models import Household, Purpose, Role
from community_portal.people.own_account.consents import give_consent, standings_of, withdraw_consent
from tests.cast import Cast
from tests.factories import make_category, make_grid, make_member, make_resident


@pytest.fixture
def taken(cast: Cast) -> HelpRequest:
    return register_request(
        community=cast.home,
        category=make_category(),
        words="灯坏了",
        resident=cast.elder,
        by=cast.reception,
        at=clock.now(),
    )


def test_whom_to_send_is_told_by_grid_and_by_work_in_hand(cast: Cast, taken: HelpRequest, signed_in: Any) -> None:
    make_member(Role.GRID_OFFICER, grid=make_grid(community=cast.home, number=4), name="戴晓燕")
    page = signed_in(cast.manager).get(f"/requests/{taken.case.number}/assign/").content.decode()
    assert "周敏 · 3 网格 · 手上 1 件" in page and "戴晓燕 · 4 网格</span>" in page


def test_work_elsewhere_is_not_counted_here(cast: Cast, taken: HelpRequest, signed_in: Any) -> None:
    HelpRequest.objects.filter(pk=taken.pk).update(community=cast.next_door)
    Task.objects.filter(case=taken.case).update(community=cast.next_door)
    other = register_request(
        community=cast.home,
        category=taken.category,
        words="水管漏了",
        resident=cast.elder,
        by=cast.reception,
        at=clock.now(),
    )
    page = signed_in(cast.manager).get(f"/requests/{other.case.number}/assign/").content.decode()
    assert "手上 1 件" in page


def test_an_address_that_names_no_building_is_not_called_missing(cast: Cast) -> None:
    home = Household.objects.create(community=cast.home, address="火星路 99幢")
    somewhere = make_resident(community=cast.home, household=home)
    request = register_request(
        community=cast.home,
        category=make_category(),
        words="灯坏了",
        resident=somewhere,
        by=cast.reception,
        at=clock.now(),
    )
    assert "没有认出住址里的幢" in why_this_officer(request)


def test_photos_are_taken_only_of_who_agreed(cast: Cast, taken: HelpRequest, signed_in: Any) -> None:
    def hint() -> str:
        return signed_in(cast.officer).get(f"/requests/{taken.case.number}/verify/").content.decode()

    assert "拍之前先问一声" in hint() and "灯坏了" in hint()
    version = standings_of(cast.elder)[0].wording.version
    give_consent(cast.elder, purpose=Purpose.PHOTOS, version=version, channel="desk", by=cast.reception, at=clock.now())
    assert "同意过拍照" in hint()
    withdraw_consent(cast.elder, purpose=Purpose.PHOTOS, by=cast.reception, at=clock.now())
    assert "不同意拍照" in hint()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_signature_outlives_a_turned_phone_and_a_page_that_was_refused(
    cast: Cast, taken: HelpRequest, browse: Callable[..., Any]
) -> None:
    page = browse(cast.officer, has_touch=True).new_page()
    page.goto(f"/requests/{taken.case.number}/verify/")
    pad = page.locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 90, steps=5)
    page.mouse.up()
    drawn = page.locator("#main [name=signature]").input_value()
    page.set_viewport_size({"width": 844, "height": 390})  # the phone is turned on its side
    assert pad.evaluate("canvas => canvas.toDataURL('image/png')") == drawn
    page.get_by_role("button", name="记录核实结果").click()
    expect(page.locator(".field-error").first).to_be_visible()
    assert page.locator("#main [name=signature]").input_value() == drawn
    inked = (
        "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte)"
    )
    page.wait_for_function(f"() => ({inked})(document.querySelector('canvas'))")
    page.get_by_text("情况属实").click()
    page.get_by_label("看到、听到的").fill("确实坏了")
    page.get_by_role("button", name="记录核实结果").click()
    page.wait_for_url(f"**/requests/{taken.case.number}/")
    kept = taken.home_visits.get().signature
    assert kept is not None and Image.open(io.BytesIO(kept.file.read())).convert("L").getextrema()[0] < 128
    assert base64.b64decode(drawn.partition(",")[2])


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_on_a_phone_the_call_stands_at_the_top(cast: Cast, taken: HelpRequest, browse: Callable[..., Any]) -> None:
    for width, is_seen in ((390, True), (1440, False)):
        page = browse(cast.officer, width=width).new_page()
        page.goto(f"/requests/{taken.case.number}/")
        call = page.locator(".page-actions a[href='tel:+8613800002046']")
        assert call.is_visible() == is_seen and (not is_seen or call.bounding_box()["y"] < 500)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_photos_do_not_travel_with_a_form_that_plainly_lacks_something(
    cast: Cast, taken: HelpRequest, browse: Callable[..., Any], tmp_path: Path
) -> None:
    take(taken, "set_out", by=cast.officer, at=clock.now())
    photo = tmp_path / "lamp.jpg"
    Image.new("RGB", (40, 40), "red").save(photo)
    page = browse(cast.officer).new_page()
    page.goto(f"/requests/{taken.case.number}/verify/")
    page.locator("[name=photos]").set_input_files(photo)
    page.get_by_role("button", name="记录核实结果").click()
    assert page.locator("[name=photos]").evaluate("field => field.files.length") == 1
    assert not page.locator(".field-error").count()
    page.get_by_text("情况属实").click()
    page.get_by_label("看到、听到的").fill("确实坏了")
    page.get_by_role("button", name="记录核实结果").click()
    assert page.locator("[name=signed_by]").evaluate("who => who.validationMessage").startswith("请居民签名")
    page.locator("[name=signed_by]").fill("陈平")
    page.get_by_role("button", name="记录核实结果").click()
    page.wait_for_url(f"**/requests/{taken.case.number}/")
    assert taken.case.attachments.count() == 1


def test_an_extension_asked_for_waits_in_the_managers_inbox_until_it_is_decided(
    cast: Cast, taken: HelpRequest, signed_in: Any
) -> None:
    now = clock.now()
    take(taken, "set_out", by=cast.officer, at=now)
    steps.verify(taken, finding="confirmed", words="确实坏了", signed_by="陈平", by=cast.officer, at=now)
    steps.handle(taken, by=cast.officer, at=now)
    manager, officer, desk = (signed_in(who) for who in (cast.manager, cast.officer, cast.reception))

    def inbox_of(client: Any) -> str:
        return client.get("/inbox/").content.decode()

    assert taken.case.number not in inbox_of(manager)
    extensions.ask_extension(taken, days=3, words="等配件", by=cast.officer, at=now)
    assert "批延期" in inbox_of(manager) and "批延期" in manager.get("/desk/").content.decode()
    assert "批延期" not in inbox_of(officer) and taken.case.number in inbox_of(officer)
    assert taken.case.number not in inbox_of(desk)
    hands.hand_over(taken, officer=cast.reception, words="", by=cast.manager, at=now)
    assert "批延期" in inbox_of(manager)
    take(taken, "ask_resident", words="几楼的灯？", by=cast.reception, at=now)
    assert taken.case.number not in inbox_of(manager)  # nothing can be decided while the resident is asked
    answer(taken, words="三楼", by=cast.reception, at=now)
    assert "批延期" in inbox_of(manager)
    extensions.refuse_extension(taken, words="先用临时灯", by=cast.manager, at=now)
    assert taken.case.number not in inbox_of(manager)


def test_the_words_a_step_asks_for_say_what_for(cast: Cast, taken: HelpRequest, signed_in: Any) -> None:
    seen = {"finding": "confirmed", "words": "属实", "signed_by": "女儿"}
    steps.verify(taken, by=cast.officer, at=clock.now(), **seen)
    page = signed_in(cast.officer)
    for step, label in (("ask_extension", "为什么要延期"), ("ask_resident", "请居民补充什么")):
        assert label in page.get(f"/requests/{taken.case.number}/{step}/").content.decode()


def test_who_gets_no_message_is_said_on_the_request(cast: Cast, taken: HelpRequest, signed_in: Any) -> None:
    def page() -> str:
        return signed_in(cast.officer).get(f"/requests/{taken.case.number}/").content.decode()

    assert "收不到短信" not in page()
    withdraw_consent(cast.elder, purpose=Purpose.SMS, by=cast.reception, at=clock.now())
    assert "收不到短信" in page()
