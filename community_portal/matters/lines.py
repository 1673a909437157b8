"""Matters of every kind as lines: a resident's lists, the look-up by number, what else hangs on a case or grew out of it."""

import datetime as dt
from typing import Any

from django.db.models import Q

from community_portal.bookings.queries import agreed_words
from community_portal.casework.models import Case, Matter, Task
from community_portal.casework.queries import progress_of, told_elsewhere
from community_portal.matters.kinds import KINDS, MatterKind
from community_portal.matters.models import Visited
from community_portal.matters.queries import agreed_visit
from community_portal.people.models import User

Found = list[tuple[MatterKind, Matter]]


def newest_of(user: User, *, most: int) -> list[dict[str, Any]]:
    """The newest matters of a resident and of those they may ask or read for, as lines; one query for each kind."""
    found: Found = []
    for kind in KINDS.values():
        mine = kind.read().filter(case__in=Case.objects.concerning(user)).order_by("-id")
        found += [(kind, matter) for matter in mine[:most]]
    return [_line(*pair) for pair in _newest_first(found)[:most]]


def lines_of(cases: list[Case]) -> list[dict[str, Any]]:
    """What hangs on these cases, case by case as they come, in each the newest first; one query for each kind."""
    found: dict[int, Found] = {case.pk: [] for case in cases}
    for kind in KINDS.values():
        for matter in kind.read().filter(case__in=list(found)):
            found[matter.case_id].append((kind, matter))
    return [_line(*pair) for matters in found.values() for pair in _newest_first(matters)]


def _newest_first(found: Found) -> Found:
    return sorted(found, key=lambda pair: pair[1].opened_at, reverse=True)


def _line(kind: MatterKind, matter: Matter) -> dict[str, Any]:
    """A matter as a line of its resident's lists."""
    spec = matter.spec
    return {
        "url": kind.my_url_of(matter.case.number),
        "title": matter.case.title,
        "plain": _agreed_words(matter) or kind.plain(matter) or spec.plain,
        "label": spec.label,
        "tone": spec.tone,
        "icon": kind.flow.icon,
        "hue": kind.flow.hue,
    }


def _agreed_words(matter: Matter) -> str:
    return agreed_words(matter.planned_visit) if isinstance(matter, Visited) else ""


def look_up(number: str, tail: str, *, at: dt.datetime) -> list[dict[str, Any]]:
    """Where the matters of that number stand (as ``read_number`` gives it), the newest first, if the digits fit; a wrong
    number and wrong digits look the same. It says no word of what they are about, but what anybody may know."""
    found: Found = []
    for kind in KINDS.values() if tail else ():
        matters = kind.read().filter(case__number=number, case__phone_tail=tail).select_related("community__street")
        found += [(kind, matter) for matter in matters]
    return [
        {
            "kind": kind.flow.label,
            "number": number,
            "house": matter.community,
            "phone": matter.community.phone,
            "spec": matter.spec,
            "news": kind.news(matter),
            "agreed": agreed_visit(matter, at=at),
            "progress": progress_of(matter),
        }
        for kind, matter in _newest_first(found)
    ]


def relatives_of(family: dict[str, set[int]], user: User, *, as_resident: bool = False) -> list[dict[str, Any]]:
    """What else hangs on its case, what the case grew out of, and what grew out of it, as far as ``user`` sees it; to a
    resident with the addresses of their own pages. No query where there is nothing."""
    found: Found = []
    for name, pks in family.items():
        kind = KINDS[name]
        rows = kind.read().filter(pk__in=pks)
        seen = rows.filter(case__in=Case.objects.concerning(user)) if as_resident else rows.visible_to(user)
        found += [(kind, row) for row in seen]
    if as_resident:
        return [_line(kind, row) for kind, row in _newest_first(found)]
    untold = told_elsewhere((row.case for _kind, row in found), user) if found else set()
    return [_line_for_staff(kind, row, untold) for kind, row in _newest_first(found)]


def _line_for_staff(kind: MatterKind, matter: Matter, untold: set[int]) -> dict[str, Any]:
    number = matter.case.number
    told = {"title": str(kind.flow.label)} if matter.case_id in untold else {}
    return _line(kind, matter) | {"url": kind.url_of(number), "plain": number} | told


def family_of(matter: Matter) -> dict[str, set[int]]:
    """Ids of the other matters around its case, by their flows: every matter has, or had, a task."""
    first = matter.case.part_of_id or matter.case_id
    around = Task.objects.filter(Q(case=first) | Q(case__part_of=first)).order_by()
    found: dict[str, set[int]] = {}
    for flow, pk in around.values_list("flow", "matter_id").distinct():
        if flow in KINDS and (flow, pk) != (matter.flow.name, matter.pk):
            found.setdefault(flow, set()).add(pk)
    return found
