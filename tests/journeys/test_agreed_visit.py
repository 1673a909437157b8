"""A time for the home verification: agreed on the officer's phone, moved at the desk, given up by the link — in a real browser."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.bookings.models import Booking, BookingState, Session
from community_portal.outbox.models import Message
from community_portal.people.links import link_hash_of
from community_portal.places.working_time import ONE_DAY, WorkCalendar
from community_portal.web.spoken import clock_time
from tests.cast import make_cast
from tests.factories import make_category

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOKEN = "a-token-of-the-test-0123456789"


@pytest.fixture
def scene(db: None) -> Any:
    cast = make_cast()
    cast.taken = register_request(  # type: ignore[attr-defined]
        community=cast.home, category=make_category(name="照护"), words="老伴卧床，想请人上门看看", resident=cast.elder,
        by=cast.reception, at=clock.now(),
    )  # fmt: skip
    return cast


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def day_off() -> dt.date:
    """A day after tomorrow on which nobody works."""
    day = clock.today() + 2 * ONE_DAY
    calendar = WorkCalendar.load(day, day + 30 * ONE_DAY)
    while calendar.is_working(day):
        day += ONE_DAY
    return day


def test_agreed_on_the_phone_moved_at_the_desk_given_up_by_the_link(
    scene: Any, browse: Callable[..., Any], fresh_limits: None
) -> None:
    number = scene.taken.case.number
    field = browse(scene.officer, width=390).new_page()
    field.goto("/field/")
    field.get_by_role("link", name="约时间").click()
    field.get_by_role("radio").first.check()
    field.get_by_label(re.compile("给居民的话")).fill("请准备好病历")
    press(field, "约好上门时间")
    field.wait_for_url("**/field/")
    first = Booking.objects.get(state=BookingState.BOOKED)
    assert (first.resident, first.session.host, first.session.note) == (scene.elder, scene.officer, "请准备好病历")
    expect(field.locator("main")).to_contain_text(clock_time(first.starts_at))  # today, or in the evening tomorrow

    desk = browse(scene.reception, width=1440).new_page()
    desk.goto(f"/requests/{number}/")
    expect(desk.locator("#agreed")).to_contain_text("网格员 周敏")
    desk.locator("#agreed").get_by_role("link", name="改时间").click()
    day = day_off()
    desk.get_by_role("radio", name="别的时间").check()
    desk.get_by_label(re.compile("别的时间，写在这里")).fill(f"{day}T09:30")
    press(desk, "约好上门时间")
    expect(desk.locator("#id_starts_at_errors")).to_contain_text("这个时间不上班")
    assert desk.get_by_label(re.compile("别的时间，写在这里")).input_value() == f"{day}T09:30"
    desk.get_by_label("居民要求这个时间").check()
    press(desk, "约好上门时间")
    expect(desk.locator("#agreed")).to_contain_text(f"{day.month}月{day.day}日 上午 9:30")
    expect(desk.get_by_text(f"居民约在 {day:%m-%d} 9:30，时限顺延到")).to_be_visible()
    second = Booking.objects.get(state=BookingState.BOOKED)
    assert second.moved_from == first and Session.objects.filter(state="open").count() == 1

    Booking.objects.filter(pk=second.pk).update(link_hash=link_hash_of(TOKEN))
    nobody = browse(None, width=390).new_page()
    nobody.goto(f"/b/{TOKEN}/")
    expect(nobody.get_by_text("网格员周敏到您家")).to_be_visible()
    expect(nobody.get_by_text("改时间", exact=True)).to_have_count(0)
    nobody.get_by_text("不方便了？").click()
    nobody.get_by_role("radio", name="时间不合适").check()
    nobody.get_by_label("手机号后四位").fill("2046")
    press(nobody, "取消预约")
    expect(nobody.get_by_text("网格员会再跟您约时间")).to_be_visible()
    assert Message.objects.filter(kind="host_visit_cancelled", user=scene.officer).exists()
    desk.reload()
    expect(desk.locator("#agreed")).to_contain_text("时间不合适")
    expect(desk.locator("#agreed").get_by_role("link", name="另约时间")).to_be_visible()
    assert HelpRequest.objects.get().planned_visit == second


def test_a_resident_gives_up_his_own_visit_without_javascript(scene: Any, browse: Callable[..., Any]) -> None:
    desk = browse(scene.reception, width=1440, java_script_enabled=False).new_page()
    desk.goto(f"/requests/{scene.taken.case.number}/plan_visit/")
    desk.get_by_role("radio").first.check()
    press(desk, "约好上门时间")
    Session.objects.update(starts_at=clock.now() + 2 * ONE_DAY, ends_at=clock.now() + 3 * ONE_DAY)
    Booking.objects.update(starts_at=clock.now() + 2 * ONE_DAY, ends_at=clock.now() + 3 * ONE_DAY)
    page = browse(scene.elder_account, width=390, elder=True, java_script_enabled=False).new_page()
    page.goto("/")
    expect(page.get_by_text("网格员周敏到您家")).to_be_visible()
    page.goto(f"/my/requests/{scene.taken.case.number}/")
    page.get_by_role("link", name="不方便？可以取消").click()
    page.get_by_text("不方便了？").click()
    press(page, "取消预约")
    page.goto(f"/my/requests/{scene.taken.case.number}/")
    expect(page.get_by_text("我们会再跟您约时间")).to_be_visible()
    assert Session.objects.get().state == "cancelled"
