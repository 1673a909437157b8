"""The retrofit as the demonstration tells it: who was asked, who met, how long it took, and that it still works."""

import time

import pytest

from community_portal import clock
from community_portal.demo.hiring import hire_everybody
from community_portal.demo.safety_retrofits import build_retrofits
from community_portal.demo.settle import new_town, settle
from community_portal.people.models import User
from safety.models import Retrofit
from safety.queries.retrofits import asked_of, sides_of, total_of

pytestmark = pytest.mark.django_db


def test_a_stilt_floor_is_made_safe_in_nine_days() -> None:
    town = new_town(today=clock.today(), weeks=6)
    settle(town)
    hire_everybody(town)
    began = time.monotonic()
    build_retrofits(town, until=clock.now())
    took = time.monotonic() - began
    done, begun = Retrofit.objects.get(state="running"), Retrofit.objects.get(state="survey")
    asked, gifts = asked_of(done), list(done.contributions.all())
    assert asked and (asked.base, asked.answered, asked.reported) == (412, 405, 379)
    assert (asked.of_all, asked.of_answered) == (92.0, 93.6)
    assert done.meeting and str(done.meeting.led_by) == "公园里物业"
    assert {one.role for one in done.meeting.parties.all() if one.came} == {"property", "fire", "community", "owners"}
    assert (done.days, done.zones.count(), sides_of(gifts), total_of(gifts)) == (9, 14, 6, 186_400)
    assert [(one.after_days, one.passed) for one in done.checks_now()] == [(30, True), (90, None)]
    keeper = User.objects.get(username="property")
    assert set(Retrofit.objects.visible_to(keeper)) == {done, begun}
    assert took < 15  # three seconds of its own on an idle machine
