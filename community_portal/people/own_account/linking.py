"""Tying an account to a file of the register. Elders share phones, so a phone alone never does it."""

import datetime as dt
import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from community_portal.people.models import Resident, User
from community_portal.people.own_account.language import keep_language
from community_portal.refusals import NotAllowed

DATE = re.compile(r"^\s*([0-9]{4})[^0-9]+([0-9]{1,2})[^0-9]+([0-9]{1,2})[^0-9]*$")
DOES_NOT_FIT = _("没有对上。请再核对一遍，或带身份证到会客厅，我们当面帮您绑定。")


def likely_file(user: Any) -> Resident | None:
    """The one unclaimed file that has this account's phone as its own; None when there are several or none."""
    if user.resident_id or not user.phone or not user.phone_verified_at:
        return None
    found = Resident.objects.current().filter(
        contacts__phone=user.phone, contacts__owner="", deceased_on__isnull=True, account__isnull=True
    )[:2]
    return found[0] if len(found) == 1 else None


@transaction.atomic
def link_account(user: User, resident: Resident, *, proof: str, at: dt.datetime) -> None:
    """Ties ``user`` to ``resident`` when the file has their phone as its own and the proof fits: the birth date as eight
    digits (19530308) or the last four of the ID number.

    Raises NotAllowed in the same words whatever was wrong, so that nobody learns anything by trying.
    """
    resident = Resident.objects.select_for_update(no_key=True).get(pk=resident.pk)  # it may be merged at this moment
    if not proves(user, resident, proof) or resident.merged_into_id:
        raise NotAllowed(DOES_NOT_FIT)
    try:
        with transaction.atomic():
            linked = User.objects.filter(pk=user.pk, resident__isnull=True).update(
                resident=resident, name=resident.name, community=resident.community
            )
    except IntegrityError as error:
        raise NotAllowed(DOES_NOT_FIT) from error
    if not linked:
        raise NotAllowed(DOES_NOT_FIT)
    user.refresh_from_db()
    keep_language(user, user.language)


def proves(user: User, resident: Resident, proof: str) -> bool:
    """Whether the account's number is this person's own, and ``proof`` what only they should know."""
    has_phone = bool(user.phone and user.phone_verified_at)
    return (
        has_phone
        and _tidy(proof) in _answers(resident)
        and resident.contacts.filter(phone=user.phone, owner="").exists()
    )


def _answers(resident: Resident) -> set[str]:
    answers = {resident.born_on.strftime("%Y%m%d")} if resident.born_on else set()
    if resident.id_number:
        answers.add(resident.id_number[-4:].upper())
    return answers


def _tidy(proof: str) -> str:
    """Full-width digits become ASCII; a date is read as people write it (1953.3.8, 1953年3月8日), separators go."""
    ascii_only = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in proof)
    parts = DATE.match(ascii_only)
    if parts:
        return f"{parts[1]}{int(parts[2]):02d}{int(parts[3]):02d}"
    return "".join(c for c in ascii_only if c.isalnum() and c.isascii()).upper()
