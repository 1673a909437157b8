"""Two at once, each with a connection of their own."""

from decimal import Decimal
from typing import Any

import pytest

from community_portal.refusals import Changed, Refusal
from eldercare.actions import acceptance, applications, plans
from eldercare.models import AcceptanceVisit, Adaptation, Programme
from eldercare.workflow.states import State
from tests.cast import make_cast
from tests.eldercare.adapting import add_line, fresh, make_carer, planning
from tests.eldercare.built import LATER, decide_all, hear, make_accepting, sign_all
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


def ready(cast: Any) -> tuple[Adaptation, AcceptanceVisit]:
    """Everything is decided, heard and signed; only the last word is missing."""
    made, visit = make_accepting(cast, "rail", "floor")
    decide_all(visit, cast.street_officer)
    hear(made, visit, cast.street_officer)
    sign_all(visit, cast.street_officer)
    return fresh(made), visit


def test_two_acceptances_at_once_are_one() -> None:
    cast = make_cast()
    made, _visit = ready(cast)

    def accept() -> Any:
        return lambda: acceptance.accept(fresh(made), by=cast.street_officer, at=LATER, words="三方都在")

    said = all_at_once([accept(), accept(), accept()])
    assert sorted(type(one).__name__ for one in said) == ["Changed", "Changed", "NoneType"]
    made = fresh(made)
    assert (made.state, made.accepted_at) == (State.ACCEPTED, LATER)
    assert made.case.events.filter(kind="accept").count() == 1
    assert made.accepted_sum == 800


def test_a_line_that_changes_while_it_is_accepted_is_either_before_or_after() -> None:
    """Nobody is accepted with a line open that was opened again at the same moment."""
    cast = make_cast()
    made, visit = ready(cast)
    row = visit.lines.select_related("visit", "line").get(line__number=1)

    def reopen() -> Any:
        return acceptance.record_line(row, result="", seen=row.version, by=cast.street_officer, at=LATER)

    def accept() -> Any:
        return acceptance.accept(fresh(made), by=cast.street_officer, at=LATER, words="三方都在")

    said = all_at_once([reopen, accept])
    assert sum(one is None for one in said) == 1 and sum(isinstance(one, Refusal) for one in said) == 1
    is_accepted = fresh(made).state == State.ACCEPTED
    assert is_accepted == (not visit.lines.filter(result="").exists())


def test_two_results_of_one_line_at_once_are_one_result_and_one_question() -> None:
    cast = make_cast()
    _made, visit = make_accepting(cast, "rail", "floor")
    row = visit.lines.select_related("visit", "line").get(line__number=1)

    def record(words: str) -> Any:
        return lambda: acceptance.record_line(
            row, result="pass", seen=row.version, words=words, by=cast.street_officer, at=LATER
        )

    said = all_at_once([record("甲"), record("乙")])
    assert sum(isinstance(one, Changed) for one in said) == 1
    assert visit.lines.get(line__number=1).version == 2
