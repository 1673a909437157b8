"""What waits to be said to somebody who has died or moved away is not said."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_noop

from community_portal.departures import Departures, register_departures
from community_portal.outbox.models import Message, MessageState
from community_portal.people.models import Resident
from community_portal.people.register.queries import file_ids

FILE_CLOSED = gettext_noop("档案已关闭")


def withdraw_messages(resident: Resident, *, at: dt.datetime, **_deed: Any) -> None:
    """To them and to those who acted for them; what this very deed has to say stays (they moved, and their visit is off)."""
    unsent = Q(state=MessageState.WAITING) | Q(state=MessageState.CLAIMED, handed_at__isnull=True)
    said_before = Message.objects.filter(unsent, resident__in=file_ids(resident), created_at__lt=at)
    said_before.update(state=MessageState.CANCELLED, reason=FILE_CLOSED)


def restore_messages(resident: Resident, *, at: dt.datetime, **_deed: Any) -> None:
    """What would still be in time waits again; whether it is still true is looked at when it is sent."""
    withdrawn = Message.objects.filter(
        resident__in=file_ids(resident), state=MessageState.CANCELLED, reason=FILE_CLOSED
    )
    in_time = withdrawn.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at))
    in_time.update(state=MessageState.WAITING, claimed_at=None, reason="")


register_departures(Departures(on_closed=withdraw_messages, on_reopened=restore_messages))
