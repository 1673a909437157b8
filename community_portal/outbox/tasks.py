"""Wake-ups of the outbox. Each may run twice, on any worker, at any time."""

import datetime as dt
import logging
import socket
from typing import Any

from celery import shared_task

from community_portal import clock
from community_portal.outbox.actions import scrub_codes
from community_portal.outbox.models import Heartbeat, Message, MessageState
from community_portal.outbox.sweep import deliver_due, overdue_messages

logger = logging.getLogger(__name__)
FORGOTTEN = dt.timedelta(days=1)


@shared_task(name="outbox.deliver_due_messages")
def deliver_due_messages() -> None:
    """Sends what is due."""
    deliver_due()


@shared_task(name="outbox.reconcile_messages")
def reconcile_messages() -> None:
    """Alarms when something should have gone out long ago, and forgets old sign-in codes."""
    at = clock.now()
    late = overdue_messages(at=at)
    if late:
        logger.error("%s messages are more than five minutes late", late)
    undecided = Message.objects.filter(state=MessageState.UNSURE).count()
    if undecided:
        logger.warning("%s messages wait for somebody to decide whether they arrived", undecided)
    scrub_codes(at=at)


@shared_task(name="outbox.beat_heart", bind=True)
def beat_heart(self: Any) -> None:
    """This worker is alive; /healthz reads it. Names not heard of for a day are of workers that are gone."""
    at = clock.now()
    name = (self.request.hostname or socket.gethostname())[:80]
    Heartbeat.objects.update_or_create(name=name, defaults={"at": at})
    Heartbeat.objects.filter(at__lt=at - FORGOTTEN).delete()
