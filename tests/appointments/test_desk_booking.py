"""The desk books for its own residents, at its own times, and says beside the field what cannot be."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community_portal import clock
from community_portal.bookings.actions import book
from community_portal.bookings.models import Booking, Session
from community_portal.people.models import SPECIALISTS, Resident
from tests.cast import Cast
from tests.factories import make_member, make_resident, make_service, make_session


@pytest.fixture
def session(cast: Cast) -> Session:
    return make_session(community=cast.home, service=make_service(code="allowance", lead_minutes=0))


def book_for(client: Client, resident: Any, session: Any, **more: Any) -> Any:
    values = {"resident": resident, "session": session, "party_size": 1, "source": "desk", "note": ""}
    return client.post("/desk/book/", values | more)


@pytest.mark.parametrize("who", ["reception", "manager", "officer", "admin", *sorted(SPECIALISTS)])
def test_those_of_the_house_book_for_its_residents(who: str, cast: Cast, session: Session, signed_in: Any) -> None:
    """Coordinators too, as over the API: who takes in what residents bring also finds them a time."""
    person = make_member(who, community=cast.home) if who in SPECIALISTS else getattr(cast, who)
    client = signed_in(person)
    client.cookies["community"] = cast.home.code
    answer = book_for(client, cast.elder.pk, session.pk)
    assert answer.status_code == 303, answer.content.decode()
    booked = Booking.objects.get()
    assert (booked.resident, booked.session, booked.booked_by) == (cast.elder, session, person)


def test_a_booking_asks_the_database_for_nothing_that_only_the_form_shows(
    cast: Cast, session: Session, signed_in: Any
) -> None:
    """Who, where, when, the place, the key: what the desk does hundreds of times a day stays short."""
    client = signed_in(cast.reception)
    first = make_resident(community=cast.home)
    assert book_for(client, first.pk, session.pk, once="the-first").status_code == 303  # what is kept is kept now
    with CaptureQueriesContext(connection) as asked:
        assert book_for(client, cast.elder.pk, session.pk, once="the-second").status_code == 303
    assert len(asked) <= 13, "\n".join(query["sql"][:150] for query in asked.captured_queries)


def test_a_resident_of_another_community_is_not_found(cast: Cast, session: Session, signed_in: Any) -> None:
    assert book_for(signed_in(cast.reception), cast.stranger_resident.pk, session.pk).status_code == 404
    assert not Booking.objects.exists()


def test_a_file_that_was_merged_away_is_not_found(cast: Cast, session: Session, signed_in: Any) -> None:
    gone = make_resident(community=cast.home)
    Resident.objects.filter(pk=gone.pk).update(merged_into=cast.elder)
    assert book_for(signed_in(cast.reception), gone.pk, session.pk).status_code == 404
    assert not Booking.objects.exists()


@pytest.mark.parametrize("session", ["another community's", "none", "0", "9" * 18, "9" * 40, "-1", "１２", "x"])
def test_a_time_that_is_not_on_offer_is_said_beside_it_and_nothing_typed_is_lost(
    session: str, cast: Cast, signed_in: Any
) -> None:
    key = make_session(community=cast.next_door).pk if session == "another community's" else session
    answer = book_for(signed_in(cast.reception), cast.elder.pk, "" if key == "none" else key, note="带老伴一起来")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert ("请选一个时间。" if key == "none" else "这个时间刚刚没有了，请再选。") in page
    assert "带老伴一起来" in page
    assert not Booking.objects.exists()


def test_a_file_lists_bookings_by_their_day_and_its_pages_turn(cast: Cast, signed_in: Any) -> None:
    """Whatever was booked first; and the list leads to its own address, wherever it is shown."""
    for days in (9, 3, 6, *range(10, 20)):
        session = make_session(
            community=cast.home, title=f"第 {days} 天", starts_at=clock.now() + dt.timedelta(days=days)
        )
        book(session=session, resident=cast.elder, by=None, at=clock.now())
    url, client = f"/residents/{cast.elder.pk}/bookings/", signed_in(cast.reception)
    first = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert f'href="{url}?page=2"' in first
    shown = first + client.get(f"{url}?page=2").content.decode()
    assert [int(days) for days in re.findall(r"第 (\d+) 天", shown)] == [*range(19, 8, -1), 6, 3]
