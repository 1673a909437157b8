"""The roll: who signed up and is here, one tap each. Tapped twice, or on two phones, is tapped once."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.bookings.actions import check_in
from community_portal.bookings.models import Booking, BookingState
from community_portal.captured import done_at
from community_portal.people.models import User
from community_portal.refusals import Changed
from safety.actions.day import TAKES_MARKS
from safety.models import Drill
from safety.rights import must_take_part

HERE = frozenset({BookingState.ARRIVED, BookingState.SERVED})


@transaction.atomic
def call_in(drill: Drill, booking: Booking, *, by: User, at: dt.datetime) -> None:
    """They and theirs are here. Raises Changed for who cancelled meanwhile, and when there is no roll to be called."""
    must_take_part(drill, by)
    if drill.state not in TAKES_MARKS:
        raise Changed(_("情况有变：这场演练现在不能点名。"))
    try:
        with transaction.atomic():
            check_in(booking=booking, by=by, at=done_at(at))
    except Changed:
        booking.refresh_from_db()
        if booking.state not in HERE:
            raise
