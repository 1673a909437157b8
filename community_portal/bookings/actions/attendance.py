"""Who came, who was served, who did not come; each mark can be taken back until the day after."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.bookings.actions.limits import CHANGED
from community_portal.bookings.actions.places import set_booking, write_line
from community_portal.bookings.models import AGREED_KINDS, Booking, BookingEvent, BookingState
from community_portal.bookings.seats import refusing
from community_portal.people.authority import SYSTEM, staff_authority
from community_portal.people.models import User
from community_portal.refusals import Changed, Refusal

UNDO_WITHIN = dt.timedelta(days=1)


@dataclass(frozen=True)
class Mark:
    """One button of the visits page."""

    label: str | Promise
    sources: frozenset[str]
    target: str


MARKS = {
    "check_in": Mark(_("签到"), frozenset({BookingState.BOOKED}), BookingState.ARRIVED),
    "served": Mark(_("已办"), frozenset({BookingState.BOOKED, BookingState.ARRIVED}), BookingState.SERVED),
    "no_show": Mark(_("未到"), frozenset({BookingState.BOOKED}), BookingState.NO_SHOW),
}


def open_marks(booking: Booking, *, at: dt.datetime) -> list[str]:
    """Names of the marks that the page may offer now, in order; ``undo`` last."""
    names = [
        name for name, mark in MARKS.items() if booking.state in mark.sources and not _too_early(name, booking, at)
    ]
    marked = booking.state in (BookingState.ARRIVED, BookingState.SERVED, BookingState.NO_SHOW)
    return [*names, "undo"] if marked and at <= booking.ends_at + UNDO_WITHIN else names


def check_in(*, booking: Booking, by: User | None, at: dt.datetime, seen: int | None = None) -> Booking:
    """The resident is here. Only on the day of the visit."""
    return _mark("check_in", booking, by=by, at=at, seen=seen, arrived_at=at)


def mark_served(
    *, booking: Booking, by: User | None, at: dt.datetime, seen: int | None = None, authority: str = ""
) -> Booking:
    """Done, for today's visit. Somebody who was never checked in came nevertheless. ``authority`` as ``agree_time`` takes it."""
    done = {"served_at": at, "arrived_at": booking.arrived_at or at}
    return _mark("served", booking, by=by, at=at, seen=seen, authority=authority, **done)


def mark_no_show(
    *, booking: Booking, by: User | None, at: dt.datetime, seen: int | None = None, authority: str = ""
) -> Booking:
    """Nobody came. Not before the visit has begun. ``authority`` as ``agree_time`` takes it."""
    return _mark("no_show", booking, by=by, at=at, seen=seen, authority=authority)


@transaction.atomic
def undo_mark(*, booking: Booking, by: User | None, at: dt.datetime, seen: int | None = None) -> Booking:
    """One mark back: served → arrived (or booked when both were one click), arrived → booked, not come → booked."""
    authority = staff_authority(by, community_id=booking.community_id)
    if at > booking.ends_at + UNDO_WITHIN:
        raise Refusal(_("过了一天，不能再撤回。"), code="too_late")
    if booking.state == BookingState.SERVED and booking.arrived_at != booking.served_at:
        changes = {"state": BookingState.ARRIVED, "served_at": None}
    elif booking.state in (BookingState.SERVED, BookingState.ARRIVED, BookingState.NO_SHOW):
        changes = {"state": BookingState.BOOKED, "served_at": None, "arrived_at": None}
    else:
        raise Changed(CHANGED)
    _set(booking, "mark_undone", by=by, authority=authority, at=at, seen=seen, **changes)
    return booking


@transaction.atomic
def close_visits(*, at: dt.datetime) -> int:
    """In the evening: booked, over and nobody came → not come. Those who came but were not finished stay on the list,
    and so do agreed times: whoever went there says how it was."""
    missed = (
        Booking.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=BookingState.BOOKED, ends_at__lt=at, session__state="open")
        .exclude(session__service__isnull=True, session__kind__in=AGREED_KINDS)
    )
    ids = list(missed.order_by("id").values_list("pk", flat=True)[:2000])
    if not ids:
        return 0
    Booking.objects.filter(pk__in=ids, state=BookingState.BOOKED).update(
        state=BookingState.NO_SHOW, version=F("version") + 1
    )
    BookingEvent.objects.bulk_create(BookingEvent(booking_id=pk, kind="no_show", authority=SYSTEM, at=at) for pk in ids)
    return len(ids)


@transaction.atomic
def _mark(
    name: str,
    booking: Booking,
    *,
    by: User | None,
    at: dt.datetime,
    seen: int | None,
    authority: str = "",
    **changes: object,
) -> Booking:
    mark = MARKS[name]
    authority = authority or staff_authority(by, community_id=booking.community_id)
    if booking.state not in mark.sources:
        raise Changed(CHANGED)
    if _too_early(name, booking, at):
        raise Refusal(_("还没到那一天，不能登记。"), code="too_early")
    _set(booking, name, by=by, authority=authority, at=at, seen=seen, state=mark.target, **changes)
    return booking


def _too_early(name: str, booking: Booking, at: dt.datetime) -> bool:
    if name == "no_show":
        return at < booking.starts_at
    return clock.local(at).date() < clock.local(booking.starts_at).date()


def _set(
    booking: Booking,
    kind: str,
    *,
    by: User | None,
    authority: str,
    at: dt.datetime,
    seen: int | None,
    **changes: object,
) -> None:
    if seen is not None and seen != booking.version:
        raise Changed(CHANGED)
    with refusing():
        set_booking(booking, booking.state, **changes)
    write_line(booking, kind, by=by, authority=authority, at=at)
