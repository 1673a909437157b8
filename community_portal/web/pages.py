"""How a view answers: a page or a fragment, a "done" redirect, a refusal; and the pages for errors and for no network."""

import re
import sys
import uuid
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST
from rest_framework.exceptions import APIException, NotFound

from community_portal.refusals import NotAllowed, Refusal
from community_portal.web.access import open_to_all
from community_portal.web.inputs import ids_of
from community_portal.web.navigation import current_entry, resident_navigation, staff_navigation, top_buttons

ELDER_COOKIE = "elder"
NOT_TYPED = {"csrfmiddlewaretoken", "once", "next", "code", "secret", "switch", "switch_in", "approved"}
CHOSEN = re.compile(r"[a-z_]+|\d{1,6}|[0-9a-f-]{32,}")  # a choice, a number of a row, a version, a key
# Words of a form that is no longer what it was: they stand beside it, to be copied, and overwrite nothing.
NO_FORM = "-"
A_YEAR = 60 * 60 * 24 * 365


def shell(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame needs: navigation, elder mode, demo flag, a fresh key for its form."""
    user = getattr(request, "user", None)
    is_staff = bool(user and user.is_authenticated and user.is_portal_staff)
    path = getattr(request, "path", "")
    groups, residents = staff_navigation(user) if is_staff else (), resident_navigation()
    return {
        "demo_mode": settings.PORTAL_DEMO,
        "here": request.get_full_path() if request.method in ("GET", "HEAD") else came_from(request),
        "elder_mode": getattr(request, "elder_mode", False),
        "once_key": uuid.uuid4().hex,
        "on_the_form": on_the_form(request),
        "is_portal_staff": is_staff,
        "staff_navigation": groups,
        "top_buttons": top_buttons(user) if is_staff else (),
        "resident_navigation": residents,
        "current_staff_entry": current_entry(path, [entry for group in groups for entry in group.entries]),
        "current_entry": current_entry(path, residents),
    }


def asks_for_fragment(request: HttpRequest) -> bool:
    """Does htmx want a part of the page? Going back in the history, it wants the whole."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    fragment: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page, or for htmx only its ``fragment`` template: the same rows, the same words."""
    wanted = fragment if fragment and asks_for_fragment(request) else template
    request.refused_in = _refused_in(context or {})  # type: ignore[attr-defined]
    response = render(request, wanted, context or {}, status=status)
    if fragment:
        response.headers["Vary"] = ", ".join(filter(None, [response.headers.get("Vary"), "HX-Request"]))
    return response


def _refused_in(context: dict[str, Any]) -> str:
    """What the ids of the refused form's fields begin with: several forms of a page may ask for the same words."""
    values = [inner for value in context.values() for inner in (value.values() if isinstance(value, dict) else [value])]
    return next((ids_of(form) for form in values if isinstance(form, BaseForm) and form.is_bound), "")


def done(
    request: HttpRequest,
    sentence: Any,
    to: str,
    *args: Any,
    undo_url: str | None = None,
    query: dict[str, Any] | None = None,
    **kwargs: Any,
) -> HttpResponse:
    """Says that the thing was done and goes on to the page named ``to`` (303), so that reloading repeats nothing.

    ``undo_url`` puts a button beside the sentence that takes the deed back (POST). ``query`` is what that page was showing.
    htmx is told to go there itself.
    """
    messages.success(request, sentence, extra_tags=f"undo:{undo_url}" if undo_url else "")
    return go_on(request, to, *args, query=query, **kwargs)


def go_on(
    request: HttpRequest, to: str, *args: Any, query: dict[str, Any] | None = None, **kwargs: Any
) -> HttpResponse:
    """As ``done`` without a sentence: where the page itself shows what was done, and phones send one form after the other."""
    url = reverse(to, args=args, kwargs=kwargs, query=query)
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url, status=303)


def back_to(request: HttpRequest, default: str) -> str:
    """Where the visitor came from, if that is ours and fits a header; else ``default`` (a path)."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted.isprintable() and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return default


def came_from(request: HttpRequest) -> str:
    """The page that sent this form: it can be opened again, which where the form went often cannot."""
    page = request.headers.get("Referer", "")
    return page if page and url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}) else "/"


def typed_in(request: HttpRequest) -> list[str]:
    """What somebody typed into the form that was sent, in its order: no choices, row numbers, keys, passwords or codes.

    Nothing of a form that another site sent: its words would stand on our page as if they were ours.
    """
    return _words_among(fields_of(request))


def _words_among(fields: Iterable[tuple[str, list[str]]]) -> list[str]:
    texts = [text.strip() for _name, values in fields for text in values if not CHOSEN.fullmatch(text)]
    return [text for text in texts if text]


def fields_of(request: HttpRequest) -> list[tuple[str, list[str]]]:
    """Names and values of the form that was sent, but for keys, passwords, codes, and forms of other sites."""
    origin = request.headers.get("Origin", "")
    if request.method != "POST" or origin and urlsplit(origin).netloc != request.get_host():
        return []
    return [(name, values) for name, values in request.POST.lists() if name not in NOT_TYPED and "password" not in name]


def on_the_form(request: HttpRequest) -> dict[str, Any] | None:
    """What the switches of language and elder mode take along (people/switching.py): what stands on a refused form, or what
    came along before."""
    kept = getattr(request, "kept", None)
    if kept is not None:
        fields, ids = list(kept.lists()), request.kept_in  # type: ignore[attr-defined]
    else:
        fields, ids = fields_of(request), getattr(request, "refused_in", "")
    words = "\n".join(_words_among(fields)) if kept is not None and ids == NO_FORM else ""
    return {"fields": fields, "ids": ids, "beside": words} if fields else None


def refused(request: HttpRequest, refusal: Refusal, *, back: str = "/") -> HttpResponse:
    """A refusal as a page of its own (409, 422 …): the sentence, a way back, and what was typed, so nothing is lost."""
    request.refused_in = NO_FORM  # type: ignore[attr-defined]
    context = {"refusal": refusal, "back": back, "typed": "\n".join(typed_in(request))}
    response = render(request, "refused.html", context, status=refusal.status)
    if isinstance(refusal, NotAllowed):
        response.headers["X-Not-Allowed"] = "1"  # a phone that keeps forms tells it from a session that ended
    if "HX-Request" in request.headers:  # takes the place of the whole text, not of the row that was pressed
        for name, value in (("HX-Retarget", "#main"), ("HX-Reselect", "#main"), ("HX-Reswap", "outerHTML")):
            response.headers[name] = value
    return response


def signed_out(request: HttpRequest, *, door: str) -> HttpResponse:
    """A form came from somebody whose session had ended meanwhile: their words, and the way in, to the page they came from."""
    page = urlsplit(came_from(request))
    sign_in = f"{door}?{urlencode({'next': f'{page.path}?{page.query}' if page.query else page.path or '/'})}"
    sentence = _("登录已经结束，这一页没有保存。请重新登录，再填一次。")
    return refused(request, Refusal(sentence, code="signed_out", status=401), back=sign_in)


def part_for_nobody(request: HttpRequest, sign_in: str) -> HttpResponse:
    """A part of a page is asked for after the session ended: the way in stands in its place, and what was typed beside it
    stays where it is. A deed without words just goes to the door."""
    if request.method != "GET":
        return HttpResponse(status=204, headers={"HX-Redirect": sign_in})
    response = render(request, "components/signed_out.html", {"sign_in": sign_in})
    response.headers["HX-Reselect"] = ".signed-out"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form stood open too long, or came from elsewhere."""
    if settings.CSRF_COOKIE_NAME not in request.COOKIES:
        request.POST = QueryDict()  # no page of ours sent it: to wait for an upload that stalls would hold a thread
    sentence = _("这个页面放得太久了。请返回上一页，刷新后再提交一次。")
    return refused(request, Refusal(sentence, code="csrf", status=403), back=came_from(request))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What Django gives up reading. The form itself may be what cannot be read: it is not asked again."""
    if isinstance(exception, DisallowedHost):
        return HttpResponse(status=400)  # no page of ours belongs there
    sentence = _("送来的内容读不懂，没有保存。请返回上一页再试一次。")
    if isinstance(exception, TooManyFilesSent | TooManyFieldsSent):
        sentence = _("一次送来的文件太多了，没有保存。请返回上一页，少选几个再试。")
    elif isinstance(exception, RequestDataTooBig):
        sentence = _("送来的内容太大了，没有保存。请返回上一页，写短一点再试。")
    if _is_call(request):
        return _answer_call(400, "bad_request", sentence)
    return render(request, "400.html", {"sentence": sentence}, status=400)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if _is_call(request):
        return _answer_call(404, NotFound.default_code, NotFound.default_detail)
    meant = _without_tail(request.path)
    return HttpResponseRedirect(meant) if meant and request.method == "GET" else render(request, "404.html", status=404)


def _without_tail(path: str) -> str:
    """The address in ``/look-up/，编号…``: phones take what follows a link in a message for a part of it. Empty when there is no
    tail, or no page."""
    address = re.match(r"/[!-~]*", path)
    whole = address[0] if address else ""
    if whole == path or not whole.startswith("/") or whole.startswith("//"):
        return ""
    whole = whole if whole.endswith("/") else f"{whole}/"
    try:
        resolve(whole)
    except Resolver404:
        return ""
    return whole


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither database nor session: those may be what broke.

    A database missed by a middleware (the session of somebody signed in) comes here too: Django turns an exception into
    an answer at every middleware, so ``database_away`` further out never sees it.
    """
    if isinstance(sys.exception(), (OperationalError, InterfaceError)):
        return database_is_away(request)
    if _is_call(request):
        return _answer_call(500, APIException.default_code, APIException.default_detail)
    return HttpResponse(_bare("500.html"), status=500)


def database_is_away(request: HttpRequest) -> HttpResponse:
    """The database cannot be reached: a telephone number instead of a trace."""
    if _is_call(request):
        answer = _answer_call(503, "unavailable", APIException.default_detail)
    else:
        answer = HttpResponse(_bare("503.html"), status=503)
    answer.headers["Retry-After"] = "30"
    return answer


def _is_call(request: HttpRequest) -> bool:
    """Does a program ask, which reads no pages?"""
    return request.path.startswith("/api/")


def _answer_call(status: int, code: str, detail: Any) -> HttpResponse:
    """What ends a call outside the views of the API, in the shape of its own errors (api_errors.py)."""
    kind = "server_error" if status >= 500 else "client_error"
    row = {"type": kind, "code": code, "detail": str(detail), "attr": None}
    return JsonResponse({**row, "errors": [row]}, status=status)


def _bare(name: str) -> str:
    """A template without a request, so that no context processor asks the session or the database for anything."""
    return get_template(name).render()


@open_to_all
@require_POST
def set_elder_mode(request: HttpRequest) -> HttpResponse:
    """Switches elder mode for this browser, and for the account when there is one."""
    wanted = request.POST.get("on") == "1"
    if request.user.is_authenticated:
        get_user_model().objects.filter(pk=request.user.pk).update(elder_mode=wanted)
    response = HttpResponseRedirect(back_to(request, "/"), status=303)
    response.set_cookie(
        ELDER_COOKIE, "1" if wanted else "0", max_age=A_YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True
    )
    return response


@open_to_all
def offline_page(request: HttpRequest) -> HttpResponse:
    """Kept by the service worker for when there is no network."""
    return HttpResponse(_bare("offline.html"))


@open_to_all
@cache_control(max_age=3600)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Stands at the root so that its scope is the whole portal; keeps the offline page and nothing personal."""
    return HttpResponse(_bare("sw.js"), content_type="text/javascript")
