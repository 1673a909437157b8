"""Matters of every kind in the one search box: by number, or by the beginning of their subject."""

from typing import Any

from community_portal.casework.queries import IS_NUMBER, read_number
from community_portal.people.finders import Hit

MOST = 5


def find_matters(kind: Any, user: Any, text: str) -> list[Hit]:
    """Those of this kind (a MatterKind) that the user may see."""
    rows = kind.model.objects.visible_to(user).select_related("case__resident")
    number = read_number(text)
    if IS_NUMBER.match(number):
        rows = rows.filter(case__number=number)
    elif len(text) > 1 and not text.isascii():
        rows = rows.filter(case__title__startswith=text)
    else:
        return []
    return [_hit(kind, matter) for matter in rows.order_by("-id")[:MOST]]


def _hit(kind: Any, matter: Any) -> Hit:
    case = matter.case
    told = f"{case.number} · {case.resident or ''} · {matter.spec.label}"
    return Hit(case.title, told, kind.url_of(case.number), kind.flow.icon)
