"""From the name of a step to its action: what the step page and the API share."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction

from appointments.models import HelpRequest
from appointments.requests.actions import steps
from appointments.workflow import HELP
from community_portal.people.models import User

# Step name → (action, the fields it takes besides words and seen).
DEEDS: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {
    "assign": (steps.assign, ("officer",)),
    "plan_visit": (steps.plan_visit, ("starts_at", "minutes", "wished")),
    "call_off_visit": (steps.call_off_visit, ()),
    "set_out": (steps.set_out, ()),
    "not_home": (steps.record_not_home, ()),
    "verify": (steps.record_visit, ("finding", "photos", "signature", "signed_by")),
    "return_to_desk": (steps.return_to_desk, ()),
    "apply": (steps.apply_for, ()),
    "handle": (steps.handle, ()),
    "hand_over": (steps.hand_over, ("officer",)),
    "pass_to_street": (steps.pass_to_street, ()),
    "return_to_community": (steps.return_to_community, ()),
    "find_not_eligible": (steps.find_not_eligible, ()),
    "ask_resident": (steps.ask_resident, ()),
    "answer": (steps.answer, ("photos",)),
    "ask_extension": (steps.ask_extension, ("days",)),
    "grant_extension": (steps.grant_extension, ()),
    "refuse_extension": (steps.refuse_extension, ()),
    "resolve": (steps.resolve, ("outcome",)),
    "call_back": (steps.call_back, ("satisfaction",)),
    "reopen": (steps.reopen, ()),
    "withdraw": (steps.withdraw, ()),
}
assert set(DEEDS) == set(HELP.by_name), "every step of the table has an action"


@transaction.atomic
def perform(request: HelpRequest, step: str, *, data: dict[str, Any], by: User, at: dt.datetime) -> None:
    """Takes a step by name with what was typed; raises what the action raises."""
    action, fields = DEEDS[step]
    given = {name: data.get(name) for name in fields}
    if step != "set_out":
        given["words"] = data.get("words", "")
    action(request, by=by, at=at, seen=data.get("seen"), **given)
