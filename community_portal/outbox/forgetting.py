"""What was said to somebody, and to which number, goes when they are forgotten."""

from django.db.models import Q

from community_portal.outbox.models import Message
from community_portal.people.register.retention import register_forgetter


def forget_messages(resident_ids: list[int]) -> None:
    """Also sign-in codes and notices of their account; not what a colleague who lived here was told of their work."""
    of_his_account = Q(user__resident__in=resident_ids, user__memberships__isnull=True)
    Message.objects.filter(Q(resident__in=resident_ids) | of_his_account).delete()


register_forgetter(forget_messages)
