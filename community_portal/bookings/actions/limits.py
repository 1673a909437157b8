"""What a booking may be: when, how many, whose door, until when it may be changed."""

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from community_portal import clock
from community_portal.bookings.models import (
    Booking,
    BookingState,
    Session,
    SessionKind,
)
from community_portal.bookings.seats import (
    check_file,
    why_not,
)
from community_portal.people.authority import authority_for, is_staff_authority
from community_portal.people.models import DelegationScope, Resident, User
from community_portal.places.models import Closure
from community_portal.refusals import Changed, NotAllowed, Refusal

CHANGED = _("情况有变：这个预约刚刚改动过，请再看一眼。")


PARTY_LIMIT = 50


def authority_to_book(
    by: User | None, resident: Resident, session: Session, at: dt.datetime, *, given: str = ""
) -> str:
    """By what authority somebody takes a place for this resident. Visits are booked where their file is, activities anywhere."""
    check_file(resident.merged_into_id, resident.deceased_on, resident.moved_out_on)
    authority = given or authority_for(
        by, resident=resident, community_id=session.community_id, scope=DelegationScope.BOOK, at=at
    )
    if resident.community_id != session.community_id and session.kind != SessionKind.ACTIVITY:
        if is_staff_authority(authority):
            raise NotAllowed(_("这位居民的档案不在本社区，请先登记。"), code="other_community")
        raise Refusal(
            _("这位居民的档案在%(community)s，请到那里预约。") % {"community": resident.community},
            code="other_community",
            field="session",
        )
    return authority


def check_place(session: Session, resident: Resident, party_size: int, *, authority: str, at: dt.datetime) -> None:
    check_time(session, is_staff=is_staff_authority(authority), at=at)
    check_party(session, party_size, is_staff=is_staff_authority(authority))
    check_home(session, resident)


def check_time(session: Session, *, is_staff: bool, at: dt.datetime) -> None:
    if session.starts_at <= at:
        raise why_not(session.pk, at=at)
    if session.to_move:
        raise Refusal(_("这一场不再开放，请另选时间。"), code="closed", field="session")
    lead = dt.timedelta(minutes=session.service.lead_minutes if session.service and not is_staff else 0)
    if at < session.starts_at < at + lead:
        raise Refusal(_("离开始太近了，请另选时间，或打电话给会客厅。"), code="too_late", field="session")
    day = clock.local(session.starts_at).date()
    # A hall may close after its sessions were made; an activity elsewhere goes on.
    if session.opening_id:
        closure = Closure.objects.filter(community=session.community_id, first_on__lte=day, last_on__gte=day).first()
        if closure:
            raise Refusal(
                _("这一天闭馆（%(reason)s），请另选时间。") % {"reason": closure.reason}, code="closed", field="session"
            )


def check_party(session: Session, party_size: int, *, is_staff: bool = False) -> None:
    limit = most_at_once(session)
    if party_size < 1:
        raise Refusal(_("至少要有一个人来。"), code="party_size", field="party_size")
    if party_size > limit:
        raise Refusal(too_many(limit, is_staff=is_staff), code="party_size", field="party_size")


def most_at_once(session: Session) -> int:
    return min(session.service.party_max if session.service else PARTY_LIMIT, session.capacity)


def too_many(limit: int, *, is_staff: bool) -> str:
    if is_staff:
        words = ngettext(
            "一次最多 %(limit)s 个人，再多请分几次约。", "一次最多 %(limit)s 个人，再多请分几次约。", limit
        )
    else:
        words = ngettext(
            "一次最多 %(limit)s 个人，人多请打电话给会客厅。", "一次最多 %(limit)s 个人，人多请打电话给会客厅。", limit
        )
    return words % {"limit": limit}


def check_home(session: Session, resident: Resident) -> None:
    """A time that belongs to one grid is for those who live there."""
    if session.grid_id is None:
        return
    if resident.household is None or resident.household.grid_id != session.grid_id:
        raise Refusal(_("这个时间只给 %(grid)s 的居民。") % {"grid": session.grid}, code="other_grid", field="session")


def check_cutoff(booking: Booking, name: str, *, authority: str, at: dt.datetime) -> None:
    if booking.state != BookingState.BOOKED:
        raise Changed(CHANGED)
    if is_staff_authority(authority):
        return
    service = booking.session.service
    minutes = getattr(service, name) if service else 60
    if at > booking.starts_at - dt.timedelta(minutes=minutes):
        raise Refusal(
            _("离开始不到 %(minutes)s 分钟，网上改不了了，请打电话给会客厅：%(phone)s。")
            % {"minutes": minutes, "phone": booking.community.phone},
            code="too_late",
        )
