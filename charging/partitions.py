"""One table of states a month: made ahead by a task of every night, and by the ingest where that did not run.

A month's table bears an index that the whole cannot have: of each vendor an event stands in it once.
"""

import datetime as dt

from django.db import connection, transaction

AHEAD, BACK = 3, 2  # months
PARENT = "charging_portstatus"


def month_of(day: dt.date, months: int = 0) -> dt.date:
    """The first of its month, or of one so many months later."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, 1)


def name_of(month: dt.date) -> str:
    return f"{PARENT}_{month:%Y_%m}"


def keep_partitions(*, on: dt.date) -> list[str]:
    """The tables around this day are there; answers which are new. Run again, or twice at once, it changes nothing."""
    if PARENT not in connection.introspection.table_names():  # on the way back through the migrations
        return []
    wanted = [month_of(on, n) for n in range(-BACK, AHEAD + 1)]
    there = partitions()
    return [make_partition(month) for month in wanted if name_of(month) not in there]


def partitions() -> set[str]:
    """The tables there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [PARENT])
        return {row[0] for row in cursor.fetchall()}


@transaction.atomic
def make_partition(month: dt.date) -> str:
    """Made apart and attached: whoever writes or reads meanwhile goes on. The bounds are months in Shanghai."""
    name = name_of(month)
    first, after = (f"{day:%Y-%m-%d} 00:00:00+08" for day in (month, month_of(month, 1)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [PARENT])
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        if not cursor.fetchone()[0]:
            cursor.execute(f"CREATE TABLE {name} (LIKE {PARENT} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
            cursor.execute(f"CREATE UNIQUE INDEX {name}_once ON {name} (source_id, event_id)")
            cursor.execute(f"ALTER TABLE {PARENT} ATTACH PARTITION {name} FOR VALUES FROM ('{first}') TO ('{after}')")
    return name


def must_have(months: set[dt.date]) -> None:
    """Before rows of these months are written."""
    there = partitions()
    for month in months:
        if name_of(month) not in there:
            make_partition(month)
