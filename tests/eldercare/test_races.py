"""Two at once, each with a connection of their own."""

from decimal import Decimal
from typing import Any

import pytest

from community_portal.refusals import Refusal
from eldercare.actions import applications, plans
from eldercare.models import Adaptation, Programme
from eldercare.workflow.states import State
from tests.cast import make_cast
from tests.eldercare.adapting import add_line, fresh, make_carer, planning
from tests.eldercare.elders import MONDAY, make_programme
from tests.factories import make_household, make_resident
from tests.race import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_last_of_the_budget_is_bound_once() -> None:
    """Two plans of 600 and 1,000 in all: one is put before the family, the other waits, and no yuan is bound twice."""
    cast = make_cast()
    carer = make_carer(cast)
    make_programme(cast, budget=Decimal(1000))
    other = make_resident(
        household=make_household(building=cast.building, room="601"), name="李兰", phone="+8613800002050"
    )
    homes = [planning(cast), planning(cast, resident=other, household=other.household)]
    for home in homes:
        add_line(home, "rail", by=carer, quantity="2")

    def propose(home: Adaptation) -> Any:
        return lambda: plans.propose(fresh(home), by=carer, at=MONDAY)

    said = all_at_once([propose(home) for home in homes])
    assert sorted(type(one).__name__ for one in said) == ["NoneType", "Refusal"]
    assert Programme.objects.get().committed == 600
    assert sorted(home.state for home in Adaptation.objects.all()) == [State.CONFIRMING, State.PLANNING]


def test_two_applications_for_one_home_are_one() -> None:
    cast = make_cast()
    make_programme(cast)
    spouse = make_resident(household=cast.household, name="吴秀英", phone="+8613800002051")
    said = all_at_once(
        [
            lambda r=resident: applications.apply_for(r, by=cast.reception, at=MONDAY)
            for resident in (cast.elder, spouse)
        ]
    )
    refused = [one for one in said if isinstance(one, Refusal)]
    assert len(refused) == 1 and refused[0].code == "open_case"
    assert Adaptation.objects.count() == 1
