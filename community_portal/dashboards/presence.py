"""Who was there: each person once in a month, a year and ever, in whatever places together.

A trigger keeps a row of ``Presence`` for each person, community and span. The first row that puts somebody there writes +1
into the figure's sums of that span, the last that goes writes -1; so one community's persons are a sum like any other. Of
several communities the sums count whoever was in two of them twice: such presences are marked ``elsewhere``, and there are few.
Two files of one person are one: what a file counted goes over when it is merged, and back when it is unmerged.
"""

from django.db import connection

from community_portal.dashboards.periods import EVER
from community_portal.measure import FIGURES, GRAINS, Persons

_SPANS = f"""(VALUES ('month', date_trunc('month', {{day}})::date), ('year', date_trunc('year', {{day}})::date),
        ('ever', DATE '{EVER}')) AS span(grain, start)"""

# The present file of a merged one. It stays locked, so that nobody is counted for a file while it is merged, nor in two places
# at once by two who do not see each other.
PERSON = """
CREATE OR REPLACE FUNCTION dashboards_person(file bigint) RETURNS bigint LANGUAGE plpgsql AS $count$
DECLARE kept bigint;
BEGIN
    LOOP
        SELECT merged_into_id INTO kept FROM people_resident WHERE id = file FOR NO KEY UPDATE;
        EXIT WHEN kept IS NULL;
        file := kept;
    END LOOP;
    RETURN file;
END $count$"""

MEET = f"""
CREATE OR REPLACE FUNCTION dashboards_meet(figure text, place bigint, day date, who bigint, times int) RETURNS void
LANGUAGE plpgsql AS $count$
DECLARE turned int;
BEGIN
    IF place IS NULL OR day IS NULL OR who IS NULL THEN
        RETURN;
    END IF;
    WITH met AS (
        INSERT INTO dashboards_presence AS p (measure, community_id, grain, start, subject, rows, elsewhere)
        SELECT figure, place, grain, start, who, times, false FROM {_SPANS.format(day="day")}
        ON CONFLICT (measure, subject, grain, start, community_id) DO UPDATE SET rows = p.rows + excluded.rows
        RETURNING p.grain, p.start, p.rows
    ), told AS (
        INSERT INTO dashboards_delta (measures, community_id, day, label, amount)
        SELECT ARRAY[figure || '@' || grain], place, start, '', CASE WHEN rows > 0 THEN 1 ELSE -1 END
        FROM met WHERE (rows > 0) <> (rows - times > 0) RETURNING 1
    )
    SELECT count(*) INTO turned FROM told;
    IF turned > 0 THEN
        UPDATE dashboards_presence p SET elsewhere = s.several FROM (
            SELECT grain, start, count(*) FILTER (WHERE rows > 0) > 1 AS several
            FROM dashboards_presence JOIN {_SPANS.format(day="day")} USING (grain, start)
            WHERE measure = figure AND subject = who GROUP BY grain, start
        ) AS s
        WHERE p.measure = figure AND p.subject = who AND p.grain = s.grain AND p.start = s.start
            AND p.elsewhere <> s.several;
    END IF;
END $count$"""

# The present file of every merged one.
KEPT_FILES = """
WITH RECURSIVE led(file, person) AS (
    SELECT id, merged_into_id FROM people_resident WHERE merged_into_id IS NOT NULL
    UNION ALL
    SELECT led.file, r.merged_into_id FROM led JOIN people_resident r ON r.id = led.person WHERE r.merged_into_id IS NOT NULL
), kept AS (
    SELECT led.file, led.person FROM led JOIN people_resident r ON r.id = led.person WHERE r.merged_into_id IS NULL
)
"""


def counted_persons() -> list[Persons]:
    """Every figure of persons."""
    return [figure for figure in FIGURES.values() if isinstance(figure, Persons)]


def is_resident(persons: Persons) -> bool:
    """Is it people who are counted? Their files may be merged; buildings and households stay what they are."""
    related = persons.of.model._meta.get_field(persons.subject).related_model
    return related is not None and related._meta.label == "people.Resident"


def meet_sql(persons: Persons) -> str:
    """What the trigger of its table does for a figure of persons."""
    used = sorted(persons.uses | {"community_id"})
    differs = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in used)
    return f"""
    IF {differs} THEN{_meet(persons, "OLD", -1)}{_meet(persons, "NEW", 1)}
    END IF;"""


def _meet(persons: Persons, row: str, times: int) -> str:
    who = f"{row}.{persons.subject}"
    return f"""
        IF {persons.of.fragment("counts", row)} THEN
            PERFORM dashboards_meet('{persons.name}', {row}.community_id, {persons.of.fragment("day", row)},
                {f"dashboards_person({who})" if is_resident(persons) else who}, {times});
        END IF;"""


def merged_sql() -> str:
    """What is done when a file is merged into another or stands on its own again: its rows count for its present file."""
    moved = "".join(_move(persons) for persons in counted_persons() if is_resident(persons))
    return f"""
CREATE OR REPLACE FUNCTION dashboards_count_merged() RETURNS trigger LANGUAGE plpgsql AS $count$
DECLARE
    files bigint[];
    before bigint := NEW.id;
    after bigint := dashboards_person(NEW.id);
BEGIN
    IF OLD.merged_into_id IS NOT NULL THEN
        before := dashboards_person(OLD.merged_into_id);
    END IF;
    WITH RECURSIVE tree(id) AS (
        SELECT NEW.id UNION ALL SELECT r.id FROM people_resident r JOIN tree ON r.merged_into_id = tree.id
    ) SELECT array_agg(id) INTO files FROM tree;{moved}
    RETURN NULL;
END $count$"""


def _move(persons: Persons) -> str:
    return f"""
    PERFORM dashboards_meet('{persons.name}', m.community_id, m.day, s.who, s.sign * m.rows) FROM (
        SELECT r.community_id, {persons.of.fragment("day", "r")} AS day, count(*)::int AS rows FROM {persons.of.table} r
        WHERE r.{persons.subject} = ANY(files) AND {persons.of.fragment("counts", "r")} GROUP BY 1, 2
    ) AS m, (VALUES (before, -1), (after, 1)) AS s(who, sign);"""


MERGED_TRIGGER = (
    "DROP TRIGGER IF EXISTS count_merged ON people_resident",
    "CREATE TRIGGER count_merged AFTER UPDATE OF merged_into_id ON people_resident FOR EACH ROW "
    "WHEN (OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id) EXECUTE FUNCTION dashboards_count_merged()",
)


def who_sql(persons: Persons) -> tuple[str, str, str]:
    """``(before the statement, join, expression)`` that answer who a row ``r`` counts for."""
    if not is_resident(persons):
        return "", "", f"r.{persons.subject}"
    return (
        KEPT_FILES,
        f"LEFT JOIN kept ON kept.file = r.{persons.subject}",
        f"coalesce(kept.person, r.{persons.subject})",
    )


def recount_sql(persons: Persons) -> str:
    """Every presence from its rows: ``(community, grain, start, subject, rows)``."""
    of = persons.of
    before, join, who = who_sql(persons)
    return f"""{before}
    SELECT community_id, grain, start, subject, count(*)::int AS rows FROM (
        SELECT r.community_id, {of.fragment("day", "r")} AS day, {who} AS subject FROM {of.table} r {join}
        WHERE {of.fragment("counts", "r")}
    ) AS met CROSS JOIN LATERAL {_SPANS.format(day="met.day")}
    WHERE day IS NOT NULL AND subject IS NOT NULL GROUP BY 1, 2, 3, 4"""


_KEPT = "(SELECT * FROM dashboards_presence WHERE measure = %(figure)s AND rows <> 0)"


def differences(persons: Persons) -> list[tuple]:
    """Presences ``(community, grain, start, subject, counted, kept)`` that differ from their rows. One snapshot."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT community_id, grain, start, subject, coalesce(c.rows, 0), coalesce(k.rows, 0)
            FROM ({recount_sql(persons)}) AS c FULL JOIN {_KEPT} AS k USING (community_id, grain, start, subject)
            WHERE coalesce(c.rows, 0) <> coalesce(k.rows, 0)""",
            {"figure": persons.name},
        )
        return cursor.fetchall()


def mend(persons: Persons) -> int:
    """Adds what presences lack (never sets: triggers add to them meanwhile) and marks them anew; answers how many were wrong."""
    wrong = differences(persons)
    with connection.cursor() as cursor:
        for community, grain, start, subject, counted, kept in wrong:
            cursor.execute(_ADD, [persons.name, community, grain, start, subject, counted - kept])
        cursor.execute(_MARK, {"figure": persons.name})
        marked = cursor.rowcount
        cursor.execute("DELETE FROM dashboards_presence WHERE measure = %s AND rows = 0", [persons.name])
    return len(wrong) + marked


_ADD = """
INSERT INTO dashboards_presence AS p (measure, community_id, grain, start, subject, rows, elsewhere)
VALUES (%s, %s, %s, %s, %s, %s, false)
ON CONFLICT (measure, subject, grain, start, community_id) DO UPDATE SET rows = p.rows + excluded.rows
"""
_MARK = """
UPDATE dashboards_presence p SET elsewhere = s.several FROM (
    SELECT id, count(*) FILTER (WHERE rows > 0) OVER (PARTITION BY subject, grain, start) > 1 AS several
    FROM dashboards_presence WHERE measure = %(figure)s
) AS s WHERE s.id = p.id AND p.elsewhere <> s.several
"""


def headcount_sql(grain: str) -> str:
    """The sums of a figure of persons from its presences: what its roll-up must agree with."""
    assert grain in GRAINS
    return (
        "SELECT community_id, start AS day, ''::varchar AS label, count(*)::int AS amount FROM dashboards_presence "
        f"WHERE measure = %(figure)s AND grain = '{grain}' AND rows > 0 GROUP BY 1, 2"
    )
