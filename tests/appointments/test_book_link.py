"""The link in the text message: looking changes nothing, acting needs the phone's digits, each end has its own word."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from community_portal import clock
from community_portal.bookings.actions import book, cancel_booking, move_booking
from community_portal.bookings.models import Booking, BookingEvent, BookingState, Session
from community_portal.outbox.models import Message
from community_portal.people.actions import grant_delegation
from community_portal.people.links import new_token
from tests.cast import Cast
from tests.factories import make_service, make_session, make_user

TAIL = "2046"


@pytest.fixture
def service(db: None) -> Any:
    return make_service(cancel_cutoff_minutes=60, move_cutoff_minutes=120)


@pytest.fixture
def booked(cast: Cast, service: Any) -> Booking:
    session = make_session(community=cast.home, service=service)
    return book(session=session, resident=cast.elder, by=None, at=clock.now())


@pytest.fixture
def nobody(fresh_limits: None) -> Client:
    return Client(HTTP_HOST="localhost")


def link(booking: Any) -> str:
    return f"/b/{booking.link_token}/"


def act(client: Client, booking: Any, **body: Any) -> Any:
    """What the page's forms send: cancelling, or moving when ``to`` is given."""
    deed = {"deed": "move"} if "to" in body else {"deed": "cancel", "reason": "no_time"}
    return client.post(link(booking), {"tail": TAIL} | deed | body)


def state_of(booking: Booking) -> str:
    return Booking.objects.get(pk=booking.pk).state


def picture() -> tuple[Any, ...]:
    return (
        list(Booking.objects.values_list("pk", "state", "version")),
        list(Session.objects.values_list("pk", "taken")),
        BookingEvent.objects.count(),
        list(Message.objects.order_by("pk").values_list("pk", "state")),
    )


def test_opening_the_link_changes_nothing_however_often_and_by_whomever(nobody: Client, booked: Booking) -> None:
    """Scanners of mail open links before people do."""
    before = picture()
    for ask, status in ((nobody.get, 200), (nobody.head, 200), (nobody.options, 405)):
        assert ask(link(booked)).status_code == status
    assert nobody.get(f"{link(booked)}?cancel=1&tail={TAIL}&reason=no_time").status_code == 200
    assert nobody.get(f"{link(booked)}visit.ics").status_code == 200
    assert picture() == before


def test_the_page_names_nobody(nobody: Client, booked: Booking, cast: Cast) -> None:
    """Whoever finds the message learns when and where, not who, and no number."""
    words = nobody.get(link(booked)).content.decode()
    assert cast.elder.name not in words
    assert TAIL not in words


def test_a_guessed_a_short_and_an_old_link_lead_to_the_same_page(
    nobody: Client, booked: Booking, time_machine: Any
) -> None:
    guessed = [nobody.get(f"/b/{token}/") for token in (new_token(), "short", "x" * 90)]
    time_machine.move_to(booked.ends_at + dt.timedelta(days=6))
    assert nobody.get(link(booked)).status_code == 200
    time_machine.move_to(booked.ends_at + dt.timedelta(days=7, seconds=1))
    over = nobody.get(link(booked))
    assert {answer.status_code for answer in (*guessed, over)} == {404}
    assert act(nobody, booked).status_code == 404
    assert state_of(booked) == BookingState.BOOKED


@pytest.mark.parametrize("tail", ["", "0000", "204", "13800002046", "２０４５"])
def test_without_the_right_digits_nothing_happens(tail: str, nobody: Client, booked: Booking) -> None:
    answer = act(nobody, booked, tail=tail)
    assert (answer.status_code, state_of(booked)) == (422, BookingState.BOOKED)


def test_ten_guesses_and_the_right_digits_come_too_late(nobody: Client, booked: Booking) -> None:
    for _n in range(10):
        act(nobody, booked, tail="0000")
    answer = act(nobody, booked)
    assert "试得太多了" in answer.content.decode()
    assert state_of(booked) == BookingState.BOOKED


def test_used_twice_it_says_that_it_changed(nobody: Client, booked: Booking) -> None:
    first = act(nobody, booked, tail="２０４６")
    assert (first.status_code, state_of(booked)) == (303, BookingState.CANCELLED)
    before = picture()
    again = act(nobody, booked)
    assert again.status_code == 409 and "情况有变" in again.content.decode()
    assert picture() == before


def test_a_double_click_gets_the_same_answer_twice(nobody: Client, booked: Booking) -> None:
    answers = [act(nobody, booked, once="a-key") for _n in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert BookingEvent.objects.filter(booking=booked, kind="cancelled").count() == 1


def test_a_page_that_shows_an_older_booking_cancels_nothing(nobody: Client, booked: Booking) -> None:
    answer = act(nobody, booked, seen=booked.version + 1)
    assert (answer.status_code, state_of(booked)) == (409, BookingState.BOOKED)


@pytest.mark.parametrize(("minutes", "ends"), [(60, BookingState.CANCELLED), (59, BookingState.BOOKED)])
def test_cancelling_at_the_exact_minute_of_the_cut_off(
    minutes: int, ends: str, nobody: Client, booked: Booking, time_machine: Any
) -> None:
    time_machine.move_to(booked.starts_at - dt.timedelta(minutes=minutes), tick=False)
    offered = "取消预约" in nobody.get(link(booked)).content.decode()
    assert offered is (ends == BookingState.CANCELLED), "the page offers what the deed allows"
    act(nobody, booked)
    assert state_of(booked) == ends


@pytest.mark.parametrize(("minutes", "ends"), [(120, BookingState.CANCELLED), (119, BookingState.BOOKED)])
def test_moving_at_the_exact_minute_of_the_cut_off(
    minutes: int, ends: str, nobody: Client, booked: Booking, service: Any, time_machine: Any
) -> None:
    later = make_session(community=booked.community, service=service, starts_at=booked.starts_at + dt.timedelta(days=1))
    time_machine.move_to(booked.starts_at - dt.timedelta(minutes=minutes), tick=False)
    act(nobody, booked, to=later.pk)
    assert state_of(booked) == ends


def test_a_move_ends_the_old_link_and_keeps_one_event_in_the_calendar(
    nobody: Client, booked: Booking, service: Any
) -> None:
    first = Calendar.from_ical(nobody.get(f"{link(booked)}visit.ics").content).walk("VEVENT")[0]
    later = make_session(community=booked.community, service=service, starts_at=booked.starts_at + dt.timedelta(days=1))
    answer = act(nobody, booked, to=later.pk)
    assert answer.status_code == 303 and answer.url != link(booked)
    second = Calendar.from_ical(nobody.get(f"{answer.url}visit.ics").content).walk("VEVENT")[0]
    assert (second["uid"], second["dtstart"].dt) == (first["uid"], later.starts_at.replace(microsecond=0))
    assert second["sequence"] > first["sequence"]
    old = Calendar.from_ical(nobody.get(f"{link(booked)}visit.ics").content).walk("VEVENT")[0]
    assert (old["status"], old["dtstart"].dt) == ("CONFIRMED", second["dtstart"].dt), "it does not cancel the new one"
    moved = nobody.get(link(booked)).content.decode()
    assert "已改到别的时间" in moved and "已改期" in moved and "已取消" not in moved
    assert act(nobody, booked).status_code == 409


def test_the_calendar_says_what_where_what_to_bring_and_rings_two_hours_before(
    nobody: Client, booked: Booking, cast: Cast
) -> None:
    answer = nobody.get(f"{link(booked)}visit.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    file = Calendar.from_ical(answer.content)
    event = file.walk("VEVENT")[0]
    assert (file["method"], event["status"]) == ("PUBLISH", "CONFIRMED")
    assert (event["summary"], event["location"]) == (booked.session.subject, "龙田社区")
    assert (event["dtstart"].dt, event["dtend"].dt) == tuple(
        moment.replace(microsecond=0) for moment in (booked.starts_at, booked.ends_at)
    )
    assert event["description"] == f"请带：身份证、户口本。\n有事请打 {cast.home.phone}。"
    assert event.walk("VALARM")[0]["trigger"].dt == dt.timedelta(hours=-2)
    act(nobody, booked)
    file = Calendar.from_ical(nobody.get(f"{link(booked)}visit.ics").content)
    gone = file.walk("VEVENT")[0]
    assert (file["method"], gone["status"], gone["uid"]) == ("CANCEL", "CANCELLED", event["uid"])
    assert gone["sequence"] > event["sequence"] and not gone.walk("VALARM")


@pytest.mark.parametrize("reason", ["by_house", "moved", "因为", ""])
def test_a_resident_cannot_say_what_the_house_says(reason: str, nobody: Client, booked: Booking) -> None:
    assert act(nobody, booked, reason=reason).status_code == 422
    assert state_of(booked) == BookingState.BOOKED


def test_a_link_moves_only_within_its_service_and_house(nobody: Client, booked: Booking, cast: Cast) -> None:
    other_service = make_session(community=cast.home, starts_at=booked.starts_at + dt.timedelta(days=1))
    elsewhere = make_session(community=cast.next_door, starts_at=booked.starts_at + dt.timedelta(days=1))
    assert act(nobody, booked, to=other_service.pk).status_code == 422
    assert act(nobody, booked, to=elsewhere.pk).status_code == 422
    assert state_of(booked) == BookingState.BOOKED


def test_who_booked_for_somebody_hears_when_staff_cancel_or_move(cast: Cast, service: Any) -> None:

    daughter = make_user(phone="+8613800000099", name="孙丽")
    grant_delegation(
        principal=cast.elder, agent=daughter, relation="女儿", scopes=["book"], proof="当面", by=cast.reception,
        at=clock.now(),
    )  # fmt: skip
    first = make_session(community=cast.home, service=service)
    later = make_session(community=cast.home, service=service, starts_at=first.starts_at + dt.timedelta(days=1))
    booking = book(session=first, resident=cast.elder, by=daughter, at=clock.now())
    moved = move_booking(booking=booking, to=later, by=cast.reception, at=clock.now())
    cancel_booking(booking=moved, reason="by_house", by=cast.reception, at=clock.now())
    told = set(Message.objects.filter(user=daughter).values_list("kind", flat=True))
    assert {"booking_moved", "booking_cancelled_by_house"} <= told
