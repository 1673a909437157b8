"""交接: a request that one colleague has in hand goes on with another."""

from typing import Any

from appointments.models import HelpRequest
from appointments.requests.actions.steps import assign, hand_over
from appointments.workflow import HELP


def hand_over_request(request: HelpRequest, **given: Any) -> None:
    """Before the verification the new officer starts afresh (assign), with a new limit and without the time that the other
    had agreed; later the work goes on with the limits it has."""
    step = assign if request.state in HELP.by_name["assign"].sources else hand_over
    step(request, **given)
