"""Who died or moved away is due no visit more, in the same deed; who is back is due again."""

import datetime as dt
from typing import Any

from community_portal.departures import Departures, register_departures
from community_portal.dues.actions import take_back
from community_portal.people.models import Resident
from community_portal.people.register.queries import file_ids
from eldercare.actions.register import put_visits
from eldercare.dues import REASSESSMENT, WELFARE_VISIT
from eldercare.models import ElderProfile


def end_visits(resident: Resident, *, why: str, by: Any, at: dt.datetime) -> None:
    refs = [f"elder:{pk}" for pk in file_ids(resident)]
    take_back(refs=refs, at=at, kinds=[WELFARE_VISIT.name, REASSESSMENT.name])


def begin_visits(resident: Resident, *, by: Any, at: dt.datetime) -> None:
    rows = ElderProfile.objects.select_related("resident__household__grid", "resident__community__street")
    put_visits(rows.filter(resident=resident), at=at)


register_departures(Departures(on_closed=end_visits, on_reopened=begin_visits))
