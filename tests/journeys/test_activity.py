"""What the house has on: planned at the desk, signed up for on the phone, moved to another room — in a real browser."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from community_portal import clock
from community_portal.bookings.models import Booking, BookingState, Session
from community_portal.outbox.sweep import deliver_due
from community_portal.places.models import Room
from tests.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(db: None) -> Any:
    cast = make_cast()
    for name, seats in (("韬奋书吧", 20), ("议事厅", 30)):
        Room.objects.create(community=cast.home, name=name, capacity=seats)
    return cast


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def test_planned_signed_up_for_moved_and_everybody_knows(scene: Any, browse: Callable[..., Any]) -> None:
    desk = browse(scene.reception, width=1440).new_page()
    desk.goto("/desk/activities/")
    desk.get_by_role("link", name="办一场活动").first.click()
    desk.get_by_label("活动名称").fill("春日诗会")
    desk.get_by_label("哪一天").fill(f"{clock.today() + dt.timedelta(days=5)}")
    desk.get_by_label("从几点").fill("14:00")
    desk.get_by_label("到几点").fill("16:00")
    desk.get_by_label("房间").select_option(label="韬奋书吧")
    desk.get_by_label("名额").fill("25")
    press(desk, "保存")
    expect(desk.locator("#id_capacity_errors")).to_contain_text("坐得下")
    assert desk.get_by_label("活动名称").input_value() == "春日诗会", "nothing typed is lost"
    desk.get_by_label("名额").fill("20")
    press(desk, "保存")
    expect(desk.get_by_text("居民现在就能报名")).to_be_visible()

    phone = browse(scene.elder_account, width=390).new_page()
    phone.goto("/activities/")
    expect(phone.locator("main")).to_contain_text("韬奋书吧")
    phone.get_by_role("button", name="报名 · 春日诗会").click()
    press(phone, "报名")
    phone.wait_for_url("**/bookings/**")
    booking = Booking.objects.get(state=BookingState.BOOKED)
    assert booking.resident == scene.elder
    phone.goto("/activities/")
    expect(phone.get_by_role("link", name="已报名 · 春日诗会")).to_be_visible()

    desk.get_by_role("link", name="修改").click()
    desk.get_by_label("房间").select_option(label="议事厅")
    press(desk, "保存")
    expect(desk.get_by_text("会告诉 1 位报名的人")).to_be_visible()
    assert Session.objects.get().room.name == "议事厅"
    deliver_due(at=clock.now())
    phone.goto("/notices/")
    expect(phone.locator("main")).to_contain_text("地点有变：春日诗会")
    expect(phone.locator("main")).to_contain_text("议事厅")

    desk.get_by_label("姓名、拼音首字母、电话后四位").last.fill("陈平")
    press(desk, "找")
    expect(desk.locator("main").get_by_text("已报名", exact=True)).to_be_visible()
    desk.locator("summary", has_text="取消活动").click()
    desk.get_by_label("为什么").fill("停电")
    desk.locator(".confirm-box").get_by_role("button", name="取消活动").click()
    expect(desk.get_by_text("会告诉 1 位报名的人")).to_be_visible()
    booking.refresh_from_db()
    assert booking.state == BookingState.CANCELLED
    phone.goto("/activities/")
    expect(phone.locator("main")).not_to_contain_text("春日诗会")
