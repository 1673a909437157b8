"""Overdue is a flag with consequences: a line in the journal, a word to the officer (or the desk it waits for) and to the manager, once."""

import datetime as dt

from django.db import transaction

from community_portal import clock
from community_portal.casework.actions import write_event
from community_portal.casework.models import Task
from community_portal.casework.notices import tell_about_task

SOON = dt.timedelta(hours=2)
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
            write_event(task.case, "overdue", by=None, at=at, flow=task.flow, matter_id=task.matter_id)
            tell_about_task("task_overdue", task, due=_clock(task), at=at)
        Task.objects.filter(pk__in=[task.pk for task in tasks]).update(escalated_at=at)
    _remind_soon(at)
    return len(tasks)


def _remind_soon(at: dt.datetime) -> None:
    """Two hours before the limit; the unique key of the message makes repeating it harmless."""
    soon = Task.objects.open().filter(due_at__gt=at, due_at__lte=at + SOON)
    for task in soon.exclude(opened_at__gt=at - SOON).select_related("case", "assignee")[:BATCH]:
        tell_about_task("task_due", task, due=_clock(task), at=at)


def _clock(task: Task) -> str:
    return f"{clock.local(task.due_at):%m-%d %H:%M}" if task.due_at else ""
