"""What two files of one person say differently: each difference is shown before they are merged, and somebody chooses.

A blank is filled and lists are joined without asking; where both say something and not the same, nothing is decided in silence.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal.people.models import Consent, Contact, Delegation, DelegationScope, Purpose, Resident
from community_portal.people.register.idnumber import masked
from community_portal.people.register.queries import file_ids
from community_portal.refusals import Refusal
from community_portal.web.spoken import spoken_phone

KEPT, MERGED = "kept", "merged"
LONGEST_NOTE = 300


@dataclass(frozen=True)
class Difference:
    """One line of the preview: what both files say, and what the kept one will say. ``key`` names the choice (FIRST_NUMBER,
    ``phone_7``, ``agent_3``, ``consent_sms``, or a part of the file)."""

    label: Any
    kept: str
    merged: str
    becomes: str
    is_joined: bool = False
    key: str = ""
    usual: str = ""  # what stands chosen already

    @property
    def is_conflict(self) -> bool:
        """Both say something, and not the same: somebody has to choose."""
        return bool(self.kept and self.merged and self.kept != self.merged and not self.is_joined)

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(KEPT, self.kept), (MERGED, self.merged)]


@dataclass(frozen=True)
class Part:
    """Columns of a file that belong together, and what they say in words; empty words are a blank."""

    key: str
    label: Any
    columns: tuple[str, ...]
    words: Callable[[Resident], str]


FIRST_NUMBER = "first_number"


def _born(file: Resident) -> str:
    lunar = gettext("（农历）") if file.born_in_lunar else ""
    return f"{file.born_on}{lunar}" if file.born_on else ""


def _standing(file: Resident) -> str:
    if file.deceased_on:
        return gettext("去世 %(day)s") % {"day": file.deceased_on}
    return gettext("搬走 %(day)s") % {"day": file.moved_out_on} if file.moved_out_on else gettext("在册")


PARTS = (
    Part("name", _("姓名"), ("name",), lambda file: file.name),
    Part("sex", _("性别"), ("sex",), lambda file: file.get_sex_display() if file.sex else ""),
    Part("born_on", _("出生日期"), ("born_on", "born_in_lunar"), _born),
    Part(
        "id_number", _("证件号码"), ("id_number", "id_hash", "id_type"),
        lambda file: masked(file.id_number) if file.id_number else "",
    ),
    Part("id_type", _("证件类型"), ("id_type",), lambda file: file.get_id_type_display() if file.id_number else ""),
    Part("household", _("住址"), ("household_id",), lambda file: str(file.household or "")),
    Part("language", _("短信用的语言"), ("language",), lambda file: dict(settings.LANGUAGES).get(file.language, "")),
    Part("standing", _("在册情况"), ("deceased_on", "moved_out_on"), _standing),
)  # fmt: skip


def preview(kept: Resident, merged: Resident, *, sees_sensitive: bool) -> list[Difference]:
    """What merging would do, line by line; writes nothing."""
    lines = [
        *(_line(part.key, part.label, part.words(kept), part.words(merged)) for part in PARTS),
        _joined(_("备注"), _notes(kept), _notes(merged), between="；"),
        _joined(_("电话"), _phones(kept), _phones(merged)),
        *_numbers(kept, merged),
        _joined(_("可以代办的人"), [str(d.agent) for d in _live(kept)], [str(d.agent) for d in _live(merged)]),
        *_agents(kept, merged),
        *_consents(kept, merged),
    ]
    if sees_sensitive:
        lines.append(_joined(_("需要关照"), kept.care_labels, merged.care_labels))
    return lines


def to_choose(kept: Resident, merged: Resident) -> list[Difference]:
    """Where somebody has to say which of the two counts."""
    return [line for line in preview(kept, merged, sees_sensitive=False) if line.is_conflict]


def must_be_chosen(kept: Resident, merged: Resident, choices: Mapping[str, str]) -> None:
    """Raises Refusal beside the first difference that nobody has decided."""
    for line in to_choose(kept, merged):
        if choices.get(line.key, line.usual) not in (KEPT, MERGED):
            sentence = _("两份档案的%(what)s不一样，请选留哪一个。") % {"what": line.label}
            raise Refusal(sentence, code="not_chosen", field=f"choose_{line.key}")


def joined_note(kept: Resident, merged: Resident) -> str:
    """Both notes, one after the other; raises Refusal when they do not fit."""
    note = "；".join(dict.fromkeys([*_notes(kept), *_notes(merged)]))
    if len(note) > LONGEST_NOTE:
        raise Refusal(
            _("两份档案的备注合起来超过 %(n)s 个字，请先改短其中一份。") % {"n": LONGEST_NOTE}, code="notes_too_long"
        )
    return note


# ---- lines ----------------------------------------------------------------------------------------------------------
def _line(key: str, label: Any, kept: str, merged: str) -> Difference:
    becomes = kept or merged if not (kept and merged) or kept == merged else gettext("请在下面选")
    return Difference(label, kept, merged, becomes, key=key)


def _joined(label: Any, kept: list[str], merged: list[str], *, between: str = "") -> Difference:
    comma = between or gettext("、")
    return Difference(
        label, comma.join(kept), comma.join(merged), comma.join(dict.fromkeys([*kept, *merged])), is_joined=True
    )


def _notes(file: Resident) -> list[str]:
    return [file.note] if file.note else []


def _phones(file: Resident) -> list[str]:
    return [spoken_phone(contact.phone) for contact in file.contacts.all()]


def same_numbers(kept: Resident, merged: Resident) -> Iterator[tuple[Contact, Contact]]:
    """Numbers that stand on both files, as each has them."""
    mine = {contact.phone: contact for contact in kept.contacts.all()}
    yield from ((mine[theirs.phone], theirs) for theirs in merged.contacts.all() if theirs.phone in mine)


def first_number(file: Resident) -> Contact | None:
    return next((contact for contact in file.contacts.all() if contact.is_primary), None)


def _numbers(kept: Resident, merged: Resident) -> Iterator[Difference]:
    """Which number is rung first; of a number on both files whose it is, and whether it takes messages."""
    first, other = first_number(kept), first_number(merged)
    if first and other and first.phone != other.phone:
        line = _line(FIRST_NUMBER, _("先打哪个电话"), spoken_phone(first.phone), spoken_phone(other.phone))
        yield replace(line, usual=KEPT)
    for mine, theirs in same_numbers(kept, merged):
        yield from _if_other(
            f"phone_{theirs.pk}", spoken_phone(mine.phone), _words_of_number(mine), _words_of_number(theirs)
        )


def _words_of_number(contact: Contact) -> str:
    whose = f"{contact.owner}{contact.relation and f'（{contact.relation}）'}" if contact.owner else gettext("本人的")
    takes = gettext("收短信") if contact.wants_messages else gettext("不收短信")
    return f"{whose}，{takes}"


def _live(file: Resident) -> list[Delegation]:
    return list(file.delegations.filter(revoked_at__isnull=True).select_related("agent").order_by("pk"))


def same_agents(kept: Resident, merged: Resident) -> Iterator[tuple[Delegation, Delegation]]:
    """Who may act for both files, and how far for each."""
    mine = {delegation.agent_id: delegation for delegation in _live(kept)}
    yield from ((mine[theirs.agent_id], theirs) for theirs in _live(merged) if theirs.agent_id in mine)


def _agents(kept: Resident, merged: Resident) -> Iterator[Difference]:
    for mine, theirs in same_agents(kept, merged):
        yield from _if_other(
            f"agent_{mine.agent_id}",
            gettext("%(name)s可以代办什么") % {"name": mine.agent},
            _words_of_delegation(mine),
            _words_of_delegation(theirs),
        )


def _words_of_delegation(delegation: Delegation) -> str:
    scopes = gettext("、").join(
        str(DelegationScope(scope).label) for scope in DelegationScope.values if scope in delegation.scopes
    )
    until = gettext("到 %(day)s") % {"day": delegation.ends_on} if delegation.ends_on else gettext("一直有效")
    return f"{delegation.relation}：{scopes}，{until}"


def _consents(kept: Resident, merged: Resident) -> Iterator[Difference]:
    """What either file agreed to or refused; nothing where neither was asked."""
    said = [_said(kept), _said(merged)]
    for purpose in Purpose:
        mine, theirs = (one.get(purpose.value) for one in said)
        if mine is not None or theirs is not None:
            yield _line(f"consent_{purpose.value}", purpose.label, _words_of_consent(mine), _words_of_consent(theirs))


def _said(file: Resident) -> dict[str, bool]:
    """By purpose: agrees, or does not."""
    found: dict[str, bool] = {}
    for purpose, withdrawn in Consent.objects.filter(resident__in=file_ids(file)).values_list(
        "purpose", "withdrawn_at"
    ):
        found[purpose] = found.get(purpose, False) or withdrawn is None
    return found


def _words_of_consent(agrees: bool | None) -> str:
    return "" if agrees is None else gettext("同意") if agrees else gettext("不同意")


def refused_purposes(kept: Resident, merged: Resident, choices: Mapping[str, str]) -> Iterable[str]:
    """Purposes to which one file agreed and the other did not, where the refusal counts."""
    mine, theirs = _said(kept), _said(merged)
    for purpose in mine.keys() & theirs.keys():
        chosen = mine if choices.get(f"consent_{purpose}") == KEPT else theirs
        if mine[purpose] != theirs[purpose] and not chosen[purpose]:
            yield purpose


def _if_other(key: str, label: Any, kept: str, merged: str) -> Iterator[Difference]:
    if kept != merged:
        yield _line(key, label, kept, merged)
