"""At the door of what many people come to: whose ticket this is, who is expected, how many are there."""

import datetime as dt
import re
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.bookings.models import (
    WALK_IN,
    Booking,
    BookingState,
    HeadCount,
    Session,
    SessionKind,
    SessionState,
    Waiting,
)
from community_portal.bookings.one_booking import with_session
from community_portal.people.links import link_hash_of, read_ticket
from community_portal.people.phones import half_width
from community_portal.refusals import Refusal
from community_portal.web.spoken import short_when

_TOKEN = re.compile(r"(?:^|/b/)([\w-]{20,64})/?$")
HERE = (BookingState.ARRIVED, BookingState.SERVED)
SHOWN = 12


class Tally(NamedTuple):
    """Of one session: how many said that they come, how many are there, of these without having booked, what was counted."""

    expected: int
    here: int
    walk_ins: int
    waiting: int
    counted: HeadCount | None

    @property
    def differs(self) -> int:
        """How many more were counted than the list says are there; None before anybody counted."""
        return self.counted.heads - self.here if self.counted else 0


def tally_of(session: Session) -> Tally:
    """Two queries and the newest count, however many came."""
    rows = Booking.objects.filter(session=session.pk)
    sums = rows.aggregate(
        expected=Sum(
            "party_size", filter=Q(state__in=[BookingState.BOOKED, *HERE, BookingState.NO_SHOW]) & ~Q(source=WALK_IN)
        ),
        here=Sum("party_size", filter=Q(state__in=HERE)),
        walk_ins=Sum("party_size", filter=Q(state__in=HERE, source=WALK_IN)),
    )
    queue = Waiting.objects.standing().filter(session=session.pk).aggregate(n=Sum("party_size"))["n"]
    counted = HeadCount.objects.filter(session=session.pk).select_related("counted_by").first()
    return Tally(sums["expected"] or 0, sums["here"] or 0, sums["walk_ins"] or 0, queue or 0, counted)


def at_the_door(user: Any, *, at: dt.datetime) -> QuerySet[Session]:
    """Activities of today in one's places, soonest first."""
    start, end = clock.day_bounds(clock.local(at).date())
    today = Session.objects.visible_to(user).filter(kind=SessionKind.ACTIVITY, state=SessionState.OPEN)
    return (
        today.filter(starts_at__lt=end, ends_at__gt=start)
        .select_related("room", "community")
        .order_by("starts_at", "id")
    )


def find_by_ticket(text: str, *, user: Any, at: dt.datetime) -> Booking:
    """Whose ticket was read: the code of the page, or the link of the text message, as a scanner types it. Three queries at the
    most, however many are expected. Raises Refusal ``no_ticket`` for what is none of ours, ``other_day`` for one of another day."""
    text = half_width(text.strip())
    pk, token = read_ticket(text), _TOKEN.search(text)
    wanted = Q(pk=pk) if pk else Q(link_hash=link_hash_of(token[1])) if token else None
    rows = with_session(Booking.objects.visible_to(user))
    found = rows.filter(wanted).first() if wanted is not None else None
    if found is None:
        raise Refusal(_("没有认出这张票。请输入姓名或电话后四位来找。"), code="no_ticket", field="code")
    if found.state not in (BookingState.BOOKED, *HERE):
        raise Refusal(_("这张票已经取消或改期了：%(who)s。") % {"who": found.who}, code="void", field="code")
    if clock.local(found.starts_at).date() != clock.local(at).date():
        words = {"who": found.who, "when": short_when(found.starts_at)}
        raise Refusal(_("%(who)s约的是%(when)s，不是今天。") % words, code="other_day", field="code")
    return found


def expected_by_words(sessions: list[Session], words: str) -> list[Booking]:
    """Who signed up for one of these and is meant by a name, initials, a group, or the last four digits of a phone."""
    words = half_width(words.strip())[:40]
    if not words or not sessions:
        return []
    rows = Booking.objects.filter(session__in=sessions, state__in=[BookingState.BOOKED, *HERE]).exclude(source=WALK_IN)
    if words.isdecimal() and len(words) == 4:
        rows = rows.filter(Q(resident__contacts__tail=words) | Q(group_phone__endswith=words)).distinct()
    else:
        by_name = Q(resident__name__contains=words) | Q(resident__initials__startswith=words.lower())
        rows = rows.filter(by_name | Q(group_name__contains=words))
    return list(with_session(rows).order_by("state", "id")[:SHOWN])
