"""A limit that was extended is a limit anew."""

import datetime as dt

from appointments.models import HelpRequest
from appointments.workflow import State
from community_portal.casework.escalation import escalate_overdue
from community_portal.matters.actions import extensions
from community_portal.outbox.models import Message
from tests.cast import MONDAY, Cast
from tests.help_requests import put_into, take_in

A_DAY_LATER = MONDAY + dt.timedelta(days=1)


def test_a_limit_that_was_extended_is_told_again_when_it_ends(cast: Cast) -> None:
    request = put_into(take_in(cast), State.HANDLING, cast.officer)
    HelpRequest.objects.filter(pk=request.pk).update(extension_asked_days=0)
    request.extension_asked_days = 0
    escalate_overdue(at=A_DAY_LATER + dt.timedelta(minutes=1))
    extensions.ask_extension(request, days=2, words="等配件", by=cast.officer, at=A_DAY_LATER + dt.timedelta(hours=1))
    extensions.grant_extension(request, by=cast.manager, at=A_DAY_LATER + dt.timedelta(hours=1))
    assert escalate_overdue(at=A_DAY_LATER + dt.timedelta(days=1)) == 0
    assert escalate_overdue(at=request.due_at + dt.timedelta(minutes=1)) == 1
    assert Message.objects.filter(kind="task_overdue", user=cast.officer).count() == 2
