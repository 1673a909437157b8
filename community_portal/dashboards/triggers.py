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

    def contributions(row: str) -> str:
        return "\nUNION ALL ".join(
            f"SELECT '{m.name}'::varchar, {row}.community_id, {m.fragment('day', row)}, "
            f"({m.fragment('split', row)})::varchar, ({m.fragment('weight', row)})::int "
            f"WHERE ({m.fragment('condition', row)}) AND {m.fragment('day', row)} IS NOT NULL"
            for m in measures
        )

    insert = "INSERT INTO dashboards_delta (measure, community_id, day, label, amount)"
    grouped = "SELECT measure, community_id, day, label, sum(amount) FROM ({body}) AS c(measure, community_id, day, label, amount)"
    changed = (
        f"{contributions('NEW')}\nUNION ALL SELECT m, c, d, l, -a FROM ({contributions('OLD')}) AS o(m, c, d, l, a)"
    )
    return f"""
CREATE OR REPLACE FUNCTION dashboards_count_{table}() RETURNS trigger LANGUAGE plpgsql AS $count$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {insert} {contributions("NEW")};
    ELSIF TG_OP = 'DELETE' THEN
        {insert} SELECT m, c, d, l, -a FROM ({contributions("OLD")}) AS o(m, c, d, l, a);
    ELSE
        {insert} {grouped.format(body=changed)}
        GROUP BY measure, community_id, day, label HAVING sum(amount) <> 0;
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
