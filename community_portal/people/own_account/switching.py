"""Another language or elder mode, chosen on a page whose form holds words: the page comes back with them.

The switch sends what is on the form to the page itself. Nothing is done with it and nothing of it is kept: the page is shown
as if it had just been opened, and its fields are filled in (web/components.py).
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import translation

from community_portal.people.own_account.views import choose_language
from community_portal.web.pages import ELDER_COOKIE, NO_FORM, fields_of, set_elder_mode

SWITCHES: dict[str, tuple[str, Callable[[HttpRequest], HttpResponse]]] = {
    "elder": ("on", set_elder_mode),
    "language": ("language", choose_language),
}


class show_again:  # reads as a function in settings.MIDDLEWARE
    """Stands behind the guards: who may not open the page gets their answer, and the token of the form was looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if hasattr(request, "kept"):
            response.cookies.update(request.switched.cookies)  # type: ignore[attr-defined]
        return response

    def process_view(self, request: Any, view: Callable, args: tuple, kwargs: dict) -> None:
        if request.method != "POST" or getattr(view, "csrf_exempt", False):  # no page: its body is the view's to read
            return
        what, _equals, to = request.POST.get("switch", "").partition("=")
        if what not in SWITCHES:
            return
        name, switch = SWITCHES[what]
        request.kept, request.kept_in = QueryDict(mutable=True), request.POST.get("switch_in", "")
        for field, values in fields_of(request):
            if field != "seen" or request.kept_in != NO_FORM:
                request.kept.setlist(field, values)
        request.POST = QueryDict(urlencode({name: to}))
        request.switched = switch(request)
        request.method, request.POST = "GET", QueryDict()
        self._read_at_once(request)

    def _read_at_once(self, request: Any) -> None:
        """The page itself is already in the language and the size that were chosen."""
        chosen = request.switched.cookies
        if settings.LANGUAGE_COOKIE_NAME in chosen:
            translation.activate(chosen[settings.LANGUAGE_COOKIE_NAME].value)
            request.LANGUAGE_CODE = translation.get_language()
        if ELDER_COOKIE in chosen:
            request.elder_mode = chosen[ELDER_COOKIE].value == "1"
