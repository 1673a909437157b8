"""Who is dead or has moved away is not waited for: whichever way somebody books for them, a sentence says why not."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse

from community_portal import clock
from community_portal.bookings.actions import (
    book,
    cancel_booking,
    confirm_hold,
    hold_session,
    move_booking,
    undo_cancel,
)
from community_portal.bookings.models import Booking, BookingState, Session, SessionKind
from community_portal.bookings.seats import Seats, miscounted_sessions, take_seats
from community_portal.matters.actions.visits import plan_visit
from community_portal.people.actions import close_file
from community_portal.people.models import Resident
from community_portal.refusals import Refusal
from tests.bookings.test_api import api, body
from tests.cast import Cast
from tests.factories import make_service, make_session
from tests.help_requests import put_into, take_in

WORDS = {"deceased": "档案上写着已经去世", "moved_out": "档案上写着已经搬走"}
both_ways = pytest.mark.parametrize("why", WORDS)


def close(cast: Cast, why: str) -> None:
    resident = Resident.objects.get(pk=cast.elder.pk)
    close_file(resident, why=why, on=clock.today(), by=cast.reception, at=clock.now(), seen=resident.version)


@pytest.fixture
def session(cast: Cast) -> Session:
    return make_session(community=cast.home, service=make_service(lead_minutes=0))


def nothing_is_booked() -> bool:
    return not Booking.objects.filter(state=BookingState.BOOKED).exists() and miscounted_sessions() == []


@both_ways
def test_at_the_desk(why: str, cast: Cast, session: Session, signed_in: Any) -> None:
    close(cast, why)
    on_file = {"resident": cast.elder.pk}
    by_name = {"name": "陈平", "phone": "13800002046"}
    for who in (on_file, by_name):
        typed = who | {"session": session.pk, "party_size": 1, "source": "desk", "note": ""}
        answer = signed_in(cast.reception).post("/desk/book/", typed)
        assert answer.status_code == 422 and WORDS[why] in answer.content.decode()
    assert nothing_is_booked()


def test_for_an_activity_at_the_desk(cast: Cast, signed_in: Any) -> None:
    close(cast, "moved_out")
    activity = make_session(community=cast.home, kind=SessionKind.ACTIVITY, title="读书会")
    answer = signed_in(cast.reception).post(reverse("activity", args=[activity.pk]), {"resident": cast.elder.pk})
    assert WORDS["moved_out"] in answer.content.decode() and nothing_is_booked()


@both_ways
def test_on_the_residents_page(why: str, cast: Cast, session: Session, signed_in: Any) -> None:
    client = signed_in(cast.elder_account)
    page = client.post(f"/book/hold/{session.pk}/").url
    close(cast, why)
    answer = client.post(page, {"resident": cast.elder.pk, "party_size": 1})
    if answer.status_code == 302:  # the account of the dead is closed with the file
        assert why == "deceased"
    else:
        assert answer.status_code == 422 and WORDS[why] in answer.content.decode()
    assert nothing_is_booked()


@both_ways
def test_over_the_api(why: str, cast: Cast, session: Session) -> None:
    close(cast, why)
    answer = api(cast.reception).post("/api/v1/bookings/", body(session), format="json")
    assert (answer.status_code, answer.json()["code"], answer.json()["attr"]) == (422, "file_closed", "resident")
    assert nothing_is_booked()


@both_ways
def test_an_agreed_visit(why: str, cast: Cast, signed_in: Any) -> None:
    """The request goes on, as for a widow; the words stand beside the time."""
    request = put_into(take_in(cast), "assigned", cast.officer)
    Resident.objects.filter(pk=cast.elder.pk).update(**{f"{why}_on": clock.today()})
    tomorrow = clock.at_wall(clock.today() + dt.timedelta(days=1), dt.time(14))
    with pytest.raises(Refusal) as refused:
        plan_visit(request, starts_at=tomorrow, wished=True, by=cast.officer, at=clock.now())
    assert (refused.value.code, refused.value.field) == ("file_closed", "starts_at")
    assert WORDS[why] in str(refused.value.sentence) and nothing_is_booked()


def test_who_was_read_before_the_file_was_closed_books_nothing_after_it(cast: Cast, session: Session) -> None:
    at, other = clock.now(), make_session(community=cast.home)
    stale = Resident.objects.get(pk=cast.elder.pk)
    held = hold_session(session=other, hold_token="browser", by=cast.reception, at=at)
    given_up = book(session=session, resident=stale, by=cast.reception, at=at)
    cancel_booking(booking=given_up, reason="no_time", by=cast.reception, at=at)
    standing = book(session=session, resident=stale, by=cast.reception, at=at)
    Resident.objects.filter(pk=cast.elder.pk).update(moved_out_on=clock.today())
    for deed in (
        lambda: book(session=session, resident=stale, by=cast.reception, at=at),
        lambda: confirm_hold(booking=held, hold_token="browser", resident=stale, by=cast.reception, at=at),
        lambda: undo_cancel(booking=given_up, by=cast.reception, at=at),
        lambda: move_booking(booking=standing, to=other, by=cast.reception, at=at),
    ):
        with pytest.raises(Refusal) as refused:
            deed()
        assert refused.value.code == "file_closed"
    assert list(Booking.objects.filter(state=BookingState.BOOKED)) == [standing] and miscounted_sessions() == []


def test_the_statement_that_takes_places_takes_none(cast: Cast, session: Session) -> None:
    """Whatever was asked before: the database looks itself."""
    Resident.objects.filter(pk=cast.elder.pk).update(deceased_on=clock.today())
    seats = Seats(party_size=1, state="booked", source="desk", authority="system", resident=cast.elder.pk)
    with transaction.atomic(), pytest.raises(Refusal) as refused:
        take_seats(session, seats, at=clock.now())
    assert refused.value.code == "file_closed" and not connection.needs_rollback and nothing_is_booked()
