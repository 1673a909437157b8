"""Wake-ups of the outbox. Each may run twice, on any worker, at any time."""

import logging
import socket

from celery import shared_task

from community_portal import clock
from community_portal.outbox.actions import scrub_codes
from community_portal.outbox.models import Heartbeat
from community_portal.outbox.sweep import deliver_due, overdue_messages

logger = logging.getLogger(__name__)


@shared_task(name="outbox.deliver_due_messages")
def deliver_due_messages() -> None:
    """Sends what is due."""
    deliver_due()


@shared_task(name="outbox.reconcile_messages")
def reconcile_messages() -> None:
    """Alarms when something should have gone out long ago, and forgets old sign-in codes."""
    late = overdue_messages(at=clock.now())
    if late:
        logger.error("%s messages are more than five minutes late", late)
    scrub_codes(at=clock.now())


@shared_task(name="outbox.beat_heart")
def beat_heart() -> None:
    """This worker is alive; /healthz reads it."""
    Heartbeat.objects.update_or_create(name=socket.gethostname(), defaults={"at": clock.now()})
