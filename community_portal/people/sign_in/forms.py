"""What is typed to come in: a phone number, a code, or a user name with a password."""

import re
import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, ConfirmLoginCodeForm, LoginForm, RequestLoginCodeForm
from allauth.account.forms import ReauthenticateForm as ReauthenticatePasswordForm
from allauth.core import context, ratelimit
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from community_portal.people.phones import half_width

RATE, TRIES = "request_login_code", "login_code"
TOO_OFTEN = "too_often"


class AskForCodeForm(RequestLoginCodeForm):
    """One field. The limits are asked before any row is made, so that nobody can fill our tables with numbers."""

    def clean_phone(self) -> str:
        phone = self.asked_for = self.cleaned_data["phone"]
        if not ratelimit.consume(context.request, action=RATE, key=phone):
            raise forms.ValidationError(
                _("一分钟内只能要一条，一天最多八条。请稍等再试，或打社区电话，我们帮您办。"), code=TOO_OFTEN
            )
        self._user = get_adapter().get_user_by_phone(phone)
        return phone


def hash_of_code(code: str) -> str:
    """What the session keeps of a code; useless to whoever reads sessions without our key."""
    return salted_hmac("people.sign_in_code", code, algorithm="sha256").hexdigest()


def read_code(typed: str) -> str:
    """The six digits in what was typed or pasted; empty when there are none, or more than one such number."""
    joined = re.sub(r"(?<=\d)[\s\-‐‑–—]+(?=\d)", "", half_width(typed))
    found = set(re.findall(r"(?<!\d)\d{6}(?!\d)", joined))
    return found.pop() if len(found) == 1 else ""


class CodeForm(ConfirmLoginCodeForm):
    """Six digits, however they are pasted: full-width, with blanks, hyphens or a full stop, or as the whole message."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = _("六位验证码")
        field.error_messages["required"] = _("请填短信里的六位数字。")
        field.max_length = 20
        field.widget.attrs = {
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "autofocus": "",
            "class": "code-digits",
        }

    def clean_code(self) -> str:
        digits = read_code(self.cleaned_data["code"])
        sent: Any = self.data  # type: ignore[has-type]
        self.data = sent = sent.copy()
        sent["code"] = ""  # a code that was wrong does not stand in the way of the next
        self.says_nothing = not digits  # costs no try
        if self.says_nothing:
            raise forms.ValidationError(self.fields["code"].error_messages["required"])
        self.cleaned_data["code"] = hash_of_code(digits)
        if not self.expected_code:
            raise get_adapter().validation_error("incorrect_code")
        session: Any = context.request.session
        if not ratelimit.consume(context.request, action=TRIES, key=f"{session.session_key}:{self.expected_code}"):
            raise get_adapter().validation_error("too_many_login_attempts")
        return super().clean_code()


class StaffSignInForm(LoginForm):
    """User name and password; a phone number is no user name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("用户名"),
            max_length=150,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": "", "autocapitalize": "none"}),
            error_messages={"required": _("请填用户名。")},
        )
        password = self.fields["password"]
        password.label, password.help_text = _("密码"), ""
        password.widget.attrs = {"autocomplete": "current-password"}
        password.error_messages["required"] = _("请填密码。")

    def _setup_password_field(self) -> None:
        """allauth takes the field away when sign-up asks no password; there is no sign-up here."""

    def user_credentials(self) -> dict[str, str]:
        return {"username": self.cleaned_data["login"], "password": self.cleaned_data["password"]}


class StaffPasswordForm(ChangePasswordForm):
    """The same three fields, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"oldpassword": _("现在的密码"), "password1": _("新密码"), "password2": _("再输一遍新密码")}
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["password1"].help_text = _("至少 10 个字，不要用常见密码。")

    def clean_password1(self) -> str:
        chosen: str = self.cleaned_data["password1"]
        if self.user.must_change_password and self.user.check_password(chosen):
            raise forms.ValidationError(_("请换一个新的，不要用这个一次性密码。"))
        return chosen


def _ask_six_digits(form: Any) -> None:
    """One field for the number of the app, in our words."""
    field = form.fields["code"]
    field.label = _("动态码")
    field.error_messages["required"] = _("请填六位数字。")
    field.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "text", "autofocus": ""}


class SecondFactorForm(AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_six_digits(self)
        self.fields["code"].label = _("动态码，或一个备用码")


class SecondFactorAgainForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_six_digits(self)


class BindAppForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_six_digits(self)
        # First the picture is scanned: on a phone, a field with the cursor would scroll it away.
        del self.fields["code"].widget.attrs["autofocus"]


class AddPasskeyForm(AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("名字")
        self.fields["name"].help_text = _("如：我的手机、办公室电脑")
        if "passwordless" in self.fields:
            self.fields["passwordless"].label = _("以后不填密码，直接用它登录")
            self.fields["passwordless"].help_text = ""


class RenamePasskeyForm(EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("名字")


class PasswordAgainForm(ReauthenticatePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label, self.fields["password"].help_text = _("密码"), ""
        self.fields["password"].widget.attrs = {"autocomplete": "current-password", "autofocus": ""}


def seconds_to_wait(asked_at: float) -> int:
    """How long until another code may be asked for: one a minute."""
    return max(0, round(60 - (time.time() - asked_at)))
