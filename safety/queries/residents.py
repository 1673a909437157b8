"""Drills as residents read them."""

import datetime as dt
import statistics
from typing import Any

from community_portal.places.models import Community
from safety.models import Drill
from safety.workflow.states import ANNOUNCED


def announced() -> Any:
    """Those that one may sign up for."""
    rows = Drill.objects.filter(state__in=ANNOUNCED, session__isnull=False)
    return rows.select_related("case", "community__street", "session")


def next_drills(house: Community | None, *, at: dt.datetime) -> list[Drill]:
    if house is None:
        return []
    return list(announced().filter(community=house, starts_at__gt=at).order_by("starts_at")[:10])


def median_seconds(drill: Drill) -> int | None:
    """How long the houses of this drill took; None where none was emptied."""
    found = drill.houses.values_list("evacuated_in", flat=True)
    took = [seconds for seconds in found if seconds is not None]
    return round(statistics.median(took)) if took else None
