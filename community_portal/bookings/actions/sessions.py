"""Single sessions: a home visit that was agreed, an activity in a room; changing one and calling one off."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from community_portal.bookings import telling
from community_portal.bookings.actions.waiting import end_queue, promote
from community_portal.bookings.models import (
    Booking,
    BookingEvent,
    BookingState,
    CancelReason,
    Channel,
    Service,
    Session,
    SessionKind,
    SessionState,
)
from community_portal.bookings.seats import lock_host, lock_sessions, refusing, session_changed
from community_portal.people.authority import staff_authority
from community_portal.people.models import User
from community_portal.places.models import Community, Grid, Room
from community_portal.refusals import Changed, Refusal

CHANNEL_OF = {SessionKind.HOME_VISIT: Channel.HOME, SessionKind.CALL: Channel.PHONE}
ACTIVITIES_AHEAD = dt.timedelta(days=366)  # a later one is a slip of the year, and would stand on everybody's list
KIND_OF = {Channel.HOME: SessionKind.HOME_VISIT, Channel.PHONE: SessionKind.CALL, Channel.CENTRE: SessionKind.VISIT}


@transaction.atomic
def open_session(
    *,
    community: Community,
    kind: str,
    title: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    capacity: int = 1,
    host: User | None = None,
    room: Room | None = None,
    grid: Grid | None = None,
    service: Service | None = None,
    title_en: str = "",
    note: str = "",
    place_text: str = "",
    authority: str = "",
    by: User | None,
    at: dt.datetime,
) -> Session:
    """One session outside the weekly plan. ``authority`` as ``agree_time`` takes it.

    Raises Refusal ``host_busy`` or ``room_busy`` (409) when that person or room has something else at that time,
    ``two_places``, ``times``, ``past``, ``too_far`` and ``capacity`` (422), NotAllowed for anybody but staff of the community.
    """
    if not authority:
        staff_authority(by, community_id=community.pk)
    _check_times(kind, starts_at, ends_at, at=at)
    _check_places(capacity, room=room, place_text=place_text, community_id=community.pk)
    if host is not None:
        lock_host(host.pk)
    with refusing():
        return Session.objects.create(
            community=community,
            kind=kind,
            service=service,
            title=title[:80],
            title_en=title_en,
            channel=CHANNEL_OF.get(SessionKind(kind), Channel.CENTRE),
            starts_at=starts_at,
            ends_at=ends_at,
            capacity=capacity,
            host=host,
            room=room,
            place_text=place_text[:80],
            grid=grid,
            note=note,
            changed_at=at,
        )


def _check_times(kind: str, starts_at: dt.datetime, ends_at: dt.datetime, *, at: dt.datetime) -> None:
    if starts_at >= ends_at:
        raise Refusal(_("结束时间要晚于开始时间。"), code="times", field="ends_at")
    if starts_at <= at:
        raise Refusal(_("开始时间已经过去了。"), code="past", field="starts_at")
    if kind == SessionKind.ACTIVITY and starts_at > at + ACTIVITIES_AHEAD:
        raise Refusal(_("活动最多提前一年安排。"), code="too_far", field="starts_at")


@transaction.atomic
def change_session(
    *,
    session: Session,
    title: str,
    title_en: str = "",
    capacity: int,
    room: Room | None = None,
    place_text: str = "",
    note: str = "",
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
) -> list[Booking]:
    """Other words, another room, more or fewer places. Answers the bookings whose people were told of another room.

    The time stays: who signed up for one evening has not said that they come on another; that one is called off and planned
    anew. Reminders that wait speak of the session as it is now.

    Raises Refusal ``capacity`` or ``room`` (422), ``room_busy`` (409), Changed when it was changed meanwhile or (``over``) has
    begun or is off, NotAllowed for anybody but staff of the community.
    """
    staff_authority(by, community_id=session.community_id)
    lock_sessions(session.pk)
    session.refresh_from_db()
    if session.state != SessionState.OPEN or session.starts_at <= at:
        raise Changed(_("这一场已经开始或取消，不能再改了。"), code="over")
    if seen is not None and seen != session.version:
        raise session_changed()
    _check_places(capacity, room=room, place_text=place_text, community_id=session.community_id)
    if capacity < session.taken:
        sentence = _("已经有 %(n)s 人报名，名额不能更少。") % {"n": session.taken}
        raise Refusal(sentence, code="capacity", field="capacity")
    has_moved = (room, place_text) != (session.room, session.place_text)
    session.title, session.title_en, session.note = title[:80], title_en[:120], note[:200]
    session.capacity, session.room, session.place_text = capacity, room, place_text[:80]
    session.version, session.changed_at = session.version + 1, at
    with refusing():
        session.save(
            update_fields=["title", "title_en", "note", "capacity", "room", "place_text", "version", "changed_at"]
        )
    promote(session, at=at)
    booked = list(
        session.bookings.filter(state=BookingState.BOOKED).select_related("resident", "community").order_by("id")
    )
    telling.reword(booked, session)
    if not has_moved:
        return []
    for booking in booked:
        telling.queue_other_room(booking, session, by=by, at=at)
    return booked


def _check_places(capacity: int, *, room: Room | None, place_text: str, community_id: int) -> None:
    if room is not None and place_text:
        raise Refusal(_("在房间里，还是在别的地点，只能填一个。"), code="two_places", field="place_text")
    if capacity < 1 or (room is not None and capacity > room.capacity):
        raise Refusal(_("名额至少一个，也不能多过房间坐得下的人数。"), code="capacity", field="capacity")
    if room is not None and room.community_id != community_id:
        raise Refusal(_("这个房间不在本社区。"), code="room", field="room")


@transaction.atomic
def cancel_session(
    *,
    session: Session,
    reason: str = "",
    for_good: bool = False,
    are_told: bool = False,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
) -> list[Booking]:
    """Calls a session off and tells everybody who had booked; answers their bookings.

    ``reason`` is a sentence for the list of staff; ``for_good``: there is no other time for it; ``are_told``: whoever calls it
    off has told them in words of their own. Raises Changed when it was changed meanwhile or is off already.
    """
    authority = staff_authority(by, community_id=session.community_id)
    lock_sessions(session.pk)
    if seen is not None and seen != session.version:
        raise session_changed()
    booked = list(
        session.bookings.select_for_update(of=("self",))
        .filter(state__in=[BookingState.HELD, BookingState.BOOKED])
        .select_related("resident", "community")
        .order_by("id")
    )
    freed = sum(booking.party_size for booking in booked)
    called_off = Session.objects.filter(pk=session.pk, state=SessionState.OPEN, version=session.version).update(
        state=SessionState.CANCELLED,
        taken=F("taken") - freed,
        note=reason[:200] or session.note,
        version=session.version + 1,
        changed_at=at,
    )
    if not called_off:
        raise session_changed()
    end_queue(session, at=at)
    for booking in booked:
        _call_off(booking, by=by, authority=authority, at=at)
        if not are_told:
            _tell(booking, by=by, at=at, for_good=for_good)
    session.refresh_from_db()
    return [booking for booking in booked if booking.resident_id or booking.group_name]


def _call_off(booking: Booking, *, by: User | None, authority: str, at: dt.datetime) -> None:
    held = booking.state == BookingState.HELD
    booking.state = BookingState.EXPIRED if held else BookingState.CANCELLED
    booking.version += 1
    Booking.objects.filter(pk=booking.pk).update(
        state=booking.state,
        version=booking.version,
        cancelled_at=None if held else at,
        cancel_reason="" if held else CancelReason.BY_HOUSE,
    )
    BookingEvent.objects.create(booking=booking, kind="called_off", actor=by, authority=authority, at=at)
    telling.withdraw(booking.pk)


def _tell(booking: Booking, *, by: User | None, at: dt.datetime, for_good: bool) -> None:
    if to := telling.audience_of(booking, by=by):
        telling.queue_cancelled(booking, to=to, by=by, at=at, by_house=True, for_good=for_good)
