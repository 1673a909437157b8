"""What somebody settles about themselves: their name, who may act for them, whether they want messages."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from rest_framework.authtoken.models import Token

from community_portal.people.actions import grant_delegation
from community_portal.people.links import calendar_hash_of, new_token
from community_portal.people.models import CalendarLink, Contact, Delegation, User
from community_portal.people.sign_in.codes import account_for_phone
from community_portal.people.wording import read_name
from community_portal.refusals import NotAllowed, Refusal


@transaction.atomic
def let_family_act(
    user: User, *, phone: str, relation: str, scopes: list[str], ends_on: dt.date | None, at: dt.datetime
) -> Delegation:
    """``user`` lets the account of ``phone`` (E.164) act for their own file; the account is made when there is none."""
    if user.resident is None:
        raise NotAllowed(_("先要有您自己的档案，才能委托家人。"))
    if phone == user.phone:
        raise Refusal(_("这是您自己的手机号，请填家人的。"), code="delegates_to_himself", field="phone")
    return grant_delegation(
        principal=user.resident,
        agent=account_for_phone(phone),
        relation=relation,
        scopes=scopes,
        proof=_("本人在手机上授权"),
        ends_on=ends_on,
        by=user,
        at=at,
    )


@transaction.atomic
def rename_account(user: User, *, name: str) -> None:
    """How the pages greet somebody who has no file yet; with a file, the file's name counts."""
    if user.resident_id:
        raise Refusal(_("姓名以档案为准，要改请找社区。"), code="name_is_on_file", field="name")
    User.objects.filter(pk=user.pk).update(name=read_name(name))


@transaction.atomic
def want_messages(contact: Contact, *, wanted: bool, by: User) -> None:
    """Text messages to a number of one's own file, on or off."""
    if by.resident_id != contact.resident_id:
        raise NotAllowed(_("只能改您自己档案里的号码。"))
    Contact.objects.filter(pk=contact.pk).update(wants_messages=wanted)
    contact.wants_messages = wanted


@transaction.atomic
def renew_calendar_link(user: User, *, at: dt.datetime) -> str:
    """A new address for the account's calendar; the one before is dead. Answers its token, which is known only here."""
    token = new_token()
    CalendarLink.objects.update_or_create(user=user, defaults={"link_hash": calendar_hash_of(token), "made_at": at})
    return token


@transaction.atomic
def end_calendar_link(user: User) -> None:
    """The address is dead, and there is no other."""
    CalendarLink.objects.filter(user=user).delete()


def end_every_way_in(user: User) -> None:
    """Sessions, API token and calendar address: a lost phone, a password somebody else may know."""
    User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1)
    user.refresh_from_db(fields=["session_round"])
    Token.objects.filter(user=user).delete()
    CalendarLink.objects.filter(user=user).delete()
