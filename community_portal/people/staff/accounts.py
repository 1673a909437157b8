"""Accounts for work. Each is one of its own, with a user name: what somebody is as a resident is nobody's to hand out.

So a telephone number never leads to the account that signs in by it, and a number that we know looks like one that we do not.
"""

import datetime as dt
import re
import secrets
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.people.models import AccountLog, Membership, User
from community_portal.people.phones import half_width, read_mobile
from community_portal.people.register.search_keys import name_pinyin
from community_portal.people.staff.memberships import appoint
from community_portal.people.telling import WORK_ACCOUNT, tell
from community_portal.people.wording import read_name
from community_portal.places.models import Community
from community_portal.refusals import Refusal

LIKE_A_NUMBER = re.compile(r"[+0-9][0-9\s()（）-]{5,}")


@transaction.atomic
def employ(
    community: Community, *, who: str, role: str, by: User, at: dt.datetime, name: str = "", **post: Any
) -> Membership:
    """Appoints the work account of a user name, or of a mobile number: that one is made when there is none, with ``name``.

    Whoever has the number is told by SMS. ``post``: grid, starts_on, ends_on; raises Refusal as ``appoint`` does.
    """
    user = (
        find_account(who) if not is_number(who) else _work_account_of(who, name=name, community=community, by=by, at=at)
    )
    membership = appoint(community, user=user, role=role, by=by, at=at, **post)
    if user.work_phone:
        tell(WORK_ACCOUNT, membership=membership, community=community, at=at)
    return membership


def is_number(text: str) -> bool:
    """Typed as one calls somebody, not as one signs in."""
    return LIKE_A_NUMBER.fullmatch(half_width(text.strip())) is not None


def find_account(text: str) -> User:
    """The work account of this user name; raises Refusal (field ``who``), for residents' accounts in the same words."""
    user = User.objects.filter(username=text.strip(), is_active=True).first()
    if user is None or user.is_personal:
        raise Refusal(
            _("没有这个工作账号。请核对用户名；新同事请填手机号，会另开一个工作账号。"),
            code="no_such_account",
            field="who",
        )
    return user


def _work_account_of(number: str, *, name: str, community: Community, by: User, at: dt.datetime) -> User:
    try:
        phone = read_mobile(number)
    except Refusal as refusal:
        raise Refusal(refusal.sentence, code=refusal.code, field="who") from refusal
    called = read_name(name) if name.strip() else ""
    fresh = {"username": _free_username(called, community), "name": called, "password": make_password(None)}
    user, is_made = User.objects.get_or_create(work_phone=phone, defaults=fresh)
    if not user.is_active:
        raise Refusal(_("这个工作账号已停用，请管理员来办。"), code="account_disabled", field="who")
    if is_made:
        AccountLog.objects.create(account=user, what="work_account_opened", by=by, at=at)
    return user


def _free_username(name: str, community: Community) -> str:
    """liling482: to be said on the telephone, and not to be guessed from the name."""
    stem = "".join(name_pinyin(name))[:20] or community.code.lower()
    while User.objects.filter(username=(found := f"{stem}{secrets.randbelow(900) + 100}")).exists():
        pass
    return found
