"""Many people at once: groups that sign up whole, those who come without having booked, heads that were counted."""

import datetime as dt

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.bookings import telling
from community_portal.bookings.actions.attendance import check_in
from community_portal.bookings.actions.limits import CHANGED, check_time
from community_portal.bookings.actions.places import set_booking, write_line
from community_portal.bookings.actions.waiting import check_group
from community_portal.bookings.models import (
    LIVE,
    WALK_IN,
    Booking,
    BookingEvent,
    BookingState,
    HeadCount,
    Session,
    SessionKind,
    SessionState,
)
from community_portal.bookings.seats import Seats, lock_sessions, shift_seats, take_seats
from community_portal.people.authority import staff_authority
from community_portal.people.links import link_hash_of, new_token
from community_portal.people.models import User
from community_portal.people.phones import read_phone
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, Refusal

MOST_AT_ONCE = 500
# A crowd beyond this part of the places is a slip of the hand, or somebody says how they fitted in.
CROWDED = 1.2


@transaction.atomic
def book_group(
    *, session: Session, name: str, party_size: int, phone: str = "", by: User | None, at: dt.datetime
) -> Booking:
    """A company or a class signs up whole, up to all places there are; whoever answers ``phone`` hears of it.

    By staff of the community. Raises Refusal ``session_full`` (409), ``no_name``, ``party_size``, ``past`` and ``closed`` (422).
    """
    authority = staff_authority(by, community_id=session.community_id)
    name = read_text(name, field="group_name", longest=60)
    if not name:
        raise Refusal(_("请写哪家单位或哪个班。"), code="no_name", field="group_name")
    number = read_phone(phone) if phone.strip() else ""
    check_time(session, is_staff=True, at=at)
    check_group(session, party_size)
    token = new_token()
    seats = Seats(
        party_size=party_size,
        state=BookingState.BOOKED,
        source="desk",
        authority=authority,
        actor=by.pk if by else None,
        link_hash=link_hash_of(token),
        group_name=name,
        group_phone=number,
        messages=telling.rows_for(
            "booking_confirmed", session=session, resident=None, to=telling.group_recipients(number), token=token,
            by=by, at=at, party_size=party_size,
        ),
    )  # fmt: skip
    return take_seats(session, seats, at=at)


@transaction.atomic
def group_came(*, booking: Booking, came: int, by: User | None, at: dt.datetime, seen: int | None = None) -> Booking:
    """A group is here, with as many as came: fewer give places back, more are counted beside it."""
    if came < 1:
        raise Refusal(_("至少要有一个人来。"), code="party_size", field="party_size")
    authority = staff_authority(by, community_id=booking.community_id)
    more = came - booking.party_size
    lock_sessions(booking.session_id)
    if more < 0:
        if booking.state != BookingState.BOOKED or seen is not None and seen != booking.version:
            raise Changed(CHANGED)
        set_booking(booking, BookingState.BOOKED, party_size=came)
        shift_seats(booking.session_id, more, at=at)
        write_line(booking, "party_changed", by=by, authority=authority, at=at, words=str(came))
        seen = booking.version
    check_in(booking=booking, by=by, at=at, seen=seen)
    if more > 0:
        walk_in(session=booking.session, count=more, name=booking.group_name, by=by, at=at)
    return booking


@transaction.atomic
def walk_in(
    *, session: Session, count: int, name: str = "", why: str = "", by: User | None, at: dt.datetime
) -> Booking:
    """So many came without having booked: a number, no files. They take no place that somebody else has, and count as visits.

    Raises Refusal ``count`` and ``too_early`` (422), ``crowded`` (422) when more are there than fit and nobody says ``why``,
    Changed when it is off.
    """
    authority = staff_authority(by, community_id=session.community_id)
    if not 1 <= count <= MOST_AT_ONCE:
        raise Refusal(_("人数请填 1 到 %(n)s。") % {"n": MOST_AT_ONCE}, code="count", field="count")
    if session.state != SessionState.OPEN or session.kind != SessionKind.ACTIVITY:
        raise Changed(_("这一场已经取消了。"), code="over")
    _check_day(session, at=at)
    if here(session) + count > session.capacity * CROWDED and not why.strip():
        sentence = _("比名额多了不少（名额 %(n)s）。数字没错的话，请写一句怎么坐下的。") % {"n": session.capacity}
        raise Refusal(sentence, code="crowded", field="why")
    booking = Booking.objects.create(
        session=session, community_id=session.community_id, party_size=count, state=BookingState.ARRIVED,
        source=WALK_IN, starts_at=session.starts_at, ends_at=session.ends_at, arrived_at=at, created_at=at,
        booked_by=by, authority=authority, group_name=read_text(name, field="name", longest=60),
        note=read_text(why, field="why", longest=200),
    )  # fmt: skip
    BookingEvent.objects.create(booking=booking, kind="walk_in", actor=by, authority=authority, words=str(count), at=at)
    return booking


@transaction.atomic
def undo_walk_in(*, booking: Booking, by: User | None, at: dt.datetime) -> None:
    """Counted by mistake: it counts no more and stays in the journal."""
    authority = staff_authority(by, community_id=booking.community_id)
    if booking.source != WALK_IN:
        raise Changed(CHANGED)
    set_booking(booking, BookingState.ARRIVED, state=BookingState.CANCELLED, cancelled_at=at, arrived_at=None)
    write_line(booking, "walk_in_undone", by=by, authority=authority, at=at)


@transaction.atomic
def count_heads(*, session: Session, heads: int, by: User | None, at: dt.datetime) -> HeadCount:
    """Somebody counted. Two who count at once are both kept, and the newest is shown; 0 is a number, too."""
    staff_authority(by, community_id=session.community_id)
    if not 0 <= heads <= 100_000:
        raise Refusal(_("请填数到的人数，可以是 0。"), code="heads", field="heads")
    _check_day(session, at=at)
    return HeadCount.objects.create(session=session, heads=heads, counted_by=by, counted_at=at)


def _check_day(session: Session, *, at: dt.datetime) -> None:
    if clock.local(at).date() < clock.local(session.starts_at).date():
        raise Refusal(_("还没到那一天，不能登记。"), code="too_early")


def here(session: Session) -> int:
    """How many are there by the list: everybody who was checked in, groups whole, and those who just came."""
    came = Booking.objects.filter(session=session.pk, state__in=[BookingState.ARRIVED, BookingState.SERVED])
    return came.aggregate(n=Sum("party_size"))["n"] or 0


def expected(session: Session) -> int:
    """How many said that they come."""
    said = Booking.objects.live().filter(session=session.pk, state__in=[s for s in LIVE if s != BookingState.HELD])
    return said.aggregate(n=Sum("party_size"))["n"] or 0
