"""Forms that a phone of staff kept without a network: when they come, they were done then (captured.py)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from community_portal import clock
from community_portal.captured import captured, read_moment
from community_portal.refusals import Refusal
from community_portal.web.pages import refused

FILLED_IN, SENT = "X-Captured-At", "X-Sent-At"


def done_without_a_network(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """What staff filled in up to a day ago counts from that moment; residents and programs do everything now."""

    def middleware(request: HttpRequest) -> HttpResponse:
        filled_in = request.headers.get(FILLED_IN, "")
        if request.method != "POST" or not filled_in or not _is_staff(request):
            return get_response(request)
        try:
            moment = read_moment(filled_in, request.headers.get(SENT, ""), now=clock.now())
        except Refusal as refusal:
            return refused(request, refusal)
        with captured(moment):
            return get_response(request)

    return middleware


def _is_staff(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and request.user.is_portal_staff)
