"""The walk over the table of a flow: each step, from each state, by each person; it goes through where the table says so.

A service gives a matter, a way to put it into a state, and what is typed at a step; everything else is read from its table.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction

from community_portal.casework.flow import Flow, Step
from community_portal.casework.models import Matter
from community_portal.matters.deeds import perform
from community_portal.refusals import Refusal
from tests.cast import Cast


def people_of(cast: Cast, **more: Any) -> dict[str, Any]:
    """Somebody of each role, the resident and a stranger; third parties by ``more``."""
    return {
        "receptionist": cast.reception,
        "grid_officer": cast.officer,
        "manager": cast.manager,
        "street_officer": cast.street_officer,
        "resident": cast.elder_account,
        "stranger": cast.stranger,
    } | more


def broken_rules(
    flow: Flow,
    step: Step,
    *,
    people: dict[str, Any],
    put_into: Callable[[str], Matter],
    data: dict[str, Any],
    at: dt.datetime,
) -> Iterator[str]:
    """Where ``step`` went against the table, or did not go by it. ``put_into`` answers the matter in a state in which the
    step is possible; what is done is undone before the next."""
    for state in flow.states:
        for role, person in people.items():
            allowed = state in step.sources and role in step.roles
            if _goes(step, put_into, state, data | {"seen": None}, person, at) != allowed:
                yield f"{step.name} from {state} by {role}: the table says {'yes' if allowed else 'no'}"


def _goes(
    step: Step, put_into: Callable[[str], Matter], state: str, data: dict[str, Any], by: Any, at: dt.datetime
) -> bool:
    with transaction.atomic():
        matter = put_into(state)
        try:
            perform(matter, step.name, data=data, by=by, at=at)
        except Refusal:
            return False
        finally:
            transaction.set_rollback(True)
    return True
