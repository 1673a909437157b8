"""The messages that belong to no service: the code to sign in with, and that somebody set a password for one."""

import datetime as dt

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from community_portal.outbox.actions import Recipient, queue_message
from community_portal.outbox.kinds import Kind, register_kinds
from community_portal.outbox.models import Channel
from community_portal.outbox.wake import wake_the_sweeper
from community_portal.people.models import User

CODE_LASTS = dt.timedelta(minutes=10)
LOGIN_CODE, PASSWORD_ISSUED = "login_code", "password_issued"

register_kinds(
    Kind(
        LOGIN_CODE,
        _("登录验证码"),
        _("您的验证码是 %(code)s，10 分钟内有效。不要告诉别人。"),
        is_urgent=True,
        is_secret=True,
    ),
    Kind(
        PASSWORD_ISSUED,
        _("设了一次性密码"),
        _("%(when)s %(who)s 给您的工作账号设了一次性密码，登录后要马上改掉。不是您要的，请立刻告诉他（她）。"),
        for_staff=True,
        is_urgent=True,
    ),
)


def queue_login_code(*, user: User, phone: str, code: str, at: dt.datetime) -> None:
    """A code goes out at once, day or night, in the language of the page that asked, and is worthless after ten minutes."""
    queue_message(
        LOGIN_CODE,
        to=Recipient(Channel.SMS, phone, user, None, get_language() or user.language),
        at=at,
        dedupe=f"code:{user.pk}:{at.timestamp():.6f}",
        context={"code": code},
        expires_at=at + CODE_LASTS,
    )
    wake_the_sweeper()
