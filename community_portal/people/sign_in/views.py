"""The doors: phone and code for residents, user name and password for staff, and out again."""

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import clear_login, get_pending_stage
from allauth.account.utils import passthrough_next_redirect_url
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from community_portal.people.models import User
from community_portal.people.own_account.actions import end_every_way_in
from community_portal.people.sign_in.forms import (
    TOO_OFTEN,
    AskForCodeForm,
    CodeForm,
    StaffSignInForm,
    hash_of_code,
    seconds_to_wait,
)
from community_portal.web.access import SignedInRequest, for_residents, for_staff, open_to_all


def _status_of(form: Any) -> int:
    return 429 if form.has_error("phone", TOO_OFTEN) else 422


def start_code(request: HttpRequest, *, user: User | None, phone: str) -> None:
    """Sends a code. The session keeps only its keyed hash, in time: it is stored when the answer goes out."""
    process = LoginCodeVerificationProcess.initiate(request=request, user=user, phone=phone)
    if process.code:
        process.state["code"] = hash_of_code(process.code)
        process.persist()


class _AskForCode(allauth_views.RequestLoginCodeView):
    """Asking again, for the same number or another, starts over, and the old code is dead; too soon, it stays good."""

    form_class = AskForCodeForm

    def get_form_class(self) -> type:
        return self.form_class

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> HttpResponse | None:
        return None

    def form_valid(self, form: Any) -> HttpResponse:
        start_code(self.request, user=form._user, phone=form.cleaned_data["phone"])
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        if form.has_error("phone", TOO_OFTEN) and self._is_on_its_way(form.asked_for):
            messages.info(self.request, _("刚才发的那条还能用，请看短信。"))
            return HttpResponseRedirect(self.get_success_url(), status=303)
        return self.render_to_response(self.get_context_data(form=form), status=_status_of(form))

    def _is_on_its_way(self, phone: str) -> bool:
        """Whether this browser waits for the code of this number already: whoever went back a page finds its field again."""
        stage = get_pending_stage(self.request)
        return stage is not None and stage.state.get("phone") == phone


class _TypeCode(allauth_views.ConfirmLoginCodeView):
    form_class = CodeForm
    _process: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Back at the first page one hears that the code has run out, and still goes on to where one was going."""
        was_waiting = get_pending_stage(request) is not None
        response = super().dispatch(request, *args, **kwargs)
        door = reverse("sign_in")
        if response.headers.get("Location") == door:
            if was_waiting and self._process is None:
                messages.warning(request, _("验证码过期了，请再要一条。"))
            response.headers["Location"] = passthrough_next_redirect_url(request, door, "next")
        return response

    def get_form_class(self) -> type:
        return self.form_class

    def form_invalid(self, form: Any) -> HttpResponse:
        if getattr(form, "says_nothing", False):
            return self.render_to_response(self.get_context_data(form=form), status=422)
        response = super().form_invalid(form)
        if response.status_code == 200:
            response.status_code = 422
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = self._process.state
        more = {
            "wait_seconds": seconds_to_wait(state["at"]),
            "tries_left": 5 - state["failed_attempts"],
            "other_number_url": passthrough_next_redirect_url(self.request, reverse("sign_in"), "next"),
        }
        return super().get_context_data(**kwargs) | more


class _StaffSignIn(allauth_views.LoginView):
    form_class = StaffSignInForm

    def get_form_class(self) -> type:
        return self.form_class

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> HttpResponse | None:
        clear_login(request)
        return None

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


sign_in = open_to_all(_AskForCode.as_view())
confirm_code = open_to_all(_TypeCode.as_view())
staff_sign_in = open_to_all(_StaffSignIn.as_view())
change_password = for_staff()(allauth_views.password_change)
confirm_password = for_staff()(allauth_views.reauthenticate)
account_inactive = open_to_all(allauth_views.account_inactive)


@open_to_all
@require_POST
def send_code_again(request: HttpRequest) -> HttpResponse:
    """Another code to the same number, under the same limits. The number stays in the session, never in an address."""
    stage = get_pending_stage(request)
    phone = stage.state.get("phone") if stage is not None else None
    if not phone:
        door = passthrough_next_redirect_url(request, reverse("sign_in"), "next")
        return HttpResponseRedirect(door, status=303)
    form = AskForCodeForm({"phone": phone})
    if form.is_valid():
        start_code(request, user=form._user, phone=phone)
        messages.success(request, _("又发了一条，请用最新的验证码。"))
    else:
        messages.warning(request, " ".join(form.errors["phone"]))
    code_page = passthrough_next_redirect_url(request, reverse("account_confirm_login_code"), "next")
    return HttpResponseRedirect(code_page, status=303)


@open_to_all
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends this session; also leaves a sign-in that waits for its code or second factor."""
    clear_login(request)
    logout(request)
    messages.success(request, _("已退出登录。"))
    return HttpResponseRedirect("/", status=303)


@for_residents
@require_POST
def sign_out_everywhere(request: SignedInRequest) -> HttpResponse:
    """Ends every session of this account, this one too: a lost phone, a shared tablet."""
    end_every_way_in(request.user)
    logout(request)
    messages.success(request, _("所有手机和电脑上都已退出。"))
    return HttpResponseRedirect(reverse("sign_in"), status=303)


@open_to_all
def sign_up_closed(request: HttpRequest) -> HttpResponse:
    """allauth knows an address for signing up; here the first code is the sign-up."""
    return HttpResponseRedirect(reverse("sign_in"))
