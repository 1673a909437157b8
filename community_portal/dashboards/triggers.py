"""The triggers that write deltas: one function per table, made from the measures declared over it.

A change subtracts what the row gave before and adds what it gives now. Measures that lie on the same day under the same
label go into one delta together, and are looked at only when a column changed that one of them reads. Figures of persons
are counted by the same functions (see presence.py).
"""

from django.db import connection

from community_portal.dashboards import presence
from community_portal.measure import MEASURES, Measure, Persons


def tables() -> dict[str, list[Measure]]:
    """Measures by the table they read."""
    found: dict[str, list[Measure]] = {}
    for measure in MEASURES.values():
        found.setdefault(measure.table, []).append(measure)
    return found


def persons_of(table: str) -> list[Persons]:
    """Figures of persons whose rows are in that table."""
    return [persons for persons in presence.counted_persons() if persons.of.table == table]


def function_sql(table: str, measures: list[Measure]) -> str:
    """``CREATE OR REPLACE FUNCTION`` for one table. OLD is null where a row is new, NEW where it is gone: no day, no delta."""
    families: dict[tuple[str, ...], list[Measure]] = {}
    for measure in measures:
        families.setdefault(measure.family, []).append(measure)
    steps = "".join(_count_family(family) for family in families.values())
    steps += "".join(presence.meet_sql(persons) for persons in persons_of(table))
    return f"""
CREATE OR REPLACE FUNCTION dashboards_count_{table}() RETURNS trigger LANGUAGE plpgsql AS $count$
BEGIN{steps}
    RETURN NULL;
END $count$"""


def _count_family(family: list[Measure]) -> str:
    first = family[0]

    def given_by(row: str, sign: str = "") -> str:
        names = ", ".join(f"CASE WHEN {m.fragment('counts', row)} THEN '{m.name}' END" for m in family)
        return (
            f"(array_remove(ARRAY[{names}]::text[], NULL), {row}.community_id, {first.fragment('day', row)}, "
            f"({first.fragment('split', row)})::text, {sign}({first.fragment('weight', row)})::int)"
        )

    return f"""
    IF {_differs({column for measure in family for column in measure.uses})} THEN
        INSERT INTO dashboards_delta (measures, community_id, day, label, amount)
        SELECT * FROM (VALUES
        {given_by("NEW")},
        {given_by("OLD", "-")}
        ) AS given(measures, community_id, day, label, amount) WHERE measures <> '{{}}' AND day IS NOT NULL;
    END IF;"""


def _differs(columns: set[str]) -> str:
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in sorted(columns | {"community_id"}))


def trigger_sql(table: str, measures: list[Measure]) -> list[str]:
    """The triggers of one table; updates that touch no used column do not even call the function."""
    read = set().union(*(measure.uses for measure in measures), *(persons.uses for persons in persons_of(table)))
    call = f"EXECUTE FUNCTION dashboards_count_{table}()"

    def counts(row: str) -> str:
        return " OR ".join(f"({m.fragment('condition', row)})" for m in measures)

    return [
        f"DROP TRIGGER IF EXISTS count_new ON {table}",
        f"DROP TRIGGER IF EXISTS count_gone ON {table}",
        f"DROP TRIGGER IF EXISTS count_changed ON {table}",
        # What counts for nothing yet, like a fresh booking, does not call the function.
        f"CREATE TRIGGER count_new AFTER INSERT ON {table} FOR EACH ROW WHEN ({counts('NEW')}) {call}",
        f"CREATE TRIGGER count_gone AFTER DELETE ON {table} FOR EACH ROW WHEN ({counts('OLD')}) {call}",
        f"CREATE TRIGGER count_changed AFTER UPDATE ON {table} FOR EACH ROW WHEN ({_differs(read)}) {call}",
    ]


def functions() -> dict[str, str]:
    """What creates each function, by its name."""
    counting = {f"dashboards_count_{table}": function_sql(table, measures) for table, measures in tables().items()}
    return {
        "dashboards_person": presence.PERSON,
        "dashboards_meet": presence.MEET,
        **counting,
        "dashboards_count_merged": presence.merged_sql(),
    }


def install() -> None:
    """Puts functions and triggers in place; repeating it changes nothing. Runs after every migration (apps.py): a measure
    may be declared over a table, or read a column, that the migrations of the dashboards come before."""
    with connection.cursor() as cursor:
        made = set(connection.introspection.table_names(cursor))
        for statement in functions().values():
            cursor.execute(statement)
        for statement in presence.MERGED_TRIGGER:
            cursor.execute(statement)
        for table, measures in tables().items():
            for statement in trigger_sql(table, measures) if table in made else []:
                cursor.execute(statement)


def is_current() -> bool:
    """Do the installed functions say what is declared, and does everything call them? A deploy that changed a measure must
    install and recount."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'dashboards\\_%'")
        installed = {name: source.strip() for name, source in cursor.fetchall()}
        cursor.execute(
            "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname = 'count_new'"
        )
        watched = {row[0] for row in cursor.fetchall()}
    is_same = all(installed.get(name) == sql.split("$count$")[1].strip() for name, sql in functions().items())
    return is_same and watched >= set(tables())
