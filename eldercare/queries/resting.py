"""How long a matter stood still because it waited for the family: read from its journal."""

import datetime as dt

from community_portal.casework.models import Event
from eldercare.models import Adaptation
from eldercare.workflow.states import STATES


def rested_seconds(adaptation: Adaptation, *, at: dt.datetime) -> int:
    """In states that stop the clock, until then."""
    moves = Event.objects.filter(case=adaptation.case_id, flow=adaptation.flow.name, matter_id=adaptation.pk).exclude(
        target_state=""
    )
    rested, since = dt.timedelta(), None
    for target, moment in moves.order_by("sequence").values_list("target_state", "at"):
        if since is not None:
            rested += moment - since
        since = moment if target in STATES and STATES[target].stops_clock else None
    if since is not None:
        rested += at - since
    return max(0, int(rested.total_seconds()))
