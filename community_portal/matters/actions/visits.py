"""The time agreed for a matter: made, given back, kept; it follows what becomes of the matter (and that of the time: agreements.py).

Lock order: the matter first, then session and booking (bookings/seats.py), the case last.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.bookings.actions import agree_time, call_off, settle_agreed
from community_portal.bookings.models import Booking
from community_portal.bookings.queries import was_cancelled_by_resident
from community_portal.casework.deadlines import for_appointment
from community_portal.casework.models import Event, Matter
from community_portal.matters.actions.steps import authority_in, take
from community_portal.matters.models import Visited
from community_portal.matters.queries import visitor_of
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.refusals import Refusal


def agreed_detail(booking: Booking) -> dict[str, Any]:
    """What the journal keeps of a time that it speaks of."""
    return {"agreed": {"at": booking.starts_at.isoformat()}}


def lock_matter(matter: Visited) -> None:
    """Nobody else changes the matter or its agreed time until the end of the transaction; reads that time anew."""
    locked = type(matter).objects.select_for_update(of=("self",)).select_related("planned_visit__session")
    matter.planned_visit = locked.get(pk=matter.pk).planned_visit


@transaction.atomic
def plan_visit(
    matter: Visited,
    *,
    starts_at: dt.datetime | None,
    minutes: int | None = None,
    wished: bool = False,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
    words: str = "",
) -> Booking:
    """The officer, or whoever of a third party it was given to agrees it, comes, calls, or is there at this time, both calendars
    permitting; a time agreed before is moved.

    ``words`` for the resident; ``wished``: they asked for it, then the limit follows (casework/deadlines.py). Raises as
    ``agree_time`` does.
    """
    if starts_at is None:
        raise Refusal(_("请选一个上门时间。"), code="no_time", field="starts_at")
    lock_matter(matter)
    before, officer, case, plan = matter.planned_visit, visitor_of(matter, by), matter.case, matter.visits
    resident = case.resident.present_file if case.resident else None
    if officer is None:
        raise Refusal(_("还没有派人，约不了时间。"), code="nobody_to_visit", field="starts_at")
    visit = agree_time(
        host=officer,
        resident=resident,
        community=matter.community,
        starts_at=starts_at,
        minutes=plan.minutes if minutes is None else minutes,
        title=plan.title,
        title_en=plan.title_en,
        kind=plan.kind,
        what=matter.own_subject,
        words=read_text(words, field="words"),
        wished=wished,
        tell=[case.asker] if case.asker else [],
        instead_of=before,
        authority=authority_in(matter, by, at=at, party=False),
        by=by,
        at=at,
    )
    limit = for_appointment(
        matter.due_at,
        matter.due_why,
        starts_at=starts_at,
        wished=wished,
        promised_at=matter.promised_at,
        again=before is not None and was_cancelled_by_resident(before),
    )
    changes: dict[str, Any] = {"planned_visit": visit}
    if limit:
        changes |= {"due_at": limit.at, "due_why": limit.why}
    agreed = {"at": starts_at.isoformat(), "with": str(officer), "wished": wished}
    take(matter, "plan_visit", by=by, at=at, seen=seen, words=words, changes=changes, detail={"agreed": agreed})
    return visit


@transaction.atomic
def call_off_visit(matter: Visited, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None) -> None:
    """The agreed visit does not take place, saying why; the resident is told and it may be planned again."""
    lock_matter(matter)
    detail = agreed_detail(matter.planned_visit) if matter.planned_visit else {}
    event = take(matter, "call_off_visit", by=by, at=at, seen=seen, words=words, detail=detail)
    call_off_agreed_visit(matter, authority=event.authority, by=by, at=at, in_journal=True)


def call_off_agreed_visit(
    matter: Matter,
    *,
    authority: str,
    by: User | None,
    at: dt.datetime,
    by_house: bool = True,
    in_journal: bool = False,
) -> None:
    """The matter went another way: the visit, if one was agreed, does not take place. ``in_journal``: the step says so there."""
    if not isinstance(matter, Visited):
        return
    lock_matter(matter)
    agreed = matter.planned_visit
    if agreed is None or not call_off(booking=agreed, authority=authority, by=by, at=at, by_house=by_house):
        return
    agreed.refresh_from_db()
    if not in_journal:
        matter.write(
            "appointment_called_off",
            by=by,
            at=at,
            authority=authority,
            is_public=True,
            detail=agreed_detail(agreed),
            on_behalf_of=agreed.resident if authority.startswith("delegation:") else None,
        )


@transaction.atomic
def take_at_visit(matter: Visited, step: str, *, met: bool, by: User, at: dt.datetime, **given: Any) -> Event:
    """A step taken where somebody was to come: the agreed visit took place, or nobody was home. ``given``: what ``take`` takes."""
    event = take(matter, step, by=by, at=at, **given)
    settle_agreed_visit(matter, met=met, authority=event.authority, by=by, at=at)
    return event


def settle_agreed_visit(matter: Visited, *, met: bool, authority: str, by: User, at: dt.datetime) -> None:
    """The officer was there: the visit took place, or nobody was home."""
    lock_matter(matter)
    if matter.planned_visit is not None:
        settle_agreed(booking=matter.planned_visit, met=met, authority=authority, by=by, at=at)
        matter.planned_visit.refresh_from_db()
