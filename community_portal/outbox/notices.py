"""The messages that belong to no service: the code to sign in with, and what others did to one's account."""

import datetime as dt
from typing import Any

from django.utils.translation import get_language, gettext, gettext_noop, override
from django.utils.translation import gettext_lazy as _

from community_portal.outbox.actions import Recipient, queue_message
from community_portal.outbox.kinds import Kind, register_kinds
from community_portal.outbox.models import Channel, Message
from community_portal.outbox.wake import wake_the_sweeper
from community_portal.people import telling
from community_portal.people.models import FileMerge, Membership, Resident, User
from community_portal.people.phones import masked
from community_portal.people.register.accounts_of_merge import Onlooker
from community_portal.people.telling import register_teller
from community_portal.places.models import Community

CODE_LASTS = dt.timedelta(minutes=10)
LOGIN_CODE, PASSWORD_ISSUED = "login_code", "password_issued"
WORK_ACCOUNT, FILES_MERGED, FILE_PARTED = "work_account", "files_merged", "file_parted"


def undone_since(message: Message, at: dt.datetime) -> str:
    """The two files are apart again."""
    undone = FileMerge.objects.filter(pk=message.subject.partition(":")[2], undone_at__isnull=False).exists()
    return gettext_noop("合并已撤销") if undone else ""


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
    Kind(
        FILES_MERGED,
        _("合并了档案"),
        _("%(house)s把您的档案和另一份合成了一份。%(who)s不对的话，请打%(phone)s。"),
        undone_since,
    ),
    Kind(
        FILE_PARTED,
        _("账号和档案分开了"),
        _(
            "%(house)s合并了您自己开的档案，还没有核对是您本人，您的账号先和它分开。请带身份证到会客厅，我们当面帮您绑定。"
        ),
        undone_since,
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


def tell_of_merge(
    *, merge: FileMerge, numbers: list[tuple[Resident, str]], come: list[Onlooker], leave: list[Onlooker]
) -> None:
    """The files' own numbers hear which account sees them now; an account that parted hears how it comes back."""
    community = merge.kept.community
    about: dict[str, Any] = {"at": merge.at, "subject": f"merge:{merge.pk}", "community_id": community.pk}
    for file, number in numbers:
        with override(file.language):
            others = [masked(one.account.phone) for one in come if one.account.phone and one.account.phone != number]
            seen = (
                gettext("用手机号 %(phones)s 登录能看到它。") % {"phones": gettext("、").join(others)} if others else ""
            )
            context = {"house": str(community), "phone": community.phone, "who": seen}
        to = Recipient(Channel.SMS, number, None, file, file.language)
        queue_message(FILES_MERGED, to=to, dedupe=f"files_merged:{merge.pk}", context=context, **about)
    for one in leave:
        with override(one.account.language):
            context = {"house": str(community)}
        to = Recipient(Channel.SCREEN, "", one.account, None, one.account.language)
        queue_message(FILE_PARTED, to=to, dedupe=f"file_parted:{merge.pk}", context=context, **about)


register_teller(telling.WORK_ACCOUNT, tell_of_work_account)
register_teller(telling.FILES_MERGED, tell_of_merge)
