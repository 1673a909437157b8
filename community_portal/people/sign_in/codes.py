"""How people come in: residents by phone and one-time code, staff by user name and password.

An unknown number gets an account row and a code like any other, so nobody can ask which numbers we know; rows that were
never confirmed go with the nightly sweep. Sending stands one floor up (outbox/sign_in.py).
"""

import unicodedata
import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.internal.stagekit import clear_login
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.models import STAFF, User
from community_portal.people.own_account.language import keep_language_of_sign_in
from community_portal.people.own_account.linking import likely_file
from community_portal.people.phones import read_mobile
from community_portal.refusals import Refusal
from community_portal.web.navigation import first_page


class MobileField(forms.CharField):
    """A number to which a code can be sent, as E.164. Whatever forbids sending now is said here, beside the field."""

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        return get_adapter().clean_phone(typed) if typed else typed


class PhoneAccounts(DefaultAccountAdapter):
    """allauth's questions, answered from our accounts."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _("试的次数太多了。请过一会儿再来，或打社区电话，我们帮您办。"),
        "rate_limited": _("试得太勤了。请稍等再试，或打社区电话。"),
        "incorrect_code": _("验证码不对，请看清最新的一条短信。"),
        "username_password_mismatch": _("用户名或密码不对。"),
        "incorrect_password": _("密码不对。"),
        "enter_current_password": _("现在的密码不对。"),
    }

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """By the name alone: who asks at another address or port, or writes it otherwise, does not begin to count anew."""
        return unicodedata.normalize("NFKC", str(credentials.get("username", ""))).casefold()

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def phone_form_field(self, **kwargs: Any) -> forms.CharField:
        widget = forms.TextInput(
            attrs={"type": "tel", "autocomplete": "tel-national", "inputmode": "tel", "autofocus": ""}
        )
        return MobileField(
            label=_("手机号"),
            max_length=30,
            widget=widget,
            error_messages={"required": _("请填手机号，11 位数字。")},
            **kwargs,
        )

    def clean_phone(self, phone: str) -> str:
        try:
            return read_mobile(phone)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence, code=refusal.code) from refusal

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified_at is not None) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone = phone
        user.phone_verified_at = clock.now() if verified else None
        user.save(update_fields=["phone", "phone_verified_at"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        """The account that gets the code. None, and a page that looks the same, for a disabled account and for staff:
        a code alone would lead them past password and second factor."""
        try:
            user = account_for_phone(read_mobile(phone))
        except Refusal:
            return None
        return user if user.may_come_in and not user.is_portal_staff else None

    def set_password(self, user: User, password: str) -> None:
        """Chosen by its owner: a one-time password has done its duty."""
        user.must_change_password = False
        super().set_password(user, password)

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        self.send_code(user=user, phone=phone, code=code)

    def send_code(self, *, user: User, phone: str, code: str) -> None:
        """Hands the code to whatever sends messages; the floor above overrides this."""
        raise NotImplementedError

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """Only a disabled account and staff come here: it looks as if a code were on its way."""

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """The last gate, whatever opened the others: a passkey, a code asked for before."""
        if user.may_come_in:
            return None
        clear_login(request)
        return self.respond_user_inactive(request, user)

    def login(self, request: HttpRequest, user: Any) -> None:
        keep_language_of_sign_in(request, user)
        super().login(request, user)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return landing_for(request.user)


def account_for_phone(phone: str) -> User:
    """The account of a mobile number (E.164), made when there is none. Its name says nothing of the number.

    Made in a demonstration, where everybody reads every code, it proves nothing about the number and stays there.
    """
    made = {"username": f"r-{uuid.uuid4().hex[:20]}", "password": make_password(None), "is_demo": settings.PORTAL_DEMO}
    user, _made = User.objects.get_or_create(phone=phone, defaults=made)
    return user


def landing_for(user: Any) -> str:
    """Where somebody starts: staff where their day is, a resident at home or with the question "is this your file?"."""
    if user.is_portal_staff:
        return reverse(first_page(user.roles & STAFF or user.roles))
    return reverse("link_my_file") if likely_file(user) else reverse("home")
