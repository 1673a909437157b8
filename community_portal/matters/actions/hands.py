"""In whose hands a matter is: given to somebody, or handed on to a colleague (转派, 交接)."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Matter
from community_portal.matters.actions.steps import must_work_here, take
from community_portal.matters.actions.visits import call_off_agreed_visit
from community_portal.matters.notices import tell_officer
from community_portal.people.models import User
from community_portal.refusals import Refusal


@transaction.atomic
def assign(
    matter: Matter,
    *,
    officer: User | None,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
    words: str = "",
    changes: dict[str, Any] | None = None,
    tell: str = "matter_assigned",
) -> None:
    """By hand, to a colleague who starts afresh: the time that another had agreed is given back."""
    officer = must_work_here(officer, matter)
    before = matter.handler
    event = take(
        matter,
        "assign",
        by=by,
        at=at,
        seen=seen,
        words=words,
        changes={"handler": officer} | (changes or {}),
        detail={"officer": str(officer), "why": "by_hand"},
    )
    if before != officer:
        call_off_agreed_visit(matter, authority=event.authority, by=by, at=at)
    tell_officer(tell, matter, officer, at=at)


@transaction.atomic
def hand_over(
    matter: Matter,
    *,
    officer: User | None,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
    words: str = "",
) -> None:
    """交接: what is under way goes on in other hands, with its limits; whoever takes it over is told."""
    officer = must_work_here(officer, matter)
    if matter.handler == officer:
        raise Refusal(_("这件事已经在他（她）手上。"), code="same_officer", field="officer")
    detail = {"officer": str(officer), "from": str(matter.handler or "")}
    take(matter, "hand_over", by=by, at=at, seen=seen, words=words, changes={"handler": officer}, detail=detail)
    tell_officer("matter_handed_over", matter, officer, at=at)
