"""Overdue is a flag with consequences: a line in the journal, a word to the officer (or the desk it waits for) and to the manager, once.

What waits for the resident is never late; but nobody waits for ever: after some days of silence whoever has it is told to ring.
What has alarms of its own (ladders.py) rings step by step, looked after every few seconds; it is told like the others when that
has ended without an answer.
"""

import datetime as dt
import logging
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from community_portal import clock
from community_portal.casework.flow import FLOWS, OVERDUE
from community_portal.casework.models import Alarm, Task, TaskQuerySet
from community_portal.casework.notices import tell, tell_about_task
from community_portal.outbox.models import Message
from community_portal.outbox.wake import wake_the_sweeper
from community_portal.places.working_time import ONE_DAY, WorkCalendar

SOON = dt.timedelta(hours=2)
BATCH = 200
SWEEP_LASTS = dt.timedelta(seconds=20)

logger = logging.getLogger(__name__)


def escalate_overdue(*, at: dt.datetime) -> int:
    """Marks open tasks past their limit; safe to run twice and side by side. Answers how many were new."""
    with transaction.atomic():
        tasks = list(
            Task.objects.overdue(at=at)
            .filter(Q(ladder_until__isnull=True) | Q(ladder_until__lte=at), escalated_at__isnull=True)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("case", "assignee")
            .order_by("due_at")[:BATCH]
        )
        for task in tasks:
            task.write("overdue", by=None, at=at)
            for rung in OVERDUE:
                tell(rung, task, due=task.due_at, at=at)
        Task.objects.filter(pk__in=[task.pk for task in tasks]).update(escalated_at=at)
    _remind_soon(at)
    _remind_of_silence(at)
    return len(tasks)


def _remind_soon(at: dt.datetime) -> None:
    """Two hours before the limit."""
    soon = Task.objects.open().filter(due_at__gt=at, due_at__lte=at + SOON).exclude(opened_at__gt=at - SOON)
    for task in _not_told("task_due", soon, expires_at=OuterRef("due_at")):
        tell_about_task("task_due", task, due=task.due_at, at=at)


def _remind_of_silence(at: dt.datetime) -> None:
    """The resident was asked for something days ago, and has not said a word."""
    waiting = Q(pk__in=[])
    for flow in FLOWS.values():
        for state, spec in flow.states.items():
            if spec.stops_clock and spec.silence_days:
                waiting |= Q(flow=flow.name, state=state, opened_at__lte=at - spec.silence_days * ONE_DAY)
    tasks = list(_not_told("task_waits", Task.objects.open().filter(waiting)))
    if not tasks:
        return
    calendar = WorkCalendar.load(clock.local(tasks[0].opened_at).date(), clock.local(at).date())
    for task in tasks:
        if calendar.add_days(task.opened_at, FLOWS[task.flow].states[task.state].silence_days) <= at:
            tell_about_task("task_waits", task, due=None, at=at)


def _not_told(kind: str, tasks: TaskQuerySet, **about: Any) -> TaskQuerySet:
    """Those of which nobody was told yet, or somebody else than has them now; oldest first."""
    subject = Concat(Value("task:"), Cast(OuterRef("pk"), CharField()))
    told = Message.objects.filter(kind=kind, subject=subject, **about)
    untold = tasks.exclude(Exists(told.filter(user=OuterRef("assignee"))))
    untold = untold.exclude(Q(assignee__isnull=True) & Exists(told))
    return untold.select_related("case", "assignee").order_by("opened_at", "pk")


def ring_alarms(*, at: dt.datetime) -> int:
    """Takes every step of a ladder that is due and that nobody has answered; answers how many it looked after.
    Safe to run twice and side by side: who acknowledges holds the task, and is then either seen or waited for."""
    begun, count = clock.now(), 0
    while True:
        batch = _ring_some(at)
        count += batch
        if batch < BATCH or clock.now() - begun > SWEEP_LASTS:
            return count


@transaction.atomic
def _ring_some(at: dt.datetime) -> int:
    alarms = list(
        Alarm.objects.waiting()
        .filter(due_at__lte=at, task__done_at__isnull=True, task__acknowledged_at__isnull=True)
        .select_for_update(skip_locked=True, of=("self", "task"))
        .select_related("task__case__resident", "task__assignee")
        .order_by("due_at", "level")[:BATCH]
    )
    over = [alarm.pk for alarm in alarms if alarm.ends_at <= at]
    rung = [alarm.pk for alarm in alarms if alarm.ends_at > at and _ring(alarm, at)]
    if over:
        Alarm.objects.filter(pk__in=over).update(cancelled_at=at)
    if rung:
        Alarm.objects.filter(pk__in=rung).update(rung_at=at)
        wake_the_sweeper()
    return len(over) + len(rung)


def _ring(alarm: Alarm, at: dt.datetime) -> bool:
    """Whatever goes wrong with one, the others ring, and the next step of its own ladder comes in its time. Answers False
    when it has to be tried again: somebody held the case."""
    task = alarm.task
    ladder = FLOWS[task.flow].states[task.state].escalation
    if alarm.level >= len(ladder):  # the service has a shorter ladder by now
        return True
    try:
        with transaction.atomic():
            names = tell(ladder[alarm.level], task, due=alarm.due_at, at=at, level=alarm.level)
            detail = {"level": alarm.level + 1, "whom": "、".join(names)}
            task.write("escalated", by=None, at=at, detail=detail)
    except OperationalError:
        return False
    except Exception:
        logger.exception("alarm %s of task %s told nobody", alarm.pk, task.pk)
    return True
