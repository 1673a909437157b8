"""A time agreed for a matter says what it is, and on the spot it needs nobody to wait for."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from community_portal.bookings.actions import call_off
from community_portal.bookings.models import BookingState, SessionKind
from community_portal.matters.actions import visits
from community_portal.outbox.models import Message
from community_portal.refusals import Refusal
from tests.cast import AGREED, MONDAY, Cast
from tests.loans import borrow, put_into
from tests.toy_service.models import Loan
from tests.toy_service.workflow import State

pytestmark = pytest.mark.usefixtures("toy")


def made(cast: Cast) -> Loan:
    """One for which a time can be agreed."""
    return put_into(borrow(cast), State.READY, cast)


@pytest.fixture
def on_the_spot(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Loan:
    """A matter about a place: it is looked at, and it is nobody's in particular."""
    loan = made(cast)
    plan = dataclasses.replace(Loan.visits, title="现场查看", title_en="Site check", kind=SessionKind.SITE)
    monkeypatch.setattr(Loan, "visits", plan)
    loan.case.resident = None
    loan.case.save(update_fields=["resident"])
    return loan


def test_a_site_is_looked_at_without_a_resident(on_the_spot: Loan, cast: Cast, signed_in: Any) -> None:
    before = Message.objects.count()
    visit = visits.plan_visit(on_the_spot, starts_at=AGREED, by=cast.officer, at=MONDAY)
    assert (visit.resident, visit.session.get_kind_display(), visit.state) == (None, "现场", BookingState.BOOKED)
    assert visit.session.host == cast.officer
    page = signed_in(cast.officer).get(f"/loans/{on_the_spot.case.number}/")
    assert page.status_code == 200 and page.context["agreed"].is_coming
    assert signed_in(cast.reception).get("/desk/").status_code == 200
    later = AGREED + dt.timedelta(hours=1)
    moved = visits.plan_visit(on_the_spot, starts_at=later, by=cast.officer, at=MONDAY)
    visit.refresh_from_db()
    assert (visit.state, moved.moved_from, moved.starts_at) == (BookingState.CANCELLED, visit, later)
    assert call_off(booking=moved, authority="role:grid_officer", by=cast.officer, at=MONDAY)
    assert Message.objects.count() == before, "nobody waited for it"


def test_the_calendar_of_who_goes_there_holds_it(on_the_spot: Loan, cast: Cast) -> None:
    visits.plan_visit(on_the_spot, starts_at=AGREED, by=cast.officer, at=MONDAY)
    other = made(cast)
    with pytest.raises(Refusal) as refused:
        visits.plan_visit(other, starts_at=AGREED, by=cast.officer, at=MONDAY)
    assert (refused.value.code, refused.value.field) == ("host_busy", "starts_at")


def test_a_visit_at_home_needs_whom_to_visit(cast: Cast) -> None:
    loan = made(cast)
    loan.case.resident = None
    with pytest.raises(Refusal) as refused:
        visits.plan_visit(loan, starts_at=AGREED, by=cast.officer, at=MONDAY)
    assert refused.value.code == "nobody_to_visit"
