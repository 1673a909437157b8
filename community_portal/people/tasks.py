"""Wake-ups of the people room."""

from celery import shared_task

from community_portal import clock
from community_portal.people.register.retention import sweep


@shared_task(name="people.sweep_retention")
def sweep_retention() -> int:
    """Lets go of what is older than its rule says; answers how many rows."""
    return sum(sweep(at=clock.now()).values())
