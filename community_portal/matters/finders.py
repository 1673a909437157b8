"""Matters of every kind in the one search box: by number, or by the beginning of their subject."""

from typing import Any

from django.db.models import Q

from community_portal.casework.queries import IS_NUMBER, about, read_number, told_elsewhere
from community_portal.people.finders import Hit

MOST = 5


def find_matters(kind: Any, user: Any, text: str) -> list[Hit]:
    """Those of this kind (a MatterKind) that the user may see."""
    rows = kind.model.objects.visible_to(user).select_related("case__resident")
    number = read_number(text)
    if IS_NUMBER.match(number):
        rows = rows.filter(case__number=number)
    elif len(text) > 1 and not text.isascii():
        rows = rows.filter(about(Q(case__title__startswith=text), user))
    else:
        return []
    found = list(rows.order_by("-id")[:MOST])
    untold = told_elsewhere((matter.case for matter in found), user)
    return [_hit(kind, matter, is_untold=matter.case_id in untold) for matter in found]


def _hit(kind: Any, matter: Any, *, is_untold: bool) -> Hit:
    case = matter.case
    told = f"{case.number} · {case.resident or ''} · {matter.spec.label}"
    return Hit(str(kind.flow.label) if is_untold else case.title, told, kind.url_of(case.number), kind.flow.icon)
