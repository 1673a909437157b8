"""Somebody died or moved away: nobody has to fetch them from their flat, and their helper is not told to."""

import datetime as dt
from typing import Any

from community_portal.departures import Departures, register_departures
from community_portal.people.models import Resident
from community_portal.people.register.queries import file_ids
from safety.models import Helper
from safety.workflow.states import BEFORE


def drop_from_drills(resident: Resident, *, why: str, by: Any, at: dt.datetime) -> None:
    Helper.objects.filter(resident__in=file_ids(resident), drill__state__in=BEFORE).delete()


register_departures(Departures(on_closed=drop_from_drills))
