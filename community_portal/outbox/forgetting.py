"""What was said to somebody, and to which number, goes when he is forgotten."""

from community_portal.outbox.models import Message
from community_portal.people.retention import register_forgetter


def forget_messages(resident_ids: list[int]) -> None:
    Message.objects.filter(resident__in=resident_ids).delete()


register_forgetter(forget_messages)
