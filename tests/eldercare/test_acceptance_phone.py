"""An acceptance on two phones: one begins, another finishes, three sign with a finger, and it is accepted; and one without a network."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from community_portal import clock
from community_portal.casework.actions import commission
from community_portal.casework.models import Event
from community_portal.people.models import Role
from community_portal.places.models import Street
from eldercare.actions.acceptance import record_interview, record_line
from eldercare.models import Adaptation, Interview
from eldercare.workflow.states import State
from tests.eldercare.built import MONDAY, make_accepting, make_firm
from tests.front.test_kept_forms import COUNT, photo, wait_until_sent

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


# ---- without a network -------------------------------------------------------------------------------------------------
def kept_here(cast: Any) -> tuple[Adaptation, Any, str]:
    Street.objects.filter(pk=cast.street.pk).update(keeps_forms=True)
    adaptation, visit = make_accepting(cast, "rail", "floor")
    return adaptation, visit, f"/eldercare/{adaptation.case.number}/accept/"


def wait_for(page: Page, count: int) -> None:
    expect(page.locator("[data-kept-send]")).to_contain_text(f"还有 {count} 条没发出")


def opened(page: Page, words: str) -> Locator:
    more = page.locator("details.more-card", has=page.locator("summary", has_text=words))
    more.evaluate("at => { at.open = true; }")
    return more


def test_lines_photos_products_and_talks_wait_for_the_network(cast: Any, browse: Callable[..., Any]) -> None:
    adaptation, visit, url = kept_here(cast)
    context = browse(cast.street_officer)
    page = context.new_page()
    page.goto(url)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.set_offline(True)

    card = page.locator("#card form")
    file: Any = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    card.locator("input[type=file]").set_input_files([file])
    expect(card.locator(".photo-preview img")).to_have_count(1)
    card.get_by_role("button", name="这一项通过").click()
    wait_for(page, 1)

    floor = opened(page, "防滑")
    floor.locator("summary", has_text="哪里不对").first.click()
    floor.get_by_label("哪里不对").first.fill("一脚踩上去还滑")
    floor.get_by_label("哪天前改好").first.fill(f"{clock.today() + dt.timedelta(days=5)}")
    floor.get_by_role("button", name="不通过").click()
    wait_for(page, 2)

    product = page.locator("#product form").first
    product.get_by_label("序列号").fill("GL-77")
    product.get_by_text("能用", exact=True).click()
    product.get_by_role("button", name="存好第 1 件").click()
    wait_for(page, 3)

    talk = opened(page, "和老人谈")
    talk.locator("label.option", has_text="5").first.click()
    talk.get_by_label("怎么说的，原话").fill("夜里不用摸黑了")
    talk.get_by_role("button", name="记下").click()
    wait_for(page, 4)
    assert not visit.lines.exclude(result="").exists()

    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto("/eldercare/")
    wait_until_sent(again)
    rail, floor_row = visit.lines.order_by("line__number")
    assert (rail.result, floor_row.result, floor_row.defect) == ("pass", "fail", "一脚踩上去还滑")
    assert rail.photo is not None
    assert rail.line.products.get().serial == "GL-77"
    heard = Interview.objects.get()
    assert (heard.score, heard.words) == (5, "夜里不用摸黑了")
    lines = Event.objects.filter(case=adaptation.case, kind__in=["line_accepted", "product_recorded", "interviewed"])
    kept = [event for event in lines if "captured_at" in event.detail]
    assert len(kept) == 4
    assert rail.checked_at < min(event.at for event in kept), "when it was looked at, not when it was sent"


def test_a_line_that_somebody_decided_meanwhile_shows_both_versions(cast: Any, browse: Callable[..., Any]) -> None:
    _adaptation, visit, url = kept_here(cast)
    context = browse(cast.street_officer)
    page = context.new_page()
    page.goto(url)
    context.set_offline(True)
    floor = opened(page, "防滑")
    floor.get_by_label("说明").first.fill("我看是好的")
    floor.get_by_role("button", name="这一项通过").click()
    wait_for(page, 1)
    row = visit.lines.get(line__item__code="floor")
    wrong = {"defect": "门口那块翘了", "rectify_by": clock.today()}
    record_line(row, result="fail", seen=row.version, by=cast.reception, at=clock.now(), **wrong)

    context.set_offline(False)
    page.wait_for_url("**/kept/")
    kept = page.locator(".kept-row")
    expect(kept.locator("[data-mine]")).to_contain_text("我看是好的")
    expect(kept.locator("[data-theirs]")).to_contain_text("门口那块翘了")
    expect(kept.locator("[data-theirs]")).not_to_contain_text("安装扶手")
    row.refresh_from_db()
    assert (row.result, row.words) == ("fail", ""), "nothing of theirs is written over"
    kept.locator("[data-again]").click()
    card = page.locator("#card form")
    expect(card.get_by_label("说明")).to_have_value("我看是好的")
    card.get_by_role("button", name="这一项通过").click()
    page.wait_for_url(f"**{url}1/")
    row.refresh_from_db()
    assert (row.result, row.words) == ("pass", "我看是好的")
    assert page.evaluate(COUNT) == 0


def test_a_later_talk_with_the_same_person_is_not_written_over(cast: Any, browse: Callable[..., Any]) -> None:
    adaptation, visit, url = kept_here(cast)
    context = browse(cast.street_officer)
    page = context.new_page()
    page.goto(url)
    context.set_offline(True)
    talk = opened(page, "和老人谈")
    talk.locator("label.option", has_text="3").first.click()
    talk.get_by_role("button", name="记下").click()
    wait_for(page, 1)
    name = adaptation.resident.name
    said = {"name": name, "relation": "self", "score": 5, "words": "后来又谈了一次"}
    record_interview(adaptation, visit=visit, by=cast.reception, at=clock.now(), **said)
    context.set_offline(False)
    page.wait_for_url("**/kept/")
    expect(page.locator(".kept-row [data-theirs]")).to_contain_text("后来又谈了一次")
    assert Interview.objects.get().score == 5
    page.locator(".kept-row [data-again]").click()
    page.wait_for_url(f"**{url}talk/?who=self&kept=*")
    expect(page.locator("input[name=score][value='3']")).to_be_checked()
