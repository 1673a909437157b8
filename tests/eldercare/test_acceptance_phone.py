"""An acceptance on two phones: one begins, another finishes, three sign with a finger, and it is accepted."""

from collections.abc import Callable
from typing import Any

import pytest

from community_portal.casework.actions import commission
from community_portal.people.models import Role
from eldercare.models import Adaptation
from eldercare.workflow.states import State
from tests.eldercare.built import MONDAY, make_accepting, make_firm

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def draw(page: Any) -> None:
    """A stroke across the canvas."""
    page.locator("canvas").scroll_into_view_if_needed()
    box = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60)
    page.mouse.up()


def test_half_done_by_one_and_finished_by_another(cast: Any, browse: Callable[..., Any]) -> None:
    adaptation, _visit = make_accepting(cast, "rail", "floor")
    firm, assessor = make_firm("颐评评估中心", Role.ASSESSOR)
    commission(adaptation, organisation=firm, by=cast.reception, at=MONDAY)
    url = f"/eldercare/{adaptation.case.number}/accept/"

    first = browse(assessor).new_page()
    first.goto(url)
    first.get_by_role("button", name="这一项通过").click()
    first.wait_for_url(f"**{url}2/")
    assert "还有 1 项没验" in first.locator("main").inner_text()
    assert first.evaluate("document.documentElement.scrollWidth") <= 390

    second = browse(cast.street_officer).new_page()
    second.goto(url)
    assert second.locator(".parts .is-ok").count() == 1
    second.get_by_role("button", name="这一项通过").click()
    second.wait_for_url(f"**{url}")
    for line in (1, 2):
        second.goto(f"{url}{line}/")
        second.get_by_label("序列号").fill(f"GL-{line}")
        second.get_by_text("能用", exact=True).first.click()
        second.get_by_role("button", name="存好第 1 件").click()
        second.get_by_text("已存好。").wait_for()
    second.goto(f"{url}talk/?who=self")
    second.locator("label.option", has_text="5").first.click()
    second.get_by_label("怎么说的，原话").fill("夜里不用摸黑了")
    second.get_by_role("button", name="记下").click()
    second.wait_for_url(f"**{url}")
    for body, name in (("third_party", "沈惠芳"), ("community", "周文彬"), ("street", "陆海燕")):
        second.goto(f"{url}party/")
        form = second.locator("form[action$='/party/']")
        form.locator("xpath=ancestor::details").evaluate("at => { at.open = true; }")
        form.get_by_label("代表哪一方").select_option(body)
        form.get_by_label("姓名").fill(name)
        form.get_by_role("button", name="参加验收").click()
        second.wait_for_url(f"**{url}party/*/")
        draw(second)
        second.get_by_role("button", name="签字").click()
        second.wait_for_url(f"**{url}")
    second.get_by_role("link", name="验收通过").click()
    second.get_by_label("说明").fill("三方都在")
    second.get_by_role("button", name="验收通过").click()
    second.wait_for_url(f"**/eldercare/{adaptation.case.number}/")
    assert Adaptation.objects.get(pk=adaptation.pk).state == State.ACCEPTED
