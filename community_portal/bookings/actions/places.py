"""Taking, holding, moving and giving back places."""

import datetime as dt
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from community_portal.bookings import telling
from community_portal.bookings.actions.limits import (
    CHANGED,
    authority_to_book,
    check_cutoff,
    check_home,
    check_party,
    check_place,
    check_time,
)
from community_portal.bookings.actions.waiting import promote
from community_portal.bookings.models import (
    OF_THE_DEED,
    OF_THE_HOUSE,
    Booking,
    BookingEvent,
    BookingState,
    CancelReason,
    Session,
    SessionState,
)
from community_portal.bookings.seats import (
    Seats,
    lock_resident,
    lock_sessions,
    refusing,
    session_changed,
    shift_seats,
    take_seats,
)
from community_portal.people.actions import find_or_register
from community_portal.people.authority import authority_for, is_staff_authority
from community_portal.people.links import hold_hash_of, link_hash_of, new_token
from community_portal.people.models import DelegationScope, Resident, User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, Refusal

HOLD = dt.timedelta(minutes=10)
LINK = "link"


def book(
    *,
    session: Session,
    resident: Resident,
    party_size: int = 1,
    note: str = "",
    source: str = "online",
    tell: Sequence[Resident] = (),
    authority: str = "",
    by: User | None,
    at: dt.datetime,
) -> Booking:
    """Books places for a resident and queues the confirmation and the reminders, for them and those to ``tell`` as well.
    ``authority`` as ``agree_time`` takes it.

    Raises Refusal ``session_full`` and ``already_booked`` (409), ``closed``, ``past``, ``too_late``, ``party_size``,
    ``other_grid``, ``other_community`` and ``file_closed`` (422), NotAllowed without authority.
    """
    authority = authority_to_book(by, resident, session, at, given=authority)
    check_place(session, resident, party_size, authority=authority, at=at)
    token = new_token()
    seats = Seats(
        party_size=party_size,
        state=BookingState.BOOKED,
        source=source,
        authority=authority,
        resident=resident.pk,
        actor=by.pk if by else None,
        note=_read_note(note),
        link_hash=link_hash_of(token),
        messages=telling.rows_for(
            "booking_confirmed",
            session=session,
            resident=resident,
            to=telling.audience(resident, by=by, tell=tell),
            token=token,
            by=by,
            at=at,
            party_size=party_size,
        ),
    )
    with _in_transaction():
        return _taken(session, resident, seats, token=token, at=at)


@transaction.atomic
def book_newcomer(
    *,
    session: Session,
    name: str,
    phone: str,
    apart_from: list[Resident] | None = None,
    by: User,
    at: dt.datetime,
    **about: Any,
) -> Booking:
    """For somebody at the desk or on the line whom nobody chose from the register: their file, found or made, and their
    booking; both or neither. ``apart_from``: alike files that are another person's. ``about``: what ``book`` takes.
    Raises as it and ``find_or_register`` do."""
    resident = find_or_register(
        community=session.community,
        name=name,
        phone=phone,
        apart_from=apart_from,
        apart_because=gettext_noop("预约时问过，不是同一个人"),
        by=by,
        at=at,
    )
    return book(session=session, resident=resident, by=by, at=at, **about)


@transaction.atomic
def hold_session(
    *, session: Session, hold_token: str, party_size: int = 1, by: User | None, at: dt.datetime
) -> Booking:
    """Keeps places for ten minutes while a form is filled in. One browser (``hold_token``) holds one session at a time."""
    check_time(session, is_staff=False, at=at)
    check_party(session, party_size)
    earlier = list(
        Booking.objects.filter(hold_hash=hold_hash_of(hold_token), state=BookingState.HELD).select_related("session")
    )
    if earlier:
        lock_sessions(session.pk, *(one.session_id for one in earlier))
        for one in earlier:
            _end_hold(one, by=by, at=at)
    seats = Seats(
        party_size=party_size,
        state=BookingState.HELD,
        source="online",
        authority="self" if by else "",
        actor=by.pk if by else None,
        held_until=at + HOLD,
        hold_hash=hold_hash_of(hold_token),
        event="held",
    )
    return _taken(session, None, seats, token="", at=at)


@transaction.atomic
def release_hold(*, booking: Booking, hold_token: str, by: User | None, at: dt.datetime) -> None:
    """Gives held places back at once, when somebody turns away from the form."""
    if booking.state != BookingState.HELD or booking.hold_hash != hold_hash_of(hold_token):
        raise Changed(CHANGED)
    lock_sessions(booking.session_id)
    _end_hold(booking, by=by, at=at)


@transaction.atomic
def confirm_hold(
    *,
    booking: Booking,
    hold_token: str,
    resident: Resident,
    party_size: int = 1,
    note: str = "",
    by: User | None,
    at: dt.datetime,
) -> Booking:
    """Turns a hold into a booking. Raises Refusal ``hold_expired`` (409) when the ten minutes are over,
    Changed when the session was changed meanwhile, and as ``book``."""
    session = booking.session
    authority = authority_to_book(by, resident, session, at)
    check_time(session, is_staff=True, at=at)  # the lead was kept when the hold began
    check_party(session, party_size)
    check_home(session, resident)
    if booking.hold_hash != hold_hash_of(hold_token):
        raise hold_expired()
    token = new_token()
    lock_resident(resident.pk)
    if lock_sessions(session.pk).get(session.pk) != session.version:
        raise session_changed()
    with refusing():
        confirmed = Booking.objects.filter(
            pk=booking.pk,
            state=BookingState.HELD,
            hold_hash=booking.hold_hash,
            party_size=booking.party_size,
            held_until__gt=at,
        ).update(
            state=BookingState.BOOKED,
            resident=resident,
            party_size=party_size,
            note=_read_note(note),
            booked_by=by,
            authority=authority,
            held_until=None,
            hold_hash="",
            link_hash=link_hash_of(token),
            version=booking.version + 1,
        )
    if not confirmed:
        raise hold_expired()
    shift_seats(session.pk, party_size - booking.party_size, at=at)
    if party_size < booking.party_size:
        promote(session, at=at)
    write_line(booking, "booked", by=by, authority=authority, at=at)
    _say_booked(booking.pk, session, resident, token, party_size, version=booking.version + 1, by=by, at=at)
    return _fresh(booking.pk, token)


@transaction.atomic
def cancel_booking(
    *,
    booking: Booking,
    reason: str,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
    by_link: bool = False,
) -> Booking:
    """Gives the places back. Residents until the service's cut-off, staff at any time; undone within two minutes it is unsaid.

    Raises Changed for a booking that is no longer what the page showed, Refusal ``too_late`` (422).
    """
    authority = authority_over(booking, by=by, by_link=by_link, at=at)
    if reason not in CancelReason.values or reason in OF_THE_HOUSE and not is_staff_authority(authority):
        raise Refusal(_("请选一个取消的原因。"), code="reason", field="reason")
    check_cutoff(booking, "cancel_cutoff_minutes", authority=authority, at=at)
    to = telling.audience_of(booking, by=by)
    give_back(booking, reason=reason, seen=seen, at=at)
    write_line(booking, "cancelled", by=by, authority=authority, at=at, words=reason)
    by_house = reason == CancelReason.BY_HOUSE and is_staff_authority(authority)
    telling.queue_cancelled(booking, to=to, by=by, at=at, by_house=by_house)
    return booking


@transaction.atomic
def undo_cancel(*, booking: Booking, by: User | None, at: dt.datetime, by_link: bool = False) -> Booking:
    """Takes a cancellation back within two minutes, if the place is still free; the reminders stand again."""
    authority = authority_over(booking, by=by, by_link=by_link, at=at)
    final = OF_THE_DEED if is_staff_authority(authority) else OF_THE_HOUSE
    if booking.state != BookingState.CANCELLED or booking.cancel_reason in final or booking.cancelled_at is None:
        raise Changed(CHANGED)
    if at > booking.cancelled_at + telling.UNDO_WINDOW:
        raise Refusal(_("取消已超过两分钟，请重新预约。"), code="too_late")
    stand_again(booking, by=by, authority=authority, at=at)
    return booking


def stand_again(booking: Booking, *, by: User | None, authority: str, at: dt.datetime) -> None:
    """A booking that was given up is in force again with its reminders, if the place is still free. Raises as ``book`` does."""
    if booking.resident_id:
        lock_resident(booking.resident_id)
    lock_sessions(booking.session_id)
    if booking.session.is_agreed:
        with refusing():
            Session.objects.filter(pk=booking.session_id).update(
                state=SessionState.OPEN, version=F("version") + 1, changed_at=at
            )
    with refusing():
        set_booking(booking, BookingState.CANCELLED, state=BookingState.BOOKED, cancelled_at=None, cancel_reason="")
    shift_seats(booking.session_id, booking.party_size, at=at)
    telling.restore(booking)
    write_line(booking, "cancel_undone", by=by, authority=authority, at=at)


@transaction.atomic
def move_booking(
    *,
    booking: Booking,
    to: Session,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
    by_link: bool = False,
    authority: str = "",
) -> Booking:
    """Books the new time and gives the old one back, both or neither; answers the new booking.

    ``authority`` as ``agree_time`` takes it. Raises as ``book`` does, and Changed when the old booking is no longer what the page showed.
    """
    authority = authority or authority_over(booking, by=by, by_link=by_link, at=at)
    check_cutoff(booking, "move_cutoff_minutes", authority=authority, at=at)
    if to.pk == booking.session_id:
        raise Refusal(_("这就是原来的时间，请选别的时间。"), code="same_session", field="session")
    if booking.session.is_agreed and not to.is_agreed:
        raise Refusal(
            _("上门时间是单独约好的，要改请打电话：%(phone)s。") % {"phone": booking.community.phone},
            code="agreed",
            field="session",
        )
    if to.community_id != booking.community_id:
        raise Refusal(_("只能改到同一个社区的时间。"), code="other_community", field="session")
    if to.service_id != booking.session.service_id and not is_staff_authority(authority):
        raise Refusal(_("改期只能改时间。要办别的事，请另外预约。"), code="other_service", field="session")
    resident = booking.resident
    assert resident is not None
    check_place(to, resident, booking.party_size, authority=authority, at=at)
    lock_resident(resident.pk)
    lock_sessions(booking.session_id, to.pk)  # both, in the one order; give_back takes nothing new
    heard = telling.audience(resident, by=by, since=booking)
    give_back(booking, reason=CancelReason.MOVED, seen=seen, at=at)
    write_line(booking, "moved_away", by=by, authority=authority, at=at)
    token = new_token()
    seats = Seats(
        party_size=booking.party_size,
        state=BookingState.BOOKED,
        source=booking.source,
        authority=authority,
        resident=resident.pk,
        actor=by.pk if by else booking.booked_by_id,
        note=booking.note,
        link_hash=link_hash_of(token),
        moved_from=booking.pk,
        version=booking.version + 1,  # calendars follow a rising SEQUENCE
        event="moved_here",
        messages=telling.rows_for(
            "booking_moved",
            session=to,
            resident=resident,
            to=heard,
            token=token,
            by=by,
            at=at,
            party_size=booking.party_size,
        ),
    )
    return _taken(to, resident, seats, token=token, at=at)


@transaction.atomic
def change_party(
    *, booking: Booking, party_size: int, by: User | None, at: dt.datetime, seen: int | None = None
) -> Booking:
    """More or fewer people; the places follow."""
    authority = authority_over(booking, by=by, by_link=False, at=at)
    check_cutoff(booking, "move_cutoff_minutes", authority=authority, at=at)
    check_party(booking.session, party_size, is_staff=is_staff_authority(authority))
    if seen is not None and seen != booking.version:
        raise Changed(CHANGED)
    lock_sessions(booking.session_id)
    more = party_size - booking.party_size
    set_booking(booking, BookingState.BOOKED, party_size=party_size)
    shift_seats(booking.session_id, more, at=at)
    if more < 0:
        promote(booking.session, at=at)
    telling.keep_true(booking)
    write_line(booking, "party_changed", by=by, authority=authority, at=at, words=str(party_size))
    return booking


def _read_note(note: str) -> str:
    return read_text(note, field="note", longest=200)


def hold_expired() -> Changed:
    """The ten minutes are over, or the hold belongs to another browser."""
    return Changed(_("为您保留的十分钟到了，名额已经放出。请再选一次时间。"), code="hold_expired")


def hold_given_up() -> Changed:
    """Its owner turned away from it, or chose another time instead."""
    return Changed(_("您已经不要这个时间了，名额已经放出。想约请再选一次。"), code="hold_given_up")


def authority_over(booking: Booking, *, by: User | None, by_link: bool, at: dt.datetime) -> str:
    """Of somebody who changes a booking; ``by_link``: they had the link and the last digits of the phone."""
    if by_link:
        return LINK
    return authority_for(
        by, resident=booking.resident, community_id=booking.community_id, scope=DelegationScope.BOOK, at=at
    )


def give_back(booking: Booking, *, reason: str, seen: int | None, at: dt.datetime) -> None:
    """The places are free again and nothing more is said of the booking; an agreed time goes with it."""
    if seen is not None and seen != booking.version:
        raise Changed(CHANGED)
    # The session's lock first, the row next, the places last: a second hand finds the row changed and touches nothing.
    lock_sessions(booking.session_id)
    set_booking(booking, BookingState.BOOKED, state=BookingState.CANCELLED, cancelled_at=at, cancel_reason=reason)
    shift_seats(booking.session_id, -booking.party_size, at=at)
    promote(booking.session, at=at)
    if booking.session.is_agreed:
        Session.objects.filter(pk=booking.session_id).update(
            state=SessionState.CANCELLED, version=F("version") + 1, changed_at=at
        )
    telling.withdraw(booking.pk)


def _end_hold(booking: Booking, *, by: User | None, at: dt.datetime) -> None:
    """The session is locked by the caller; a hold that the sweep ended meanwhile is left alone."""
    ended = Booking.objects.filter(pk=booking.pk, state=BookingState.HELD, party_size=booking.party_size).update(
        state=BookingState.EXPIRED, version=booking.version + 1
    )
    if ended:
        shift_seats(booking.session_id, -booking.party_size, at=at)
        promote(booking.session, at=at)
        write_line(booking, "released", by=by, authority=booking.authority, at=at)


def set_booking(booking: Booking, source: str, **changes: Any) -> None:
    """Compare-and-set of a booking row and of ``booking``; raises Changed when somebody was quicker."""
    version = booking.version
    updated = Booking.objects.filter(pk=booking.pk, state=source, version=version).update(
        version=version + 1, **changes
    )
    if not updated:
        raise Changed(CHANGED)
    for name, value in changes.items():
        setattr(booking, name, value)
    booking.version = version + 1


def write_line(
    booking: Booking, kind: str, *, by: User | None, authority: str, at: dt.datetime, words: str = ""
) -> None:
    """A line of the journal of a booking."""
    BookingEvent.objects.create(booking=booking, kind=kind, actor=by, authority=authority, words=words, at=at)


def _say_booked(
    booking_id: int,
    session: Session,
    resident: Resident,
    token: str,
    party_size: int,
    *,
    version: int,
    by: User | None,
    at: dt.datetime,
) -> None:
    telling.queue_rows(
        telling.rows_for(
            "booking_confirmed",
            session=session,
            resident=resident,
            to=telling.audience(resident, by=by),
            token=token,
            by=by,
            at=at,
            party_size=party_size,
        ),
        booking_id=booking_id,
        version=version,
        community_id=session.community_id,
        at=at,
    )


def _in_transaction() -> AbstractContextManager[Any]:
    """The one under way, else one of its own: ``take_seats`` is all that is written, and undoes by itself what it cannot finish."""
    return nullcontext() if connection.in_atomic_block else transaction.atomic()


def _taken(session: Session, resident: Resident | None, seats: Seats, *, token: str, at: dt.datetime) -> Booking:
    """The booking with what its caller knows of it; ``link_token`` is known only now and only here."""
    booking = take_seats(session, seats, at=at)
    booking.session, booking.community, booking.resident = session, session.community, resident
    booking.link_token = token  # type: ignore[attr-defined]
    return booking


def _fresh(booking_id: int, token: str) -> Booking:
    """The row as the database has it after it was changed; ``link_token`` as above."""
    booking = Booking.objects.select_related("session__service", "session__community", "community", "resident").get(
        pk=booking_id
    )
    booking.link_token = token  # type: ignore[attr-defined]
    return booking
