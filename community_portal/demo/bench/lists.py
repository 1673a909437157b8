"""The staff list of thirty rows, and the figures of the dashboard, on whatever the database holds."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import HelpRequest
from appointments.queries import filtered, for_list
from community_portal import clock
from community_portal.dashboards import queries
from community_portal.dashboards.fold import fold_figures
from community_portal.dashboards.measure import MEASURES
from community_portal.demo.bench.report import Say, fact, heading, times
from community_portal.demo.bench.server import execution_ms, select_one_ms, statement_ms
from community_portal.places.models import Community


def run(say: Say) -> None:
    heading(say, f"Staff list and figures with {HelpRequest.objects.count():,} requests ÷ SELECT 1")
    places = list(Community.objects.order_by("pk").values_list("pk", flat=True)[:1])
    rows = for_list(HelpRequest.objects.filter(community_id__in=places))
    for what, wanted in (("newest 30", {}), ("30 open", {"state": "open"}), ("30 overdue", {"overdue": "1"})):
        page = filtered(rows, wanted, at=clock.now()).order_by("-pk")[:30]
        sql, params = page.query.sql_with_params()
        with CaptureQueriesContext(connection) as asked:
            list(page)
        times(say, f"list: {what}", select_one_ms(), execution_ms(sql, params), f"{len(asked)} query")
    fold_figures()
    period = queries.Period(queries.BEGINNING, clock.today(), "all")
    everywhere = list(Community.objects.values_list("pk", flat=True))
    for what, scope in (("all figures, one community, all years", places), ("all figures, the whole city", everywhere)):
        given = {"places": scope, "measures": list(MEASURES), "first": period.first, "last": period.last}
        value = statement_ms(queries._SUMS.format(keys="measure"), given)
        times(say, what, select_one_ms(), value / len(MEASURES), "≤ 30 a figure")
    month = queries.period_named("month", today=clock.today())
    assert month
    given = {"places": places, "measures": ["requests_taken_in"], "first": month.first, "last": month.last}
    times(
        say,
        "one figure, one community, this month",
        select_one_ms(),
        statement_ms(queries._SUMS.format(keys="measure"), given),
        "≤ 30",
    )
    fact(say, "rows in the roll-up", f"{_rollups():,}")


def _rollups() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM dashboards_rollup")
        return int(cursor.fetchone()[0])
