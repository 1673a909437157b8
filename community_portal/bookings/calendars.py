"""What calendars show of sessions and bookings: which of them, for how long, and as what events."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from community_portal import clock
from community_portal.bookings.ical import Entry, uid_of_booking, uid_of_session
from community_portal.bookings.models import (
    Booking,
    BookingState,
    CancelReason,
    Channel,
    Session,
    SessionKind,
    SessionState,
)
from community_portal.people.models import User
from community_portal.places.models import Community, Grid

BACK, AHEAD = dt.timedelta(days=30), dt.timedelta(days=90)
# A calendar that asks once a week still hears that something was called off, and does not just miss it.
CALLED_OFF_SHOWN = dt.timedelta(days=30)

_HISTORIES = """
WITH RECURSIVE back AS (
    SELECT id AS booking, id, moved_from_id FROM bookings_booking WHERE id = ANY(%s)
    UNION ALL
    SELECT back.booking, b.id, b.moved_from_id FROM back JOIN bookings_booking b ON b.id = back.moved_from_id
)
SELECT booking, id, (SELECT max(at) FROM bookings_bookingevent e WHERE e.booking_id = booking)
FROM back WHERE moved_from_id IS NULL
"""


class History(NamedTuple):
    """What a booking was moved from in the beginning, and when anything was last done to it."""

    first_id: int
    changed_at: dt.datetime | None


def histories_of(bookings: Iterable[Booking]) -> dict[int, History]:
    """One query, however often they were moved."""
    with connection.cursor() as cursor:
        cursor.execute(_HISTORIES, [[booking.pk for booking in bookings]])
        return {pk: History(*rest) for pk, *rest in cursor.fetchall()}


def bookings_shown(rows: QuerySet[Booking], *, at: dt.datetime) -> list[Booking]:
    """Of these bookings those that a calendar shows, with session, room and house; of one that was moved, only the last."""
    shown = _in_window(rows, at=at).exclude(state__in=[BookingState.HELD, BookingState.EXPIRED])
    moved_away = Q(state=BookingState.CANCELLED, cancel_reason=CancelReason.MOVED)
    long_gone = Q(state=BookingState.CANCELLED, cancelled_at__lt=at - CALLED_OFF_SHOWN)
    return list(
        shown.exclude(moved_away).exclude(long_gone).select_related("session__community", "session__room", "session__grid")
    )  # fmt: skip


def sessions_shown(rows: QuerySet[Session], *, at: dt.datetime) -> list[Session]:
    """Of these sessions those that a calendar shows, with room and house."""
    stands_or_just_off = Q(state=SessionState.OPEN) | Q(changed_at__gte=at - CALLED_OFF_SHOWN)
    return list(_in_window(rows, at=at).filter(stands_or_just_off).select_related("community", "room", "grid"))


def _in_window(rows: Any, *, at: dt.datetime) -> Any:
    today = clock.local(at).date()
    return rows.filter(
        starts_at__gte=clock.day_bounds(today - BACK)[0], starts_at__lt=clock.day_bounds(today + AHEAD)[1]
    )


def activities_of(community: Community, *, at: dt.datetime) -> list[Entry]:
    """What the house has on, for anybody: no person is in it."""
    rows = Session.objects.filter(community=community, kind=SessionKind.ACTIVITY)
    return [
        entry_of_session(
            session,
            url=f"{reverse('activities')}?picked={session.pk}",
            words="" if session.state == SessionState.CANCELLED else session.note,
        )
        for session in sessions_shown(rows, at=at)
    ]


def hosted_by(user: User, *, at: dt.datetime) -> list[Session]:
    """Sessions of this member of staff at the places where they work now; hours that passed without anybody are left out."""
    rows = Session.objects.visible_to(user).filter(host=user)
    return sessions_shown(rows.exclude(service__isnull=False, taken=0, ends_at__lte=at), at=at)


def place_of(session: Session, grid: Grid | None = None) -> str:
    """Where it is, without a door or a name: the house with its address; at home or on the telephone only the grid."""
    if session.channel == Channel.CENTRE:
        address = session.community.address
        return (
            gettext("%(place)s，%(address)s") % {"place": session.place, "address": address}
            if address
            else session.place
        )
    grid = grid or session.grid
    return f"{session.community} {grid}" if grid else str(session.community)


def entry_of_session(session: Session, *, url: str, words: str = "") -> Entry:
    """A session as an event. An hour that nobody has booked yet is free for other things, that of an activity is not."""
    is_off = session.state == SessionState.CANCELLED
    is_needed = session.taken > 0 or session.kind == SessionKind.ACTIVITY
    what = session.subject if is_needed or is_off else gettext("%(what)s（还没人约）") % {"what": session.subject}
    return Entry(
        uid=uid_of_session(session.pk),
        sequence=session.version,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        summary=_summary(what, is_off=is_off),
        place=place_of(session),
        changed_at=session.changed_at,
        url=url,
        words=words,
        is_cancelled=is_off,
        takes_time=is_needed,
    )


def entry_of_booking(
    booking: Booking, history: History, *, summary: str, place: str, url: str = "", words: str = ""
) -> Entry:
    """A booking as an event: the same UID wherever it stands, and a SEQUENCE that rises when it is moved or cancelled."""
    is_off = booking.state == BookingState.CANCELLED
    return Entry(
        uid=uid_of_booking(history.first_id),
        sequence=booking.version,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        summary=_summary(summary, is_off=is_off),
        place=place,
        changed_at=max(history.changed_at or booking.created_at, booking.session.changed_at),
        url=url,
        words=words,
        is_cancelled=is_off,
    )


def _summary(words: str, *, is_off: bool) -> str:
    """Many calendars draw a cancelled event like any other: so its words say it."""
    return gettext("已取消：%(what)s") % {"what": words} if is_off else words
