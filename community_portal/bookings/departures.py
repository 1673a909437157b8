"""Nobody is waited for who does not come: bookings of a file that was closed, times of somebody whose post has ended, sessions
of a house that was given up.

Lock order as in seats.py: the matter that a time was agreed for first, its session and booking next.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import ngettext

from community_portal import clock
from community_portal.bookings import telling
from community_portal.bookings.actions.agreed import call_off
from community_portal.bookings.actions.openings import open_planned_sessions
from community_portal.bookings.actions.places import give_back, stand_again, write_line
from community_portal.bookings.actions.sessions import cancel_session
from community_portal.bookings.actions.waiting import end_for_resident
from community_portal.bookings.agreements import lock_matter_of
from community_portal.bookings.models import (
    AGREED_KINDS,
    Booking,
    BookingState,
    CancelReason,
    Opening,
    Session,
    SessionState,
)
from community_portal.departures import Departures, register_departures
from community_portal.people.authority import SYSTEM, staff_authority
from community_portal.people.models import Membership, Resident, User
from community_portal.people.register.queries import file_ids
from community_portal.places.models import Community
from community_portal.refusals import Refusal

MOST_SHOWN = 50
IS_AGREED = Q(service__isnull=True, kind__in=AGREED_KINDS)


# ---- a file ---------------------------------------------------------------------------------------------------------
def give_up_bookings(resident: Resident, *, why: str, by: User | None, at: dt.datetime) -> None:
    """What lies ahead is free again. Of the dead nothing is said but to who was to knock at that door; who moved away hears
    that they are not expected."""
    end_for_resident(resident, at=at)
    ahead = _with_all(Booking.objects.filter(resident__in=file_ids(resident), ends_at__gt=at))
    for booking in ahead.filter(state=BookingState.BOOKED).order_by("session_id", "id"):
        matter = lock_matter_of(booking)
        authority = staff_authority(by, community_id=resident.community_id)
        to = telling.recipients_of(resident, by=None) if why == "moved_out" else []
        give_back(booking, reason=CancelReason.FILE_CLOSED, seen=None, at=at)
        write_line(booking, "called_off", by=by, authority=authority, at=at)
        telling.queue_cancelled(booking, to=to, by=by, at=at)
        if matter is not None:
            matter.write("appointment_called_off", authority=authority, by=by, at=at)


def take_bookings_up(resident: Resident, *, by: User | None, at: dt.datetime) -> None:
    """Those of which nobody was told that they are off stand again, where the place is still free."""
    given_up = Booking.objects.filter(
        resident__in=file_ids(resident), state=BookingState.CANCELLED, cancel_reason=CancelReason.FILE_CLOSED
    )
    for booking in _with_all(given_up.filter(starts_at__gt=at)).order_by("session_id", "id"):
        if telling.was_told_of_the_end(booking):
            continue
        try:
            with transaction.atomic():
                _take_up(booking, authority=staff_authority(by, community_id=resident.community_id), by=by, at=at)
        except Refusal:
            continue


def _take_up(booking: Booking, *, authority: str, by: User | None, at: dt.datetime) -> None:
    matter = lock_matter_of(booking)
    if booking.session.is_agreed and (matter is None or not matter.still_waits()):
        return
    stand_again(booking, by=by, authority=authority, at=at)
    telling.tell_host_again(booking, by=by, at=at)
    if matter is not None:
        matter.write("appointment_stands", authority=authority, by=by, at=at)


def _with_all(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    return bookings.select_related(
        "session__host", "session__service", "session__community", "session__room", "community", "resident__account"
    )


# ---- a post ---------------------------------------------------------------------------------------------------------
def ahead_of_posts(user_ids: list[int], *, community_id: int, at: dt.datetime) -> dict[int, list[str]]:
    """约好的上门 2 个, 主持的场次 3 场; one query for all."""
    hosted = Session.objects.filter(
        host__in=user_ids, community=community_id, state=SessionState.OPEN, starts_at__gt=at
    )
    counts = hosted.order_by().values_list("host").annotate(agreed=Count("pk", filter=IS_AGREED), all=Count("pk"))
    return {host: _counted(agreed, every - agreed) for host, agreed, every in counts}


def _counted(visits: int, sessions: int) -> list[str]:
    words = []
    if visits:
        words.append(ngettext("%(n)s 个约好的上门", "%(n)s 个约好的上门", visits) % {"n": visits})
    if sessions:
        words.append(ngettext("%(n)s 场由他（她）主持", "%(n)s 场由他（她）主持", sessions) % {"n": sessions})
    return words


def free_the_host(user: User, *, community_id: int, by: User | None, at: dt.datetime) -> list[str]:
    """Times agreed with residents are called off and everybody told; all else goes on without its host, and whoever was told
    who comes to the door hears that somebody else does. Managers are told of both; answers in words."""
    ahead = Session.objects.filter(host=user, community=community_id, state=SessionState.OPEN, starts_at__gt=at)
    visits = sum(_call_off_agreed(session, by=by, at=at) for session in ahead.filter(IS_AGREED).order_by("id"))
    left = _go_on_without(user, list(ahead.exclude(IS_AGREED).order_by("id")), at=at)
    openings = Opening.objects.filter(host=user, community=community_id).exclude(valid_until__lt=clock.local(at).date())
    plans = openings.update(host=None, version=F("version") + 1)
    if visits or left or plans:
        telling.tell_of_hosts(user, community_id, visits=visits, sessions=left, by=by, at=at)
    return _done_words(visits, left)


def _done_words(visits: int, sessions: int) -> list[str]:
    words = []
    if visits:
        sentence = ngettext(
            "%(n)s 个约好的上门取消了，已经告诉居民。", "%(n)s 个约好的上门取消了，已经告诉居民。", visits
        )
        words.append(sentence % {"n": visits})
    if sessions:
        sentence = ngettext("%(n)s 场没有人主持了，请另外安排。", "%(n)s 场没有人主持了，请另外安排。", sessions)
        words.append(sentence % {"n": sessions})
    return words


def _call_off_agreed(session: Session, *, by: User | None, at: dt.datetime) -> int:
    """Everybody is told once; answers whether there was anything to call off."""
    authority = staff_authority(by, community_id=session.community_id) if by else SYSTEM
    for booking in _with_all(session.bookings.filter(state=BookingState.BOOKED)):
        matter = lock_matter_of(booking)
        if call_off(booking=booking, authority=authority, by=by, at=at):
            if matter is not None:
                matter.write("appointment_called_off", authority=authority, by=by, at=at)
            return 1
    return 0


def _go_on_without(user: User, sessions: list[Session], *, at: dt.datetime) -> int:
    ids = [session.pk for session in sessions]
    Session.objects.filter(pk__in=ids).update(host=None, version=F("version") + 1, changed_at=at)
    booked = _with_all(Booking.objects.filter(session__in=ids, state=BookingState.BOOKED))
    for booking in booked.order_by("id"):
        telling.queue_other_person(booking, before=user, at=at)
    return len(sessions)


def called_off_with(user: User, community: Community, *, at: dt.datetime) -> list[Booking]:
    """Visits ahead that are off because this host has left: whom to ring, and agree another time with."""
    off = Booking.objects.filter(
        session__host=user, community=community, state=BookingState.CANCELLED, cancel_reason=CancelReason.BY_HOUSE
    )
    rows = off.filter(starts_at__gt=at).select_related("session", "resident__household__building__estate")
    return list(rows.prefetch_related("resident__contacts").order_by("starts_at")[:MOST_SHOWN])


@transaction.atomic
def release_left_behind(*, at: dt.datetime) -> int:
    """Posts that ended by their date, and accounts that were closed: as ``free_the_host``. Answers how many people it was. Safe
    to run twice and side by side: a time is called off once, and a manager told once a day."""
    hosts: Counter[tuple[int, int]] = Counter()
    for host_id, community_id in _left_hosts(at).values_list("host", "community"):
        hosts[host_id, community_id] += 1
    users = User.objects.in_bulk([host_id for host_id, _place in hosts])
    for host_id, community_id in hosts:
        free_the_host(users[host_id], community_id=community_id, by=None, at=at)
    return len(hosts)


def _left_hosts(at: dt.datetime) -> QuerySet[Session]:
    """Sessions ahead whose host works there no more; members of third parties go where they are sent."""
    posts = Membership.objects.in_force(on=clock.local(at).date()).filter(user=OuterRef("host"))
    works_here = Exists(posts.at(OuterRef("community_id"))) | Exists(posts.filter(organisation__isnull=False))
    ahead = Session.objects.filter(host__isnull=False, state=SessionState.OPEN, starts_at__gt=at)
    has_left = Q(host__is_active=False) | ~works_here & Q(host__is_superuser=False)
    return ahead.filter(has_left).order_by("id")


# ---- a house --------------------------------------------------------------------------------------------------------
def call_off_house(community: Community, *, by: User | None, at: dt.datetime) -> None:
    """Whoever booked is told; nothing else is offered any more."""
    ahead = Session.objects.filter(community=community, state=SessionState.OPEN, starts_at__gt=at)
    call_off_for_good(ahead.filter(taken__gt=0), by=by, at=at)
    open_planned_sessions(at=at, community_id=community.pk)
    ahead.update(state=SessionState.CANCELLED, version=F("version") + 1, changed_at=at)


def call_off_for_good(sessions: Iterable[Session], *, by: User | None, at: dt.datetime) -> int:
    """These take place neither then nor at another time; answers how many bookings were called off."""
    return sum(len(cancel_session(session=session, for_good=True, by=by, at=at)) for session in sessions)


def plan_house(community: Community, *, by: User | None, at: dt.datetime) -> None:
    """Its sessions are back, as the plan has them."""
    open_planned_sessions(at=at, community_id=community.pk)


register_departures(
    Departures(
        on_closed=give_up_bookings,
        on_reopened=take_bookings_up,
        ahead_of_posts=ahead_of_posts,
        on_post_ended=free_the_host,
        on_house_closed=call_off_house,
        on_house_reopened=plan_house,
    )
)
