"""The messages that belong to no service: the code to sign in with, and what others did to one's account."""

import datetime as dt

from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from community_portal.outbox.actions import Recipient, queue_message
from community_portal.outbox.kinds import Kind, register_kinds
from community_portal.outbox.models import Channel
from community_portal.outbox.wake import wake_the_sweeper
from community_portal.people import telling
from community_portal.people.models import Membership, User
from community_portal.people.telling import register_teller
from community_portal.places.models import Community

CODE_LASTS = dt.timedelta(minutes=10)
LOGIN_CODE, PASSWORD_ISSUED = "login_code", "password_issued"
WORK_ACCOUNT = "work_account"

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
    Kind(
        WORK_ACCOUNT,
        _("开了工作账号"),
        _(
            "%(house)s把您安排为%(role)s，用这个号码开了工作账号，用户名 %(username)s。您自己办事的账号不受影响。不是您要的，请打%(phone)s。"
        ),
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


def tell_of_work_account(*, membership: Membership, community: Community, at: dt.datetime) -> None:
    """To the number of the account, day or night: whoever has it may know nothing of it."""
    user = membership.user
    with override(user.language):
        facts = {"house": str(community), "role": membership.get_role_display()}
    queue_message(
        WORK_ACCOUNT,
        to=Recipient(Channel.SMS, user.work_phone or "", user, None, user.language),
        at=at,
        dedupe=f"work_account:{membership.pk}",
        context={**facts, "username": user.username, "phone": community.phone},
        community_id=community.pk,
    )


register_teller(telling.WORK_ACCOUNT, tell_of_work_account)
