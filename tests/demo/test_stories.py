"""The demo told as `make run` tells it: the facts of the stories stand, and nobody who signs in finds an empty house."""

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import F

from appointments.models import HelpRequest, Outcome
from appointments.workflow import State
from community_portal import clock
from community_portal.bookings.models import Booking, BookingState, SessionKind
from community_portal.casework.models import Case, Task
from community_portal.casework.queries import broken_link
from community_portal.dashboards.fold import differences
from community_portal.demo.weeks import ACTIVITY_COUNT, SOLVED_IN_LONGTIAN
from community_portal.measure import MEASURES
from community_portal.people.models import Resident, User


@pytest.fixture
def town(db: None, settings: Any) -> None:
    settings.PORTAL_DEMO = True
    call_command("load_demo")


@pytest.mark.long
def test_the_stories_are_told(town: None) -> None:
    came = Booking.objects.filter(session__kind=SessionKind.ACTIVITY, state=BookingState.SERVED)
    activities = came.filter(session__community__code="LT").values("session").distinct()
    solved = HelpRequest.objects.filter(community__code="LT", outcome=Outcome.SOLVED)
    assert (activities.count(), solved.count()) == (ACTIVITY_COUNT, SOLVED_IN_LONGTIAN)
    assert came.count() >= 300 and Resident.objects.count() >= 300
    wife = HelpRequest.objects.get(case__resident__name="吴秀英")
    assert wife.case.asker is not None and wife.case.asker.name == "陈平"
    # Whatever the hour: each desk decides, calls back and finds out where somebody lives; each demo account has work.
    for name in ("reception", "grid", "street"):
        user = User.objects.get(username=name)
        assert Task.objects.inbox_of(user).exists(), name
    desk = Task.objects.inbox_of(User.objects.get(username="reception")).values_list("state", flat=True)
    assert {State.REGISTERED, State.VERIFIED, State.RESOLVED} <= set(desk)
    met = set(HelpRequest.objects.values_list("state", flat=True))
    assert set(State) - {State.VISITING} <= met  # on the way is somebody only in office hours
    late = HelpRequest.objects.filter(community__code="LT")
    assert late.overdue(at=clock.now()).exists() and late.filter(resolved_at__gt=F("promised_at")).exists()
    ahead = Booking.objects.filter(starts_at__gt=clock.now() + dt.timedelta(days=1), state=BookingState.BOOKED)
    assert ahead.count() > 20
    assert all(broken_link(case) is None for case in Case.objects.all()[:50])
    assert not [measure for measure in MEASURES.values() if differences(measure)]
