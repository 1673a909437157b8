"""The living room of Longtian: a husband asks for care for his wife, and it is followed to the last word — in a real browser."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from appointments.models import HelpRequest
from community_portal import clock
from community_portal.bookings.actions import open_planned_sessions
from community_portal.bookings.models import Booking, BookingState
from community_portal.outbox.models import Message
from community_portal.people.models import User
from tests.cast import make_cast
from tests.factories import make_category, make_opening, make_resident, make_service

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(db: None) -> Any:
    cast = make_cast()
    cast.wife = make_resident(household=cast.household, name="吴秀英", phone=None)  # type: ignore[attr-defined]
    make_category(name="照护", code="care", papers=["身份证复印件", "诊断证明"])
    service = make_service(code="allowance", name="高龄津贴申领")
    for weekday in range(7):
        make_opening(community=cast.home, service=service, weekday=weekday, starts_at=dt.time(9), ends_at=dt.time(11))
    open_planned_sessions(at=clock.now())
    return cast


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def test_from_the_first_word_at_the_desk_to_the_call_back(scene: Any, browse: Callable[..., Any]) -> None:
    desk = browse(scene.reception, width=1440).new_page()
    desk.goto("/desk/")
    desk.keyboard.press("n")
    desk.wait_for_url("**/desk/intake/")
    desk.get_by_label("姓名").first.press_sequentially("吴秀", delay=30)
    desk.get_by_role("link", name=re.compile("吴秀英")).click()
    expect(desk.get_by_role("button", name=re.compile("登记并派给 3 网格 · 周敏"))).to_be_visible()
    desk.get_by_role("radio", name="照护").check()
    desk.get_by_label("居民怎么说，就怎么记").fill("老伴中风躺床上，我一个人翻不动她。")
    desk.get_by_role("button", name=re.compile("登记并派给")).click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("老伴中风躺床上")
    found = HelpRequest.objects.get()
    assert (found.case.number, found.handler) == (f"LT-{clock.today():%y}-0001", scene.officer)
    expect(desk.get_by_text("为什么是这个时限？")).to_be_visible()

    field = browse(scene.officer, width=390).new_page()
    field.goto("/field/")
    press(field, "出发")
    field.get_by_role("link", name="记录").click()
    field.get_by_role("radio", name="情况属实").check()
    field.get_by_label("看到、听到的").fill("卧床，翻身要人帮。")
    field.get_by_label(re.compile("签名人")).fill("陈平")
    press(field, "记录核实结果")

    desk.goto(f"/requests/{found.case.number}/apply/")
    press(desk, "代办申请")
    expect(desk.get_by_text("2 项，已收 0 项")).to_be_visible()
    desk.goto(f"/requests/{found.case.number}/resolve/")
    desk.get_by_role("radio", name="已解决").check()
    desk.get_by_label("告诉居民").fill("护理员下周一开始上门。")
    press(desk, "办好了")
    desk.goto(f"/requests/{found.case.number}/call_back/")
    desk.get_by_role("radio", name="5 很满意").check()
    press(desk, "回访并办结")
    found.refresh_from_db()
    assert (found.state, found.outcome, found.satisfaction, found.is_errand) == ("closed", "solved", 5, True)


def test_four_taps_from_the_phone_number_to_a_booking(
    scene: Any, browse: Callable[..., Any], fresh_limits: None
) -> None:
    """Signs in by code, books, cancels, takes it back: on a phone, by a resident in elder mode."""
    phone = browse(None, width=390, elder=True).new_page()
    phone.goto("/book/")
    phone.get_by_role("link", name=re.compile("高龄津贴申领")).click()
    phone.locator(".days a").nth(1).click()  # not today: that may be too late to cancel
    phone.locator(".slots button").first.click()
    phone.get_by_label("手机号").fill("13800002046")
    press(phone, "发验证码")
    code = Message.objects.get(kind="login_code").context["code"]
    phone.locator("input[name=code]").fill(code)
    press(phone, "登录")
    phone.locator(".slots button").first.click()
    expect(phone.get_by_text("这个名额为您留到")).to_be_visible()
    press(phone, "就约这个时间")
    expect(phone.get_by_role("heading", name="约好了")).to_be_visible()
    booking = Booking.objects.get(state=BookingState.BOOKED)
    assert booking.resident == scene.elder
    assert Message.objects.filter(kind="booking_confirmed", resident=scene.elder).exists()
    phone.get_by_text("不来了？").click()
    press(phone, "取消预约")
    press(phone, "点错了，不取消")
    booking.refresh_from_db()
    assert booking.state == BookingState.BOOKED


def test_all_of_it_without_javascript(scene: Any, browse: Callable[..., Any]) -> None:
    page = browse(scene.elder_account, width=390, java_script_enabled=False).new_page()
    page.goto("/help/")
    page.get_by_role("radio", name="照护").check()
    page.get_by_label("说说遇到的难处").fill("楼道灯坏了，看不见台阶。")
    press(page, "提交")
    expect(page.get_by_role("heading", level=1)).to_contain_text("楼道灯坏了")
    number = HelpRequest.objects.get().case.number
    page.goto("/look-up/")
    page.get_by_label("事项编号").fill(number)
    page.get_by_label("手机号后四位").fill("2046")
    press(page, "查一查")
    expect(page.get_by_text("网格员会上门了解情况")).to_be_visible()
    page.get_by_label("手机号后四位").fill("0000")
    press(page, "查一查")
    expect(page.get_by_text("没有对上")).to_be_visible()


def test_the_daughter_books_for_her_mother(scene: Any, browse: Callable[..., Any]) -> None:
    daughter = make_resident(community=scene.home, name="孙丽", phone="+8613800000002")
    account = User.objects.create(username="sunli", phone="+8613800000002", resident=daughter, name="孙丽")
    mother = browse(scene.elder_account, width=390).new_page()
    mother.goto("/account/")
    mother.get_by_text("让家人替我办").click()
    mother.get_by_label("家人的手机号").fill("13800000002")
    mother.get_by_label("他（她）是我的").fill("女儿")
    press(mother, "授权")
    page = browse(account, width=390).new_page()
    page.goto("/book/allowance/")
    page.locator(".slots button").first.click()
    page.get_by_label("为谁预约").select_option(label="陈平")
    press(page, "就约这个时间")
    expect(page.get_by_role("heading", name="约好了")).to_be_visible()
    booking = Booking.objects.get(state=BookingState.BOOKED)
    assert booking.resident == scene.elder and booking.booked_by == account
    assert booking.authority.startswith("delegation:")
