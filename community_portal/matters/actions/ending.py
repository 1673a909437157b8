"""How a matter ends: given up, called back and rated; and how it comes back."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Matter
from community_portal.matters.actions.steps import speaks_for_themselves, take
from community_portal.matters.actions.visits import call_off_agreed_visit
from community_portal.matters.models import Extendable, Rated
from community_portal.matters.notices import tell_officer
from community_portal.people.models import STAFF, User
from community_portal.people.wording import read_text
from community_portal.refusals import NotAllowed, Refusal


@transaction.atomic
def withdraw(
    matter: Matter,
    *,
    words: str,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
    changes: dict[str, Any] | None = None,
) -> None:
    """The resident does not want it any more."""
    event = take(matter, "withdraw", by=by, at=at, seen=seen, words=words, changes=changes)
    call_off_agreed_visit(matter, authority=event.authority, by=by, at=at, by_house=False)


@transaction.atomic
def call_back(
    matter: Rated,
    *,
    satisfaction: int | None,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
    words: str = "",
) -> None:
    """回访: staff telephoned and wrote down the resident's own word (1–5, None when nobody could be reached)."""
    changes: dict[str, Any] = {"called_back_at": at}
    if satisfaction is not None:
        changes["satisfaction"] = _score(satisfaction)
    take(matter, "call_back", by=by, at=at, seen=seen, words=words, changes=changes, detail={"score": satisfaction})


@transaction.atomic
def rate(matter: Rated, *, satisfaction: int, by: User, at: dt.datetime, words: str = "") -> None:
    """The resident's own rating. A delegate may not rate for them."""
    if not speaks_for_themselves(matter, by):
        raise NotAllowed(_("评价要由本人来做。"))
    if not matter.may_be_rated:
        raise Refusal(_("事情办完以后再评价。"), code="too_early")
    matter.satisfaction = _score(satisfaction)
    type(matter).objects.filter(pk=matter.pk).update(satisfaction=matter.satisfaction)
    words = read_text(words, field="words")
    matter.write("rated", by=by, at=at, authority="self", words=words, detail={"score": satisfaction}, is_public=True)


def _score(satisfaction: int) -> int:
    if not 1 <= satisfaction <= 5:
        raise Refusal(_("请选 1 到 5 分。"), code="bad_score", field="satisfaction")
    return satisfaction


@transaction.atomic
def reopen(
    matter: Matter,
    *,
    words: str,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
    changes: dict[str, Any] | None = None,
) -> None:
    """Not done after all: back on the desk of who handled it, with its number and history; of the pool when they have left.

    Call-back, rating and extensions were of the first round and stay in the journal. ``changes`` is what else the second
    starts with, such as a promise of its own.
    """
    handler = matter.handler
    if handler and not (handler.is_active and handler.has_role_at(matter.community_id, *STAFF)):
        handler = None
    again: dict[str, Any] = {"handler": handler, "reopened_count": matter.reopened_count + 1}
    if isinstance(matter, Rated):
        again |= {"called_back_at": None, "satisfaction": None}
    if isinstance(matter, Extendable):
        again |= {"extension_count": 0, "extension_asked_days": 0}
    detail = {"promised_before": matter.promised_at.isoformat()} if matter.promised_at else {}
    take(matter, "reopen", by=by, at=at, seen=seen, words=words, changes=again | (changes or {}), detail=detail)
    if handler:
        tell_officer("matter_reopened", matter, handler, at=at)
