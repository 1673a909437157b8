"""Staff sessions end: after idling, after a working day, and at once when the membership or the account ends."""

import datetime as dt
from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from community_portal import clock

STARTED, SEEN = "staff_since", "staff_seen"
WRITE_EVERY = dt.timedelta(minutes=5)


def limit_staff_sessions(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Signs staff out when their time is over, and sends those without a second factor to set one up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.user.is_portal_staff:
            if _is_over(request):
                logout(request)
                messages.warning(request, _("您离开的时间有点长，请重新登录。"))
                return redirect("staff_sign_in")
            if settings.STAFF_MFA_REQUIRED and _lacks_second_factor(request):
                messages.warning(request, _("工作账号要先绑定第二重验证（动态码或通行密钥）。"))
                return redirect("mfa_index")
        return get_response(request)

    return middleware


def _is_over(request: HttpRequest) -> bool:
    now = clock.now()
    started = request.session.get(STARTED)
    seen = request.session.get(SEEN)
    if started is None or seen is None:
        request.session[STARTED] = request.session[SEEN] = now.timestamp()
        return False
    if now.timestamp() - seen > settings.STAFF_IDLE.total_seconds():
        return True
    if now.timestamp() - started > settings.STAFF_SESSION.total_seconds():
        return True
    if now.timestamp() - seen > WRITE_EVERY.total_seconds():
        request.session[SEEN] = now.timestamp()
    return False


def _lacks_second_factor(request: HttpRequest) -> bool:
    if settings.PORTAL_DEMO or request.path.startswith(("/account/", "/sign-out/", "/static/", "/language/")):
        return False
    return not Authenticator.objects.filter(user=request.user).exists()
