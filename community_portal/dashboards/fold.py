"""Folding deltas into the roll-up, and the nightly recount that must find nothing to mend."""

import logging

from django.db import connection, transaction

from community_portal.dashboards.measure import MEASURES, Measure

logger = logging.getLogger(__name__)
BATCH = 20_000

_FOLD = """
WITH taken AS (
    DELETE FROM dashboards_delta WHERE id IN (
        SELECT id FROM dashboards_delta ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING measure, community_id, day, label, amount
), summed AS (
    SELECT measure, community_id, day, label, sum(amount) AS amount FROM taken
    GROUP BY community_id, measure, day, label ORDER BY community_id, measure, day, label
), upserted AS (
    INSERT INTO dashboards_rollup (measure, community_id, day, label, amount)
    SELECT measure, community_id, day, label, amount FROM summed
    ON CONFLICT (community_id, measure, day, label) DO UPDATE SET amount = dashboards_rollup.amount + excluded.amount
), by_month AS (
    INSERT INTO dashboards_month (measure, community_id, month, label, amount)
    SELECT measure, community_id, date_trunc('month', day)::date AS month, label, sum(amount) FROM summed
    GROUP BY community_id, measure, month, label ORDER BY community_id, measure, month, label
    ON CONFLICT (community_id, measure, month, label) DO UPDATE SET amount = dashboards_month.amount + excluded.amount
)
SELECT count(*) FROM taken
"""

# What a month lacks is added, never set: folds that run meanwhile add to it too.
_MEND_MONTHS = """
WITH days AS (
    SELECT community_id, date_trunc('month', day)::date AS month, label, sum(amount)::int AS amount
    FROM dashboards_rollup WHERE measure = %(measure)s GROUP BY 1, 2, 3
), months AS (
    SELECT community_id, month, label, amount FROM dashboards_month WHERE measure = %(measure)s
)
INSERT INTO dashboards_month (measure, community_id, month, label, amount)
SELECT %(measure)s, community_id, month, label, coalesce(d.amount, 0) - coalesce(m.amount, 0)
FROM days d FULL JOIN months m USING (community_id, month, label)
WHERE coalesce(d.amount, 0) <> coalesce(m.amount, 0)
ON CONFLICT (community_id, measure, month, label) DO UPDATE SET amount = dashboards_month.amount + excluded.amount
"""


def fold_figures() -> int:
    """Folds all deltas there are, batch by batch; two folders at once share the work. Answers how many deltas."""
    total = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_FOLD, [BATCH])
            count = cursor.fetchone()[0]
        total += count
        if count < BATCH:
            return total


def recount_sql(measure: Measure) -> str:
    """The figure from its source rows: what the roll-up must agree with."""
    return (
        f"SELECT r.community_id, {measure.fragment('day', 'r')} AS day, ({measure.fragment('split', 'r')})::varchar AS label, "
        f"sum({measure.fragment('weight', 'r')})::int AS amount FROM {measure.table} r "
        f"WHERE ({measure.fragment('condition', 'r')}) AND {measure.fragment('day', 'r')} IS NOT NULL GROUP BY 1, 2, 3"
    )


def differences(measure: Measure) -> list[tuple]:
    """Rows ``(community, day, label, counted, kept)`` where the kept figure differs from its source. One snapshot."""
    sql = f"""
        WITH counted AS ({recount_sql(measure)}), kept AS (
            SELECT community_id, day, label, sum(amount)::int AS amount FROM (
                SELECT community_id, day, label, amount FROM dashboards_rollup WHERE measure = %s
                UNION ALL SELECT community_id, day, label, amount FROM dashboards_delta WHERE measure = %s
            ) AS both_parts GROUP BY 1, 2, 3
        )
        SELECT community_id, day, label, coalesce(c.amount, 0), coalesce(k.amount, 0)
        FROM counted c FULL JOIN kept k USING (community_id, day, label)
        WHERE coalesce(c.amount, 0) <> coalesce(k.amount, 0)"""  # noqa: S608 - fragments come from our own declarations
    with connection.cursor() as cursor:
        cursor.execute(sql, [measure.name, measure.name])
        return cursor.fetchall()


def recount_figures() -> int:
    """Compares every figure with its rows, mends what differs and says so; answers how many differed."""
    found = 0
    for measure in MEASURES.values():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_MEND_MONTHS, {"measure": measure.name})
            months, wrong = cursor.rowcount, differences(measure)
            for community, day, label, counted, kept in wrong:
                cursor.execute(
                    "INSERT INTO dashboards_delta (measure, community_id, day, label, amount) VALUES (%s, %s, %s, %s, %s)",
                    [measure.name, community, day, label, counted - kept],
                )
        if wrong or months:
            logger.error(
                "figure %s differed: %s days from its rows, %s months from their days", measure.name, len(wrong), months
            )
        found += len(wrong) + months
    return found
