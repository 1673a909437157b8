"""When a hall is open, and days on which it stays shut: the plan follows at once, and whoever had booked is called off or moved by staff."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from community_portal import clock
from community_portal.bookings.actions.openings import Replanned, open_planned_sessions
from community_portal.bookings.actions.places import cancel_booking
from community_portal.bookings.models import Booking, CancelReason, Opening, Session
from community_portal.bookings.planning import DayPlan
from community_portal.people.models import User
from community_portal.places.actions import add_closure, remove_closure, set_opening_hours
from community_portal.places.models import Closure, Community
from community_portal.refusals import Changed


@transaction.atomic
def close_hall(
    community: Community, *, first_on: dt.date, last_on: dt.date, reason: str, by: User | None, at: dt.datetime
) -> Closure:
    """A closure, and the plan without it: empty sessions go, booked ones wait for staff. Raises as ``add_closure``."""
    closure = add_closure(community, first_on=first_on, last_on=last_on, reason=reason, by=by, at=at)
    open_planned_sessions(at=at, community_id=community.pk)
    return closure


@transaction.atomic
def reopen_hall(closure: Closure, *, by: User | None, at: dt.datetime) -> None:
    """Open after all: the sessions are back, and a booking whose time stands in the plan again need not be moved."""
    community, days = closure.community, (closure.first_on, closure.last_on)
    remove_closure(closure, by=by)
    open_planned_sessions(at=at, community_id=community.pk)
    _let_stand(_waiting_to_move(community, at=at).filter(starts_at__date__range=days), community, at=at)


@transaction.atomic
def change_week(
    community: Community,
    *,
    hours: list[tuple[int, dt.time, dt.time]],
    by: User | None,
    at: dt.datetime,
    seen: str | None = None,
) -> Replanned:
    """Other hours of the hall, and the plan within them; what becomes of the sessions. Raises as ``set_opening_hours``."""
    set_opening_hours(community, hours=hours, by=by, at=at, seen=seen)
    replanned = open_planned_sessions(at=at, community_id=community.pk)
    _let_stand(_waiting_to_move(community, at=at), community, at=at)
    return replanned


def _waiting_to_move(community: Community, *, at: dt.datetime) -> QuerySet[Session]:
    """Sessions outside the plan, whose people staff has to move."""
    return Session.objects.filter(community=community, to_move=True, starts_at__gt=at).order_by("starts_at")


def _let_stand(waiting: QuerySet[Session], community: Community, *, at: dt.datetime) -> None:
    """A booking whose time stands in the plan again need not be moved."""
    days = [clock.local(session.starts_at).date() for session in waiting]
    if not days:
        return
    plan = DayPlan.load(days[0], days[-1], [community.pk])
    openings = Opening.objects.filter(community=community).select_related("service", "community")
    wanted = {(opening.service_id, start) for opening in openings for start in plan.times_of(opening, after=at)}
    for session in waiting:
        if (session.service_id, session.starts_at) in wanted:
            Session.objects.filter(pk=session.pk).update(to_move=False)


@transaction.atomic
def call_off_bookings(bookings: Iterable[tuple[Booking, int]], *, by: User | None, at: dt.datetime) -> int:
    """The house cannot keep these, each ``(booking, version as the page showed it)``; everybody is told at once.

    Answers how many were called off: one that was moved or cancelled meanwhile is left as it is.
    """
    done = 0
    for booking, seen in bookings:
        try:
            with transaction.atomic():
                cancel_booking(booking=booking, reason=CancelReason.BY_HOUSE, by=by, at=at, seen=seen)
            done += 1
        except Changed:
            continue
    return done
