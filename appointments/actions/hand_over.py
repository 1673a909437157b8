"""交接: all that one colleague has in hand goes to another in one go."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from appointments.actions.steps import assign, hand_over
from appointments.models import HelpRequest
from appointments.workflow import HELP
from community_portal.people.models import User
from community_portal.refusals import Changed


def hand_over_work(
    requests: Iterable[HelpRequest], *, officer: User, by: User, at: dt.datetime, words: str = ""
) -> int:
    """Hands over each of the requests; what somebody moved on meanwhile is left alone. Answers how many went over.

    Before the verification the new officer starts afresh (assign), with a new limit and without the time that the other
    had agreed; later the work goes on with the limits it has. Raises NotAllowed, and Refusal for the wrong officer.
    """
    count = 0
    for request in requests:
        step = assign if request.state in HELP.by_name["assign"].sources else hand_over
        try:
            with transaction.atomic():
                step(request, officer=officer, by=by, at=at, seen=request.version, words=words)
        except Changed:
            continue
        count += 1
    return count
