"""The roll of a drill: who signed up and has not been called in, and how many have."""

from typing import Any, NamedTuple

from django.db.models import Sum

from community_portal.bookings.models import WALK_IN, Booking, BookingState
from community_portal.bookings.queries import signed_up
from safety.models import Drill


class Roll(NamedTuple):
    """``waits`` by name; ``here`` and ``of`` are heads. Who came without having signed up is on no roll."""

    waits: list[Booking]
    here: int
    of: int


def roll_of(drill: Drill) -> Roll:
    if drill.session is None:
        return Roll([], 0, 0)
    waits = [row for row in signed_up(drill.session) if row.state == BookingState.BOOKED]
    came = drill.session.bookings.filter(state__in=[BookingState.ARRIVED, BookingState.SERVED]).exclude(source=WALK_IN)
    here: Any = came.aggregate(n=Sum("party_size"))["n"] or 0
    return Roll(waits, here, here + sum(row.party_size for row in waits))
