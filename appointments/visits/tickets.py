"""The ticket of an activity: a QR code that is a plain link, so that any phone's own camera opens the page of the door."""

from typing import Any
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import mark_safe

from community_portal.bookings.models import Booking, SessionKind
from community_portal.bookings.one_booking import stands
from community_portal.people.links import ticket_of


def ticket_shown(booking: Booking) -> dict[str, Any] | None:
    """What the page of a booking shows to be scanned; None where nobody stands at the door."""
    if booking.session.kind != SessionKind.ACTIVITY or not stands(booking):
        return None
    code = ticket_of(booking.pk)
    address = f"{settings.PORTAL_URL}{reverse('check_in_desk')}?{urlencode({'code': code})}"
    drawing = segno.make(address, error="m").svg_inline(scale=5, border=2)
    return {"code": code, "address": address, "drawing": mark_safe(drawing)}
