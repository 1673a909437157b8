"""Which accounts would see more when two files become one, and what they must show for it.

Anybody may open a file in anybody's name on a phone. Merged with the file that the house keeps of that person, the account
behind it would read and act as that person. So it comes along only with the proof that tying an account asks, or because staff
saw who it is and wrote down how. Otherwise it parts from its file, and may tie itself again with that proof.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from community_portal.people.models import Contact, Delegation, Resident, User
from community_portal.people.own_account.linking import proves
from community_portal.people.wording import read_text
from community_portal.refusals import Refusal
from community_portal.web.spoken import spoken_phone

SHORTEST_STATEMENT = 4
ANSWERED = gettext_noop("账号的主人说对了出生日期或证件后四位，手机号也在档案上")


@dataclass(frozen=True)
class Onlooker:
    """The account behind one of the files: ``own`` is that file, ``gains`` the one that it would see besides."""

    account: User
    own: Resident
    gains: Resident

    @property
    def opened_it_itself(self) -> bool:
        """Nobody has ever compared its file with a person."""
        return self.own.registered_by_id == self.account.pk

    @property
    def must_prove(self) -> bool:
        """What tied it to its own file speaks for the other too, unless the files themselves speak against it."""
        return self.opened_it_itself or self.own.name != self.gains.name or _born_apart(self.own, self.gains)

    @property
    def label(self) -> str:
        phone = spoken_phone(self.account.phone) if self.account.phone else self.account.username
        return f"{phone} {self.account.name}".strip()


def _born_apart(one: Resident, other: Resident) -> bool:
    return bool(one.born_on and other.born_on and one.born_on != other.born_on)


def onlookers(kept: Resident, merged: Resident) -> list[Onlooker]:
    """The accounts of both files, that of the kept one first."""
    found = {user.resident_id: user for user in User.objects.filter(resident__in=[kept.pk, merged.pk])}
    pairs = ((kept, merged), (merged, kept))
    return [Onlooker(found[own.pk], own, gains) for own, gains in pairs if own.pk in found]


def how_known(found: list[Onlooker], *, proof: str, statement: str) -> str:
    """What speaks for these accounts, to be kept: the words of staff, or that the answer was right; empty for nothing.

    Raises Refusal beside ``statement`` or ``proof`` for one that says nothing or does not fit.
    """
    words = read_text(statement, field="statement", longest=200)
    if words and len(words) < SHORTEST_STATEMENT:
        sentence = _("请写清楚看到了什么，如：本人到场，看了身份证原件。")
        raise Refusal(sentence, code="says_nothing", field="statement")
    if words or not proof.strip():
        return words
    if not any(proves(one.account, one.gains, proof) for one in found):
        sentence = _("没有对上：手机号要在另一份档案上，出生日期或证件后四位要和那份一样。")
        raise Refusal(sentence, code="does_not_fit", field="proof")
    return ANSWERED


def part(one: Onlooker, *, kept: Resident, at: dt.datetime) -> dict[str, Any]:
    """The account has no file any more, whom it let act for it no longer may, and its number is not the kept file's. Answers
    what ``bring_back`` needs."""
    given = Delegation.objects.filter(principal=one.own, created_by=one.account, revoked_at__isnull=True)
    delegations = list(given.values_list("pk", flat=True))
    Delegation.objects.filter(pk__in=delegations).update(revoked_at=at)
    User.objects.filter(pk=one.account.pk).update(resident=None)
    number = _take_number_off(kept, one.account.phone) if one.own.pk == kept.pk else None
    return {"account": one.account.pk, "file": one.own.pk, "delegations": delegations, "number": number}


def _take_number_off(kept: Resident, phone: str | None) -> dict[str, Any] | None:
    row = Contact.objects.filter(resident=kept, phone=phone or "", owner="").first()
    if row is None:
        return None
    row.delete()
    return {"phone": row.phone, "is_primary": row.is_primary, "wants_messages": row.wants_messages}


def name_first_number(kept: Resident) -> None:
    """A file with numbers has one that is rung first."""
    first = kept.contacts.order_by("id").first()
    if first and not kept.contacts.filter(is_primary=True).exists():
        Contact.objects.filter(pk=first.pk).update(is_primary=True)


def bring_back(parted: Iterable[dict[str, Any]], *, kept: Resident, at: dt.datetime) -> None:
    """When a merge is taken back: file, delegations and number return, as far as nothing else has taken their place."""
    for one in parted:
        if not User.objects.filter(resident=one["file"]).exists():
            User.objects.filter(pk=one["account"], resident__isnull=True).update(resident=one["file"])
        _let_act_again(one["delegations"], one["file"], at)
        number = one["number"]
        if number and not kept.contacts.filter(phone=number["phone"]).exists():
            if number["is_primary"]:
                kept.contacts.update(is_primary=False)
            Contact.objects.create(resident=kept, **number)


def _let_act_again(ids: list[int], file: int, merged_at: dt.datetime) -> None:
    agents = Delegation.objects.filter(principal=file, revoked_at__isnull=True).values("agent")
    ended_by_merge = Delegation.objects.filter(pk__in=ids, revoked_at=merged_at).exclude(agent__in=list(agents))
    ended_by_merge.update(revoked_at=None)
