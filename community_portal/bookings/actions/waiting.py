"""Waiting for a place of an activity that is full. The deed that frees a place gives it on, so that it is never free meanwhile."""

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from community_portal.bookings import telling
from community_portal.bookings.actions.limits import authority_to_book, check_party, check_time
from community_portal.bookings.models import (
    Booking,
    BookingState,
    Session,
    SessionKind,
    SessionState,
    Waiting,
    WaitingEnd,
)
from community_portal.bookings.seats import (
    Seats,
    already_booked,
    lock_resident,
    lock_sessions,
    refusing,
    take_seats,
)
from community_portal.outbox.actions import Recipient
from community_portal.people.authority import authority_for, is_staff_authority, staff_authority
from community_portal.people.links import link_hash_of, new_token
from community_portal.people.models import DelegationScope, Resident, User
from community_portal.people.register.queries import file_ids
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, Refusal

_END_OF = {"already_booked": WaitingEnd.BUSY, "file_closed": WaitingEnd.FILE_CLOSED, "changed": WaitingEnd.FILE_CLOSED}


@transaction.atomic
def wait_for_place(
    *, session: Session, resident: Resident, party_size: int = 1, by: User | None, at: dt.datetime
) -> Waiting:
    """Queues up for an activity that is full. Raises Refusal ``has_places`` (409) when it is not, ``already_waiting`` and
    ``already_booked`` (409), ``closed``, ``past``, ``party_size`` and ``file_closed`` (422), NotAllowed without authority."""
    authority = authority_to_book(by, resident, session, at)
    check_time(session, is_staff=is_staff_authority(authority), at=at)
    check_party(session, party_size, is_staff=is_staff_authority(authority))
    lock_resident(resident.pk)
    _check_full(session, party_size)
    if Booking.objects.filter(session=session, resident=resident, state=BookingState.BOOKED).exists():
        raise already_booked()
    with refusing():
        return Waiting.objects.create(
            session=session, resident=resident, party_size=party_size, joined_by=by, authority=authority, joined_at=at
        )


@transaction.atomic
def group_waits(
    *, session: Session, name: str, phone: str, party_size: int, by: User | None, at: dt.datetime
) -> Waiting:
    """As ``wait_for_place``, for a company or a class; by staff of the community."""
    authority = staff_authority(by, community_id=session.community_id)
    check_time(session, is_staff=True, at=at)
    check_group(session, party_size)
    _check_full(session, party_size)
    name = read_text(name, field="group_name", longest=60)
    return Waiting.objects.create(
        session=session, group_name=name, group_phone=phone, party_size=party_size, joined_by=by, authority=authority,
        joined_at=at,
    )  # fmt: skip


def check_group(session: Session, party_size: int) -> None:
    """A group may be as large as the session."""
    if not 1 <= party_size <= session.capacity:
        sentence = _("这一场一共 %(n)s 个名额，人数请填 1 到 %(n)s。") % {"n": session.capacity}
        raise Refusal(sentence, code="party_size", field="party_size")


def _check_full(session: Session, party_size: int) -> None:
    """Under the lock, so that nobody queues up while the last place is being freed."""
    lock_sessions(session.pk)
    row = Session.objects.only("state", "capacity", "taken", "kind").get(pk=session.pk)
    if row.kind != SessionKind.ACTIVITY or row.state != SessionState.OPEN:
        raise Refusal(_("这一场已经取消，请另选时间。"), code="closed", field="session")
    if row.available >= party_size:
        raise Refusal(_("还有名额，直接报名就行。"), code="has_places", field="session", status=409)


@transaction.atomic
def leave_queue(*, waiting: Waiting, by: User | None, at: dt.datetime) -> None:
    """Does not wait any more. Raises Changed for whoever has a place by now."""
    place = waiting.session.community_id
    if waiting.resident:
        authority_for(by, resident=waiting.resident, community_id=place, scope=DelegationScope.BOOK, at=at)
    else:
        staff_authority(by, community_id=place)
    if not _end(waiting, WaitingEnd.LEFT, at=at):
        raise Changed(_("情况有变：已经不在排队了，请再看一眼。"))


def _end(waiting: Waiting, how: str, *, at: dt.datetime, booking: Booking | None = None) -> int:
    standing = Waiting.objects.filter(pk=waiting.pk, ended_at__isnull=True)
    return standing.update(ended_at=at, ended_as=how, booking=booking)


def promote(session: Session, *, at: dt.datetime) -> int:
    """Gives free places of an activity to those who wait, in their order, each whose party fits; answers how many got one.

    The caller has locked the session. Nobody is waited for meanwhile: a file that somebody else has in hand at this moment is
    passed over and looked at again by the sweep, so that two deeds never wait for each other.
    """
    if session.kind != SessionKind.ACTIVITY:
        return 0
    queue = list(Waiting.objects.standing().filter(session=session.pk).select_related("resident", "joined_by"))
    if not queue:
        return 0
    fresh = Session.objects.select_related("service", "community", "room", "host").get(pk=session.pk)
    if fresh.state != SessionState.OPEN or fresh.starts_at <= at:
        return 0
    given = 0
    for one in queue:
        if one.party_size <= fresh.available and _give(one, fresh, at=at):
            fresh.taken += one.party_size
            given += 1
    return given


def _give(one: Waiting, session: Session, *, at: dt.datetime) -> bool:
    """The place is theirs, with confirmation and reminders; whoever cannot take it waits no more."""
    if one.resident_id and not _at_hand(one.resident_id):
        return False
    token = new_token()
    seats = Seats(
        party_size=one.party_size,
        state=BookingState.BOOKED,
        source="desk" if is_staff_authority(one.authority) else "online",
        authority=one.authority,
        resident=one.resident_id,
        actor=one.joined_by_id,
        link_hash=link_hash_of(token),
        event="from_queue",
        group_name=one.group_name,
        group_phone=one.group_phone,
        messages=telling.rows_for(
            "place_free", session=session, to=_told(one), token=token, by=one.joined_by, at=at,
            resident=one.resident, party_size=one.party_size,
        ),
    )  # fmt: skip
    try:
        booking = take_seats(session, seats, at=at)
    except Refusal as refusal:
        if refusal.code in _END_OF:
            _end(one, _END_OF[refusal.code], at=at)
        return False
    _end(one, WaitingEnd.BOOKED, at=at, booking=booking)
    return True


def _told(one: Waiting) -> list[Recipient]:
    if one.resident:
        return telling.audience(one.resident, by=one.joined_by)
    return telling.group_recipients(one.group_phone)


def _at_hand(resident_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM people_resident WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED", [resident_id])
        return cursor.rowcount == 1


def promote_all(*, at: dt.datetime) -> int:
    """Places that were freed by nobody's deed (a form that nobody finished) go to those who wait. Safe to run twice."""
    waited = Waiting.objects.standing().order_by().values("session")
    free = Session.objects.filter(pk__in=waited, state=SessionState.OPEN, starts_at__gt=at, taken__lt=F("capacity"))
    return sum(_promote_locked(session, at=at) for session in free.order_by("id"))


@transaction.atomic
def _promote_locked(session: Session, *, at: dt.datetime) -> int:
    lock_sessions(session.pk)
    return promote(session, at=at)


def end_queue(session: Session, *, at: dt.datetime) -> None:
    """The activity is off: whoever waits is told and waits no more. The caller has locked the session."""
    queue = list(Waiting.objects.standing().filter(session=session.pk).select_related("resident", "joined_by"))
    for one in queue:
        telling.queue_waiting_off(one.pk, session, to=_told(one), at=at)
    Waiting.objects.filter(pk__in=[one.pk for one in queue]).update(ended_at=at, ended_as=WaitingEnd.OFF)


def end_for_resident(resident: Resident, *, at: dt.datetime) -> None:
    """They died or moved away: nobody waits in their name."""
    Waiting.objects.standing().filter(resident__in=file_ids(resident)).update(
        ended_at=at, ended_as=WaitingEnd.FILE_CLOSED
    )


def place_in_queue(waiting: Waiting) -> int:
    """How many stand before them, themselves included."""
    rows: Any = Waiting.objects.standing().filter(session=waiting.session_id, pk__lte=waiting.pk)
    return int(rows.count())
