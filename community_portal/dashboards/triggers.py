"""The triggers that write deltas: one function per table, made from the measures declared over it.

A change subtracts what the row gave before and adds what it gives now. Measures that lie on the same day under the same
label go into one delta together, and are looked at only when a column changed that one of them reads.
"""

from django.db import connection

from community_portal.measure import MEASURES, Measure


def tables() -> dict[str, list[Measure]]:
    """Measures by the table they read."""
    found: dict[str, list[Measure]] = {}
    for measure in MEASURES.values():
        found.setdefault(measure.table, []).append(measure)
    return found


def function_sql(table: str, measures: list[Measure]) -> str:
    """``CREATE OR REPLACE FUNCTION`` for one table. OLD is null where a row is new, NEW where it is gone: no day, no delta."""
    families: dict[tuple[str, ...], list[Measure]] = {}
    for measure in measures:
        families.setdefault(measure.family, []).append(measure)
    steps = "".join(_count_family(family) for family in families.values())
    return f"""
CREATE OR REPLACE FUNCTION dashboards_count_{table}() RETURNS trigger LANGUAGE plpgsql AS $count$
BEGIN{steps}
    RETURN NULL;
END $count$"""


def _count_family(family: list[Measure]) -> str:
    first = family[0]

    def given_by(row: str, sign: str = "") -> str:
        names = ", ".join(f"CASE WHEN {m.fragment('condition', row)} THEN '{m.name}' END" for m in family)
        return (
            f"(array_remove(ARRAY[{names}]::text[], NULL), {row}.community_id, {first.fragment('day', row)}, "
            f"({first.fragment('split', row)})::text, {sign}({first.fragment('weight', row)})::int)"
        )

    return f"""
    IF {_differs(family)} THEN
        INSERT INTO dashboards_delta (measures, community_id, day, label, amount)
        SELECT * FROM (VALUES
        {given_by("NEW")},
        {given_by("OLD", "-")}
        ) AS given(measures, community_id, day, label, amount) WHERE measures <> '{{}}' AND day IS NOT NULL;
    END IF;"""


def _differs(measures: list[Measure]) -> str:
    used = sorted({column for measure in measures for column in measure.uses} | {"community_id"})
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in used)


def trigger_sql(table: str, measures: list[Measure]) -> list[str]:
    """The triggers of one table; updates that touch no used column do not even call the function."""
    counts = " OR ".join(f"({m.fragment('condition', 'NEW')})" for m in measures)
    call = f"EXECUTE FUNCTION dashboards_count_{table}()"
    return [
        f"DROP TRIGGER IF EXISTS count_new ON {table}",
        f"DROP TRIGGER IF EXISTS count_gone ON {table}",
        f"DROP TRIGGER IF EXISTS count_changed ON {table}",
        # What counts for nothing yet, like a fresh booking, does not call the function.
        f"CREATE TRIGGER count_new AFTER INSERT ON {table} FOR EACH ROW WHEN ({counts}) {call}",
        f"CREATE TRIGGER count_gone AFTER DELETE ON {table} FOR EACH ROW {call}",
        f"CREATE TRIGGER count_changed AFTER UPDATE ON {table} FOR EACH ROW WHEN ({_differs(measures)}) {call}",
    ]


def install() -> None:
    """Puts functions and triggers in place; repeating it changes nothing. Runs after every migration (apps.py): a measure
    may be declared over a table, or read a column, that the migrations of the dashboards come before."""
    with connection.cursor() as cursor:
        made = set(connection.introspection.table_names(cursor))
        for table, measures in tables().items():
            for statement in [function_sql(table, measures), *trigger_sql(table, measures)] if table in made else []:
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
