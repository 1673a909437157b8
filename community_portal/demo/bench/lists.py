"""The staff list of thirty rows, on whatever the database holds."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import HelpRequest
from community_portal import clock
from community_portal.demo.bench.report import Say, heading, times
from community_portal.demo.bench.server import execution_ms, select_one_ms
from community_portal.matters.lists import filtered, for_list
from community_portal.places.models import Community


def run(say: Say) -> None:
    heading(say, f"Staff list with {HelpRequest.objects.count():,} requests ÷ SELECT 1")
    places = list(Community.objects.order_by("pk").values_list("pk", flat=True)[:1])
    found = for_list(HelpRequest.objects.filter(community_id__in=places))
    for what, wanted in (("newest 30", {}), ("30 open", {"state": "open"}), ("30 overdue", {"overdue": "1"})):
        page = filtered(found, wanted, reader=None, at=clock.now()).order_by("-pk")[:30]
        sql, params = page.query.sql_with_params()
        with CaptureQueriesContext(connection) as asked:
            list(page)
        times(say, f"list: {what}", select_one_ms(), execution_ms(sql, params), f"{len(asked)} query")
