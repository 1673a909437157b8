"""The number on the bell."""

import functools
from typing import Any

from django.http import HttpRequest

from community_portal.outbox.models import Channel, Message, MessageState


def unread(request: HttpRequest) -> dict[str, Any]:
    """Template context ``unread_count``; asked only when a page shows it."""
    return {"unread_count": functools.cache(functools.partial(unread_of, request.user))}


def unread_of(user: Any) -> int:
    """On-screen messages not yet seen."""
    if not user.is_authenticated:
        return 0
    return Message.objects.filter(
        user=user, channel=Channel.SCREEN, state=MessageState.SENT, read_at__isnull=True
    ).count()
