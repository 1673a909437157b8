"""Which list is looked through at a kind: the street's own before the general one, the newest in force."""

import datetime as dt

from django.db.models import Q

from safety.models import Equipment, InspectionTemplate


def list_for(kind: str, *, street: int | None, on: dt.date) -> InspectionTemplate | None:
    rows = InspectionTemplate.objects.filter(Q(street=street) | Q(street=None), kind=kind, valid_from__lte=on)
    found = rows.prefetch_related("items").order_by("version")
    return max(found, key=lambda one: (one.street_id is not None, one.version), default=None)


def lists_for(kinds: set[str], *, street: int | None, on: dt.date) -> dict[str, InspectionTemplate]:
    """Of several kinds, two queries."""
    rows = InspectionTemplate.objects.filter(Q(street=street) | Q(street=None), kind__in=kinds, valid_from__lte=on)
    found = sorted(rows.prefetch_related("items"), key=lambda one: (one.street_id is not None, one.version))
    return {one.kind: one for one in found}


def list_known(pk: int | None, piece: Equipment) -> InspectionTemplate | None:
    """The list that somebody had before them, if it is one for this piece."""
    if pk is None:
        return None
    rows = InspectionTemplate.objects.filter(Q(street=piece.community.street_id) | Q(street=None), kind=piece.kind)
    return rows.prefetch_related("items").filter(pk=pk).first()
