"""Ladders of escalation: each step is a row with its own time, made with the task and gone with the answer.

A state with a ladder of its own, or with a limit of seconds or minutes, has such rows (``Alarm``); all others are told once,
when the limit has passed (escalation.py). Somebody takes it in hand: every step that has not been taken is cancelled in that
very transaction, words that wait to be sent included. A day later nothing rings any more: then it is overdue like any other.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from community_portal.casework.deadlines import ALWAYS, UNITS, Limit, deadline_of
from community_portal.casework.flow import OVERDUE, StateSpec
from community_portal.casework.models import Alarm, Task
from community_portal.outbox.actions import cancel_unsent

LASTS = dt.timedelta(hours=24)
ANSWERED = gettext_noop("已经有人接手")


def has_alarms(spec: StateSpec, why: Mapping[str, Any]) -> bool:
    """Whether tasks of this state have rows of their own, going by the facts of its limit."""
    is_quick = not spec.stops_clock and UNITS.get(why.get("unit", "")) == ALWAYS
    return not spec.is_end and (is_quick or spec.escalation != OVERDUE)


def plan(spec: StateSpec, *, since: dt.datetime) -> list[dt.datetime]:
    """When each rung is due, counted from the end of the limit (or from the start of a state without one)."""
    return [_after(rung.after, since, spec) for rung in spec.escalation]


def _after(wait: dt.timedelta | Limit, since: dt.datetime, spec: StateSpec) -> dt.datetime:
    if isinstance(wait, Limit):
        return deadline_of(wait, since=since, round_the_clock=spec.round_the_clock).at
    return since + wait


def end_of(times: list[dt.datetime], *, since: dt.datetime) -> dt.datetime:
    """A day after it began; a ladder that takes longer, a day after its last step."""
    last = max([since, *times])
    return since + LASTS if last < since + LASTS else last + LASTS


def raise_ladder(task: Task, times: list[dt.datetime]) -> None:
    """The rows of a task that has alarms."""
    assert task.ladder_until is not None
    Alarm.objects.bulk_create(
        [Alarm(task=task, level=level, due_at=due_at, ends_at=task.ladder_until) for level, due_at in enumerate(times)],
        ignore_conflicts=True,
    )


def end_ladder(tasks: QuerySet[Task], *, at: dt.datetime) -> None:
    """Somebody has it: nothing of these tasks rings any more, and what was not sent yet is not said."""
    for pk in tasks.filter(ladder_until__isnull=False).values_list("pk", flat=True):
        Alarm.objects.waiting().filter(task=pk).update(cancelled_at=at)
        cancel_unsent(f"task:{pk}", reason=ANSWERED)
