"""What a resident meets on the phone: four taps, a slot that is gone, a link in a message, a photo, a slip of the thumb."""

import datetime as dt
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Error, Page, expect

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.bookings.actions import book, open_planned_sessions
from community_portal.bookings.models import Booking, BookingState, Channel, Session
from community_portal.casework.models import Attachment
from community_portal.matters.deeds import perform
from community_portal.outbox.models import Message
from community_portal.people.links import link_hash_of
from community_portal.people.models import User
from tests.cast import make_cast
from tests.factories import make_category, make_opening, make_resident, make_service, make_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOKEN = "a-token-of-the-test-0123456789"


@pytest.fixture
def scene(db: None) -> Any:
    cast = make_cast()
    make_category(name="照护", code="care")
    service = make_service(code="allowance", name="高龄津贴申领", channels=["centre", "home"])
    for weekday in range(7):
        make_opening(community=cast.home, service=service, weekday=weekday, starts_at=dt.time(9), ends_at=dt.time(11))
    open_planned_sessions(at=clock.now())
    cast.service = service  # type: ignore[attr-defined]
    return cast


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def test_a_booking_takes_four_taps_and_going_back_repeats_nothing(scene: Any, browse: Callable[..., Any]) -> None:
    page = browse(scene.elder_account, width=390).new_page()
    taps = []
    page.expose_function("counted", lambda: taps.append(1))
    page.add_init_script("addEventListener('click', (event) => event.isTrusted && counted(), true)")
    page.goto("/")
    page.get_by_role("link", name=re.compile("预约到访")).click()
    page.get_by_role("link", name=re.compile("高龄津贴申领")).click()
    page.locator(".slots button").first.click()
    button = page.get_by_role("button", name="就约这个时间")
    expect(button).to_be_in_viewport()
    button.click()
    expect(page.get_by_role("heading", name="约好了")).to_be_visible()
    assert len(taps) == 4
    page.go_back()
    expect(page.get_by_role("heading", name="约好了")).to_be_visible()
    assert Booking.objects.filter(state=BookingState.BOOKED).count() == 1


def test_a_booking_by_keyboard_alone(scene: Any, browse: Callable[..., Any]) -> None:
    """Past the menu by the first link of every page, then in the order of the page; Enter where a thumb would tap."""
    page = browse(scene.elder_account, width=390).new_page()

    def walk_to(words: str) -> None:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # 跳到正文
        for _n in range(40):
            page.keyboard.press("Tab")
            if words in page.evaluate("document.activeElement.innerText || ''"):
                page.keyboard.press("Enter")
                return
        raise AssertionError(f"{words} is not reached")

    page.goto("/")
    walk_to("预约到访")
    expect(page.get_by_role("heading", name="预约到访")).to_be_visible()
    walk_to("高龄津贴申领")
    expect(page.get_by_role("heading", name="高龄津贴申领")).to_be_visible()
    walk_to("10:30")  # the last of a day: offered whenever that day is, also today at ten
    expect(page.get_by_role("heading", name="确认一下")).to_be_visible()
    walk_to("就约这个时间")
    expect(page.get_by_role("heading", name="约好了")).to_be_visible()
    assert Booking.objects.filter(state=BookingState.BOOKED).count() == 1


def test_a_matter_on_paper_has_its_story_and_no_forms(scene: Any, browse: Callable[..., Any]) -> None:
    taken = register_request(
        community=scene.home, category=make_category(), words="灯坏了", resident=scene.elder, by=scene.reception, at=clock.now()
    )  # fmt: skip
    page = browse(scene.elder_account).new_page()
    page.goto(f"/my/requests/{taken.case.number}/")
    page.emulate_media(media="print")
    expect(page.get_by_text("登记了求助")).to_be_visible()
    expect(page.get_by_text(f"{scene.home} · {scene.home.phone}")).to_be_visible()
    for gone in ("不用办了？", "还有话要说？", "首页", "长辈版"):
        expect(page.get_by_text(gone).first).not_to_be_visible()


def test_two_quick_presses_book_once(scene: Any, browse: Callable[..., Any]) -> None:
    page = browse(scene.elder_account, java_script_enabled=False).new_page()
    page.goto("/book/allowance/")
    page.locator(".slots button").first.click()
    page.get_by_role("button", name="就约这个时间").dblclick()
    expect(page.get_by_role("heading", name="约好了")).to_be_visible()
    assert Booking.objects.filter(state=BookingState.BOOKED).count() == 1


def test_somebody_was_quicker_and_the_nearest_times_are_offered(scene: Any, browse: Callable[..., Any]) -> None:
    page = browse(scene.elder_account).new_page()
    page.goto("/book/allowance/")
    first = page.locator(".slots button").first
    chosen = Session.objects.get(pk=int(first.evaluate("at => at.form.action.match(/(\\d+)\\/$/)[1]")))
    for n in range(chosen.capacity - chosen.taken):
        other = make_resident(community=scene.home, name=f"邻居{n}", phone=f"+861390000001{n}")
        book(session=chosen, resident=other, by=scene.reception, at=clock.now())
    first.click()
    expect(page.get_by_role("heading", name="没有约上")).to_be_visible()
    page.locator(".slots button").first.click()
    expect(page.get_by_role("heading", name="确认一下")).to_be_visible()


def test_a_hold_that_ran_out_says_so(scene: Any, browse: Callable[..., Any]) -> None:
    page = browse(scene.elder_account).new_page()
    page.goto("/book/allowance/")
    page.locator(".slots button").first.click()
    Booking.objects.filter(state=BookingState.HELD).update(held_until=clock.now() - dt.timedelta(seconds=1))
    page.get_by_role("button", name="就约这个时间").click()
    expect(page.get_by_text("十分钟到了")).to_be_visible()
    expect(page.get_by_role("link", name="看别的时间")).to_be_visible()


def test_too_many_people_is_said_beside_the_field(scene: Any, browse: Callable[..., Any]) -> None:
    page = browse(scene.elder_account).new_page()
    page.goto("/book/allowance/")
    page.locator(".slots button").first.click()
    page.get_by_text("不止一个人来").click()
    page.get_by_label("几个人来").fill("1000")
    page.get_by_label("有什么要先告诉我们").fill("<script>alert(1)</script>")
    page.get_by_role("button", name="就约这个时间").click()
    expect(page.get_by_text(re.compile("一次最多 .* 个人"))).to_be_visible()
    expect(page.get_by_label("有什么要先告诉我们")).to_have_value("<script>alert(1)</script>")


def test_the_time_chosen_before_signing_in_waits_on_top(
    scene: Any, browse: Callable[..., Any], fresh_limits: None
) -> None:
    page = browse(None).new_page()
    page.goto("/book/allowance/")
    chosen = page.locator(".slots button").last
    time = chosen.locator("b").inner_text()
    chosen.click()
    page.get_by_label("手机号").fill("13800002046")
    press(page, "发验证码")
    page.locator("input[name=code]").fill(Message.objects.get(kind="login_code").context["code"])
    press(page, "登录")
    page.get_by_role("button", name=re.compile(f"接着约 .*{time}")).click()
    expect(page.get_by_role("heading", name="确认一下")).to_be_visible()


def test_home_visits_are_for_known_homes(scene: Any, browse: Callable[..., Any]) -> None:
    at = clock.at_wall(clock.today() + dt.timedelta(days=2), dt.time(14))
    visit = make_session(
        community=scene.home, service=scene.service, starts_at=at, channel=Channel.HOME, grid=scene.grid, capacity=1
    )
    stranger = browse(None).new_page()
    stranger.goto("/book/?channel=home")
    expect(stranger.get_by_text("先登录，才知道去哪家")).to_be_visible()
    homeless = make_resident(community=scene.home, name="无址", phone="+8613800003000", household=None)
    account = User.objects.create(username="wuzhi", phone="+8613800003000", resident=homeless)
    unknown = browse(account).new_page()
    unknown.goto("/book/?channel=home")
    expect(unknown.get_by_text("还不知道您住哪里")).to_be_visible()
    page = browse(scene.elder_account).new_page()
    page.goto("/book/?channel=home")
    expect(page.locator("a.row-link .chip")).to_contain_text("14:00")
    page.locator("a.row-link").first.click()
    page.locator(".slots button").click()
    expect(page.get_by_text("不止一个人来")).to_have_count(0)
    page.get_by_role("button", name="就约这个时间").click()
    assert Booking.objects.get(state=BookingState.BOOKED).session == visit


def test_the_link_keeps_its_form_open_and_takes_a_cancelling_back(
    scene: Any, browse: Callable[..., Any], fresh_limits: None
) -> None:
    session = Session.objects.filter(starts_at__gt=clock.now() + dt.timedelta(days=2)).order_by("starts_at")[0]
    made = book(session=session, resident=scene.elder, by=scene.reception, at=clock.now())
    Booking.objects.filter(pk=made.pk).update(link_hash=link_hash_of(TOKEN))
    page = browse(None).new_page()
    page.goto(f"/b/{TOKEN}/")
    page.get_by_text("不来了？").click()
    cancel = page.locator("details", has_text="不来了？")
    cancel.get_by_role("radio", name="身体不舒服").check()
    cancel.get_by_label("手机号后四位").fill("0000")
    press(page, "取消预约")
    expect(cancel.get_by_text("手机号后四位没有对上")).to_be_visible()
    expect(cancel.get_by_role("radio", name="身体不舒服")).to_be_checked()
    cancel.get_by_label("手机号后四位").fill("２０４６")
    press(page, "取消预约")
    expect(page.get_by_text("这个预约已经取消")).to_be_visible()
    page.get_by_label("手机号后四位").fill("2046")
    press(page, "点错了，不取消")
    made.refresh_from_db()
    assert made.state == BookingState.BOOKED
    page.get_by_text("改时间").click()
    move = page.locator("details", has_text="改到这个时间")
    move.get_by_label("手机号后四位").fill("2046")
    press(page, "改到这个时间")
    expect(page.get_by_text("已预约")).to_be_visible()
    assert Booking.objects.get(state=BookingState.BOOKED).session != session


def test_what_was_written_before_signing_in_is_checked_and_kept(
    scene: Any, browse: Callable[..., Any], fresh_limits: None
) -> None:
    page = browse(None).new_page()
    page.goto("/help/")
    press(page, "下一步：手机登录")
    expect(page.get_by_text("请写一两句，我们才知道怎么帮。")).to_be_visible()
    page.get_by_role("radio", name="照护").check()
    page.get_by_label("说说遇到的难处").fill("字" * 2001)
    press(page, "下一步：手机登录")
    expect(page.get_by_text("最多 2000 字，现在 2001 字")).to_be_visible()
    page.get_by_label("说说遇到的难处").fill("老伴下不了床。")
    press(page, "下一步：手机登录")
    page.get_by_label("手机号").fill("13800002046")
    press(page, "发验证码")
    page.locator("input[name=code]").fill(Message.objects.get(kind="login_code").context["code"])
    press(page, "登录")
    expect(page.get_by_label("说说遇到的难处")).to_have_value("老伴下不了床。")
    expect(page.get_by_role("radio", name="照护")).to_be_checked()
    press(page, "提交")
    expect(page.get_by_role("heading", level=1)).to_contain_text("老伴下不了床")


def test_a_photo_is_made_smaller_on_the_phone_and_loses_its_place(
    scene: Any, browse: Callable[..., Any], tmp_path: Path
) -> None:
    photo, exif = Image.effect_noise((3000, 2000), 60).convert("RGB"), Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (32.0, 1.0, 2.0)})
    photo.save(tmp_path / "stairs.jpg", exif=exif, quality=95)
    page = browse(scene.elder_account).new_page()
    page.goto("/help/")
    page.get_by_role("radio", name="照护").check()
    page.get_by_label("说说遇到的难处").fill("楼道灯坏了。")
    page.get_by_label(re.compile("照片")).set_input_files(tmp_path / "stairs.jpg")
    expect(page.get_by_alt_text("stairs.jpg")).to_be_visible()
    weight = page.locator("input[type=file]").evaluate("at => at.files[0].size")
    assert weight < (tmp_path / "stairs.jpg").stat().st_size
    press(page, "提交")
    expect(page.get_by_role("heading", level=1)).to_contain_text("楼道灯坏了")
    kept = Attachment.objects.get()
    with kept.file.open() as stored:
        image = Image.open(io.BytesIO(stored.read()))
    assert max(image.size) == 2000 and not image.getexif().get_ifd(0x8825)


def test_the_question_of_the_house_stands_beside_the_answer(scene: Any, browse: Callable[..., Any]) -> None:
    taken = register_request(
        community=scene.home,
        category=make_category(name="补贴", code="benefit"),
        words="想申请津贴。",
        resident=scene.elder,
        by=scene.elder_account,
        at=clock.now(),
    )
    at = clock.now()
    seen = {"finding": "confirmed", "photos": [], "signature": None, "signed_by": "陈平", "words": "属实"}
    perform(taken, "verify", data=seen, by=scene.officer, at=at)
    taken = HelpRequest.objects.get(pk=taken.pk)
    perform(taken, "ask_resident", data={"words": "请拍一张存折首页。"}, by=scene.officer, at=at)
    page = browse(scene.elder_account).new_page()
    page.goto(f"/my/requests/{taken.case.number}/")
    panel = page.locator("section.panel", has_text="请您补充")
    expect(panel.get_by_text("请拍一张存折首页。")).to_be_visible()
    expect(panel.locator("input[type=file]")).to_be_visible()
    press(page, "补充好了")
    expect(page.get_by_text("请写几个字。")).to_be_visible()
    page.get_by_label("您的补充").fill("拍好了。")
    press(page, "补充好了")
    expect(page.get_by_text("已补充，接着办。")).to_be_visible()


def test_look_up_takes_the_number_as_people_copy_it(scene: Any, browse: Callable[..., Any], fresh_limits: None) -> None:
    taken = register_request(
        community=scene.home,
        category=make_category(name="维修", code="repair"),
        words="灯坏了。",
        resident=scene.elder,
        by=scene.reception,
        at=clock.now(),
    )
    page = browse(None).new_page()
    year = f"{clock.today():%y}"
    for typed in (taken.case.number.lower(), f"LT{year}1", f"ＬＴ－{year}－０００１", f" lt {year} 0001"):
        page.goto("/look-up/")
        page.get_by_label("事项编号").fill(typed)
        page.get_by_label("手机号后四位").fill("２０４６")
        press(page, "查一查")
        expect(page.get_by_role("heading", name=taken.case.number)).to_be_visible()


def test_many_matters_can_be_searched(scene: Any, browse: Callable[..., Any]) -> None:
    category = make_category(name="维修", code="repair")
    for n in range(17):
        register_request(
            community=scene.home,
            category=category,
            words=f"第{n + 1}盏灯坏了。",
            resident=scene.elder,
            by=scene.reception,
            at=clock.now(),
        )
    page = browse(scene.elder_account).new_page()
    page.goto("/my/")
    page.get_by_label("编号或几个字").fill("第3盏")
    press(page, "找")
    expect(page.locator("a.row-link")).to_have_count(1)
    page.get_by_label("编号或几个字").fill("没有的事")
    press(page, "找")
    page.get_by_role("link", name="看全部").click()
    expect(page.locator("a.row-link")).to_have_count(15)


def test_back_at_a_form_that_came_back_it_is_still_there(scene: Any, browse: Callable[..., Any]) -> None:
    """Were forms sent through the worker for pages without a network, it would say on the way back that there is none."""
    page = browse(scene.elder_account, width=390, elder=True).new_page()
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto("/help/")
    assert page.evaluate("!!navigator.serviceWorker.controller")
    page.get_by_label("说说遇到的难处").fill("腿脚不便")
    press(page, "提交")
    expect(page.get_by_text("请选一项，拿不准就选“其他”。")).to_be_visible()
    page.get_by_role("link", name="首页").first.click()
    expect(page).to_have_url(re.compile(r"//[^/]+/$"))
    page.go_back()
    expect(page.get_by_label("说说遇到的难处")).to_have_value("腿脚不便")


def test_after_signing_out_going_back_shows_nothing_of_before(scene: Any, browse: Callable[..., Any]) -> None:
    """Also not the page that the browser kept as it stood; who did not sign out goes back to it."""
    window = browse(scene.elder_account)
    kept, page = window.new_page(), window.new_page()
    kept.goto("/account/")
    comes_back = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
    kept.evaluate(f"document.title = 'kept'; {comes_back}")
    expect(kept).to_have_title("kept")
    page.goto("/account/")
    page.locator("main form[action='/sign-out/'] button").click()
    expect(page).to_have_url(re.compile("/$"))
    with kept.expect_navigation():
        kept.evaluate(comes_back)
    expect(kept).to_have_url(re.compile("/sign-in/"))


def test_after_signing_out_the_way_back_shows_nothing_of_me(scene: Any, browse: Callable[..., Any]) -> None:
    """Without JavaScript too: at the computer of the house somebody else sits down next."""
    page = browse(scene.elder_account, java_script_enabled=False).new_page()
    page.goto("/help/")
    page.get_by_label("说说遇到的难处").fill("腿脚不便")
    press(page, "提交")
    expect(page.get_by_text("请选一项，拿不准就选“其他”。")).to_be_visible()
    page.goto("/account/")
    expect(page.get_by_text("陈平").first).to_be_visible()
    press(page, "退出登录")
    expect(page.get_by_text("已退出登录。")).to_be_visible()  # a browser on its way forward cannot be asked to go back
    page.go_back()
    expect(page.get_by_role("heading", name="手机登录")).to_be_visible()
    expect(page.get_by_text("陈平")).to_have_count(0)
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()
