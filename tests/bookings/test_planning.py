"""From the weekly plan to sessions: holidays, make-up days, validity, the length of the service; every night, also twice at once."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from community_portal import clock
from community_portal.bookings import tasks
from community_portal.bookings.actions import book, open_planned_sessions, save_service
from community_portal.bookings.models import Booking, Session
from community_portal.bookings.queries import bookable, bookable_days, services_with_next
from community_portal.places.importers import import_calendar
from tests.factories import make_community, make_opening, make_resident, make_service, make_session
from tests.race import all_at_once

pytestmark = pytest.mark.django_db

# Before National Day of 2026: free from Thursday 1 to Wednesday 7 October, and Saturday 10 works as that Wednesday.
EVE = clock.at_wall(dt.date(2026, 9, 28), dt.time(7))
HOLIDAYS = {dt.date(2026, 10, day) for day in range(1, 8)}
MAKE_UP = dt.date(2026, 10, 10)


@pytest.fixture
def year(db: None) -> None:
    import_calendar(at=EVE, years=[2026])


def starts(**which: Any) -> list[dt.datetime]:
    """Starts of the sessions there are, on a wall clock in Shanghai."""
    rows = Session.objects.filter(**which).order_by("starts_at", "id").values_list("starts_at", flat=True)
    return [clock.local(start) for start in rows]


def one_place(weekday: int, **over: Any) -> Any:
    values = {"weekday": weekday, "starts_at": dt.time(9), "ends_at": dt.time(9, 30), "valid_from": dt.date(2026, 9, 1)}
    return make_opening(**values | over)


def test_the_plan_rests_on_holidays_and_works_on_make_up_days(year: None) -> None:
    community, service = make_community(), make_service()
    for weekday in range(5):
        one_place(
            weekday, community=community, service=service, starts_at=dt.time(8 + weekday, 30), ends_at=dt.time(14)
        )
    open_planned_sessions(at=EVE, days=14)
    days = {start.date() for start in starts()}
    assert not days & HOLIDAYS
    assert days == {
        EVE.date() + dt.timedelta(days=n) for n in range(15) if (EVE.date() + dt.timedelta(days=n)).weekday() < 5
    } - HOLIDAYS | {MAKE_UP}
    first = min(start for start in starts() if start.date() == MAKE_UP)
    assert first.time() == dt.time(10, 30), "Wednesday's hours, not Saturday's and not Friday's"


def test_what_must_open_on_holidays_does(year: None) -> None:
    opening = one_place(3, on_holidays=True)
    open_planned_sessions(at=EVE, days=5)
    assert [start.date() for start in starts(opening=opening)] == [dt.date(2026, 10, 1)]


def test_a_holiday_says_its_name_where_one_chooses_a_day(year: None) -> None:
    opening = one_place(3)
    open_planned_sessions(at=EVE, days=14)
    days = bookable_days(
        community=opening.community, service=opening.service, at=EVE, first=dt.date(2026, 10, 1), days=8
    )
    assert [(str(day.reason), day.is_open) for day in (days[0], days[7])] == [("国庆节", False), ("", True)]


def test_times_too_near_are_offered_to_staff_only(db: None) -> None:
    community, service, now = make_community(), make_service(lead_minutes=60), clock.at_wall(EVE.date(), dt.time(10))
    near, far = (
        make_session(community=community, service=service, starts_at=now + dt.timedelta(minutes=minutes))
        for minutes in (40, 90)
    )
    for is_staff, shown in ((False, [far]), (True, [near, far])):
        which: dict[str, Any] = {"community": community, "service": service, "at": now, "for_staff": is_staff}
        assert list(bookable(**which)) == shown
        assert bookable_days(**which, days=1)[0].sessions == shown
    assert services_with_next(community, at=now) == [(service, far)]


def test_the_length_of_the_service_fills_the_hours_and_the_rest_is_not_offered(year: None) -> None:
    one_place(0, ends_at=dt.time(10, 15), service=make_service(minutes=30))
    open_planned_sessions(at=EVE, days=1)
    assert [start.time() for start in starts()] == [dt.time(9), dt.time(9, 30)]


def test_times_that_have_begun_days_outside_the_rule_and_closed_services_have_no_sessions(year: None) -> None:
    community = make_community()
    one_place(0, community=community)
    one_place(0, community=community, starts_at=dt.time(11), ends_at=dt.time(11, 30))
    one_place(1, community=community, valid_from=dt.date(2026, 9, 30))
    one_place(1, community=community, valid_until=dt.date(2026, 9, 28))
    one_place(2, community=community, service=make_service(is_active=False))
    open_planned_sessions(at=clock.at_wall(EVE.date(), dt.time(9)), days=2)
    assert [f"{start:%m-%d %H:%M}" for start in starts()] == ["09-28 11:00"]


def test_every_night_thirty_days_ahead_and_twice_changes_nothing(year: None) -> None:
    for weekday in range(7):
        one_place(weekday, on_holidays=True, channel="phone")
    with time_machine.travel(EVE, tick=False) as time:
        assert tasks.open_sessions() == 31, "today and thirty days"
        before = list(Session.objects.order_by("id").values())
        assert tasks.open_sessions() == 0
        assert list(Session.objects.order_by("id").values()) == before
        time.shift(dt.timedelta(days=1))
        assert tasks.open_sessions() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_each_session_once() -> None:
    for weekday in range(5):
        one_place(weekday, ends_at=dt.time(12))
    answers = all_at_once([lambda: open_planned_sessions(at=EVE, days=7)] * 4)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert len(starts()) == len(set(starts())) == 6 * 6, "six working days, six half hours each"


def test_a_booking_keeps_its_time_when_the_service_gets_longer(year: None) -> None:
    opening = one_place(1, ends_at=dt.time(11), service=make_service(minutes=30))
    open_planned_sessions(at=EVE, days=7)
    session = Session.objects.order_by("starts_at")[1]
    booking = book(session=session, resident=make_resident(community=opening.community), by=None, at=EVE)
    opening.service.minutes = 60
    changed = save_service(service=opening.service, by=None, at=EVE)
    assert [kept.pk for kept in changed.kept] == [session.pk]
    kept = Booking.objects.get(pk=booking.pk)
    assert (kept.starts_at, kept.ends_at) == (session.starts_at, session.ends_at)
    that_week = starts(to_move=False, starts_at__lt=EVE + dt.timedelta(days=7))
    assert [start.time() for start in that_week] == [dt.time(9), dt.time(10)]
