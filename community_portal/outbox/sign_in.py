"""Sending sign-in codes through the outbox; refused with a clear word when they could not arrive in time."""

import datetime as dt

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.outbox.models import Message
from community_portal.outbox.notices import LOGIN_CODE, queue_login_code
from community_portal.outbox.wake import redis_answers
from community_portal.people.models import User
from community_portal.people.sign_in.codes import PhoneAccounts


class PortalAccountAdapter(PhoneAccounts):
    """The account rules, with the outbox behind them."""

    def clean_phone(self, phone: str) -> str:
        """Also the place to refuse before anything is sent: here the sentence stands beside the field."""
        number = super().clean_phone(phone)
        if not redis_answers():
            raise forms.ValidationError(
                _("验证码暂时发不出去，请过几分钟再试，或打社区电话，我们帮您办。"), code="codes_unavailable"
            )
        an_hour_ago = clock.now() - dt.timedelta(hours=1)
        if Message.objects.filter(kind=LOGIN_CODE, created_at__gte=an_hour_ago).count() >= settings.SMS_CODES_PER_HOUR:
            raise forms.ValidationError(_("现在要验证码的人太多，请过一会儿再试，或打社区电话。"), code="spend_cap")
        return number

    def send_code(self, *, user: User, phone: str, code: str) -> None:
        queue_login_code(user=user, phone=phone, code=code, at=clock.now())
