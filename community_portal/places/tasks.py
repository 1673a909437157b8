"""Wake-ups of the places room."""

from celery import shared_task

from community_portal import clock
from community_portal.places.importers import import_calendar as bring_calendar


@shared_task(name="places.import_calendar")
def import_calendar() -> int:
    """Brings the public calendar up to date; answers how many days changed."""
    return sum(year.written + year.removed for year in bring_calendar(at=clock.local(clock.now())))
