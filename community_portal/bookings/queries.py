"""Reads of the bookings room: what can be booked, who comes today, what a resident has ahead of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.bookings.models import (
    Booking,
    BookingEvent,
    BookingState,
    CancelReason,
    Opening,
    Service,
    Session,
    SessionKind,
    SessionState,
)
from community_portal.bookings.planning import DAYS_AHEAD, DayPlan
from community_portal.bookings.telling import role_of_host
from community_portal.people.authority import is_staff_authority
from community_portal.people.models import Resident, User
from community_portal.people.register.queries import file_ids
from community_portal.places.models import Closure, Community
from community_portal.places.working_time import ONE_DAY, WorkCalendar
from community_portal.web.spoken import spoken_when


def bookings_of(resident: Resident, *, reader: Any = None) -> QuerySet[Booking]:
    """Everything the resident ever booked, also on files merged into theirs, newest first; unfinished forms are left out.
    ``reader``: what this member of staff may see of it."""
    rows = Booking.objects.visible_to(reader) if reader is not None else Booking.objects.all()
    return (
        rows.filter(resident__in=file_ids(resident))
        .exclude(state__in=[BookingState.HELD, BookingState.EXPIRED])
        .select_related("session__service", "session__room", "community", "booked_by")
        .order_by("-starts_at", "-id")
    )


def open_sessions(*, at: dt.datetime) -> QuerySet[Session]:
    """Sessions that can still begin, each with ``left``: free places, those of walked-away holds counted as free."""
    dead = (
        Booking.objects.filter(session=OuterRef("pk"), state=BookingState.HELD, held_until__lte=at)
        .order_by()
        .values("session")
        .annotate(seats=Sum("party_size"))
        .values("seats")
    )
    return (
        Session.objects.filter(state=SessionState.OPEN, starts_at__gt=at)
        .annotate(left=F("capacity") - F("taken") + Coalesce(Subquery(dead, IntegerField()), 0))
        .exclude(Q(opening__isnull=False) & Exists(_closure_of_day()))
    )


def _closure_of_day() -> QuerySet[Closure]:
    """A closure of the house on the day of the outer session or booking."""
    day = OuterRef("starts_at__date")
    return Closure.objects.filter(community=OuterRef("community"), first_on__lte=day, last_on__gte=day)


def bookable(
    *, community: Community, at: dt.datetime, service: Service | None = None, for_staff: bool = False
) -> QuerySet[Session]:
    """Planned sessions of a house with a free place, soonest first; residents see those beyond the lead time."""
    found = open_sessions(at=at).filter(community=community, left__gt=0, to_move=False)  # type: ignore[misc]
    if service is not None:
        found = found.filter(service=service)
        if not for_staff:
            found = found.filter(starts_at__gte=at + dt.timedelta(minutes=service.lead_minutes))
    return found.select_related("service", "grid", "room", "host").order_by("starts_at", "id")


def activities_ahead(community: Community, *, at: dt.datetime) -> QuerySet[Session]:
    """What the house has on, soonest first, full ones too, each with ``left``."""
    found = open_sessions(at=at).filter(community=community, kind=SessionKind.ACTIVITY, to_move=False)
    return found.select_related("room").order_by("starts_at", "id")


def activities_of_house(community: Community | None, *, at: dt.datetime, past: bool) -> QuerySet[Session]:
    """For staff: those ahead soonest first, or those past and called off, latest first."""
    rows = Session.objects.filter(community=community, kind=SessionKind.ACTIVITY).select_related("room")
    ahead = Q(state=SessionState.OPEN, ends_at__gt=at)
    return rows.exclude(ahead).order_by("-starts_at", "-id") if past else rows.filter(ahead).order_by("starts_at", "id")


def signed_up(session: Session) -> QuerySet[Booking]:
    """Who comes or came, in the order of signing up; unfinished forms are left out."""
    rows = session.bookings.exclude(state__in=[BookingState.HELD, BookingState.EXPIRED])
    return rows.select_related("resident").prefetch_related("resident__contacts").order_by("id")


@dataclass
class BookableDay:
    """One day of the choice: its free sessions, or why there is none."""

    date: dt.date
    sessions: list[Session] = field(default_factory=list)
    left: int = 0
    reason: str | Promise = ""

    @property
    def is_open(self) -> bool:
        return bool(self.sessions)


def bookable_days(
    *,
    community: Community,
    service: Service,
    at: dt.datetime,
    first: dt.date | None = None,
    days: int = 14,
    channel: str = "",
    grid_ids: Iterable[int] | None = None,
    for_staff: bool = False,
) -> list[BookableDay]:
    """The next days with their free sessions; a day without any says why: holiday, closed, no plan or full.

    ``grid_ids`` None shows sessions of every grid; otherwise those of no grid and of these.
    """
    first = first or clock.local(at).date()
    last = first + ONE_DAY * (days - 1)
    start, end = clock.day_bounds(first)[0], clock.day_bounds(last)[1]
    every = open_sessions(at=at).filter(
        community=community, service=service, starts_at__gte=start, starts_at__lt=end, to_move=False
    )
    if channel:
        every = every.filter(channel=channel)
    if grid_ids is not None:
        every = every.filter(Q(grid__isnull=True) | Q(grid_id__in=list(grid_ids)))
    earliest = at if for_staff else at + dt.timedelta(minutes=service.lead_minutes)
    by_day: dict[dt.date, list[Session]] = defaultdict(list)
    for session in every.select_related("room", "host", "grid").order_by("starts_at", "id"):
        by_day[clock.local(session.starts_at).date()].append(session)
    plan = DayPlan.load(first, last, [community.pk])
    found = []
    for day in plan.days():
        free = [s for s in by_day[day] if s.left > 0 and s.starts_at >= earliest]  # type: ignore[attr-defined]
        found.append(
            BookableDay(
                day,
                free,
                sum(s.left for s in free),  # type: ignore[attr-defined]
                ""
                if free
                else _why_none(
                    plan,
                    community,
                    day,
                    had_any=bool(by_day[day]) or _began_on(day, community, service, at=at),
                    earliest=earliest,
                ),
            )
        )
    return found


def _began_on(day: dt.date, community: Community, service: Service, *, at: dt.datetime) -> bool:
    """Is it today, and were there times which are past by now?"""
    if day != clock.local(at).date():
        return False
    begun = Session.objects.filter(community=community, service=service, state=SessionState.OPEN)
    return begun.filter(starts_at__gte=clock.day_bounds(day)[0], starts_at__lte=at).exists()


def _why_none(
    plan: DayPlan, community: Community, day: dt.date, *, had_any: bool, earliest: dt.datetime
) -> str | Promise:
    closure = plan.closure_of(community.pk, day)
    if closure:
        return closure.reason or _("闭馆")
    special = plan.calendar.special.get(day)
    if plan.calendar.is_holiday(day) and special:
        return special.label
    if had_any:
        return _("约满了") if day > clock.local(earliest).date() else _("来不及了")
    return _("不开放")


def nearest_free(session: Session, *, at: dt.datetime, count: int = 3) -> list[Session]:
    """Free sessions of the same service and house, those closest in time first."""
    if session.service is None:
        return []
    free = bookable(community=session.community, service=session.service, at=at).filter(grid=session.grid)
    after = list(free.filter(starts_at__gte=session.starts_at)[:count])
    before = list(free.filter(starts_at__lt=session.starts_at).order_by("-starts_at")[:count])
    return sorted([*after, *before], key=lambda s: abs(s.starts_at - session.starts_at))[:count]


# Few and far apart, so that somebody can be asked on the telephone: "morning or afternoon?"
VISITING_TIMES = (dt.time(9), dt.time(10, 30), dt.time(14), dt.time(15, 30))


def free_times(
    host: User, resident: Resident | None, *, at: dt.datetime, minutes: int = 30, days: int = 3
) -> list[dt.datetime]:
    """Times of the next working days at which neither the host nor the resident has anything: to be offered for a visit."""
    first = clock.local(at).date()
    calendar = WorkCalendar.load(first, first + ONE_DAY * 30)
    working = [day for day in (first + ONE_DAY * n for n in range(30)) if calendar.is_working(day)][: days + 1]
    times = [t for day in working for t in (clock.at_wall(day, time) for time in VISITING_TIMES) if t > at]
    if not times:
        return []
    last_day = sorted({clock.local(t).date() for t in times})[:days][-1]
    times = [t for t in times if clock.local(t).date() <= last_day]
    window = {"ends_at__gt": at, "starts_at__lt": clock.day_bounds(last_day)[1]}
    busy = list(
        Session.objects.filter(host=host, state=SessionState.OPEN, **window).values_list("starts_at", "ends_at")
    )
    if resident is not None:
        live = Booking.objects.live().exclude(state=BookingState.NO_SHOW).filter(resident=resident, **window)
        busy += list(live.values_list("starts_at", "ends_at"))
    length = dt.timedelta(minutes=minutes)
    return [t for t in times if not any(start < t + length and t < end for start, end in busy)]


def journal_of(booking: Booking) -> list[dict[str, Any]]:
    """What happened to a booking, newest first, as the timeline shows it."""
    events = BookingEvent.objects.filter(booking=booking).select_related("actor").order_by("-id")
    return [
        {
            "who": event.actor or (_("居民（短信链接）") if event.authority == "link" else _("系统")),
            "what": _HAPPENED.get(event.kind, event.kind),
            "why": dict(CancelReason.choices).get(event.words, event.words),
            "at": event.at,
        }
        for event in events
    ]


_HAPPENED = {
    "held": _("留了名额"),
    "released": _("放出了名额"),
    "booked": _("约好了"),
    "from_queue": _("排队补上了名额"),
    "walk_in": _("现场来的，记了人数"),
    "walk_in_undone": _("撤回了现场人数"),
    "moved_here": _("改到了这个时间"),
    "moved_away": _("改到了别的时间"),
    "party_changed": _("改了人数"),
    "cancelled": _("取消了预约"),
    "cancel_undone": _("撤回了取消"),
    "called_off": _("取消了这一场"),
    "check_in": _("签到了"),
    "served": _("记为已办"),
    "no_show": _("记为未到"),
    "mark_undone": _("撤回了记录"),
}


def was_cancelled_by_resident(booking: Booking) -> bool:
    """By themselves, their family or their link; not by staff, whatever they may have said on the telephone."""
    last = BookingEvent.objects.filter(booking=booking, kind="cancelled").last()
    return booking.state == BookingState.CANCELLED and last is not None and not is_staff_authority(last.authority)


class AgreedVisit(NamedTuple):
    """The time agreed for a matter as pages show it; ``gone`` says why a past one does not hold any more."""

    booking: Booking
    role: str
    officer: str
    when: str
    is_coming: bool
    is_past: bool
    gone: str

    @property
    def my_url(self) -> str:
        """Where its resident looks at it, and gives it up."""
        return reverse("booking", args=[self.booking.pk])


def agreed_shown(booking: Booking, *, at: dt.datetime) -> AgreedVisit:
    """The visit that this booking agreed, whatever became of it; whether it still matters its service knows."""
    session, stands = booking.session, booking.state == BookingState.BOOKED
    return AgreedVisit(
        booking=booking,
        role=role_of_host(session),
        officer=str(session.host or ""),
        when=spoken_when(booking.starts_at),
        is_coming=stands,
        is_past=stands and booking.ends_at < at,
        gone="" if stands else _why_gone(booking),
    )


def agreed_words(booking: Booking | None) -> str:
    """The agreed time in a line of a list: 周敏 11-28 上午 9:30 到您家; empty when none stands."""
    if booking is None or booking.state != BookingState.BOOKED:
        return ""
    return gettext("%(name)s %(when)s 到您家") % {"name": booking.session.host, "when": spoken_when(booking.starts_at)}


def _why_gone(booking: Booking) -> str:
    if booking.state == BookingState.NO_SHOW:
        return gettext("没见到人")
    reasons = set(CancelReason.values) - {CancelReason.BY_HOUSE, CancelReason.FILE_CLOSED}
    return str(CancelReason(booking.cancel_reason).label) if booking.cancel_reason in reasons else gettext("已取消")


def bookings_in(closures: Iterable[Closure], *, at: dt.datetime) -> dict[int, list[Booking]]:
    """What people have booked on the days of closures, by closure, with the people and how to reach them."""
    closures = list(closures)
    hit = Booking.objects.filter(community__in={closure.community_id for closure in closures}, starts_at__gte=at)
    found: dict[int, list[Booking]] = {closure.pk: [] for closure in closures}
    for booking in _to_call(hit.filter(Exists(_closure_of_day()))):
        day = clock.local(booking.starts_at).date()
        for closure in closures:
            if closure.community_id == booking.community_id and closure.first_on <= day <= closure.last_on:
                found[closure.pk].append(booking)
    return found


def bookings_to_move(*, community_ids: Iterable[int], at: dt.datetime) -> QuerySet[Booking]:
    """Bookings of ``sessions_to_move``: staff moves them one by one, or calls them off."""
    return _to_call(Booking.objects.filter(session__in=sessions_to_move(community_ids=community_ids, at=at)))


def _to_call(found: QuerySet[Booking]) -> QuerySet[Booking]:
    return (
        found.filter(state=BookingState.BOOKED)
        .select_related("session", "resident")
        .prefetch_related("resident__contacts")
        .order_by("starts_at", "id")
    )


def sessions_to_move(*, community_ids: Iterable[int], at: dt.datetime) -> QuerySet[Session]:
    """Sessions outside the present plan, or on a day closed since, in which somebody still has a booking."""
    return Session.objects.filter(
        Q(to_move=True) | Q(opening__isnull=False) & Exists(_closure_of_day()),
        community_id__in=list(community_ids),
        state=SessionState.OPEN,
        starts_at__gt=at,
        taken__gt=0,
    ).order_by("starts_at")


def openings_of(community: Community, *, on: dt.date) -> QuerySet[Opening]:
    """The weekly plan of a house as it holds now or later."""
    return (
        Opening.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on), community=community)
        .select_related("service", "host", "room", "grid")
        .order_by("weekday", "starts_at", "id")
    )


def services_with_next(
    community: Community, *, at: dt.datetime, channel: str = "", grid_ids: Iterable[int] = ()
) -> list[tuple[Service, Session | None]]:
    """The services of a house in order, each with its next free session (None: nothing free in a month).

    Only those given by ``channel`` when one is named; of sessions that belong to a grid only those of ``grid_ids``.
    """
    offered = Service.objects.offered_in(community)
    services = list((offered.filter(channels__contains=[channel]) if channel else offered).order_by("position", "id"))
    horizon = at + dt.timedelta(days=DAYS_AHEAD + 1)
    mine = Q(grid__isnull=True) | Q(grid_id__in=list(grid_ids))
    free = (
        bookable(community=community, at=at)
        .filter(mine, Q(channel=channel) if channel else Q(), service__in=services, starts_at__lt=horizon)
        .annotate(
            first_start=Case(
                *[When(service=s, then=Value(at + dt.timedelta(minutes=s.lead_minutes))) for s in services],
                default=Value(at),
            )
        )
        .filter(starts_at__gte=F("first_start"))
        .order_by("service_id", "starts_at")
        .distinct("service_id")
        if services
        else []
    )
    nearest = {session.service_id: session for session in free}
    return [(service, nearest.get(service.pk)) for service in services]
