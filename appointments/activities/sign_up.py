"""What the house has on, and signing up for it."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from appointments.visits.book import chosen_before
from community_portal import clock
from community_portal.bookings.agreements import bookings_concerning
from community_portal.bookings.models import BookingState, Session
from community_portal.bookings.queries import activities_ahead
from community_portal.people.shell import house_of
from community_portal.places.models import Community
from community_portal.web.access import open_to_all
from community_portal.web.pages import render_page

A_PAGE = 12


@open_to_all
def activities(request: HttpRequest) -> HttpResponse:
    """All that lies ahead, soonest first; after sign-in what was chosen stands on top."""
    chosen = chosen_before(request)
    house = house_of(request)
    ahead = activities_ahead(house, at=clock.now()) if house else Session.objects.none()
    page = Paginator(ahead, A_PAGE).get_page(request.GET.get("page"))
    picked = list(ahead.filter(pk=chosen.pk)) if chosen else []
    mine = bookings_concerning(request.user)
    context = {
        "rows": with_mine(list(page), mine),
        "picked": with_mine(picked, mine),
        "page": page,
        "calendar_path": _calendar_of(house) if house else "",
    }
    return render_page(request, "appointments/activities.html", context)


def _calendar_of(house: Community) -> str:
    """The address to subscribe to. Calendars send no cookie, so a page that is not in Chinese says its language in it."""
    language = get_language() or settings.LANGUAGE_CODE
    path = reverse("community_calendar", args=[house.code])
    return path if language == settings.LANGUAGE_CODE else f"{path}?lang={language}"


def with_mine(ahead: list[Session], bookings: Any) -> list[tuple[Session, int | None]]:
    """Each with that of the ``bookings`` which is for it and stands."""
    mine = bookings.filter(session__in=ahead, state=BookingState.BOOKED) if ahead else bookings.none()
    booked = dict(mine.values_list("session", "pk"))
    return [(session, booked.get(session.pk)) for session in ahead]
