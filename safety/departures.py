"""Somebody died or moved away: nobody has to fetch them from their flat, and their helper is not told to."""

import datetime as dt
from typing import Any

from community_portal import clock
from community_portal.casework.models import Commission
from community_portal.departures import Departures, register_departures
from community_portal.people.models import Resident, Role
from community_portal.people.register.queries import file_ids
from community_portal.people.staff.managing import manager_of
from community_portal.places.models import Estate
from safety.dues import follow_premises
from safety.models import Hazard, Helper, Premises
from safety.retrofit_dues import follow_manager
from safety.workflow.states import BEFORE, HAZARD_OPEN


def drop_from_drills(resident: Resident, *, why: str, by: Any, at: dt.datetime) -> None:
    Helper.objects.filter(resident__in=file_ids(resident), drill__state__in=BEFORE).delete()


def follow_the_contract(estate: Estate, *, by: Any, at: dt.datetime) -> None:
    """What is due in an estate is of whoever manages it now; those that manage it no more see it no more."""
    on = clock.local(at).date()
    follow_manager(estate.pk, on=on, at=at)
    for premises in Premises.objects.filter(building__estate=estate).select_related("community"):
        follow_premises(premises, on=on, at=at)
    company = manager_of(estate, on=on)
    theirs = Hazard.objects.filter(estate=estate, state__in=HAZARD_OPEN, organisation__kind=Role.PROPERTY)
    theirs.filter(pk__in=Commission.objects.in_force().filter(flow="hazard", estate=estate).values("matter_id")).update(
        organisation=company
    )


register_departures(Departures(on_closed=drop_from_drills, on_manager_changed=follow_the_contract))
