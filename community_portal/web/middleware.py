"""What happens around every page: access marks, elder mode, and a polite page when the database is away."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _

from community_portal.refusals import Refusal
from community_portal.web.inputs import visible
from community_portal.web.pages import came_from, database_is_away, part_for_nobody, refused, signed_out, typed_in

METHODS = ("GET", "HEAD", "POST")  # what browsers send for a page; the API knows more
FETCHED_ALONE = ("/sw.js", "/offline/")
Respond = Callable[[HttpRequest], HttpResponse]


def database_away(get_response: Respond) -> Respond:
    """A database that cannot be reached is a 503 with a telephone number, a refusal nobody caught a page: never a trace."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refusal):
            return refused(request, error)
        return database_is_away(request) if isinstance(error, (OperationalError, InterfaceError)) else None

    def guarded(request: HttpRequest) -> HttpResponse:
        try:
            return middleware(request)
        except (OperationalError, InterfaceError):
            return database_is_away(request)

    guarded.process_exception = process_exception  # type: ignore[attr-defined]
    return guarded


class enforce_access:  # reads as a function in settings.MIDDLEWARE
    """Every view carries exactly one mark (see access.py); a view without one opens to nobody.

    Two parts guard themselves: the maintainers' lists (maintenance.py) and the API (permission classes of DRF).
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404  # no name holds it, and no query of the database may
        access = getattr(view, "access", None)
        if access is None:
            if hasattr(view, "cls") or request.resolver_match.app_name == "admin":  # type: ignore[union-attr]
                return None
            raise PermissionDenied
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if access.admits(request.user):
            return None
        if request.user.is_authenticated:
            raise PermissionDenied
        return _to_the_door(request, "staff_sign_in" if access.audience == "staff" else settings.LOGIN_URL)


def _to_the_door(request: HttpRequest, door: str) -> HttpResponse:
    """To sign-in and back again, with what was typed."""
    if request.headers.get("HX-Request"):
        page = request.headers.get("HX-Current-URL", "/")
        sign_in = f"{resolve_url(door)}?{urlencode({'next': page})}"
        return part_for_nobody(request, sign_in)
    if request.method == "POST" and typed_in(request):
        return signed_out(request, door=resolve_url(door))
    # What only takes a POST cannot be shown afterwards: such a request comes back to the first page.
    return redirect_to_login(request.get_full_path() if request.method in ("GET", "HEAD") else "/", door)


def opened_by_hand(get_response: Respond) -> Respond:
    """The address of a form, opened like a page: a sentence and a way back instead of an empty answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or response.content:
            return response
        sentence = _("这个地址只用来提交表单，不能直接打开。")
        answer = refused(request, Refusal(sentence, code="method", status=405), back=came_from(request))
        answer.headers["Allow"] = response.headers["Allow"]
        return answer

    return middleware


def visible_words(get_response: Respond) -> Respond:
    """What nobody can see does not come in by a form: it would pass for a name, hide in one, or turn the line around."""

    def clean(request: HttpRequest, view: Any, *_arguments: Any) -> None:
        # The API asks first who sends, then reads; its words are cleaned by those who read them (people/wording.py).
        if request.method == "POST" and not getattr(view, "csrf_exempt", False):
            fields = {name: [visible(text) for text in texts] for name, texts in request.POST.lists()}
            changed = [name for name, texts in fields.items() if texts != request.POST.getlist(name)]
            changed = [name for name in changed if "password" not in name]
            if changed:
                words: Any = request.POST.copy()
                for name in changed:
                    words.setlist(name, fields[name])
                request.POST = words

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    # After the check of the form's token, not before: what no page of ours sent is never read, however slowly it comes.
    middleware.process_view = clean  # type: ignore[attr-defined]
    return middleware


def permissions_policy(get_response: Respond) -> Respond:
    """What pages of ours may ask the browser for (settings.PERMISSIONS_POLICY); others inside them, nothing at all."""
    policy = ", ".join(f"{name}=({' '.join(origins)})" for name, origins in settings.PERMISSIONS_POLICY.items())

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", policy)
        return response

    return middleware


def readable_cookies(get_response: Respond) -> Respond:
    """Drops cookies that hold NUL: none of ours does, and no query of the database may."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        return get_response(request)

    return middleware


def without_session(get_response: Respond) -> Respond:
    """What a service worker fetches on its own bears no session.

    It may be under way while somebody signs in: with the session of before, which is gone when it is answered, and the answer
    would take the cookie of the new one away.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path in FETCHED_ALONE:
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return get_response(request)

    return middleware


def kept_by_nobody(get_response: Respond) -> Respond:
    """What somebody signed in reads, or whoever holds a secret address, is kept by no browser and no proxy: the next person
    at a shared computer goes back to nothing. A view that says itself how long its answer may be kept is believed.

    Of a form that was refused the browser keeps the page for the way back, for its words stand nowhere else; whatever ends
    the session takes it away.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        was_in = SESSION_KEY in request.session
        response = get_response(request)
        if was_in and SESSION_KEY not in request.session:
            response.headers["Clear-Site-Data"] = '"cache"'
        is_personal = request.user.is_authenticated or "token" in getattr(request.resolver_match, "kwargs", {})
        if is_personal and not response.has_header("Cache-Control"):
            is_refused_form = request.method == "POST" and 400 <= response.status_code < 500
            response.headers["Cache-Control"] = f"private, {'no-cache' if is_refused_form else 'no-store'}"
        return response

    return middleware


def led_on_by_script(get_response: Respond) -> Respond:
    """A form with files is sent by script, so that its page can stay with them (portal.js). A script that followed a redirect
    by itself would fetch the next page, and with it the sentence that the deed was done, for nobody to see: it is told where.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "X-Files-Stay" in request.headers and 300 <= response.status_code < 400:
            response.status_code = 204
        return response

    return middleware


def reading_comfort(get_response: Respond) -> Respond:
    """Puts ``request.elder_mode`` on every request: the account's choice, else this browser's cookie."""

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "elder_mode", None)
        request.elder_mode = request.COOKIES.get("elder") == "1" if chosen is None else chosen  # type: ignore[attr-defined]
        response = get_response(request)
        patch_vary_headers(response, ["Cookie"])
        return response

    return middleware
