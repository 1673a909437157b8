from celery import shared_task

from community_portal import clock
from community_portal.casework import escalation, leaving


@shared_task(name="casework.escalate_overdue")
def escalate_overdue() -> None:
    """Tells officers and managers about tasks past their limit."""
    escalation.escalate_overdue(at=clock.now())


@shared_task(name="casework.release_left_behind")
def release_left_behind() -> None:
    """Gives back what is in the hands of somebody who no longer works here."""
    leaving.release_left_behind(at=clock.now())
