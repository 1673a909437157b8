"""Staff sessions end: after idling, after a working day, and at once when the membership or the account ends.

One that began with a resident's code ends when its owner is appointed."""

import datetime as dt
from collections.abc import Callable

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.web.pages import part_for_nobody, signed_out, typed_in

STARTED, SEEN = "staff_since", "staff_seen"
WRITE_EVERY = dt.timedelta(minutes=5)
# Where somebody without a second factor may still go: to set one up, to read the page, and out.
BEFORE_SECOND_FACTOR = (
    "/account/security/",
    "/account/confirm/",
    "/sign-out/",
    "/language/",
    "/elder-mode/",
    "/offline/",
)

DOOR = "/staff/sign-in/"
BEFORE_NEW_PASSWORD = ("/account/password/", "/sign-out/", "/language/", "/elder-mode/", "/offline/")


def limit_staff_sessions(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Signs staff out when their time is over, and sends those without a second factor to set one up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.user = get_user(
            request
        )  # asked for many times on every page: the account itself, not its lazy stand-in
        if not request.user.is_authenticated:
            return get_response(request)
        if not request.user.is_portal_staff:
            if STARTED not in request.session:
                return get_response(request)
            return _sign_out(request, _("您的工作岗位已经结束，工作账号已退出。"))
        if why_out := _why_out(request):
            return _sign_out(request, why_out)
        if request.user.must_change_password and not request.path.startswith(BEFORE_NEW_PASSWORD):
            messages.warning(request, _("这是别人给您设的一次性密码，请先换成自己的。"))
            return redirect("account_change_password")
        if settings.STAFF_MFA_REQUIRED and _lacks_second_factor(request):
            messages.warning(request, _("工作账号要先绑定第二重验证（动态码或通行密钥）。"))
            return redirect("mfa_index")
        return get_response(request)

    return middleware


def _sign_out(request: HttpRequest, sentence: object) -> HttpResponse:
    logout(request)
    messages.warning(request, sentence)  # type: ignore[arg-type]
    if request.headers.get("HX-Request"):
        return part_for_nobody(request, DOOR)
    return signed_out(request, door=DOOR) if typed_in(request) else HttpResponseRedirect(DOOR)


def _why_out(request: HttpRequest) -> object:
    """Why this session of staff ends; None while it goes on."""
    if _came_by_code_alone(request):
        return _("您有工作岗位了，请在这里用用户名和密码登录。还没有工作账号的，请书记用您的手机号另开一个。")
    return _("您离开的时间有点长，请重新登录。") if _is_over(request) else None


def _came_by_code_alone(request: HttpRequest) -> bool:
    """Signed in as a resident and appointed since: a text message opens no work, whatever somebody was then."""
    methods = {record["method"] for record in request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])}
    return methods == {"code"}


def _is_over(request: HttpRequest) -> bool:
    now = clock.now().timestamp()
    started, seen = request.session.get(STARTED), request.session.get(SEEN)
    if started is None or seen is None:
        request.session[STARTED] = request.session[SEEN] = now
        return False
    if now - seen > settings.STAFF_IDLE.total_seconds() or now - started > settings.STAFF_SESSION.total_seconds():
        return True
    if now - seen > WRITE_EVERY.total_seconds():
        request.session[SEEN] = now
    return False


def _lacks_second_factor(request: HttpRequest) -> bool:
    if settings.PORTAL_DEMO or request.path.startswith(BEFORE_SECOND_FACTOR):
        return False
    return not Authenticator.objects.filter(user=request.user).exists()
