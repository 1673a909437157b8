"""Overdue is a flag with consequences: a line in the journal, a word to the officer (or the desk it waits for) and to the manager, once.

What waits for the resident is never late; but nobody waits for ever: after some days of silence whoever has it is told to ring.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from community_portal import clock
from community_portal.casework.flow import FLOWS
from community_portal.casework.models import Task, TaskQuerySet
from community_portal.casework.notices import tell_about_task
from community_portal.outbox.models import Message
from community_portal.places.working_time import ONE_DAY, WorkCalendar

SOON = dt.timedelta(hours=2)
SILENCE_DAYS = 3  # working days
BATCH = 200


def escalate_overdue(*, at: dt.datetime) -> int:
    """Marks open tasks past their limit; safe to run twice and side by side. Answers how many were new."""
    with transaction.atomic():
        tasks = list(
            Task.objects.overdue(at=at)
            .filter(escalated_at__isnull=True)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("case", "assignee")
            .order_by("due_at")[:BATCH]
        )
        for task in tasks:
            task.write("overdue", by=None, at=at)
            tell_about_task("task_overdue", task, due=task.due_at, at=at)
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
        states = [state for state, spec in flow.states.items() if spec.stops_clock]
        waiting |= Q(flow=flow.name, state__in=states)
    asked = Task.objects.open().filter(waiting, opened_at__lte=at - SILENCE_DAYS * ONE_DAY)
    tasks = list(_not_told("task_waits", asked))
    if not tasks:
        return
    calendar = WorkCalendar.load(clock.local(tasks[0].opened_at).date(), clock.local(at).date())
    for task in tasks:
        if calendar.add_days(task.opened_at, SILENCE_DAYS) <= at:
            tell_about_task("task_waits", task, due=None, at=at)


def _not_told(kind: str, tasks: TaskQuerySet, **about: Any) -> TaskQuerySet:
    """Those of which nobody was told yet, or somebody else than has them now; oldest first."""
    subject = Concat(Value("task:"), Cast(OuterRef("pk"), CharField()))
    told = Message.objects.filter(kind=kind, subject=subject, **about)
    untold = tasks.exclude(Exists(told.filter(user=OuterRef("assignee"))))
    untold = untold.exclude(Q(assignee__isnull=True) & Exists(told))
    return untold.select_related("case", "assignee").order_by("opened_at", "pk")
