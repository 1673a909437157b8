"""Whole pages and fragments, "done" redirects, polite refusals, and the few pages that belong to no room."""

import functools
import sys
import uuid
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.access import access_to, open_to_all
from community_portal.refusals import Refusal

ELDER_COOKIE = "elder"
A_YEAR = 60 * 60 * 24 * 365

_STARTS_AT_THE_WORKBENCH = frozenset(
    ("receptionist", "manager", "eldercare", "charging", "safety")
    + ("assessor", "contractor", "care_agency", "property")
)
# (url name, label, icon, roles that see it; empty: all whom the page admits)
STAFF_NAVIGATION: tuple[tuple[Any, tuple[tuple[str, Any, str, frozenset[str]], ...]], ...] = (
    (
        None,
        (
            ("workbench", _("今日工作台"), "sun", _STARTS_AT_THE_WORKBENCH),
            ("field", _("我的网格"), "bicycle", frozenset({"grid_officer"})),
            ("inbox", _("我的待办"), "inbox", frozenset()),
            ("residents", _("居民档案"), "people", frozenset()),
        ),
    ),
    (
        _("业务"),
        (
            ("visits_today", _("预约与到访"), "calendar2-week", frozenset()),
            ("help_requests", _("求助与帮办"), "chat-heart", frozenset()),
        ),
    ),
    (
        _("管理"),
        (
            ("dashboard", _("数据看板"), "bar-chart", frozenset({"manager", "street_officer"})),
            ("messages", _("短信与提醒"), "send", frozenset({"receptionist", "manager", "street_officer"})),
            ("settings_home", _("设置"), "gear", frozenset({"manager", "street_officer"})),
        ),
    ),
)
RESIDENT_NAVIGATION = (
    ("home", _("首页"), "house"),
    ("book", _("预约"), "calendar3"),
    ("my_matters", _("我的事项"), "list-check"),
    ("account", _("我的"), "person"),
)


def url_or_none(name: str, *args: Any) -> str | None:
    """The address of a page, or None while its room does not stand yet."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None


def shell(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame needs: navigation, elder mode, demo flag, a fresh key for its form."""
    user = getattr(request, "user", None)
    is_staff = bool(user and user.is_authenticated and user.is_portal_staff)
    path = getattr(request, "path", "")
    groups, residents = staff_navigation(user) if is_staff else (), resident_navigation()
    return {
        "demo_mode": settings.PORTAL_DEMO,
        "elder_mode": getattr(request, "elder_mode", False),
        "once_key": uuid.uuid4().hex,
        "is_portal_staff": is_staff,
        "staff_navigation": groups,
        "resident_navigation": residents,
        "current_staff_entry": current_entry(path, [entry for group in groups for entry in group.entries]),
        "current_entry": current_entry(path, residents),
    }


class Entry(NamedTuple):
    """A line of a menu."""

    url: str
    name: str
    label: str
    icon: str


class Group(NamedTuple):
    """Lines of the staff menu under one heading."""

    title: str
    entries: tuple[Entry, ...]


def staff_navigation(user: Any) -> tuple[Group, ...]:
    """Groups of entries this person may open."""
    return _groups_for(user.roles, bool(user.is_superuser), get_language() or "")


@functools.cache
def _groups_for(roles: frozenset[str], sees_all: bool, language: str) -> tuple[Group, ...]:
    """In words of the language in force: every page looks its drawn menu up by them, and plain words are quick to compare."""
    groups = []
    for title, rows in STAFF_NAVIGATION:
        entries = _entries(tuple(row[:3] for row in rows if sees_all or roles & (row[3] or _admitted(row[0]))))
        if entries:
            groups.append(Group(str(title) if title else "", entries))
    return tuple(groups)


def _admitted(name: str) -> frozenset[str]:
    access = access_to(name)
    return access.roles if access else frozenset()


def resident_navigation() -> tuple[Entry, ...]:
    """The four places of the bar at the foot of a resident's page."""
    return _resident_entries(get_language() or "")


@functools.cache
def _resident_entries(language: str) -> tuple[Entry, ...]:
    return _entries(RESIDENT_NAVIGATION)


def _entries(rows: tuple[tuple[str, Any, str], ...]) -> tuple[Entry, ...]:
    """Only rooms that stand."""
    found = ((name, label, icon, url_or_none(name)) for name, label, icon in rows)
    return tuple(Entry(url, name, str(label), icon) for name, label, icon, url in found if url)


def current_entry(path: str, entries: Iterable[Entry]) -> str:
    """The name of the one entry whose address is the longest beginning of this page's; empty when there is none."""
    here = [entry for entry in entries if path == entry.url or (entry.url != "/" and path.startswith(entry.url))]
    return max(here, key=lambda entry: len(entry.url)).name if here else ""


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
    response = render(request, wanted, context or {}, status=status)
    if fragment:
        response.headers["Vary"] = ", ".join(filter(None, [response.headers.get("Vary"), "HX-Request"]))
    return response


def done(
    request: HttpRequest, sentence: Any, to: str, *args: Any, undo_url: str | None = None, **kwargs: Any
) -> HttpResponse:
    """Says that the thing was done and goes on to the page named ``to`` (303), so that reloading repeats nothing.

    ``undo_url`` puts a button beside the sentence that takes the deed back (POST). htmx is told to go there itself.
    """
    messages.success(request, sentence, extra_tags=f"undo:{undo_url}" if undo_url else "")
    url = reverse(to, args=args, kwargs=kwargs)
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url, status=303)


def back_to(request: HttpRequest, default: str) -> str:
    """Where the visitor came from, if that is ours; else ``default`` (a path)."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return default


def refused(request: HttpRequest, refusal: Refusal, *, back: str = "/", typed: str = "") -> HttpResponse:
    """A refusal as a page of its own (409, 422 …): the sentence, a way back, and what was typed, so nothing is lost."""
    context = {"refusal": refusal, "back": back, "typed": typed}
    response = render(request, "refused.html", context, status=refusal.status)
    if "HX-Request" in request.headers:  # takes the place of the whole text, not of the row that was pressed
        for name, value in (("HX-Retarget", "#main"), ("HX-Reselect", "#main"), ("HX-Reswap", "outerHTML")):
            response.headers[name] = value
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form stood open too long, or came from elsewhere."""
    sentence = _("这个页面放得太久了。请返回上一页，刷新后再提交一次。")
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
    return refused(request, Refusal(sentence, code="csrf", status=403), back=came_from if is_ours else "/")


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither database nor session: those may be what broke.

    A database missed by a middleware (the session of somebody signed in) comes here too: Django turns an exception into
    an answer at every middleware, so ``database_away`` further out never sees it.
    """
    if isinstance(sys.exception(), (OperationalError, InterfaceError)):
        return database_is_away(request)
    return HttpResponse(_bare("500.html"), status=500)


def database_is_away(request: HttpRequest) -> HttpResponse:
    """The database cannot be reached: a telephone number instead of a trace."""
    return HttpResponse(_bare("503.html"), status=503, headers={"Retry-After": "30"})


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
def style_page(request: HttpRequest) -> HttpResponse:
    """Every component in every state, in the frame ``?frame=`` (staff, resident or plain): what page builders look at."""
    frame = request.GET.get("frame", "")
    context = {
        "frame": f"{frame}.html" if frame in ("staff", "resident") else "plain.html",
        "people": [("9:30", "陈平", "68"), ("10:00", "孙丽", "34"), ("10:30", "徐明", "82")],
        "progress": [
            {"label": _("登记"), "note": "11-23 09:42", "state": "done"},
            {"label": _("上门核实"), "note": "3 网格 · 周敏", "state": "now"},
            {"label": _("代办申请"), "note": "", "state": "todo"},
            {"label": _("服务到位"), "note": "", "state": "todo"},
            {"label": _("办结"), "note": "", "state": "todo"},
        ],
        "events": [
            {"who": _("系统提醒"), "what": _("核实时限已到，已通知周敏"), "at": clock.now(), "icon": "alarm"},
            {"who": "李玲", "what": _("派给 3 网格"), "why": _("12 幢属 3 网格"), "at": clock.now(), "when": "9:45"},
            {
                "who": "陈平",
                "what": _("到会客厅当面登记"),
                "at": clock.now(),
                "when": "9:42",
                "quote": "我们老夫妻俩身体都不好，上个月老伴中风，现在只能躺在床上……",
                "photos": [{"url": static("icon.svg"), "label": _("照片")}],
            },
        ],
        "papers": [
            {"url": "#papers", "name": _("身份证复印件"), "note": "陈平 · 11-23", "chip": _("已核对"), "tone": "ok"},
            {"url": "#papers", "name": _("现场照片"), "note": "1.2 MB", "picture": static("icon.svg")},
        ],
        "crumbs": [(_("求助与帮办"), "#crumbs"), ("LT-24-0318", "")],
        "stages": (("", _("全部")), ("open", _("没办结的"))),
        "moment": clock.now(),
        "phone": "+8613800002046",
        "form": _Sample(request.POST or {"name": "陈", "words": "", "category": "care"}),
        "blank": _Sample(auto_id="blank_%s"),
        "keyset": SimpleNamespace(older=1, newer=2),
        "counted": Paginator(range(30), 10).page(2),
    }
    return render(request, "style.html", context)


class _Sample(forms.Form):
    name = forms.CharField(label=_("姓名"), min_length=2, help_text=_("和身份证上一样"))
    category = forms.ChoiceField(
        label=_("类别"),
        choices=[("care", _("照护")), ("repair", _("维修")), ("paper", _("证明"))],
        widget=forms.RadioSelect,
        required=False,
    )
    how = forms.ChoiceField(
        label=_("怎么来办"),
        choices=[("visit", _("我到会客厅来")), ("home", _("请人上门"))],
        widget=forms.RadioSelect,
        help_text=_("行动不便的，我们去您家"),
    )
    scopes = forms.MultipleChoiceField(
        label=_("可以代办"), choices=[("book", _("预约")), ("ask", _("求助"))], widget=forms.CheckboxSelectMultiple
    )
    place = forms.ChoiceField(label=_("社区"), choices=[("LT", "龙田社区"), ("FM", "富民社区")])
    day = forms.DateField(label=_("哪一天"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    words = forms.CharField(label=_("居民怎么说"), widget=forms.Textarea(attrs={"rows": 3}))
    photos = forms.FileField(label=_("照片"), required=False)
    agree = forms.BooleanField(label=_("接收短信"), required=False, help_text=_("每件事最多三条"))


@open_to_all
def offline_page(request: HttpRequest) -> HttpResponse:
    """Kept by the service worker for when there is no network."""
    return HttpResponse(_bare("offline.html"))


@open_to_all
@cache_control(max_age=3600)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Stands at the root so that its scope is the whole portal; keeps the offline page and nothing personal."""
    return HttpResponse(_bare("sw.js"), content_type="text/javascript")
