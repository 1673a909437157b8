"""交接: what a colleague has in hand, of every kind, goes on with another."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from community_portal.casework.models import Task, TaskQuerySet
from community_portal.matters.kinds import KINDS
from community_portal.people.models import User
from community_portal.places.models import Community
from community_portal.refusals import Changed


def in_hands_of(officer: User, community: Community) -> TaskQuerySet:
    """What this colleague has to move on there, as open tasks, soonest first; also what went back to its pool since they left."""
    held = Q(pk__in=[])
    for name, kind in KINDS.items():
        theirs = kind.read().filter(community=community, handler=officer, state__in=kind.flow.handled)
        held |= Q(flow=name, matter_id__in=theirs.order_by().values("pk"))
    return Task.objects.open().filter(held, community=community).select_related("case").order_by("due_at", "id")


def hand_over_work(
    tasks: Iterable[Task], *, leaver: User, officer: User, by: User, at: dt.datetime, words: str = ""
) -> int:
    """Hands over the matter of each task; what somebody moved on meanwhile is left alone. Answers how many went over.

    Raises NotAllowed, and Refusal for the wrong officer.
    """
    count = 0
    for task in tasks:
        kind = KINDS[task.flow]
        matter = kind.read().get(pk=task.matter_id)
        if matter.handler_id != leaver.pk or matter.state not in kind.flow.handled:
            continue
        give = kind.hand_over or kind.by_step["hand_over"].action
        assert give is not None
        try:
            with transaction.atomic():
                give(matter, officer=officer, by=by, at=at, seen=matter.version, words=words)
        except Changed:
            continue
        count += 1
    return count
