"""The link in the text message: look at, cancel or move a booking without signing in.

Opening it never changes anything (mail scanners open links); acting needs the last four digits of the phone.
"""

import datetime as dt
from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from icalendar import Calendar, Event

from appointments.actions.agreed_visits import give_up_booking
from appointments.views.book import REASONS, options_of
from community_portal import clock
from community_portal.access import open_to_all
from community_portal.bookings.actions import move_booking
from community_portal.bookings.links import link_hash_of
from community_portal.bookings.models import Booking, BookingState, Session
from community_portal.bookings.notices import where_of
from community_portal.bookings.queries import bookable
from community_portal.pages import refused, render_page
from community_portal.people.once import once
from community_portal.refusals import NotAllowed, Refusal

LASTS = dt.timedelta(days=7)


def _find(token: str) -> Booking | None:
    """The booking of a link; None for a guessed one and for one that is long over."""
    rows = Booking.objects.select_related(
        "session__service", "session__room", "session__host", "session__community", "community", "resident"
    )
    found = rows.filter(link_hash=link_hash_of(token)).first() if 20 <= len(token) <= 64 else None
    return found if found and found.ends_at + LASTS > clock.now() else None


@open_to_all
@once
def booking_link(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the booking; a POST with the last four digits cancels or moves it."""
    found = _find(token)
    if found is None:
        return render_page(request, "appointments/link_gone.html", status=404)
    error = ""
    if request.method == "POST":
        try:
            return _act(request, found, token)
        except NotAllowed as refusal:
            error = str(refusal)
        except Refusal as refusal:
            return refused(request, refusal, back=reverse("booking_link", args=[token]))
    free = bookable(community=found.community, service=found.session.service, at=clock.now()).filter(
        grid=found.session.grid
    )
    context = {
        "booking": found,
        "reasons": REASONS,
        "token": token,
        "error": error,
        "free": free.exclude(pk=found.session_id)[:24] if found.session.service else [],
        "moved": found.moved_to.filter(state=BookingState.BOOKED).exists(),
    } | options_of(found)
    return render_page(request, "appointments/booking_link.html", context, status=422 if error else 200)


def _act(request: HttpRequest, found: Booking, token: str) -> HttpResponse:
    if not ratelimit.consume(request, action="booking_link", key=str(found.pk)):
        raise NotAllowed(_("试得太多了，请过几分钟再试，或打社区电话。"))
    tails = set(found.resident.contacts.values_list("tail", flat=True)) if found.resident else set()
    if request.POST.get("tail", "") not in tails:
        raise NotAllowed(_("手机号后四位没有对上。"))
    at = clock.now()
    if request.POST.get("to", "").isdigit():
        to = get_object_or_404(Session, pk=int(request.POST["to"]), community=found.community)
        moved: Any = move_booking(booking=found, to=to, by=None, at=at, by_link=True)
        return HttpResponseRedirect(reverse("booking_link", args=[moved.link_token]), status=303)
    give_up_booking(booking=found, reason=request.POST.get("reason", ""), by=None, at=at, by_link=True)
    return HttpResponseRedirect(reverse("booking_link", args=[token]), status=303)


@open_to_all
def booking_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The visit for a calendar: same UID for ever, a rising SEQUENCE, CANCEL when it was cancelled."""
    found = _find(token)
    if found is None:
        return render_page(request, "appointments/link_gone.html", status=404)
    return HttpResponse(calendar_of(found), content_type="text/calendar; charset=utf-8")


def calendar_of(found: Booking) -> bytes:
    """RFC 5545 of one booking."""
    is_cancelled = found.state == BookingState.CANCELLED
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//community portal//visits//")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_cancelled else "PUBLISH")
    event.add("uid", f"booking-{found.pk}@portal")
    event.add("sequence", found.version)
    event.add("dtstamp", clock.now())
    event.add("dtstart", found.starts_at)
    event.add("dtend", found.ends_at)
    event.add("summary", found.session.title)
    event.add("location", where_of(found.session))
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    calendar.add_component(event)
    return calendar.to_ical()
