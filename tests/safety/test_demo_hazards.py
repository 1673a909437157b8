"""Hazards as the demonstration tells them: each state, one place for the third time, one that waits for the fire brigade."""

import time

import pytest

from community_portal import clock
from community_portal.casework.models import Commission
from community_portal.demo.hiring import hire_everybody
from community_portal.demo.life import Life
from community_portal.demo.residents import Neighbours
from community_portal.demo.safety_campaigns import plan_duties
from community_portal.demo.safety_hazards import TALES, plan_hazards
from community_portal.demo.settle import new_town, settle
from safety.models import Hazard
from safety.workflow.states import Hazarding
from tests.factories import make_resident

pytestmark = pytest.mark.django_db


def test_a_hazard_in_every_state(subtests: pytest.Subtests) -> None:
    town = new_town(today=clock.today(), weeks=6)
    settle(town)
    hire_everybody(town)
    people = {code: [make_resident(community=home) for _n in range(20)] for code, home in town.communities.items()}
    life = Life(town, Neighbours(by_code={}, by_community=people), until=clock.now())
    plan_duties(life)
    life.live()
    began = time.monotonic()
    plan_hazards(life)
    life.live()
    took = time.monotonic() - began
    with subtests.test("each state"):
        states = set(Hazard.objects.values_list("state", flat=True))
        assert states == set(map(str, Hazarding))
        assert Hazard.objects.count() == len(TALES)
    with subtests.test("one was passed on, reminded, and waits"):
        waits = Hazard.objects.get(state=Hazarding.TRANSFERRED).transfers.get()
        assert waits.answered_at is None and waits.body.name == "唐闸消防救援站"
    with subtests.test("one place for the third time"):
        assert Hazard.objects.filter(times_here=3, community__code="CA").exists()
    with subtests.test("what the company found it was given"):
        found = Hazard.objects.filter(source="property")
        given = Commission.objects.filter(
            flow="hazard", matter_id__in=found.values("pk"), organisation__name="公园里物业"
        )
        assert found.count() == 2 and given.count() == 2
    with subtests.test("quickly"):
        assert took < 15  # three seconds of its own on an idle machine
