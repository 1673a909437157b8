"""A time agreed for a matter, outside every plan: somebody of staff comes to the door of a resident, calls them, or is on the
spot, where nobody need wait for them.

The session is made for the one booking and goes with it, so the calendars of both, which the database guards, hold exactly
what is agreed. What it was agreed for is the business of the caller, and hears what becomes of it (agreements.py).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.bookings import telling
from community_portal.bookings.actions.attendance import mark_no_show, mark_served
from community_portal.bookings.actions.places import (
    authority_over,
    book,
    cancel_booking,
    give_back,
    move_booking,
    undo_cancel,
    write_line,
)
from community_portal.bookings.actions.sessions import open_session
from community_portal.bookings.agreements import lock_matter_of
from community_portal.bookings.models import (
    AGREED,
    Booking,
    BookingState,
    CancelReason,
    Session,
    SessionKind,
    SessionState,
)
from community_portal.bookings.seats import Seats, lock_host, lock_resident, lock_sessions, take_seats
from community_portal.people.authority import staff_authority
from community_portal.people.links import link_hash_of, new_token
from community_portal.people.models import Resident, User
from community_portal.places.models import Community
from community_portal.places.working_time import OFFICE_CLOSES, OFFICE_OPENS, WorkCalendar
from community_portal.refusals import Changed, Refusal

SHORTEST, LONGEST = 10, 240
FURTHEST = dt.timedelta(days=60)


@transaction.atomic
def agree_time(
    *,
    host: User,
    resident: Resident | None,
    starts_at: dt.datetime,
    minutes: int,
    title: str,
    title_en: str = "",
    what: str = "",
    words: str = "",
    wished: bool = False,
    tell: Sequence[Resident] = (),
    instead_of: Booking | None = None,
    kind: str = SessionKind.HOME_VISIT,
    authority: str = "",
    community: Community | None = None,
    by: User | None,
    at: dt.datetime,
) -> Booking:
    """Agrees that ``host`` comes to ``resident``, or is on the spot in ``community``; ``instead_of`` moves what was agreed before: one message, not two.

    ``what`` it is about, ``words`` for the resident, ``wished``: they asked for this time themselves, which opens evenings
    and days off. ``authority`` in which somebody acts for the matter (casework.actions.authority_over), found out by who
    calls: a third party agrees times for what it was given. Raises Refusal beside ``starts_at``: ``host_busy`` and ``already_booked`` (409), ``past``, ``too_far``,
    ``at_night`` and ``not_working_time`` (422); ``minutes`` (422); ``nobody_to_visit`` for a visit or call to nobody;
    without an authority NotAllowed for anybody but staff of the community.
    """
    place = resident.community if resident else community
    if place is None or resident is None and kind != SessionKind.SITE:
        raise Refusal(_("没有登记居民，约不了时间。"), code="nobody_to_visit", field="starts_at")
    _check_time(starts_at, minutes, wished=wished, at=at)
    with _beside_the_time():
        lock_host(host.pk)
        if resident is not None:
            lock_resident(resident.pk)
        before = _still_booked(instead_of)
        if before is not None:
            Session.objects.filter(pk=before.session_id).update(state=SessionState.CANCELLED, changed_at=at)
        session = open_session(
            community=place,
            kind=kind,
            title=title,
            title_en=title_en,
            starts_at=starts_at,
            ends_at=starts_at + dt.timedelta(minutes=minutes),
            host=host,
            note=words[:200],
            authority=authority,
            by=by,
            at=at,
        )
        if resident is None:
            return _on_the_spot(session, note=what, instead_of=before, authority=authority, by=by, at=at)
        if before is not None:
            return move_booking(booking=before, to=session, authority=authority, by=by, at=at)
        about: dict[str, Any] = {"note": what, "source": AGREED, "tell": tell, "authority": authority}
        return book(session=session, resident=resident, **about, by=by, at=at)


def _on_the_spot(
    session: Session, *, note: str, instead_of: Booking | None, authority: str, by: User | None, at: dt.datetime
) -> Booking:
    """The booking of a time that is agreed with nobody; ``instead_of`` is given back for it."""
    authority = authority or staff_authority(by, community_id=session.community_id)
    if instead_of is not None:
        give_back(instead_of, reason=CancelReason.MOVED, seen=None, at=at)
        write_line(instead_of, "moved_away", by=by, authority=authority, at=at)
    seats = Seats(
        party_size=1,
        state=BookingState.BOOKED,
        source=AGREED,
        authority=authority,
        actor=by.pk if by else None,
        note=note[:200],
        link_hash=link_hash_of(new_token()),
        moved_from=instead_of.pk if instead_of else None,
        version=instead_of.version + 1 if instead_of else 1,
    )
    booking = take_seats(session, seats, at=at)
    booking.session, booking.community = session, session.community
    return booking


@transaction.atomic
def call_off(
    *, booking: Booking, authority: str, by: User | None, at: dt.datetime, by_house: bool = True, silent: bool = False
) -> bool:
    """What it was agreed for went another way; everybody is told once. Answers whether there was anything to call off."""
    standing = _still_booked(booking)
    if standing is None:
        return False
    is_told = standing.resident is not None and not silent
    to = telling.audience(standing.resident, by=by, since=standing) if standing.resident and is_told else []
    reason = CancelReason.BY_HOUSE if by_house else CancelReason.NOT_NEEDED
    give_back(standing, reason=reason, seen=None, at=at)
    write_line(standing, "called_off", by=by, authority=authority, at=at)
    if is_told:
        telling.queue_cancelled(standing, to=to, by=by, at=at, by_house=by_house)
    return True


@transaction.atomic
def settle_agreed(*, booking: Booking, met: bool, authority: str, by: User, at: dt.datetime) -> None:
    """How it went. They met before its day: the time is free again without a word. A knock before its time: it stands."""
    standing = _still_booked(booking)
    if standing is None:
        return
    if met and clock.local(at).date() < clock.local(standing.starts_at).date():
        call_off(booking=standing, authority=authority, by=by, at=at, by_house=False, silent=True)
    elif met:
        mark_served(booking=standing, authority=authority, by=by, at=at)
    elif at >= standing.starts_at:
        mark_no_show(booking=standing, authority=authority, by=by, at=at)


@transaction.atomic
def give_up_booking(
    *, booking: Booking, reason: str, by: User | None, at: dt.datetime, seen: int | None = None, by_link: bool = False
) -> Booking:
    """``cancel_booking`` for any booking; the matter that it was agreed for writes it in its journal."""
    matter = lock_matter_of(booking)
    cancelled = cancel_booking(booking=booking, reason=reason, by=by, at=at, seen=seen, by_link=by_link)
    if matter is not None:
        authority = authority_over(booking, by=by, by_link=by_link, at=at)
        matter.write("appointment_cancelled", authority=authority, by=by, at=at, reason=reason)
    return cancelled


@transaction.atomic
def take_back_cancel(*, booking: Booking, by: User | None, at: dt.datetime, by_link: bool = False) -> Booking:
    """``undo_cancel`` for any booking; the matter that it was agreed for goes by that time again, if it still may."""
    matter = lock_matter_of(booking)
    if booking.session.is_agreed and (matter is None or not matter.still_waits()):
        raise Changed(_("这件事已经另有安排，请打电话给会客厅：%(phone)s。") % {"phone": booking.community.phone})
    standing = undo_cancel(booking=booking, by=by, at=at, by_link=by_link)
    if matter is not None:
        authority = authority_over(booking, by=by, by_link=by_link, at=at)
        matter.write("appointment_stands", authority=authority, by=by, at=at)
    return standing


def _still_booked(booking: Booking | None) -> Booking | None:
    """The booking as it is now, its session locked; None when it was given up meanwhile."""
    if booking is None:
        return None
    lock_sessions(booking.session_id)
    return (
        Booking.objects.select_related("session__host", "session__community", "community", "resident__account")
        .filter(pk=booking.pk, state=BookingState.BOOKED)
        .first()
    )


def _check_time(starts_at: dt.datetime, minutes: int, *, wished: bool, at: dt.datetime) -> None:
    if not SHORTEST <= minutes <= LONGEST:
        raise Refusal(
            _("上门 %(least)s 到 %(most)s 分钟。") % {"least": SHORTEST, "most": LONGEST},
            code="minutes",
            field="minutes",
        )
    if starts_at > at + FURTHEST:
        raise Refusal(
            _("最多约到 %(days)s 天以后，请再看一下日期。") % {"days": FURTHEST.days}, code="too_far", field="starts_at"
        )
    local = clock.local(starts_at)
    ends, (night, morning) = local + dt.timedelta(minutes=minutes), settings.QUIET_HOURS
    if local.time() < morning or ends > clock.at_wall(local.date(), night):
        raise Refusal(_("夜里不打扰居民，请约在 8:00 到 21:00 之间。"), code="at_night", field="starts_at")
    day = local.date()
    in_office = local.time() >= OFFICE_OPENS and ends <= clock.at_wall(day, OFFICE_CLOSES)
    if not wished and not (in_office and WorkCalendar.load(day, day).is_working(day)):
        raise Refusal(
            _("这个时间不上班。居民自己要求的，请勾上“居民要求这个时间”。"), code="not_working_time", field="starts_at"
        )


@contextmanager
def _beside_the_time() -> Iterator[None]:
    """Whoever is busy then: it is the time that has to change."""
    try:
        yield
    except Refusal as refusal:
        if refusal.field in ("host", "resident", "session"):
            raise Refusal(refusal.sentence, code=refusal.code, field="starts_at", status=refusal.status) from refusal
        raise
