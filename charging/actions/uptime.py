"""How long the sockets of each box worked on a day: from state to state, by the vendor's clock. What was not heard of for a day is
neither working nor broken; it is not known."""

import datetime as dt
from typing import Any

from django.db import connection

from charging.queries.freshness import DEFAULTS, UNKNOWN
from community_portal import clock

# Each socket's last state before the day and those within it, each until the next, until it is too old, or until the day ends.
_COUNT = """
INSERT INTO charging_portday (point_id, community_id, day, working_seconds, known_seconds, service_seconds)
WITH served AS (
    SELECT port.id, port.point_id, port.community_id FROM charging_port port
    WHERE port.in_service_on <= %(day)s AND (port.removed_on IS NULL OR port.removed_on > %(day)s)
), heard AS (
    SELECT served.id, status.state, status.at FROM served
        JOIN charging_portstatus status ON status.port_id = served.id
        WHERE status.at >= %(start)s AND status.at < %(finish)s
    UNION ALL
    SELECT served.id, before.state, before.at FROM served CROSS JOIN LATERAL (
        SELECT state, at FROM charging_portstatus status
        WHERE status.port_id = served.id AND status.at < %(start)s AND status.at >= %(start)s - %(old)s
        ORDER BY at DESC, event_id COLLATE "C" DESC LIMIT 1) before
), spans AS (
    SELECT id, state, greatest(at, %(start)s) AS since,
        least(coalesce(lead(at) OVER (PARTITION BY id ORDER BY at), %(finish)s), at + %(old)s, %(finish)s) AS until FROM heard
), sums AS (
    SELECT id, sum(extract(epoch FROM until - since)) FILTER (WHERE state IN ('available', 'in_use')) AS working,
        sum(extract(epoch FROM until - since)) FILTER (WHERE state <> 'unknown') AS known
    FROM spans WHERE until > since GROUP BY id
)
SELECT point_id, community_id, %(day)s, floor(coalesce(sum(working), 0)), floor(coalesce(sum(known), 0)),
    count(*) * extract(epoch FROM %(finish)s - %(start)s)
FROM served LEFT JOIN sums ON sums.id = served.id GROUP BY point_id, community_id
ON CONFLICT (point_id, day) DO UPDATE SET working_seconds = excluded.working_seconds, known_seconds = excluded.known_seconds,
    service_seconds = excluded.service_seconds
"""


def count_day(day: dt.date) -> int:
    """Counts it, or counts it anew; answers how many boxes served."""
    start, finish = clock.day_bounds(day)
    given: dict[str, Any] = {"day": day, "start": start, "finish": finish, "old": dt.timedelta(hours=DEFAULTS[UNKNOWN])}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, given)
        return int(cursor.rowcount)
