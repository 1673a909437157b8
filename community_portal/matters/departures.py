"""Matters of somebody who has died or moved away stand still and wait for the manager; work of a post that ended goes back to
its pool; what a house that was given up leaves undone is its street's to place."""

import datetime as dt
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from community_portal import clock
from community_portal.casework.deadlines import shifted
from community_portal.casework.ladders import end_ladder
from community_portal.casework.leaving import release_post
from community_portal.casework.models import Event, Matter, Task
from community_portal.casework.notices import managers_of
from community_portal.departures import Departures, register_departures
from community_portal.matters.kinds import KINDS
from community_portal.matters.notices import subject_of
from community_portal.outbox.actions import cancel_unsent, queue_message, staff_recipients
from community_portal.outbox.departures import FILE_CLOSED
from community_portal.people.authority import staff_authority
from community_portal.people.models import Resident, Role, User
from community_portal.people.register.queries import file_ids
from community_portal.people.staff.memberships import staff_at
from community_portal.places.models import Community

WHY = {"deceased": _("去世"), "moved_out": _("搬走")}


# ---- a file ---------------------------------------------------------------------------------------------------------
def suspend_matters(resident: Resident, *, why: str, by: User | None, at: dt.datetime) -> None:
    """The clock stops, the task is the manager's, and nobody goes on as if nothing had happened."""
    tasks = list(_tasks_about(resident).select_for_update(of=("self",)).select_related("case").order_by("id"))
    for task in tasks:
        _suspend(task, why=why, by=by, at=at)
    if tasks:
        _tell_managers(resident, why, len(tasks), by=by, at=at)


def _tasks_about(resident: Resident) -> Any:
    return Task.objects.open().filter(case__resident__in=file_ids(resident), flow__in=list(KINDS))


def _suspend(task: Task, *, why: str, by: User | None, at: dt.datetime) -> None:
    """What stood here is kept with the line of the journal, so that it can be taken up exactly. What was still to be said
    about it is said to nobody."""
    matter = _lock(task)
    cancel_unsent(subject_of(matter), reason=FILE_CLOSED)
    kept = {
        "why": why,
        "task": task.pk,
        "assignee": task.assignee_id,
        "role": task.role,
        "ran_until": matter.due_at.isoformat() if matter.due_at and not matter.paused_at else "",
    }
    end_ladder(Task.objects.filter(pk=task.pk), at=at)
    if not matter.paused_at:
        matter.paused_at, matter.resume_state, matter.due_at = at, matter.state, None
    _save(matter)
    task.assignee, task.role, task.due_at = None, Role.MANAGER, None
    task.save(update_fields=["assignee", "role", "due_at"])
    _write(task, "suspended", detail=kept, by=by, at=at)


def resume_matters(resident: Resident, *, by: User | None, at: dt.datetime) -> None:
    """What nobody has moved on since goes on in the hands it was in, with the time that was left."""
    for task in _tasks_about(resident).select_for_update(of=("self",)).select_related("case").order_by("id"):
        kept = _kept_of(task)
        if kept is not None and task.role == Role.MANAGER and task.assignee_id is None:
            _resume(task, kept, by=by, at=at)


def _kept_of(task: Task) -> dict[str, Any] | None:
    lines = Event.objects.filter(case=task.case_id, flow=task.flow, matter_id=task.matter_id)
    last = lines.filter(kind__in=("suspended", "resumed")).order_by("-sequence").first()
    return last.detail if last and last.kind == "suspended" and last.detail.get("task") == task.pk else None


def _resume(task: Task, kept: dict[str, Any], *, by: User | None, at: dt.datetime) -> None:
    matter = _lock(task)
    if kept["ran_until"] and matter.paused_at:
        due_at = dt.datetime.fromisoformat(kept["ran_until"])
        matter.due_at = shifted(due_at, paused_at=matter.paused_at, resumed_at=at, why=matter.due_why)
        task.due_at = matter.due_at
    if matter.is_suspended:
        if matter.promised_at and matter.paused_at:
            matter.promised_at = shifted(matter.promised_at, paused_at=matter.paused_at, resumed_at=at)
        matter.paused_at, matter.resume_state = None, ""
    _save(matter)
    task.assignee_id, task.role = kept["assignee"], kept["role"]
    task.save(update_fields=["assignee", "role", "due_at"])
    _write(task, "resumed", detail={}, by=by, at=at)


def _lock(task: Task) -> Matter:
    rows = KINDS[task.flow].read().select_related(None).select_for_update()
    matter: Matter = rows.get(pk=task.matter_id)
    return matter


def _save(matter: Matter) -> None:
    """A page that was opened before says that things have changed."""
    matter.version += 1
    matter.save(update_fields=["paused_at", "resume_state", "due_at", "promised_at", "version"])


def _write(task: Task, kind: str, *, detail: dict[str, Any], by: User | None, at: dt.datetime) -> None:
    authority = staff_authority(by, community_id=task.community_id)
    task.write(kind, by=by, at=at, authority=authority, detail=detail)


def _tell_managers(resident: Resident, why: str, count: int, *, by: User | None, at: dt.datetime) -> None:
    today = clock.local(at).date()
    for manager in managers_of(resident.community_id, on=today):
        for one in staff_recipients(manager):
            with override(one.language):
                word = str(WHY[why])
            queue_message(
                "resident_left",
                to=one,
                at=at,
                dedupe=f"resident_left:{resident.pk}:{resident.version}:{manager.pk}",
                context={"resident": resident.name, "why": word, "count": count},
                community_id=resident.community_id,
            )


# ---- a post, a house ------------------------------------------------------------------------------------------------
def ahead_of_posts(user_ids: list[int], *, community_id: int, at: dt.datetime) -> dict[int, list[str]]:
    """手上 5 件事; one query for all."""
    in_hand = Task.objects.open().filter(assignee__in=user_ids, community=community_id).order_by()
    counts = in_hand.values_list("assignee").annotate(Count("pk"))
    return {who: [ngettext("手上 %(n)s 件事", "手上 %(n)s 件事", n) % {"n": n}] for who, n in counts if who}


def give_work_back(user: User, *, community_id: int, by: User | None, at: dt.datetime) -> list[str]:
    """To the pools, limits unchanged."""
    count = release_post(user, community_id=community_id, by=by, at=at)
    sentence = ngettext("%(n)s 件事退回了待办。", "%(n)s 件事退回了待办。", count)
    return [sentence % {"n": count}] if count else []


def leave_to_the_street(community: Community, *, by: User | None, at: dt.datetime) -> None:
    """What is not done there yet is put before its street."""
    count = Task.objects.open().filter(community=community).count()
    for officer in staff_at(community.pk, Role.STREET_OFFICER, on=clock.local(at).date()) if count else ():
        for one in staff_recipients(officer):
            with override(one.language):
                house = str(community)
            queue_message(
                "house_left",
                to=one,
                at=at,
                dedupe=f"house_left:{community.pk}:{at:%Y%m%d%H%M%S}:{officer.pk}",
                context={"house": house, "count": count},
                community_id=community.pk,
            )


register_departures(
    Departures(
        on_closed=suspend_matters,
        on_reopened=resume_matters,
        ahead_of_posts=ahead_of_posts,
        on_post_ended=give_work_back,
        on_house_closed=leave_to_the_street,
    )
)
