"""Which wires and sites lie near each other."""

import datetime as dt

from charging.models import Site, WireReport
from charging.near import is_near, metres_between
from charging.rules import limit_at
from charging.workflow.sites import BEFORE_WORKS

REMEMBERED = dt.timedelta(days=365)


def wires_near(site: Site, *, on: dt.date) -> list[WireReport]:
    """Reports of the last year near enough that whoever made them hears of this place; the next community may begin across the road."""
    metres = limit_at(site.community, "near_metres", 200, on=on)
    rows = WireReport.objects.filter(
        community__street=site.community.street_id, opened_at__date__gte=on - REMEMBERED, opened_at__date__lte=on
    )
    rows = rows.select_related("case__asker", "community", "estate", "building").order_by("id")
    return [wire for wire in rows if is_near(site, wire, metres)]


def same_place(site: Site, *, on: dt.date) -> Site | None:
    """Another place under way so near that it may be the same."""
    metres = float(limit_at(site.community, "same_place_metres", 30, on=on))
    rows = Site.objects.filter(community=site.community_id, state__in=BEFORE_WORKS).exclude(pk=site.pk)
    for other in rows.select_related("case", "estate"):
        apart = metres_between(site, other)
        if apart is not None and apart < metres:
            return other
    return None
