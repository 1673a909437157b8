"""Somebody died or moved away: the matter stands still by itself (matters/departures.py). Money that no works need is free for
others at once, and comes back with the file while there is enough; they are due no visit more, and due again when they are back."""

import datetime as dt
from contextlib import suppress
from typing import Any

from community_portal.departures import Departures, register_departures
from community_portal.dues.actions import take_back
from community_portal.people.models import Resident
from community_portal.people.register.queries import file_ids
from community_portal.refusals import Refusal
from eldercare.actions.budget import bind, set_free
from eldercare.actions.register import put_visits
from eldercare.dues import REASSESSMENT, WELFARE_VISIT
from eldercare.models import Adaptation, ElderProfile
from eldercare.workflow.states import BEFORE_WORKS, State


def free_the_money(resident: Resident, **_deed: Any) -> None:
    for adaptation in _of(resident).filter(state__in=BEFORE_WORKS, bound__gt=0):
        set_free(adaptation)


def set_it_aside_again(resident: Resident, **_deed: Any) -> None:
    """Where others have taken it meanwhile, the order waits for it (workflow/missing.py)."""
    for adaptation in _of(resident).filter(state=State.CONFIRMING):
        with suppress(Refusal):
            bind(adaptation, adaptation.subsidy)


def _of(resident: Resident) -> Any:
    return Adaptation.objects.filter(resident__in=file_ids(resident)).order_by("pk")


def end_visits(resident: Resident, *, why: str, by: Any, at: dt.datetime) -> None:
    refs = [f"elder:{pk}" for pk in file_ids(resident)]
    take_back(refs=refs, at=at, kinds=[WELFARE_VISIT.name, REASSESSMENT.name])


def begin_visits(resident: Resident, *, by: Any, at: dt.datetime) -> None:
    rows = ElderProfile.objects.select_related("resident__household__grid", "resident__community__street")
    put_visits(rows.filter(resident=resident), at=at)


register_departures(Departures(on_closed=free_the_money, on_reopened=set_it_aside_again))
register_departures(Departures(on_closed=end_visits, on_reopened=begin_visits))
