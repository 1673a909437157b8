"""A caller wants another time, comes with more people or not at all: the desk changes one booking and reads out what holds."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override
from playwright.sync_api import expect

from community_portal import clock
from community_portal.bookings.actions import book
from community_portal.bookings.actions.limits import too_many
from community_portal.bookings.models import Booking, BookingState, Session
from community_portal.people.models import Purpose, Resident, Role, ToldApart
from community_portal.people.own_account.consents import withdraw_consent
from tests.cast import Cast
from tests.factories import make_member, make_opening, make_service, make_session


@pytest.fixture
def desk(cast: Cast, signed_in: Any) -> Client:
    return signed_in(cast.reception)


@pytest.fixture
def session(cast: Cast) -> Session:
    service = make_service(code="allowance", party_max=2, papers=["身份证"])
    make_opening(community=cast.home, service=service)
    starts = clock.at_wall(clock.today() + dt.timedelta(days=2), dt.time(10))
    return make_session(community=cast.home, service=service, starts_at=starts, capacity=5)


@pytest.fixture
def booking(cast: Cast, session: Session) -> Booking:
    return book(session=session, resident=cast.elder, by=cast.reception, at=clock.now())


def later(session: Session) -> Session:
    starts = session.starts_at + dt.timedelta(hours=4)
    return make_session(community=session.community, service=session.service, starts_at=starts)


def change(desk: Client, booking: Booking, **body: Any) -> Any:
    return desk.post(f"/desk/visits/{booking.pk}/change/", {"seen": booking.version} | body)


def test_after_booking_the_page_says_what_to_read_out(desk: Client, cast: Cast, session: Session) -> None:
    body = {"resident": cast.elder.pk, "session": session.pk, "party_size": 1, "source": "phone"}
    answer = desk.post("/desk/book/", body, follow=True)
    page = answer.content.decode()
    assert "已约好：陈平" in page and "身份证" in page and "改时间" in page and "没有能收短信" not in page


def test_who_gets_no_message_is_said_before_he_hangs_up(desk: Client, cast: Cast, booking: Booking) -> None:
    withdraw_consent(cast.elder, purpose=Purpose.SMS, by=cast.reception, at=clock.now())
    assert "没有能收短信" in desk.get(f"/desk/visits/{booking.pk}/").content.decode()


def test_another_time_takes_the_place_of_the_old_one(desk: Client, booking: Booking, session: Session) -> None:
    to = later(session)
    page = desk.get(f"/desk/book/?move={booking.pk}").content.decode()
    assert "原来约的是" in page and f'value="{to.pk}"' in page
    answer = desk.post("/desk/book/", {"move": booking.pk, "seen": booking.version, "session": to.pk})
    moved = Booking.objects.get(state=BookingState.BOOKED)
    assert (answer.status_code, answer.url) == (303, f"/desk/visits/{moved.pk}/")
    assert (moved.session, moved.moved_from, moved.resident) == (to, booking, booking.resident)
    old = desk.get(f"/desk/visits/{booking.pk}/").content.decode()
    assert "已经改到" in old and f"/desk/visits/{moved.pk}/" in old


def test_a_page_that_shows_an_older_booking_moves_and_cancels_nothing(
    desk: Client, booking: Booking, session: Session
) -> None:
    stale = {"seen": booking.version + 1}
    to = later(session)
    assert desk.post("/desk/book/", {"move": booking.pk, "session": to.pk} | stale).status_code == 409
    assert change(desk, booking, deed="cancel", reason="no_time", **stale).status_code == 409
    assert Booking.objects.get().state == BookingState.BOOKED


def test_cancelled_with_a_reason_and_taken_back_by_the_desk_itself(desk: Client, booking: Booking) -> None:
    assert change(desk, booking, deed="cancel", reason="by_house").status_code == 303
    booking.refresh_from_db()
    assert (booking.state, booking.cancel_reason) == (BookingState.CANCELLED, "by_house")
    page = desk.get(f"/desk/visits/{booking.pk}/").content.decode()
    assert "点错了，不取消" in page and "会客厅临时有安排" in page
    assert change(desk, booking, deed="undo").status_code == 303
    booking.refresh_from_db()
    assert booking.state == BookingState.BOOKED


@pytest.mark.parametrize(
    ("typed", "sentence"), [("0", "至少要有一个人来"), ("99", "一次最多 2 个人，再多请分几次约"), ("x", "请填人数")]
)
def test_a_number_of_people_that_cannot_be_is_said_beside_it(
    typed: str, sentence: str, desk: Client, booking: Booking
) -> None:
    answer = change(desk, booking, deed="party", party_size=typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and f'value="{typed}"' in page
    assert change(desk, booking, deed="party", party_size=2).status_code == 303
    assert Booking.objects.get().party_size == 2


def test_somebody_who_has_an_appointment_then_is_said_so_beside_his_name(
    desk: Client, cast: Cast, booking: Booking, session: Session
) -> None:
    body = {"resident": cast.elder.pk, "session": session.pk, "party_size": 1, "source": "desk"}
    answer = desk.post("/desk/book/", body)
    assert answer.status_code == 422 and "已有预约" in answer.content.decode()


def test_a_day_ahead_offers_changes_and_no_marks(desk: Client, booking: Booking) -> None:
    page = desk.get(f"/desk/visits/?day={clock.local(booking.starts_at).date()}").content.decode()
    assert f"/desk/visits/{booking.pk}/" in page and "改时间、取消" in page
    assert "/check_in/" not in page and "/no_show/" not in page


def test_who_only_looks_on_is_offered_nothing(booking: Booking, cast: Cast, signed_in: Any) -> None:
    page = signed_in(cast.street_officer).get(f"/desk/visits/{booking.pk}/").content.decode()
    assert "改时间" not in page and "取消预约" not in page


def test_who_does_not_need_the_number_reads_its_end(booking: Booking, cast: Cast, signed_in: Any) -> None:
    page = (
        signed_in(make_member(Role.CHARGING, community=cast.home)).get(f"/desk/visits/{booking.pk}/").content.decode()
    )
    assert "2046" in page and "138 0000 2046" not in page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_caller_is_booked_by_keyboard_and_moved_with_four_clicks(
    cast: Cast, session: Session, browse: Callable[..., Any]
) -> None:
    later(session)
    page = browse(cast.reception, width=1440).new_page()
    page.goto("/desk/book/")
    page.keyboard.type("cp")
    page.keyboard.press("Enter")
    expect(page.locator(".chosen")).to_contain_text("陈平")
    page.locator("#plan .option-slot").first.click()
    page.get_by_role("button", name="约好并发短信").click()
    expect(page.locator(".messages")).to_contain_text("已约好：陈平")
    page.get_by_role("link", name="改时间").click()
    page.locator("#plan .option-slot").last.click()
    page.get_by_role("button", name="改到这个时间").click()
    expect(page.locator(".messages")).to_contain_text("已改到：陈平")
    assert Booking.objects.filter(state=BookingState.BOOKED).count() == 1


def by_name(desk: Client, session: Session, **body: Any) -> Any:
    return desk.post("/desk/book/", {"session": session.pk, "party_size": 1, "source": "phone"} | body)


@pytest.mark.parametrize(("typed", "why"), [("陈平", "姓名相同"), ("cp", "拼音")])
def test_a_name_on_file_with_another_phone_is_looked_at_before_a_second_file_is_made(
    typed: str, why: str, desk: Client, cast: Cast, session: Session
) -> None:
    before = Resident.objects.count()
    answer = by_name(desk, session, name=typed, phone="13911112222")
    page = answer.content.decode()
    assert answer.status_code == 409 and why in page and "13911112222" in page
    assert f"?resident={cast.elder.pk}&amp;service=allowance" in page and f"session={session.pk}" in page
    assert (Resident.objects.count(), Booking.objects.count()) == (before, 0)
    assert by_name(desk, session, name="陈平", phone="13911112222", another_person="1").status_code == 303
    assert Booking.objects.get().resident != cast.elder
    apart = ToldApart.objects.get()
    assert (apart.other, apart.resident, apart.by) == (cast.elder, Booking.objects.get().resident, cast.reception)


def test_name_and_phone_of_a_file_book_for_it(desk: Client, cast: Cast, session: Session) -> None:
    assert by_name(desk, session, name="陈平", phone="138 0000 2046").status_code == 303
    assert Booking.objects.get().resident == cast.elder


def test_a_booking_that_is_refused_leaves_no_file_behind(desk: Client, session: Session) -> None:
    before = Resident.objects.count()
    answer = by_name(desk, session, name="新来的", phone="13911112222", party_size=9)
    assert answer.status_code == 422 and "一次最多 2 个人" in answer.content.decode()
    assert Resident.objects.count() == before


@pytest.mark.parametrize(("phone", "sentence"), [("12345", "服务热线"), ("1381234567", "请再核对")])
def test_a_number_that_is_none_is_said_beside_it(phone: str, sentence: str, desk: Client, session: Session) -> None:
    answer = by_name(desk, session, name="新来的", phone=phone)
    assert answer.status_code == 422 and sentence in answer.content.decode()


def test_one_person_is_no_people() -> None:
    with override("en"):
        assert too_many(1, is_staff=False).startswith("Only 1 person at once")
        assert too_many(2, is_staff=True).startswith("At most 2 people at once")
    with override("zh-hans"):
        assert too_many(1, is_staff=True) == "一次最多 1 个人，再多请分几次约。"
