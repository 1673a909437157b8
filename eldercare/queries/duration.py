"""How long an adaptation took, without the time in which it waited for somebody else."""

import datetime as dt

from community_portal.casework.models import Event
from eldercare.models import Adaptation
from eldercare.workflow.adaptation import ADAPTATION


def days_taken(adaptation: Adaptation, *, until: dt.datetime) -> int:
    """Whole days from the application to that moment, less its pauses as the journal tells them."""
    since = adaptation.submitted_at or adaptation.opened_at
    moves = Event.objects.filter(
        case=adaptation.case_id, flow=ADAPTATION.name, matter_id=adaptation.pk, at__gte=since
    ).exclude(target_state="")
    paused, began = dt.timedelta(0), None
    for state, at in moves.order_by("sequence").values_list("target_state", "at"):
        if began is not None:
            paused, began = paused + (at - began), None
        if ADAPTATION.states[state].stops_clock:
            began = at
    return max(0, (until - since - paused).days)
