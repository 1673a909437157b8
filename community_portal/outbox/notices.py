"""The one message that belongs to no service: the code to sign in with."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from community_portal.outbox.actions import Recipient, queue_message
from community_portal.outbox.kinds import Kind, register_kinds
from community_portal.outbox.models import Channel
from community_portal.outbox.wake import wake_the_sweeper
from community_portal.people.models import User

CODE_LASTS = dt.timedelta(minutes=10)
LOGIN_CODE = "login_code"

register_kinds(
    Kind(LOGIN_CODE, _("登录验证码"), _("您的验证码是 %(code)s，10 分钟内有效。不要告诉别人。"), is_urgent=True),
)


def queue_login_code(*, user: User, phone: str, code: str, at: dt.datetime) -> None:
    """A code goes out at once, day or night, and is worthless after ten minutes."""
    queue_message(
        LOGIN_CODE,
        to=Recipient(Channel.SMS, phone, user, None, user.language),
        at=at,
        dedupe=f"code:{user.pk}:{at.timestamp():.6f}",
        context={"code": code},
        expires_at=at + CODE_LASTS,
    )
    wake_the_sweeper()
