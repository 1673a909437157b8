"""What residents agree to, in plain words with a version; giving it, taking it back, and what follows for messages."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import BoolAnd
from django.db import IntegrityError, transaction
from django.db.models import BooleanField, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community_portal.composed import Composed, Later
from community_portal.people.authority import staff_authority
from community_portal.people.models import (
    ASKED_AT_INTAKE,
    Consent,
    ConsentChannel,
    Contact,
    Purpose,
    Resident,
    User,
)
from community_portal.people.phones import MOBILE
from community_portal.refusals import Changed, Refusal


@dataclass(frozen=True)
class Wording:
    """``version`` changes with the words, so that everybody knows what was agreed to."""

    version: str
    words: str | Promise


WORDINGS: dict[str, Wording] = {
    Purpose.SMS: Wording(
        "2026-11", _("我们用您的手机号发预约、上门和办理进度的短信。不同意也照样办事，只是要自己来问。")
    ),
    Purpose.HEALTH: Wording(
        "2026-11",
        _(
            "我们记下身体怎样、家里有什么难处，只给上门和决定怎么帮的人看，用来安排照顾。不同意请说一声，工作人员把记下的划掉；急事照样帮。"
        ),
    ),
    Purpose.PHOTOS: Wording("2026-11", _("上门核实时拍家里的照片，只放在这一件事的档案里。不同意就用文字写。")),
    Purpose.PASS_ON: Wording(
        "2026-11",
        _("把您的姓名、地址、电话和需要帮的事告诉上门的评估、施工或护理机构。不同意，这些机构就没法联系您。"),
    ),
    Purpose.ASSESS: Wording(
        "2026-11",
        _(
            "评估机构的人上门，问日常起居能不能自己来，看家里哪里不方便，把结果写成报告交给街道和社区，用来定怎么帮。不同意就不评估，要评估才能申请的改造和护理也就办不了。"
        ),
    ),
    Purpose.DEVICE: Wording(
        "2026-11",
        _(
            "家里装的呼叫按钮、感应灯等设备，把报警、电量和有没有动静发给值班台和护理机构，用来及时来人。不同意就不装；装了也可以随时请我们拆走。"
        ),
    ),
    Purpose.MINOR_PHOTO: Wording(
        "2026-11",
        _("活动和宣传的照片里有您的孩子。由监护人决定；不同意就不用这张照片，或者把脸遮住，孩子照样参加。"),
    ),
    Purpose.QUOTE: Wording(
        "2026-11", _("在简报里引用您说的一句话，默认不写真名。用哪一句先给您看；不同意就不引用，别的都不受影响。")
    ),
}


@dataclass(frozen=True)
class Standing:
    """One purpose as it stands for a resident: ``live`` is the consent in force, ``past`` what was withdrawn."""

    purpose: str
    label: str | Promise
    wording: Wording
    live: Consent | None
    past: list[Consent]

    @property
    def is_outdated(self) -> bool:
        """Agreed to an earlier text."""
        return self.live is not None and self.live.text_version != self.wording.version

    @property
    def is_to_ask(self) -> bool:
        """Never asked what everybody is asked, or agreed to an earlier text; who said no is not asked again and again."""
        is_new = not (self.live or self.past) and self.purpose in ASKED_AT_INTAKE
        return self.is_outdated or is_new


def standings_of(resident: Resident) -> list[Standing]:
    """Every purpose in order; one query."""
    rows = list(Consent.objects.filter(_on_file(resident)).select_related("given_by", "withdrawn_by"))
    found = []
    for purpose in Purpose:
        mine = [row for row in rows if row.purpose == purpose]
        live = next((row for row in mine if row.withdrawn_at is None), None)
        found.append(
            Standing(purpose.value, purpose.label, WORDINGS[purpose], live, [r for r in mine if r is not live])
        )
    return found


def _on_file(resident: Any, prefix: str = "resident") -> Q:
    """Also what was said on a file that was merged into this one."""
    return Q(**{prefix: resident}) | Q(**{f"{prefix}__merged_into": resident})


@transaction.atomic
def give_consent(resident: Resident, *, purpose: str, version: str, channel: str, by: User, at: dt.datetime) -> Consent:
    """Consent to one purpose under the text of ``version``, given by the person or written down by staff who heard it.

    Given again under the same text it changes nothing; under a new one the old consent ends. Raises Changed for an old text.
    """
    if by.resident_id != resident.pk:
        staff_authority(by, community_id=resident.community_id)
    if purpose not in Purpose.values:
        raise Refusal(_("没有这一项。"), code="unknown_purpose", field="purpose")
    if channel not in ConsentChannel.values:
        raise Refusal(_("请选是怎么同意的。"), code="unknown_channel", field="channel")
    if version != WORDINGS[purpose].version:
        raise Changed(_("这一项的说明改过了，请看过新的再决定。"))
    live = Consent.objects.select_for_update().filter(resident=resident, purpose=purpose, withdrawn_at__isnull=True)
    known = live.first()
    if known is not None and known.text_version == version:
        return known
    live.update(withdrawn_at=at, withdrawn_by=by)
    try:
        with transaction.atomic():
            return Consent.objects.create(
                resident=resident, purpose=purpose, text_version=version, channel=channel, given_by=by, given_at=at
            )
    except IntegrityError:  # the same click, a moment earlier
        return Consent.objects.get(resident=resident, purpose=purpose, withdrawn_at__isnull=True)


@transaction.atomic
def withdraw_consent(resident: Resident, *, purpose: str, by: User, at: dt.datetime) -> None:
    """Takes a consent back, as easily as it was given; what was done until now stays lawful.

    Who never gave it may refuse all the same: a row that was withdrawn at once says so.
    """
    if by.resident_id != resident.pk:
        staff_authority(by, community_id=resident.community_id)
    if purpose not in Purpose.values:
        raise Refusal(_("没有这一项。"), code="unknown_purpose", field="purpose")
    rows = Consent.objects.filter(_on_file(resident), purpose=purpose)
    if rows.filter(withdrawn_at__isnull=True).update(withdrawn_at=at, withdrawn_by=by) or rows.exists():
        return
    Consent.objects.create(
        resident=resident,
        purpose=purpose,
        text_version=WORDINGS[purpose].version,
        channel=ConsentChannel.SELF if by.resident_id == resident.pk else ConsentChannel.DESK,
        given_by=None,
        given_at=at,
        withdrawn_by=by,
        withdrawn_at=at,
    )


def numbers_for_messages(resident: Resident) -> list[str]:
    """Mobile numbers that take messages, the first to use first; none when consent to text messages was withdrawn."""
    return [contact.phone for contact in _MOBILES(resident=resident.pk)]


def _mobiles() -> QuerySet[Contact]:
    files = Resident.objects.filter(Q(pk=Later("resident")) | Q(merged_into=Later("resident"))).values("pk")
    said = Consent.objects.filter(resident__in=files, purpose=Purpose.SMS).order_by().values("purpose")
    refused = said.annotate(all=BoolAnd(Q(withdrawn_at__isnull=False))).values("all")  # no row: nothing was said
    return (
        Contact.objects.filter(resident=Later("resident"), wants_messages=True, phone__regex=MOBILE)
        .exclude(Coalesce(Subquery(refused, BooleanField()), False))
        .order_by("-is_primary", "id")
    )


_MOBILES = Composed(_mobiles)
