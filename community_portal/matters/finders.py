"""Matters of every kind in the one search box: by number, or by the beginning of their subject."""

from typing import Any

from django.db.models import F, Q, QuerySet, Value

from community_portal.casework.queries import IS_NUMBER, about, read_number, told_elsewhere
from community_portal.matters.kinds import KINDS, MatterKind
from community_portal.people.finders import Group, Hit, register_finder

MOST = 5


def find_matters(user: Any, text: str) -> list[Group]:
    """Those that the user may see, a group for each kind. One query says where there are any, however many kinds there are; one
    more for each kind that has some."""
    wanted = _wanted(user, text)
    if wanted is None:
        return []
    asked = [_ids_of(kind, wanted, user) for kind in KINDS.values()]
    found: dict[str, list[int]] = {}
    for name, pk in asked[0].union(*asked[1:], all=True) if asked else ():
        found.setdefault(name, []).append(pk)
    return [(kind.flow.label, _hits(kind, found[name], user)) for name, kind in KINDS.items() if name in found]


def _wanted(user: Any, text: str) -> Q | None:
    """None where nothing can be meant: latin letters that are no number, a single character."""
    number = read_number(text)
    if IS_NUMBER.match(number):
        return Q(case__number=number)
    return about(Q(case__title__startswith=text), user) if len(text) > 1 and not text.isascii() else None


def _ids_of(kind: MatterKind, wanted: Q, user: Any) -> QuerySet[Any, Any]:
    rows = kind.model.objects.visible_to(user).filter(wanted).order_by("-id")
    return rows.values_list(Value(kind.flow.name), F("pk"))[:MOST]


def _hits(kind: MatterKind, pks: list[int], user: Any) -> list[Hit]:
    found = list(kind.model.objects.filter(pk__in=pks).select_related("case__resident").order_by("-id"))
    untold = told_elsewhere((matter.case for matter in found), user)
    return [_hit(kind, matter, is_untold=matter.case_id in untold) for matter in found]


def _hit(kind: MatterKind, matter: Any, *, is_untold: bool) -> Hit:
    case = matter.case
    told = f"{case.number} · {case.resident or ''} · {matter.spec.label}"
    return Hit(str(kind.flow.label) if is_untold else case.title, told, kind.url_of(case.number), kind.flow.icon)


register_finder(find_matters)
