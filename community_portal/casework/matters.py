"""Every kind of matter, for the pages that show all of them: a resident's lists, the look-up by number, the hand-over.

Each service registers its own (an app's ``matters.py``); whoever lists matters or hands them over need not know which there are.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from community_portal.casework.kinds import KINDS, Kind, register_matters
from community_portal.casework.models import Case, Matter, Task, TaskQuerySet
from community_portal.casework.queries import progress_of
from community_portal.people.models import User
from community_portal.places.models import Community
from community_portal.refusals import Changed

__all__ = [
    "KINDS",
    "Kind",
    "hand_over_work",
    "in_hands_of",
    "lines_of",
    "look_up",
    "newest_of",
    "register_matters",
]


def newest_of(user: User, *, most: int) -> list[dict[str, Any]]:
    """The newest matters of a resident and of those he may ask or read for, as lines; one query for each kind."""
    found: list[tuple[Kind, Matter]] = []
    for kind in KINDS.values():
        mine = kind.read().filter(case__in=Case.objects.concerning(user)).order_by("-id")
        found += [(kind, matter) for matter in mine[:most]]
    newest = sorted(found, key=lambda pair: pair[1].opened_at, reverse=True)
    return [_line(*pair) for pair in newest[:most]]


def lines_of(cases: list[Case]) -> list[dict[str, Any]]:
    """What hangs on these cases, case by case as they come, in each the newest first; one query for each kind."""
    found: dict[int, list[tuple[Kind, Matter]]] = {case.pk: [] for case in cases}
    for kind in KINDS.values():
        for matter in kind.read().filter(case__in=list(found)):
            found[matter.case_id].append((kind, matter))
    for matters in found.values():
        matters.sort(key=lambda pair: pair[1].opened_at, reverse=True)
    return [_line(*pair) for matters in found.values() for pair in matters]


def _line(kind: Kind, matter: Matter) -> dict[str, Any]:
    """A matter as a line of its resident's lists."""
    spec = kind.flow.states[matter.state]
    return {
        "url": reverse(kind.my_url, args=[matter.case.number]),
        "title": matter.case.title,
        "plain": kind.plain(matter) or spec.plain,
        "label": spec.label,
        "tone": spec.tone,
        "icon": kind.flow.icon,
        "hue": kind.flow.hue,
    }


def look_up(number: str, tail: str, *, at: dt.datetime) -> list[dict[str, Any]]:
    """Where the matters of that number stand (as ``read_number`` gives it), the newest first, if the digits fit; a wrong
    number and wrong digits look the same. It says no word of what they are about."""
    found: list[tuple[Kind, Matter]] = []
    for kind in KINDS.values() if tail else ():
        matters = kind.read().filter(case__number=number, case__phone_tail=tail).select_related("community")
        found += [(kind, matter) for matter in matters]
    newest = sorted(found, key=lambda pair: pair[1].opened_at, reverse=True)
    return [
        {
            "kind": kind.flow.label,
            "number": number,
            "phone": matter.community.phone,
            "spec": kind.flow.states[matter.state],
            "agreed": kind.agreed(matter, at),
            "progress": progress_of(matter, kind.flow),
        }
        for kind, matter in newest
    ]


def in_hands_of(officer: User, community: Community) -> TaskQuerySet:
    """What this colleague has to move on there, as open tasks, soonest first; also what went back to its pool since he left."""
    held = Q(pk__in=[])
    for name, kind in KINDS.items():
        his = kind.read().filter(community=community, handler=officer, state__in=kind.flow.handled)
        held |= Q(flow=name, matter_id__in=his.order_by().values("pk"))
    return Task.objects.open().filter(held, community=community).select_related("case").order_by("due_at", "id")


def hand_over_work(
    tasks: Iterable[Task], *, leaver: User, officer: User, by: User, at: dt.datetime, words: str = ""
) -> int:
    """交接: hands over the matter of each task; what somebody moved on meanwhile is left alone. Answers how many went over.

    Raises NotAllowed, and Refusal for the wrong officer.
    """
    count = 0
    for task in tasks:
        kind = KINDS[task.flow]
        matter = kind.read().get(pk=task.matter_id)
        if matter.handler_id != leaver.pk or matter.state not in kind.flow.handled:
            continue
        try:
            with transaction.atomic():
                kind.hand_over(matter, officer=officer, by=by, at=at, seen=matter.version, words=words)
        except Changed:
            continue
        count += 1
    return count
