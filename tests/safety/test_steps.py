"""Every step × every state × every role of the two tables."""

from typing import Any

import pytest

from community_portal.people.models import Role
from safety.models import CorrectiveAction, Drill
from safety.workflow.corrective import CORRECTIVE
from safety.workflow.drill import DRILL
from safety.workflow.states import Drilling
from tests.cast import MONDAY, Cast
from tests.factories import make_member
from tests.matters.walk import broken_rules, people_of
from tests.safety.drilling import (
    STARTS,
    after,
    check_all,
    make_draft,
    make_evaluated,
    make_notified,
    make_party,
    make_running,
)

pytestmark = pytest.mark.django_db
# Whose hands it is in does more than the table says, and less: these are walked by their own tests (test_story.py).
BY_PERSON = {"start", "end", "evaluate"}


@pytest.mark.parametrize(
    "step", [step for step in DRILL.steps if step.name not in BY_PERSON], ids=lambda step: step.name
)
def test_of_a_drill(cast: Cast, step: Any) -> None:
    party = make_party(cast)
    drill = make_notified(party)
    check_all(drill, party)
    later = make_member(Role.SAFETY, community=cast.home, username="safety-3")
    people = people_of(cast, safety=later)
    officer = make_member(Role.GRID_OFFICER, grid=cast.grid, username="grid-2")
    people["grid_officer"] = officer
    Drill.objects.update(grid=cast.grid)

    def put_into(state: str) -> Drill:
        told = {"closed_at": MONDAY if DRILL.states[state].is_end else None}
        told["abort_why"] = "着火" if state == Drilling.ABORTED else ""
        told["evaluated_at"] = MONDAY if state in (Drilling.ACTIONS, Drilling.CLOSED) else None
        if state in (Drilling.DRAFT, Drilling.APPROVING, Drilling.APPROVED):
            told |= {"session": None, "notified_at": None}
        Drill.objects.filter(pk=drill.pk).update(state=state, **told)
        rows = Drill.objects.select_related("case", "community__street", "session", "commander", "evaluator")
        return rows.get(pk=drill.pk)

    data = {"words": "一句话"} | ({"officer": party.deputy} if step.name == "hand_over" else {})
    broken = list(broken_rules(DRILL, step, people=people, put_into=put_into, data=data, at=MONDAY))
    assert broken == []


@pytest.mark.parametrize(
    "step", [step for step in CORRECTIVE.steps if "retest" not in step.name], ids=lambda step: step.name
)
def test_of_an_action(cast: Cast, step: Any) -> None:
    party = make_party(cast)
    drill = make_evaluated(party)
    coming = make_draft(party, at=after(86400 * 2), starts_at=after(86400 * 100), title="下一场")
    action = drill.actions.get()
    people = people_of(cast, safety=party.deputy)
    CorrectiveAction.objects.update(grid=cast.grid)

    def put_into(state: str) -> CorrectiveAction:
        done = state != "open"
        checked = state in ("checked", "retested")
        CorrectiveAction.objects.filter(pk=action.pk).update(
            state=state, proof="清了" if done else "", done_by=party.safety if done else None,
            checked_by=party.judge if checked else None, closed_at=MONDAY if checked else None,
            retest_in=coming if state == "retested" else None, retested_at=MONDAY if state == "retested" else None,
            handler=cast.officer if step.name == "prove" else party.deputy,
        )  # fmt: skip
        return CorrectiveAction.objects.select_related("case", "community__street", "drill", "handler").get(
            pk=action.pk
        )

    data = {"words": "一句话", "drill": coming, "photos": [], "officer": party.safety}
    # Who is no officer of that grid, no leader and no owner does not prove; the property company is tested in test_story.py.
    broken = list(broken_rules(CORRECTIVE, step, people=people, put_into=put_into, data=data, at=STARTS))
    assert broken == []


def test_the_deputy_ends_what_the_commander_began(cast: Cast) -> None:
    drill = make_running(make_party(cast))
    assert [step.name for step in DRILL.open_steps(drill, drill.deputy) if step.panel == "day"] == ["end", "abort"]
