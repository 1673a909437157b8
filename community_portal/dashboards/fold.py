"""Folding deltas into the roll-up, and the nightly recount that must find nothing to mend."""

import logging
from dataclasses import dataclass

from django.db import connection, transaction

from community_portal.dashboards import presence, triggers
from community_portal.measure import GRAINS, MEASURES, Measure, Persons

logger = logging.getLogger(__name__)
BATCH = 20_000

# The longer sums of daily ones: a community's months, the city's months, the city's days.
COARSE = """
SELECT measure, community_id, GROUPING(month) = 0 AS is_month, coalesce(month, day) AS day, label, sum(amount)::int AS amount
FROM (SELECT measure, community_id, day, date_trunc('month', day)::date AS month, label, amount FROM {days}) AS d
GROUP BY measure, label, GROUPING SETS ((community_id, month), (month), (day))
"""
_ADD_COARSE = """
INSERT INTO dashboards_coarserollup (measure, community_id, is_month, day, label, amount)
{rows}
ON CONFLICT (community_id, measure, is_month, day, label)
    DO UPDATE SET amount = dashboards_coarserollup.amount + excluded.amount
"""

_FOLD = f"""
WITH taken AS (
    DELETE FROM dashboards_delta WHERE id IN (SELECT id FROM dashboards_delta ORDER BY id LIMIT %s)
    RETURNING measures, community_id, day, label, amount
), summed AS (
    SELECT measure, community_id, day, label, sum(amount) AS amount FROM taken, unnest(measures) AS measure
    GROUP BY community_id, measure, day, label HAVING sum(amount) <> 0
), upserted AS (
    INSERT INTO dashboards_rollup (measure, community_id, day, label, amount)
    SELECT measure, community_id, day, label, amount FROM summed
    ON CONFLICT (community_id, measure, day, label) DO UPDATE SET amount = dashboards_rollup.amount + excluded.amount
), coarse AS ({_ADD_COARSE.format(rows=COARSE.format(days="summed"))})
SELECT count(*) FROM taken
"""
_ONE_FOLDER = "SELECT pg_try_advisory_xact_lock(hashtext('dashboards.fold'))"

# What a coarse sum lacks is added, never set: folds that run meanwhile add to it too.
_MEND_COARSE = _ADD_COARSE.format(
    rows=f"""
SELECT %(measure)s, nullif(place, 0), is_month, day, label, coalesce(d.amount, 0) - coalesce(c.amount, 0)
FROM (SELECT *, coalesce(community_id, 0) AS place
      FROM ({COARSE.format(days="dashboards_rollup WHERE measure = %(measure)s")}) AS of_days) AS d
FULL JOIN (SELECT *, coalesce(community_id, 0) AS place FROM dashboards_coarserollup WHERE measure = %(measure)s) AS c
    USING (place, is_month, day, label)
WHERE coalesce(d.amount, 0) <> coalesce(c.amount, 0)
"""
)


def fold_figures() -> int:
    """Folds all deltas there are, batch by batch; answers how many. One folds at a time, for all meet at the city's rows:
    whoever comes while another is at it goes home."""
    total = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_ONE_FOLDER)
            if not cursor.fetchone()[0]:
                return total
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
        f"WHERE {measure.fragment('counts', 'r')} AND {measure.fragment('day', 'r')} IS NOT NULL GROUP BY 1, 2, 3"
    )


@dataclass(frozen=True)
class Kept:
    """What the roll-up keeps under one name, and the statement that counts it anew."""

    name: str
    counted: str
    of: str


def everything_kept() -> list[Kept]:
    """The flows, and the sums of persons."""
    flows = [Kept(name, recount_sql(measure), name) for name, measure in MEASURES.items()]
    persons = [
        Kept(figure.kept_as(grain), presence.headcount_sql(grain), figure.name)
        for figure in presence.counted_persons()
        for grain in GRAINS
    ]
    return flows + persons


def differences(kept: Kept) -> list[tuple]:
    """Rows ``(community, day, label, counted, kept)`` where the kept figure differs from its source. One snapshot."""
    sql = f"""
        WITH counted AS ({kept.counted}), kept AS (
            SELECT community_id, day, label, sum(amount)::int AS amount FROM (
                SELECT community_id, day, label, amount FROM dashboards_rollup WHERE measure = %(name)s
                UNION ALL SELECT community_id, day, label, amount FROM dashboards_delta WHERE %(name)s = ANY(measures)
            ) AS both_parts GROUP BY 1, 2, 3
        )
        SELECT community_id, day, label, coalesce(c.amount, 0), coalesce(k.amount, 0)
        FROM counted c FULL JOIN kept k USING (community_id, day, label)
        WHERE coalesce(c.amount, 0) <> coalesce(k.amount, 0)"""  # fragments come from our own declarations
    with connection.cursor() as cursor:
        cursor.execute(sql, {"name": kept.name, "figure": kept.of})
        return cursor.fetchall()


def all_differences() -> list[tuple]:
    """Whatever differs from its rows: sums, and who was there; empty when everything is right."""
    sums = [(kept.name, *row) for kept in everything_kept() for row in differences(kept)]
    return sums + [(figure.name, *row) for figure in presence.counted_persons() for row in presence.differences(figure)]


def recount_figures(*, says: int = logging.ERROR) -> int:
    """Compares every figure with its rows, mends what differs and says so; answers how many differed.

    ``says``: how loudly. After a deploy they differ as they should.
    """
    if not triggers.is_current():
        logger.error("the triggers count by older declarations: run manage.py install_figures")
    found = sum(_recount_presences(figure, says) for figure in presence.counted_persons())
    return found + sum(_recount(kept, says) for kept in everything_kept())


def _recount_presences(figure: Persons, says: int) -> int:
    with transaction.atomic():
        wrong = presence.mend(figure)
    if wrong:
        logger.log(says, "figure %s differed: %s presences from their rows", figure.name, wrong)
    return wrong


def _recount(kept: Kept, says: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MEND_COARSE, {"measure": kept.name})
        coarse, wrong = cursor.rowcount, differences(kept)
        for community, day, label, counted, amount in wrong:
            cursor.execute(
                "INSERT INTO dashboards_delta (measures, community_id, day, label, amount) VALUES (%s, %s, %s, %s, %s)",
                [[kept.name], community, day, label, counted - amount],
            )
    if wrong or coarse:
        sentence = "figure %s differed: %s days from its rows, %s coarse sums from their days"
        logger.log(says, sentence, kept.name, len(wrong), coarse)
    return len(wrong) + coarse
