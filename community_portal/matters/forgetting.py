"""What a matter of any kind tells of a person goes when they are forgotten: the fields that its kind names, also those of its
child rows, and all messages."""

from collections import defaultdict
from typing import Any

from django.db.models import Q, QuerySet

from community_portal.casework.models import MatterQuerySet
from community_portal.matters.kinds import KINDS, MatterKind
from community_portal.outbox.models import Message
from community_portal.people.register.retention import register_forgetter


def forget_matters(resident_ids: list[int]) -> None:
    about_them = Q(case__resident__in=resident_ids) | Q(case__resident__isnull=True, case__asker__in=resident_ids)
    for kind in KINDS.values():
        matters = kind.model.objects.filter(about_them)
        Message.objects.filter(
            subject__in=[f"{kind.flow.name}:{pk}" for pk in matters.values_list("pk", flat=True)]
        ).delete()
        for rows, fields in _personal(kind).items():
            _rows_of(matters, rows).update(**dict.fromkeys(fields, ""))


def _personal(kind: MatterKind) -> dict[str, list[str]]:
    """The fields to be emptied, by the name of the child rows that have them; of the matter itself by none."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in kind.personal:
        rows, _between, name = path.rpartition("__")
        found[rows].append(name)
    return found


def _rows_of(matters: MatterQuerySet, rows: str) -> QuerySet[Any]:
    if not rows:
        return matters
    relation: Any = matters.model._meta.get_field(rows)
    return relation.related_model.objects.filter(**{f"{relation.field.name}__in": matters})  # type: ignore[no-any-return]


register_forgetter(forget_matters)
