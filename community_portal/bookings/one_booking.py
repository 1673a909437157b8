"""One booking as pages show it: what is read with it, where it is, and what may still be done."""

import datetime as dt
from typing import Any

from community_portal import clock
from community_portal.bookings.models import OF_THE_DEED, OF_THE_HOUSE, Booking, BookingState, Channel, Session
from community_portal.bookings.telling import UNDO_WINDOW, where_of


def with_session(rows: Any) -> Any:
    """With everything that the page of a booking shows."""
    return rows.select_related(
        "session__service", "session__room", "session__host", "session__community", "community", "resident"
    )


def stands(found: Booking) -> bool:
    """Booked and not over; what nobody marked afterwards stays booked for ever."""
    return found.state == BookingState.BOOKED and found.ends_at > clock.now()


def home_words(session: Session) -> str:
    """Who comes to the door; empty when one goes to the house oneself."""
    return where_of(session) if session.channel == Channel.HOME else ""


def moved_to(found: Booking) -> Booking | None:
    """The booking that took its place."""
    return found.moved_to.filter(state=BookingState.BOOKED).first()


def options_of(found: Booking, *, by_house: bool = False) -> dict[str, Any]:
    """What its page may offer now; ``by_house``: to the desk, which may also take back what it cancelled itself."""
    now, service = clock.now(), found.session.service
    cancel, move = (service.cancel_cutoff_minutes, service.move_cutoff_minutes) if service else (60, 120)
    ahead = found.starts_at - now
    is_booked = found.state == BookingState.BOOKED
    recently = found.cancelled_at and now < found.cancelled_at + UNDO_WINDOW
    final = OF_THE_DEED if by_house else OF_THE_HOUSE
    return {
        "may_cancel": is_booked and ahead >= dt.timedelta(minutes=cancel),
        "is_late": is_booked and ahead < dt.timedelta(minutes=cancel),
        "may_move": is_booked and bool(service) and ahead >= dt.timedelta(minutes=move),
        "may_undo": found.state == BookingState.CANCELLED and found.cancel_reason not in final and recently,
    }
