"""Which houses have had a drill within a year: what the law asks of homes."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef

from community_portal import clock
from safety.dues import in_force
from safety.models import DrillPremises, PremisesKind
from safety.workflow.states import HELD

A_YEAR = dt.timedelta(days=365)


def houses_of(places: list[int], at: dt.datetime) -> Any:
    """The houses in which people live, as they stand."""
    return in_force(clock.local(at).date()).filter(kind=PremisesKind.HOMES, community_id__in=places)


def covered_houses(places: list[int], at: dt.datetime) -> Any:
    held = DrillPremises.objects.filter(
        premises=OuterRef("pk"), drill__state__in=HELD, drill__alarm_at__gt=at - A_YEAR, drill__alarm_at__lte=at
    )
    return houses_of(places, at).filter(Exists(held))
