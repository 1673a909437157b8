"""The triggers that write deltas: one function per table, made from the measures declared over it.

An update subtracts what the row gave before and adds what it gives now, and only where the two differ; a row of which no
used column changed costs one comparison.
"""

from django.db import connection

from community_portal.dashboards.measure import MEASURES, Measure


def tables() -> dict[str, list[Measure]]:
    """Measures by the table they read."""
    found: dict[str, list[Measure]] = {}
    for measure in MEASURES.values():
        found.setdefault(measure.table, []).append(measure)
    return found


def function_sql(table: str, measures: list[Measure]) -> str:
    """``CREATE OR REPLACE FUNCTION`` for one table."""

    def given_by(row: str, sign: str = "") -> str:
        return ",\n        ".join(
            f"('{m.name}', {row}.community_id, {m.fragment('day', row)}, ({m.fragment('split', row)})::text, "
            f"CASE WHEN {m.fragment('condition', row)} THEN {sign}({m.fragment('weight', row)})::int END)"
            for m in measures
        )

    def write(values: str) -> str:
        return f"""INSERT INTO dashboards_delta (measure, community_id, day, label, amount)
        SELECT measure, community_id, day, label, sum(amount) FROM (VALUES
        {values}
        ) AS given(measure, community_id, day, label, amount) WHERE amount IS NOT NULL AND day IS NOT NULL
        GROUP BY measure, community_id, day, label HAVING sum(amount) <> 0"""

    new, old = given_by("NEW"), given_by("OLD", "-")
    return f"""
CREATE OR REPLACE FUNCTION dashboards_count_{table}() RETURNS trigger LANGUAGE plpgsql AS $count$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {write(new)};
    ELSIF TG_OP = 'DELETE' THEN
        {write(old)};
    ELSE
        {write(f"{new},{chr(10)}        {old}")};
    END IF;
    RETURN NULL;
END $count$"""


def trigger_sql(table: str, measures: list[Measure]) -> list[str]:
    """The triggers of one table; updates that touch no used column do not even call the function."""
    uses = sorted({column for m in measures for column in m.uses} | {"community_id"})
    counts = " OR ".join(f"({m.fragment('condition', 'NEW')})" for m in measures)
    compared = " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in uses)
    call = f"EXECUTE FUNCTION dashboards_count_{table}()"
    return [
        f"DROP TRIGGER IF EXISTS count_new ON {table}",
        f"DROP TRIGGER IF EXISTS count_gone ON {table}",
        f"DROP TRIGGER IF EXISTS count_changed ON {table}",
        # What counts for nothing yet, like a fresh booking, does not call the function.
        f"CREATE TRIGGER count_new AFTER INSERT ON {table} FOR EACH ROW WHEN ({counts}) {call}",
        f"CREATE TRIGGER count_gone AFTER DELETE ON {table} FOR EACH ROW {call}",
        f"CREATE TRIGGER count_changed AFTER UPDATE ON {table} FOR EACH ROW WHEN ({compared}) {call}",
    ]


def install() -> None:
    """Puts functions and triggers in place; repeating it changes nothing."""
    with connection.cursor() as cursor:
        for table, measures in tables().items():
            cursor.execute(function_sql(table, measures))
            for statement in trigger_sql(table, measures):
                cursor.execute(statement)


def is_current() -> bool:
    """Do the installed functions say what is declared? A deploy that changed a measure must install and recount."""
    with connection.cursor() as cursor:
        for table, measures in tables().items():
            cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [f"dashboards_count_{table}"])
            row = cursor.fetchone()
            if row is None or row[0].strip() != function_sql(table, measures).split("$count$")[1].strip():
                return False
    return True
