import logging

from celery import shared_task

from community_portal import clock
from community_portal.casework import escalation, leaving
from community_portal.casework.models import Case
from community_portal.casework.queries import broken_links

logger = logging.getLogger(__name__)
CASES_AT_ONCE = 2_000


@shared_task(name="casework.escalate_overdue")
def escalate_overdue() -> None:
    """Tells officers and managers about tasks past their limit."""
    escalation.escalate_overdue(at=clock.now())


@shared_task(name="casework.ring_alarms")
def ring_alarms() -> None:
    """Takes the next step of every ladder that nobody has answered."""
    escalation.ring_alarms(at=clock.now())


@shared_task(name="casework.release_left_behind")
def release_left_behind() -> None:
    """Gives back what is in the hands of somebody who no longer works here."""
    leaving.release_left_behind(at=clock.now())


@shared_task(name="casework.verify_journals")
def verify_journals() -> int:
    """Reads the chain of every journal; answers how many are broken, and tells the log which."""
    newest = Case.objects.order_by("-id").values_list("id", flat=True).first() or 0
    found = 0
    for first in range(1, newest + 1, CASES_AT_ONCE):
        for number, line in broken_links(first, first + CASES_AT_ONCE - 1):
            logger.error("the journal of %s was changed behind our back, from line %s on", number, line)
            found += 1
    return found
