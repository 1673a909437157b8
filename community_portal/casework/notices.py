"""What staff are told about their tasks."""

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, override

from community_portal import clock
from community_portal.casework.flow import FLOWS
from community_portal.casework.models import Task
from community_portal.casework.queries import members_given
from community_portal.outbox.actions import queue_message, staff_recipients
from community_portal.outbox.kinds import Kind, register_kinds
from community_portal.outbox.models import Message
from community_portal.people.models import THIRD_PARTIES, Role, User
from community_portal.people.staff.memberships import staff_at
from community_portal.web.spoken import plain_when


def _task_is_done(message: Message, at: dt.datetime) -> str:
    task_id = int(message.subject.partition(":")[2])
    return "" if Task.objects.filter(pk=task_id, done_at__isnull=True).exists() else gettext_noop("已经办了")


register_kinds(
    Kind("task_due", _("快到期"), _("%(number)s“%(title)s”快到期了：%(due)s。"), _task_is_done, for_staff=True),
    Kind(
        "task_overdue",
        _("已超期"),
        _("%(number)s“%(title)s”已经超期（%(due)s 到期），请看一下。"),
        _task_is_done,
        for_staff=True,
    ),
    Kind(
        "task_waits",
        _("还没有回音"),
        _("%(number)s“%(title)s”%(todo)s，三个工作日了还没有回音，请打电话问问。"),
        _task_is_done,
        for_staff=True,
    ),
    Kind(
        "work_left_behind",
        _("有事要交接"),
        _("%(who)s不在岗了，手上 %(count)s 件事退回了待办，请转交同事。"),
        for_staff=True,
    ),
)


def tell_about_task(kind: str, task: Task, *, due: dt.datetime | None, at: dt.datetime) -> None:
    """To whom the task is handed, or all of the role it waits for; an overdue one to the community's manager as well."""
    today = clock.local(at).date()
    people = [task.assignee] if task.assignee else list(_pool_of(task, on=today))
    if kind == "task_overdue":
        people += managers_of(task.community_id, on=today)
    limit = f"{clock.local(due):%m-%d %H:%M}" if due else ""
    for person in dict.fromkeys(people):
        for recipient in staff_recipients(person):
            with override(recipient.language):
                until = plain_when(due) if due else ""
                todo = str(FLOWS[task.flow].states[task.state].todo)
            queue_message(
                kind,
                to=recipient,
                at=at,
                dedupe=f"{kind}:{task.pk}:{limit}:{person.pk}",  # a limit that was extended ends once more
                context={"number": task.case.number, "title": task.case.title, "due": until, "todo": todo},
                subject=f"task:{task.pk}",
                expires_at=task.due_at if kind == "task_due" else None,
                community_id=task.community_id,
            )


def _pool_of(task: Task, *, on: dt.date) -> QuerySet[User]:
    is_given = task.role in THIRD_PARTIES
    return members_given(task, on=on) if is_given else staff_at(task.community_id, task.role, on=on)


def managers_of(community_id: int, *, on: dt.date) -> list[User]:
    """The community's managers in office; while it has none, the officers of its street, who can appoint one."""
    managers = list(staff_at(community_id, Role.MANAGER, on=on))
    return managers or list(staff_at(community_id, Role.STREET_OFFICER, on=on))
