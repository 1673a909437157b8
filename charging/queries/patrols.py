"""Which sites have to be looked at, soonest first, for the sheet that goes along."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from charging.workflow.sites import State
from community_portal.dues.models import DueItem

ON_ONE_ROUND = 60


@dataclass(frozen=True)
class Stop:
    """A site on the sheet: until when somebody has to have been there, and how many sockets hang there."""

    site: Any
    due_on: dt.date | None
    ports: int


def stops_of(sites: Any) -> list[Stop]:
    """Of these sites those in service; two queries."""
    ports = Count("charge_points__ports", filter=Q(charge_points__ports__removed_on__isnull=True))
    rows = list(sites.filter(state=State.IN_SERVICE).select_related("estate").annotate(port_count=ports))
    due = dict(
        DueItem.objects.open()
        .filter(kind="charging_patrol", subject_ref__in=[f"site:{site.pk}" for site in rows])
        .order_by("-due_on")
        .values_list("subject_ref", "due_on")
    )
    stops = [Stop(site, due.get(f"site:{site.pk}"), site.port_count) for site in rows]
    return sorted(stops, key=lambda stop: (stop.due_on or dt.date.max, stop.site.pk))[:ON_ONE_ROUND]
