"""From the name of a step to its deed: what the step page, the API and the tests share."""

import datetime as dt
from typing import Any

from django.db import transaction

from community_portal.casework.models import Matter
from community_portal.matters.actions import ending, extensions, hands, steps, visits, words
from community_portal.matters.forms import steps as forms
from community_portal.matters.kinds import Deed, kind_of
from community_portal.people.models import User

STANDARD = {
    deed.step: deed
    for deed in (
        Deed("assign", hands.assign, forms.AssignForm, ("officer",)),
        Deed("hand_over", hands.hand_over, forms.HandOverForm, ("officer",)),
        Deed("plan_visit", visits.plan_visit, forms.PlanVisitForm, ("starts_at", "minutes", "wished")),
        Deed("call_off_visit", visits.call_off_visit),
        Deed("ask_resident"),
        Deed("answer", words.answer, forms.AnswerForm, ("photos",)),
        Deed("ask_extension", extensions.ask_extension, forms.ExtensionForm, ("days",)),
        Deed("grant_extension", extensions.grant_extension),
        Deed("refuse_extension", extensions.refuse_extension),
        Deed("call_back", ending.call_back, forms.CallBackForm, ("satisfaction",)),
        Deed("reopen", ending.reopen),
        Deed("withdraw", ending.withdraw),
    )
}


def standard(*names: str) -> tuple[Deed, ...]:
    """The deeds of steps that most kinds of matter have (matters/steps.py)."""
    return tuple(STANDARD[name] for name in names)


@transaction.atomic
def perform(matter: Matter, step: str, *, data: dict[str, Any], by: User, at: dt.datetime) -> None:
    """Takes a step by name with what was typed; raises what the action raises."""
    deed = kind_of(matter).by_step[step]
    given: dict[str, Any] = {"by": by, "at": at, "seen": data.get("seen"), "words": data.get("words") or ""}
    if deed.action is None:
        steps.take(matter, step, **given)
    else:
        deed.action(matter, **given, **{name: data.get(name) for name in deed.fields})
