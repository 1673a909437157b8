"""Waking the sweep after a commit. Celery is only the alarm clock: when Redis is away the next sweep finds the row."""

import logging

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu import Connection
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)


def wake_the_sweeper() -> None:
    """After this transaction commits, asks a worker to sweep at once; never raises, never waits long."""
    transaction.on_commit(_ring)


def _ring() -> None:
    if not redis_answers():
        return
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "socket_connect_timeout": 0.3, "socket_timeout": 0.3}
    try:
        # A connection of its own: the pool's would wait five seconds for a Redis that fell silent after the ping.
        with Connection(settings.REDIS_URL, transport_options=options) as line:
            current_app.send_task(
                "outbox.deliver_due_messages", queue="messages", expires=30, retry=False, connection=line
            )
    except Exception as error:  # whatever the broker does, the deed is done
        logger.warning("no worker could be woken: %s", type(error).__name__)


def redis_answers() -> bool:
    """Is there a Redis within a third of a second? One try: the client's own retries would take seconds."""
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=0.3, socket_timeout=0.3, retry=Retry(NoBackoff(), 0)
        ) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False
