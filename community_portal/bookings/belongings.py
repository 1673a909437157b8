"""What is booked and lies ahead goes along when two files become one, so that one person still is in one place at a time."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from community_portal.bookings.models import Booking, BookingState, Waiting, WaitingEnd
from community_portal.bookings.seats import refusing
from community_portal.people.models import Resident
from community_portal.people.register.merging import register_belongings
from community_portal.refusals import Refusal
from community_portal.web.spoken import short_when


def take_over(*, kept: Resident, merged: Resident, at: dt.datetime) -> list[int]:
    """Hands over the bookings ahead; raises Refusal ``both_booked`` (409) when both files have one at the same time."""
    ahead = Booking.objects.filter(state__in=[BookingState.BOOKED, BookingState.ARRIVED], ends_at__gt=at)
    mine, theirs = list(ahead.filter(resident=kept)), list(ahead.filter(resident=merged))
    for one in theirs:
        if any(one.starts_at < other.ends_at and other.starts_at < one.ends_at for other in mine):
            raise Refusal(
                _("两份档案在 %(when)s 都有预约。请先取消或改期其中一个，再合并。")
                % {"when": short_when(one.starts_at)},
                code="both_booked",
                status=409,
            )
    ids = [one.pk for one in theirs]
    _hand_over(ids, kept)
    return ids


def give_back(ids: list[int], *, kept: Resident, merged: Resident) -> None:
    """Those that still are the kept file's return."""
    _hand_over(list(Booking.objects.filter(pk__in=ids, resident=kept).values_list("pk", flat=True)), merged)


def _hand_over(ids: list[int], resident: Resident) -> None:
    with refusing():
        Booking.objects.filter(pk__in=ids).update(resident=resident)


def take_over_waiting(*, kept: Resident, merged: Resident, at: dt.datetime) -> list[int]:
    """One person waits once: where both files do, the place of the kept one counts."""
    mine = Waiting.objects.standing().filter(resident=kept).values("session")
    theirs = Waiting.objects.standing().filter(resident=merged)
    theirs.filter(session__in=mine).update(ended_at=at, ended_as=WaitingEnd.LEFT)
    ids = list(theirs.values_list("pk", flat=True))
    Waiting.objects.filter(pk__in=ids).update(resident=kept)
    return ids


def give_back_waiting(ids: list[int], *, kept: Resident, merged: Resident) -> None:
    """Those that still wait in the name of the kept file return."""
    Waiting.objects.standing().filter(pk__in=ids, resident=kept).update(resident=merged)


register_belongings("bookings", take_over, give_back)
register_belongings("waiting", take_over_waiting, give_back_waiting)
