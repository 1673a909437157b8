"""Wake-ups of the bookings room. Each may run twice and on any worker; the rules are in actions and seats."""

import logging

from celery import shared_task
from django.db import transaction

from community_portal import clock
from community_portal.bookings import actions, departures, seats

logger = logging.getLogger(__name__)


@shared_task(name="bookings.release_expired_holds")
def release_expired_holds() -> int:
    """Frees the places of forms nobody finished, for whoever waits for one; answers how many forms it was."""
    at = clock.now()
    with transaction.atomic():
        freed = seats.release_expired(at=at)
    actions.promote_all(at=at)
    return freed


@shared_task(name="bookings.release_left_behind")
def release_left_behind() -> int:
    """Nobody is told any more that somebody comes who has left; answers how many had."""
    return departures.release_left_behind(at=clock.now())


@shared_task(name="bookings.open_sessions")
def open_sessions(*, days: int = 30) -> int:
    """Makes the sessions of the coming days; answers how many were new."""
    return actions.open_planned_sessions(at=clock.now(), days=days).created


@shared_task(name="bookings.close_visits")
def close_visits() -> int:
    """Notes who did not come today; answers how many."""
    return actions.close_visits(at=clock.now())


@shared_task(name="bookings.verify_seats")
def verify_seats() -> int:
    """Counts every session anew; answers how many were wrong, which the database should not allow, and tells the log."""
    wrong = seats.miscounted_sessions()
    for session, taken, counted in wrong:
        logger.error("session %s says %s places taken, its bookings are %s", session, taken, counted)
    return len(wrong)
