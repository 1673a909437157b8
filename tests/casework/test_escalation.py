"""Overdue is told once, to the officer and to the manager, however often the task runs."""

import datetime as dt

from appointments.actions.intake import register_request
from community_portal import clock
from community_portal.casework.escalation import escalate_overdue
from community_portal.casework.models import Event, Task
from community_portal.outbox.models import Message
from tests.cast import Cast
from tests.factories import make_category

MONDAY = clock.at_wall(dt.date(2026, 11, 23), dt.time(9, 42))


def test_told_once_and_only_after_the_limit(cast: Cast) -> None:
    taken = register_request(
        community=cast.home, category=make_category(), words="灯坏了", resident=cast.elder, by=cast.reception, at=MONDAY
    )
    assert escalate_overdue(at=MONDAY + dt.timedelta(hours=23)) == 0
    late = MONDAY + dt.timedelta(days=1, minutes=1)
    assert escalate_overdue(at=late) == 1
    before = (Event.objects.count(), Message.objects.count())
    assert escalate_overdue(at=late) == 0
    assert escalate_overdue(at=late + dt.timedelta(days=3)) == 0
    assert (Event.objects.count(), Message.objects.count()) == before
    told = Message.objects.filter(kind="task_overdue").values_list("user__username", flat=True)
    assert set(told) == {"grid", "manager"}
    assert Task.objects.get(case=taken.case).escalated_at == late
    assert taken.case.events.filter(kind="overdue").count() == 1
