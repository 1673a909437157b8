"""Rooms of the hall, as far as what is planned in them allows."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.bookings.models import Opening, Session, SessionState
from community_portal.places.actions import set_room
from community_portal.places.models import Room
from community_portal.refusals import Refusal


@transaction.atomic
def save_room(room: Room, *, by: Any, at: dt.datetime, seen: str | None = None) -> Room:
    """As ``set_room``; a room in which something is planned stays in use, and as large as that needs (409)."""
    saved = set_room(room, by=by, seen=seen)
    ahead = Session.objects.filter(room=saved, state=SessionState.OPEN, ends_at__gt=at)
    if not saved.is_active and (ahead.exists() or _weekly(saved, on=clock.local(at).date())):
        sentence = _("以后还有安排在这间，请先给它们换房间，或者取消。")
        raise Refusal(sentence, code="room_in_use", field="is_active", status=409)
    most = ahead.order_by("-capacity").values_list("capacity", flat=True).first()
    if most and most > saved.capacity:
        too_few = _("以后有一场在这间留了 %(n)s 个名额，不能比这少。") % {"n": most}
        raise Refusal(too_few, code="room_too_small", field="capacity", status=409)
    return saved


def _weekly(room: Room, *, on: dt.date) -> bool:
    rules = Opening.objects.filter(room=room)
    return rules.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on)).exists()
