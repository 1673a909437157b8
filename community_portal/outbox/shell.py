"""The number on the bell."""

import functools
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from community_portal.outbox.models import Channel, Message, MessageState


def unread(request: HttpRequest) -> dict[str, Any]:
    """Template context ``unread_count``; asked only when a page shows it."""
    if not request.user.is_authenticated:
        return {"unread_count": 0}
    user_id = request.user.pk
    return {"unread_count": functools.cache(lambda: unread_of(user_id).count())}


def unread_of(user_id: int) -> QuerySet[Message]:
    """On-screen messages not yet seen."""
    return Message.objects.filter(user=user_id, channel=Channel.SCREEN, state=MessageState.SENT, read_at__isnull=True)
