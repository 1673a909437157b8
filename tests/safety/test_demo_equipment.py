"""Equipment as the demonstration tells it: over the whole city, in every state of life, from rows."""

import time

import pytest

from community_portal import clock
from community_portal.demo.hiring import hire_everybody
from community_portal.demo.life import Life
from community_portal.demo.residents import Neighbours
from community_portal.demo.safety_campaigns import plan_duties
from community_portal.demo.safety_equipment import plan_equipment
from community_portal.demo.settle import new_town, settle
from community_portal.places.models import Community
from safety.models import Equipment, Inspection, InspectionAnswer, InspectionRound, RoundGap
from safety.queries.equipment import expiring, in_order
from safety.workflow.equipment import Standing

pytestmark = pytest.mark.django_db


def test_equipment_of_the_whole_city(subtests: pytest.Subtests) -> None:
    town = new_town(today=clock.today(), weeks=6)
    settle(town)
    hire_everybody(town)
    life = Life(town, Neighbours(by_code={}, by_community={}), until=clock.now())
    plan_duties(life)
    life.live()
    began = time.monotonic()
    plan_equipment(life)
    life.live()
    took = time.monotonic() - began
    places = list(Community.objects.values_list("pk", flat=True))
    with subtests.test("640 pieces and more, in each community"):
        assert Equipment.objects.standing().count() >= 640
        assert set(Equipment.objects.values_list("community", flat=True)) == set(places)
    with subtests.test("every state of life"):
        assert set(Equipment.objects.values_list("state", flat=True)) == set(map(str, Standing))
        late = Equipment.objects.standing().filter(expires_on__lt=clock.today())
        assert late.exists() and expiring(places, clock.now()).count() > late.count()
        assert in_order(places, clock.now()).count() > 500
    with subtests.test("rounds: two ended, one on the way with what fails, what was moved and what was too quick"):
        assert InspectionRound.objects.filter(ended_at__isnull=False).count() == 2
        opened = InspectionRound.objects.get(ended_at__isnull=True)
        assert opened.community.code == "CA"
        assert InspectionAnswer.objects.filter(result="fail", hazard__isnull=False).count() == 3
        assert opened.inspections.filter(to_premises__isnull=False).count() == 1
        assert Inspection.objects.filter(flag="quick").count() == 2
        assert RoundGap.objects.filter(what="not_found").count() == 2
    with subtests.test("quickly"):
        assert took < 15  # three seconds of its own on an idle machine
        print(f"took {took:.1f}")
