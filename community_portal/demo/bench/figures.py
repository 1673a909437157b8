"""The figures of the dashboard on whatever the database holds, and what their triggers cost those who write."""

import contextlib
import datetime as dt
from collections.abc import Iterator

from django.db import connection

from appointments.models import HelpRequest
from community_portal import clock
from community_portal.dashboards import queries
from community_portal.dashboards.fold import fold_figures
from community_portal.dashboards.periods import BEGINNING, Period, period_named
from community_portal.dashboards.reading import reading_of
from community_portal.demo.bench import rows
from community_portal.demo.bench.report import Say, fact, heading, rate, times
from community_portal.demo.bench.server import called_ms, pgbench, select_one_ms, statement_ms
from community_portal.measure import FIGURES, MEASURES
from community_portal.places.models import Community


def run(say: Say) -> None:
    heading(say, f"Figures with {HelpRequest.objects.count():,} requests ÷ SELECT 1")
    places = list(Community.objects.order_by("pk").values_list("pk", flat=True)[:1])
    fold_figures()
    with connection.cursor() as cursor:  # as autovacuum does within minutes; a bulk load leaves millions of dead deltas
        for table in ("delta", "rollup", "coarserollup", "presence"):
            cursor.execute(f"VACUUM ANALYZE dashboards_{table}")
    period = Period(BEGINNING, clock.today(), "all")
    month = period_named("month", today=clock.today())
    assert month
    everywhere = None
    street = list(Community.objects.filter(street__communities=places[0]).values_list("pk", flat=True))
    one, every = ["help_requests_received"], list(MEASURES)
    for what, measures, scope, of in (
        ("one figure, one community, this month", one, places, month),
        ("one figure, one street, all years", one, street, period),
        ("one figure, the whole city, all years", one, everywhere, period),
        ("one figure, the whole city, a year that breaks months", one, everywhere, _broken_year()),
        ("all figures, one community, all years", every, places, period),
        ("all figures, the whole city, all years", every, everywhere, period),
    ):
        value = statement_ms(*queries.sums_statement("measure", measures, scope, of))
        times(say, what, select_one_ms(), value / len(measures), "≤ 30 a figure")
    city = list(Community.objects.values_list("pk", flat=True))
    for name, what, scope, of in (
        ("activity_participants", "persons, one community, this month", places, month),
        ("activity_participants", "persons, one street, all years", street, period),
        ("activity_participants", "persons, the whole city, this month", city, month),
        ("activity_participants", "persons by rows, one community, three weeks", places, _three_weeks()),
        ("activities_held", "what has ended, one community, this month", places, month),
        ("no_show_rate", "a rate, one street, all years", street, period),
        ("overdue", "what is late now, one street", street, period),
    ):
        value = called_ms(lambda name=name, scope=scope, of=of: FIGURES[name].value(reading_of(scope, of)))  # type: ignore[misc]
        times(say, what, select_one_ms(), value, "≤ 30 a figure")
    fact(say, "rows in the roll-up", f"{_rollups():,}")


def measure_write_tax(say: Say, *, pairs: int) -> None:
    """What the triggers of the figures cost: durable single rows with them ÷ without."""
    heading(say, "Writing with the figures' triggers ÷ without (8 clients)")
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), count(*) FROM people_resident")
        first, people = cursor.fetchone()
        cursor.execute("CREATE SEQUENCE IF NOT EXISTS bench_requests START 100000000")
        cursor.execute("SELECT min(id), max(id) FROM appointments_helprequest")
        oldest, newest = cursor.fetchone()
    new = rows.NEW_REQUESTS.format(
        numbers="SELECT nextval('bench_requests')", first=first, people=people, closed="false"
    )
    resolve = (
        f"\\set id random({oldest}, {newest})\n"
        "UPDATE appointments_helprequest SET resolved_at = now() - random() * interval '9 days', outcome = 'solved',"
        " satisfaction = 1 + (random() * 4)::int WHERE id = :id"
    )
    for table, what, script in (
        ("appointments_helprequest", "a new request", f"{' '.join(new.split())};"),
        ("appointments_helprequest", "a resolution and its rating rewritten", f"{resolve};"),
        ("bookings_booking", "a visitor of an activity, there or not", f"{_come_or_not()};"),
    ):
        measured = []
        for _pair in range(pairs):
            with _uncounted(table):
                floor = pgbench(script)
            measured.append((floor, pgbench(script)))
        rate(say, what, measured, "≥ 0.7")
    fold_figures()


@contextlib.contextmanager
def _uncounted(table: str) -> Iterator[None]:
    triggers = [f"TRIGGER {name}" for name in ("count_new", "count_changed")]

    def switch(how: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0")
            cursor.execute(f"ALTER TABLE {table} {', '.join(f'{how} {t}' for t in triggers)}")

    switch("DISABLE")
    try:
        yield
    finally:
        switch("ENABLE")


def _come_or_not() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 1), coalesce(max(id), 1) FROM bookings_booking")
        oldest, newest = cursor.fetchone()
    return (
        f"\\set id random({oldest}, {newest})\n"
        "UPDATE bookings_booking SET state = CASE state WHEN 'served' THEN 'no_show' ELSE 'served' END WHERE id = :id"
    )


def _three_weeks() -> Period:
    today = clock.today()
    return Period(today - dt.timedelta(days=50), today - dt.timedelta(days=29))


def _broken_year() -> Period:
    today = clock.today()
    return Period(today - dt.timedelta(days=380), today - dt.timedelta(days=15), "")


def _rollups() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM dashboards_rollup")
        return int(cursor.fetchone()[0])
