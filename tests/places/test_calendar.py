"""A year whose holidays nobody has announced: every page that shows a limit or an opening in it says so."""

import datetime as dt
from typing import Any

import pytest

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from appointments.workflow import State
from community_portal import clock
from community_portal.bookings.actions import book, open_planned_sessions
from community_portal.bookings.models import Session
from community_portal.casework.deadlines import explain
from community_portal.matters.actions import extensions
from community_portal.matters.actions.steps import take
from community_portal.matters.actions.words import answer
from community_portal.places.calendar import guessed_among, guessed_years
from community_portal.places.importers import import_calendar
from community_portal.places.models import CalendarYear
from tests.cast import Cast
from tests.factories import make_category, make_opening, make_service
from tests.help_requests import put_into

NEW_YEARS_EVE = clock.at_wall(dt.date(2026, 12, 30), dt.time(10))
WARNING = "2027 年的放假安排还没有公布"


@pytest.fixture
def in_december(cast: Cast, time_machine: Any) -> HelpRequest:
    """30 December: this year was announced, the next was not; a request whose limit lies beyond, a plan that goes on."""
    time_machine.move_to(NEW_YEARS_EVE, tick=False)
    import_calendar(at=clock.now(), years=[2026, 2027])
    CalendarYear.objects.update_or_create(year=2026, defaults={"is_announced": True, "imported_at": clock.now()})
    CalendarYear.objects.filter(year=2027).update(is_announced=False)
    service = make_service(code="allowance", community=cast.home)
    for weekday in range(5):
        make_opening(community=cast.home, service=service, weekday=weekday)
    open_planned_sessions(at=clock.now())
    return register_request(
        community=cast.home, category=make_category(visit_days=5), words="灯坏了", resident=cast.elder, by=cast.reception,
        at=clock.now(),
    )  # fmt: skip


PAGES = {
    "reception": ("/requests/", "/requests/{number}/", "/requests/{number}/slip/", "/desk/book/?service=allowance"),
    "officer": ("/field/", "/inbox/", "/desk/"),
    "manager": ("/settings/", "/settings/openings/", "/settings/calendar/?year=2027"),
    "elder_account": ("/my/requests/{number}/", "/book/allowance/", "/my/bookings/{booking}/"),
}


def test_every_page_with_a_day_of_that_year_warns_and_stops_when_it_is_announced(
    cast: Cast, in_december: HelpRequest, signed_in: Any
) -> None:
    session = Session.objects.filter(starts_at__year=2027).order_by("starts_at")[0]
    booking = book(session=session, resident=cast.elder, by=None, at=clock.now())
    number = in_december.case.number

    def warned() -> dict[str, bool]:
        return {
            url: "放假安排还没有公布" in signed_in(getattr(cast, who)).get(url.format(number=number, booking=booking.pk))
            .content.decode()
            for who, urls in PAGES.items()
            for url in urls
        }  # fmt: skip

    assert {url for url, is_warned in warned().items() if not is_warned} == set()
    CalendarYear.objects.filter(year=2027).update(is_announced=True)
    HelpRequest.objects.update(due_why={**in_december.due_why, "is_guess": False})
    assert {url for url, is_warned in warned().items() if is_warned} == set()


def test_the_limit_says_it_is_a_guess_also_when_it_only_got_there_by_extension_or_waiting(
    cast: Cast, in_december: HelpRequest
) -> None:
    request = put_into(in_december, State.HANDLING, cast.officer)
    since = NEW_YEARS_EVE.isoformat()
    short = {"rule": "", "amount": 1, "unit": "days", "since": since, "until": since, "odd_days": [], "is_guess": False}
    HelpRequest.objects.filter(pk=request.pk).update(
        due_at=NEW_YEARS_EVE + dt.timedelta(hours=1), due_why=short, extension_asked_days=3
    )
    request.refresh_from_db()
    assert "还没有公布" not in explain(request.due_why)
    extensions.grant_extension(request, by=cast.manager, at=NEW_YEARS_EVE)
    assert clock.local(request.due_at).year == 2027
    assert "还没有公布" in explain(request.due_why) and "元旦" in explain(request.due_why)

    HelpRequest.objects.filter(pk=request.pk).update(due_at=NEW_YEARS_EVE + dt.timedelta(hours=1), due_why=short)
    request.refresh_from_db()
    take(request, "ask_resident", words="请补照片", by=cast.officer, at=NEW_YEARS_EVE)
    answer(request, words="来了", by=cast.elder_account, at=NEW_YEARS_EVE + dt.timedelta(days=7))
    assert "还没有公布" in explain(request.due_why)


def test_the_years_among_days(db: None) -> None:
    CalendarYear.objects.create(year=2026, is_announced=True, imported_at=NEW_YEARS_EVE)
    evening = dt.datetime(2026, 12, 31, 20, tzinfo=dt.UTC)  # already New Year in Shanghai
    assert guessed_among([None, dt.date(2026, 5, 1)]) == []
    assert guessed_among([evening, dt.date(2028, 1, 1)]) == [2027, 2028]
    assert guessed_years(dt.date(2026, 10, 31)) == []
    assert guessed_years(dt.date(2026, 12, 30)) == [2027]
