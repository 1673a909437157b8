from celery import shared_task

from community_portal import clock
from community_portal.casework import escalation


@shared_task(name="casework.escalate_overdue")
def escalate_overdue() -> None:
    """Tells officers and managers about tasks past their limit."""
    escalation.escalate_overdue(at=clock.now())
