"""Visits as the desk lists them: who comes on a day, where each stands, what the search finds."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.bookings.actions.attendance import open_marks
from community_portal.bookings.models import (
    Booking,
    BookingState,
    Channel,
)
from community_portal.people.models import User
from community_portal.people.phones import half_width
from community_portal.people.reach import sees_sensitive_at, whole_communities
from community_portal.people.register.queries import age_of
from community_portal.web.spoken import clock_time


@dataclass(frozen=True)
class Visit:
    """A row of the visits table with everything it shows, so that the template asks nothing.

    ``url`` is the page of the matter that a visit belongs to: what came of it is written there, not here.
    ``marks`` are those that may be made now (bookings/actions/attendance.py).
    """

    booking: Booking
    time: str
    name: str
    age: int | None
    door: str
    needs_care: bool
    what: str
    where: str
    by_family: bool
    marks: list[str]
    url: str = ""

    @property
    def page(self) -> str:
        return self.url or f"/desk/visits/{self.booking.pk}/"


VISIT_FILTERS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "": (_("全部"), ()),
    "waiting": (_("待到访"), (BookingState.BOOKED,)),
    "arrived": (_("已签到"), (BookingState.ARRIVED,)),
    "served": (_("已办"), (BookingState.SERVED,)),
    "no_show": (_("未到"), (BookingState.NO_SHOW,)),
}


_ON_THE_LIST = (BookingState.BOOKED, BookingState.ARRIVED, BookingState.SERVED, BookingState.NO_SHOW)


def visits_on(user: User, day: dt.date) -> QuerySet[Booking]:
    """Bookings of a day at the places of this staff member; a grid officer who is nothing else there sees those they go to, or
    of their grids. What is agreed with no resident, on the spot, is nobody's visit: it stands in the calendar of who goes there."""
    start, end = clock.day_bounds(day)
    found = Booking.objects.visible_to(user).filter(
        starts_at__gte=start, starts_at__lt=end, state__in=_ON_THE_LIST, resident__isnull=False
    )
    whole = whole_communities(user)
    if not user.is_superuser and user.community_ids - whole:
        found = found.filter(
            Q(community_id__in=whole)
            | Q(session__host=user.pk)
            | Q(session__channel="home", session__grid_id__in=user.grid_ids)
            | Q(session__channel="home", session__host__isnull=True, resident__household__grid_id__in=user.grid_ids)
        )
    return found.select_related(
        "session__service",
        "session__room",
        "session__host",
        "resident__household__building__estate",
        "booked_by",
        "community",
    ).order_by("starts_at", "id")


def visit_counts(user: User, day: dt.date) -> dict[str, int]:
    """How many bookings of the day stand in each filter; "" is all of them."""
    found = visits_on(user, day).select_related(None).order_by().values_list("state", flat=True)
    by_state = Counter(found)
    counts = {name: sum(by_state[s] for s in states) for name, (_label, states) in VISIT_FILTERS.items()}
    counts[""] = sum(by_state.values())
    return counts


def search_visits(found: QuerySet[Booking], words: str) -> QuerySet[Booking]:
    """Narrowed by name, initials, last four digits of a phone, or what it is about."""
    words = half_width(words.strip())
    if not words:
        return found
    if words.isdecimal() and len(words) == 4:
        return found.filter(resident__contacts__tail=words).distinct()
    return found.filter(
        Q(resident__name__contains=words)
        | Q(resident__initials__startswith=words.lower())
        | Q(session__title__contains=words)
        | Q(session__title_en__icontains=words)
        | Q(note__contains=words)
    )


def table_of(
    found: Iterable[Booking], *, reader: Any, at: dt.datetime, urls: dict[int, str] | None = None
) -> list[Visit]:
    """Rows for ``appointments/visits_table.html``; that somebody needs care only for readers who may know; ``urls`` by booking."""
    urls = urls or {}
    return [_visit(booking, reader=reader, at=at, url=urls.get(booking.pk, "")) for booking in found]


def _visit(booking: Booking, *, reader: Any, at: dt.datetime, url: str) -> Visit:
    resident, session = booking.resident, booking.session
    assert resident is not None
    home = str(resident.household or "")
    return Visit(
        booking=booking,
        time=clock_time(booking.starts_at),
        name=resident.name,
        age=age_of(resident, on=clock.local(at).date()),
        door=resident.door or home,
        needs_care=bool(resident.care_tags) and sees_sensitive_at(reader, booking.community_id),
        what=session.subject,
        where=_where(booking),
        by_family=booking.authority.startswith("delegation:"),
        marks=open_marks(booking, at=at),
        url=url,
    )


def _where(booking: Booking) -> str:
    session = booking.session
    if session.channel == "home":
        channel = session.get_channel_display()
        return f"{channel}{_('：')}{session.host}" if session.host else channel
    if session.spot:
        return session.spot
    return str(_("会客厅")) if session.channel == Channel.CENTRE else session.get_channel_display()
