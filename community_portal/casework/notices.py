"""What staff are told about their tasks."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib.humanize.templatetags.humanize import apnumber
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, override

from community_portal import clock
from community_portal.casework.flow import FLOWS, Rung
from community_portal.casework.ladders import ANSWERED
from community_portal.casework.models import Commission, Task, began_with
from community_portal.casework.queries import members_given
from community_portal.outbox.actions import Recipient, queue_message, resident_recipients, staff_recipients
from community_portal.outbox.kinds import Kind, register_kinds
from community_portal.outbox.models import Message
from community_portal.people.models import THIRD_PARTIES, Resident, Role, User
from community_portal.people.reach import works_at
from community_portal.people.staff.memberships import managers_of, staff_at
from community_portal.web.spoken import plain_when


def _task_is_done(message: Message, at: dt.datetime) -> str:
    task = _task_of(message).first()
    if task is None:
        return gettext_noop("已经办了")
    return "" if _is_still_theirs(task, message.user) else gettext_noop("已经不在这个岗位")


def _is_still_theirs(task: Task, user: User | None) -> bool:
    """Works at its place, or for a third party that was given the matter: what else they are elsewhere does not count."""
    if user is None or works_at(user, task.community_id):
        return True
    return Commission.objects.held_by(user).of_row(task.flow, task.matter_id).exists()


def still_unanswered(message: Message, at: dt.datetime) -> str:
    """For kinds of messages that a ladder sends: true while nobody has taken the task in hand."""
    return "" if _task_of(message).filter(acknowledged_at__isnull=True).exists() else ANSWERED


def _task_of(message: Message) -> QuerySet[Task]:
    return Task.objects.open().filter(pk=int(message.subject.partition(":")[2]))


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
        _("%(number)s“%(title)s”%(todo)s，%(silence)s个工作日了还没有回音，请打电话问问。"),
        _task_is_done,
        for_staff=True,
    ),
    Kind(
        "work_left_behind",
        _("有事要交接"),
        _("%(who)s不在岗了，手上 %(count)s 件事退回了待办，请转交同事。"),
        for_staff=True,
    ),
    Kind(
        "resident_left",
        _("居民去世或搬走"),
        _("%(resident)s%(why)s了，还有 %(count)s 件没办完的事先停下来了，请看一下怎么收尾。"),
        for_staff=True,
    ),
    Kind(
        "house_left",
        _("会客厅停用"),
        _("%(house)s停用了，还有 %(count)s 件事没办完，请安排到别处。"),
        for_staff=True,
    ),
)


def tell_about_task(kind: str, task: Task, *, due: dt.datetime | None, at: dt.datetime) -> None:
    """To whom the task is handed, or all of the role it waits for."""
    tell(Rung(dt.timedelta(), "handler", kind), task, due=due, at=at)


def tell(rung: Rung, task: Task, *, due: dt.datetime | None, at: dt.datetime, level: int = 0) -> list[str]:
    """Sends the message of a rung to whom it names now, in the words of now; answers their names. Once for each ``due``."""
    spec = FLOWS[task.flow].states[task.state]
    people = list(dict.fromkeys(_people_of(rung.to, task, at)))
    is_its_own = bool(people) and began_with(task.case_id, task.flow, task.matter_id)
    for recipient in (one for person in people for one in _ways_to(person)):
        queue_message(
            rung.kind,
            to=recipient,
            at=at,
            dedupe=f"{rung.kind}:{task.pk}:{_stamp(due)}:{_whom(recipient)}",  # a limit that was extended ends once more
            context=_facts(task, due, level, recipient.language, is_its_own=is_its_own),
            subject=f"task:{task.pk}",
            expires_at=task.due_at if rung.kind == "task_due" else None,
            community_id=task.community_id,
            at_any_hour=spec.round_the_clock,
        )
    return [_name_of(person) for person in people]


def _people_of(to: Any, task: Task, at: dt.datetime) -> Iterable[Any]:
    today = clock.local(at).date()
    if callable(to):
        return to(task, at)
    if to == "handler":
        return [task.assignee] if task.assignee else _pool_of(task, task.role, on=today)
    return managers_of(task.community_id, on=today) if to == Role.MANAGER else _pool_of(task, to, on=today)


def _pool_of(task: Task, role: str, *, on: dt.date) -> QuerySet[User]:
    is_given = role in THIRD_PARTIES
    return members_given(task, role, on=on) if is_given else staff_at(task.community_id, role, on=on)


def _ways_to(person: User | Resident | Recipient) -> list[Recipient]:
    if isinstance(person, Recipient):
        return [person]
    return staff_recipients(person) if isinstance(person, User) else resident_recipients(person)


def _name_of(person: User | Resident | Recipient) -> str:
    if isinstance(person, Recipient):
        person = person.resident or person.user or person
    return person.address if isinstance(person, Recipient) else str(person)


def _whom(recipient: Recipient) -> str:
    return str(recipient.user.pk if recipient.user else recipient.address)


def _stamp(due: dt.datetime | None) -> str:
    local = clock.local(due) if due else None
    return f"{local:%m-%d %H:%M}" + (f":{local:%S}" if local.second else "") if local else ""


def _facts(task: Task, due: dt.datetime | None, level: int, language: str, *, is_its_own: bool) -> dict[str, Any]:
    """What the words of a kind may name, in the language of who is told."""
    spec, case = FLOWS[task.flow].states[task.state], task.case
    with override(language):
        return {
            "number": case.number,
            "title": case.title if is_its_own else str(FLOWS[task.flow].label),
            "todo": str(spec.todo),
            "due": plain_when(due) if due else "",
            "silence": apnumber(spec.silence_days),
            "level": level + 1,
            "resident": str(case.resident or ""),
            "address": case.address,
        }
