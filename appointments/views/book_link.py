"""The link in the text message: look at, cancel or move a booking without signing in."""

from django.http import HttpRequest, HttpResponse

from community_portal.access import open_to_all


@open_to_all
def booking_link(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the booking; changes nothing by itself."""
    return HttpResponse("")
