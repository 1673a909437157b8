"""What a matter of any kind tells of a person goes when they are forgotten: the fields that its kind names, and all messages."""

from django.db.models import Q

from community_portal.matters.kinds import KINDS
from community_portal.outbox.models import Message
from community_portal.people.register.retention import register_forgetter


def forget_matters(resident_ids: list[int]) -> None:
    about_them = Q(case__resident__in=resident_ids) | Q(case__resident__isnull=True, case__asker__in=resident_ids)
    for kind in KINDS.values():
        matters = kind.model.objects.filter(about_them)
        Message.objects.filter(
            subject__in=[f"{kind.flow.name}:{pk}" for pk in matters.values_list("pk", flat=True)]
        ).delete()
        if kind.personal:
            matters.update(**dict.fromkeys(kind.personal, ""))


register_forgetter(forget_matters)
