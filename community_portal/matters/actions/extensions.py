"""More time: asked for once, in working days; whoever may grant it decides."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.casework.deadlines import extended, moved
from community_portal.matters.actions.steps import take
from community_portal.matters.models import Extendable
from community_portal.matters.notices import tell_manager
from community_portal.people.models import User
from community_portal.refusals import Refusal

LONGEST_EXTENSION = 15


@transaction.atomic
def ask_extension(
    matter: Extendable, *, days: int | None, words: str, by: User | None, at: dt.datetime, seen: int | None = None
) -> None:
    """More time, once, in working days; the manager decides."""
    if not 1 <= (days or 0) <= LONGEST_EXTENSION:
        raise Refusal(
            _("延期 1 到 %(most)s 个工作日。") % {"most": LONGEST_EXTENSION}, code="bad_extension", field="days"
        )
    take(matter, "ask_extension", by=by, at=at, seen=seen, words=words, changes={"extension_asked_days": days})
    tell_manager("matter_extension_asked", matter, at=at, days=days)


@transaction.atomic
def grant_extension(
    matter: Extendable, *, by: User | None, at: dt.datetime, seen: int | None = None, words: str = ""
) -> None:
    """Agreed: the limit and the promise move by so many working days, and the resident is told."""
    days = matter.extension_asked_days
    changes: dict[str, Any] = _decided(matter)
    if matter.due_at:
        changes["due_at"] = extended(matter.due_at, days=days, why=matter.due_why)
        changes["due_why"] = moved(matter.due_why, to=changes["due_at"]) | {"extended_days": days}
    if matter.promised_at:
        changes["promised_at"] = extended(matter.promised_at, days=days)
    take(matter, "grant_extension", by=by, at=at, seen=seen, words=words, changes=changes)


@transaction.atomic
def refuse_extension(
    matter: Extendable, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None
) -> None:
    """Not agreed, and why."""
    take(matter, "refuse_extension", by=by, at=at, seen=seen, words=words, changes=_decided(matter))


def _decided(matter: Extendable) -> dict[str, Any]:
    return {"extension_asked_days": 0, "extension_count": matter.extension_count + 1}
