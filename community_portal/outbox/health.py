"""What monitoring asks: is the database there, the cache, a worker, and does anything wait too long?"""

import datetime as dt
from contextlib import closing
from typing import Any

import psycopg2
from django.db import connection
from django.db.models import Max

from community_portal.outbox.models import Heartbeat
from community_portal.outbox.sweep import overdue_messages
from community_portal.outbox.wake import redis_answers

WORKER_SILENT = dt.timedelta(seconds=90)


def state_of_health(*, at: dt.datetime) -> dict[str, Any]:
    """``status`` ok or degraded, and each part; raises OperationalError when the database is away (that page is red).

    Redis or the workers away is degraded: pages, bookings and requests go on, messages wait in their table.
    """
    _knock()
    seen = Heartbeat.objects.aggregate(last=Max("at"))["last"]
    late = overdue_messages(at=at)
    parts = {
        "database": True,
        "cache": redis_answers(),
        "worker": seen is not None and at - seen < WORKER_SILENT,
        "outbox": late == 0,
    }
    return {
        "status": "ok" if all(parts.values()) else "degraded",
        **parts,
        "worker_seen_at": seen.isoformat() if seen else None,
        "messages_late": late,
    }


def _knock() -> None:
    """A connection of its own, given up after two seconds: a pooled one to a silent server would hang far longer."""
    with closing(psycopg2.connect(**connection.get_connection_params() | {"connect_timeout": 2})) as knock:
        knock.cursor().execute("SELECT 1")
