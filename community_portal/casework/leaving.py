"""Whose membership has ended does nothing more: their open tasks go back to the role that can do them, and the manager hears of it."""

import datetime as dt
from collections import Counter

from django.db import transaction
from django.db.models import Exists, OuterRef

from community_portal import clock
from community_portal.casework.flow import FLOWS
from community_portal.casework.models import Commission, Task, TaskQuerySet
from community_portal.casework.notices import managers_of
from community_portal.outbox.actions import queue_message, staff_recipients
from community_portal.people.authority import staff_authority
from community_portal.people.models import ManagedEstate, Membership, User

BATCH = 200


def left_behind(*, on: dt.date) -> TaskQuerySet:
    """Open tasks in the hands of somebody who no longer works at their community, nor for an organisation that was given the
    matter; or whose account is closed."""
    posts = Membership.objects.in_force(on=on).filter(user=OuterRef("assignee"))
    given = Commission.objects.in_force().of_row(OuterRef(OuterRef("flow")), OuterRef(OuterRef("matter_id")))
    of_estates = Commission.objects.in_force().of_row(
        OuterRef(OuterRef(OuterRef("flow"))), OuterRef(OuterRef(OuterRef("matter_id")))
    )
    managed = ManagedEstate.objects.in_force(on=on).filter(estate__in=of_estates.values("estate"))
    works_on_it = (
        Exists(posts.at(OuterRef("community_id")))
        | Exists(posts.filter(organisation__in=given.values("organisation")))
        | Exists(posts.filter(organisation__in=managed.values("organisation")))
    )
    named = Task.objects.open().filter(assignee__isnull=False)
    return named.filter(assignee__is_active=False) | named.exclude(works_on_it).filter(assignee__is_superuser=False)


@transaction.atomic
def release_left_behind(*, at: dt.datetime) -> int:
    """Gives them back to their pools, limits unchanged; answers how many. Safe to run twice and side by side."""
    return _release(left_behind(on=clock.local(at).date()), by=None, at=at)


def release_post(user: User, *, community_id: int, by: User | None, at: dt.datetime) -> int:
    """``release_left_behind`` for somebody whose post there has just ended; who ended it knows, the other managers are told."""
    theirs = left_behind(on=clock.local(at).date()).filter(assignee=user, community_id=community_id)
    return _release(theirs, by=by, at=at)


def _release(left: TaskQuerySet, *, by: User | None, at: dt.datetime) -> int:
    tasks = list(
        left.select_for_update(skip_locked=True, of=("self",))
        .select_related("case", "assignee")
        .order_by("due_at")[:BATCH]
    )
    behind: Counter[tuple[int, str]] = Counter()
    for task in tasks:
        behind[task.community_id, str(task.assignee)] += 1
        task.assignee, task.role = None, FLOWS[task.flow].role_for(task.state)
        task.save(update_fields=["assignee", "role"])
        task.write("released", by=by, at=at, authority=_authority(by, task))
    for (community_id, who), count in behind.items():
        _tell_managers(community_id, who, count, by=by, at=at)
    return len(tasks)


def _authority(by: User | None, task: Task) -> str:
    return staff_authority(by, community_id=task.community_id)


def _tell_managers(community_id: int, who: str, count: int, *, by: User | None, at: dt.datetime) -> None:
    for manager in managers_of(community_id, on=clock.local(at).date()):
        for recipient in staff_recipients(manager) if manager != by else ():
            queue_message(
                "work_left_behind",
                to=recipient,
                at=at,
                dedupe=f"work_left_behind:{community_id}:{who}:{at:%Y%m%d%H%M%S}:{manager.pk}",
                context={"who": who, "count": count},
                community_id=community_id,
            )
