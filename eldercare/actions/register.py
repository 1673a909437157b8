"""The register of elders: a profile beside the file of a resident, how often somebody looks in, whom to ring, who was there."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.captured import done_at, was_offline
from community_portal.casework.uploads import ReadFile
from community_portal.dues.actions import put_turns, settle_dues
from community_portal.people.models import Resident, Role, User
from community_portal.people.phones import read_phone
from community_portal.people.register.queries import age_of
from community_portal.people.wording import read_name, read_text
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.rules.evaluation import evaluate
from eldercare.dues import WELFARE_VISIT, terms_on, to_visit
from eldercare.models import Disability, ElderProfile, FamilyContact, Hardship, Living, Tier, WelfareVisit

TIERS = "elder_tiers"
KEEPERS = (Role.ELDERCARE, Role.GRID_OFFICER, Role.MANAGER)
VISITORS = (Role.ELDERCARE, Role.GRID_OFFICER, Role.MANAGER, Role.RECEPTIONIST)
YOUNGEST = 60
MOST_CONTACTS = 6
# What may be said about an elder by whoever keeps the register.
FIELDS = (
    "hardship", "hardship_proof", "hardship_valid_until", "disability", "disability_level", "disability_certificate",
    "living", "general_practitioner", "allergies",
)  # fmt: skip


@dataclass(frozen=True)
class Contact:
    """Somebody to ring."""

    name: str
    relation: str
    phone: str
    is_guardian: bool = False


def _must_keep(by: User | None, resident: Resident) -> None:
    if by is not None and not by.has_role_at(resident.community_id, *KEEPERS):
        raise NotAllowed(_("老人档案由养老专员、网格员或书记来记。"))


@transaction.atomic
def open_profile(
    resident: Resident,
    *,
    by: User | None,
    at: dt.datetime,
    has_seen_proof: bool = False,
    proof: ReadFile | None = None,
    **said: Any,
) -> ElderProfile:
    """Somebody of sixty or more, or with a disability, comes onto the register; the rules say their tier, and the first visit
    is due from that day. Raises Changed when they are on it already."""
    _must_keep(by, resident)
    if resident.deceased_on or resident.moved_out_on or resident.merged_into_id:
        raise Refusal(_("这份档案已经停用，不能建老人档案。"), code="file_closed")
    elder = ElderProfile(resident=resident, opened_by=by, opened_at=at)
    _say(elder, said, has_seen_proof=has_seen_proof, proof=proof, by=by)
    _must_be_old_enough(elder, at)
    _set_by_rule(elder, at=at)
    _keep_proof(elder, proof)
    try:
        with transaction.atomic():
            elder.save(force_insert=True)
    except IntegrityError as error:
        raise Changed(_("这位居民已经有老人档案了。")) from error
    put_visits([elder], at=at)
    return elder


@transaction.atomic
def change_profile(
    elder: ElderProfile,
    *,
    seen: int | None = None,
    has_seen_proof: bool = False,
    proof: ReadFile | None = None,
    by: User,
    at: dt.datetime,
    **said: Any,
) -> ElderProfile:
    """What is said anew; a tier that was set by rule follows."""
    found = _locked(elder, seen)
    _must_keep(by, found.resident)
    _say(found, said, has_seen_proof=has_seen_proof, proof=proof, by=by)
    _must_be_old_enough(found, at)
    if not found.is_tier_by_hand:
        _set_by_rule(found, at=at)
    _keep_proof(found, proof)
    return _saved(found, at=at)


def _locked(elder: ElderProfile, seen: int | None) -> ElderProfile:
    rows = ElderProfile.objects.select_for_update(of=("self",)).select_related(
        "resident__household__grid", "resident__community__street"
    )
    found = rows.get(pk=elder.pk)
    if seen is not None and seen != found.version:
        raise Changed(_("情况有变：这里刚刚有人改过，请再看一眼。"))
    return found


def _saved(elder: ElderProfile, *, at: dt.datetime) -> ElderProfile:
    elder.version += 1
    elder.save()
    put_visits([elder], at=at)
    return elder


def _say(
    elder: ElderProfile, said: dict[str, Any], *, has_seen_proof: bool, proof: ReadFile | None, by: User | None
) -> None:
    for name, value in said.items():
        if name not in FIELDS:
            raise TypeError(f"an elder has no {name}")
        setattr(elder, name, value)
    _read_choices(elder)
    _prove(elder, has_seen_proof=has_seen_proof, proof=proof, by=by)
    if elder.disability == Disability.NONE:
        elder.disability_level, elder.disability_certificate = None, ""
    elif elder.disability_level not in range(1, 5):
        raise Refusal(_("请选残疾等级，一级到四级。"), code="no_level", field="disability_level")


def _prove(elder: ElderProfile, *, has_seen_proof: bool, proof: ReadFile | None, by: User | None) -> None:
    """By number, by the paper itself, or by who saw it; without hardship none of them is kept."""
    if elder.hardship == Hardship.NONE:
        elder.hardship_proof, elder.hardship_seen_by, elder.hardship_valid_until = "", None, None
        return
    if has_seen_proof:
        elder.hardship_seen_by = by
    if not (elder.hardship_proof or proof or elder.hardship_file or elder.hardship_seen_by_id):
        sentence = _("请写证明编号、传证明，或者勾选亲眼看过证明。")
        raise Refusal(sentence, code="no_proof", field="hardship_proof")


def _keep_proof(elder: ElderProfile, proof: ReadFile | None) -> None:
    """Last of all, when nothing is refused any more: the new paper in the place of the old, none without hardship."""
    needed = elder.hardship != Hardship.NONE
    if elder.hardship_file and (proof is not None or not needed):
        transaction.on_commit(partial(elder.hardship_file.storage.delete, elder.proof_name))
        elder.hardship_file = ""
    if proof is not None and needed:
        elder.hardship_file.save(f"{uuid.uuid4().hex}.{proof.extension}", ContentFile(proof.data), save=False)


def _read_choices(elder: ElderProfile) -> None:
    for name, choices in (("hardship", Hardship), ("disability", Disability), ("living", Living)):
        if getattr(elder, name) not in choices.values:
            raise Refusal(_("请选一项。"), code="no_choice", field=name)
    for name in ("hardship_proof", "disability_certificate", "general_practitioner"):
        setattr(elder, name, read_text(getattr(elder, name) or "", field=name, longest=40))
    elder.allergies = [word for each in elder.allergies or [] if (word := read_text(each, field="allergies")[:40])]


def _must_be_old_enough(elder: ElderProfile, at: dt.datetime) -> None:
    age = age_of(elder.resident, on=clock.local(at).date())
    if age is not None and age < YOUNGEST and elder.disability == Disability.NONE:
        sentence = _("不到 60 岁，又没有残疾，不建老人档案。请核对出生日期。")
        raise Refusal(sentence, code="too_young", field="disability")


def _set_by_rule(elder: ElderProfile, *, at: dt.datetime) -> None:
    elder.tier, elder.tier_why = tier_by_rule(elder, on=clock.local(at).date())
    elder.is_tier_by_hand = False


def tier_by_rule(elder: ElderProfile, *, on: dt.date) -> tuple[str, str]:
    """The strictest tier that a rule of the street asks for, and that rule in plain words; general when none does."""
    facts = {
        "age": age_of(elder.resident, on=on),
        # As plain words: a rule compares what is of one type.
        "living": str(elder.living),
        "level": str(elder.level) or None,
        "hardship": str(elder.hardship),
    }
    results = evaluate(TIERS, street=elder.resident.community.street, on=on, facts=facts)
    for tier in (Tier.HIGH, Tier.KEY):
        for result in results:
            if result.passes and result.rule.code.startswith(f"{tier}_"):
                return tier, result.rule.plain[:200]
    return Tier.GENERAL, ""


def keep_level(elder: ElderProfile, level: str, until: dt.date, *, at: dt.datetime) -> None:
    """What the newest assessment found stands on the profile; a tier that was set by rule follows."""
    elder.level, elder.level_until = level, until
    if not elder.is_tier_by_hand:
        _set_by_rule(elder, at=at)
    _saved(elder, at=at)


@transaction.atomic
def set_tier(
    elder: ElderProfile, *, tier: str = "", why: str = "", seen: int | None = None, by: User, at: dt.datetime
) -> ElderProfile:
    """By hand with a reason, or (without a tier) by the rules again. The visits follow in the same deed."""
    found = _locked(elder, seen)
    _must_keep(by, found.resident)
    if not tier:
        _set_by_rule(found, at=at)
        return _saved(found, at=at)
    why = read_text(why, field="why", longest=200)
    if tier not in Tier.values:
        raise Refusal(_("请选一项。"), code="no_choice", field="tier")
    if len(why) < 2:
        raise Refusal(_("请写为什么是这一级。"), code="no_why", field="why")
    found.tier, found.tier_why, found.is_tier_by_hand = tier, why, True
    return _saved(found, at=at)


@transaction.atomic
def set_family(
    elder: ElderProfile, contacts: Sequence[Contact], *, seen: int | None = None, by: User, at: dt.datetime
) -> ElderProfile:
    """Whom to ring, in this order, in place of who stood there before. One of them at most is the guardian."""
    found = _locked(elder, seen)
    _must_keep(by, found.resident)
    rows = [_contact(found, n, contact) for n, contact in enumerate(contacts, start=1)]
    if len(rows) > MOST_CONTACTS:
        raise Refusal(_("最多写 %(n)s 位。") % {"n": MOST_CONTACTS}, code="too_many", field="family")
    if len({row.phone for row in rows}) < len(rows):
        raise Refusal(_("同一个电话写了两次。"), code="same_phone", field="family")
    if sum(row.is_guardian for row in rows) > 1:
        raise Refusal(_("监护人只能有一位。"), code="two_guardians", field="family")
    found.family.all().delete()
    FamilyContact.objects.bulk_create(rows)
    return _saved(found, at=at)


def _contact(elder: ElderProfile, position: int, said: Contact) -> FamilyContact:
    return FamilyContact(
        elder=elder,
        position=position,
        name=read_name(said.name, field="family"),
        relation=read_text(said.relation, field="family", longest=20),
        phone=read_phone(said.phone),
        is_guardian=said.is_guardian,
    )


@transaction.atomic
def record_welfare_visit(
    elder: ElderProfile,
    *,
    was_seen: bool,
    words: str = "",
    needs_help: bool = False,
    by: User,
    at: dt.datetime,
) -> WelfareVisit:
    """Somebody looked in. Who was seen is not due again for as long as their tier says; a door that stayed shut settles nothing.
    Kept on a phone without a network, it counts from the moment at which it was."""
    if not by.has_role_at(elder.resident.community_id, *VISITORS):
        raise NotAllowed(_("探访由网格员或社区工作人员来记。"))
    words = read_text(words, field="words")
    if needs_help and len(words) < 2:
        raise Refusal(_("请写一句要帮什么忙。"), code="no_words", field="words")
    moment = done_at(at)
    try:
        with transaction.atomic():
            visit = WelfareVisit.objects.create(
                elder=elder,
                visited_at=moment,
                by=by,
                was_seen=was_seen,
                words=words,
                needs_help=needs_help,
                recorded_at=at,
                was_offline=was_offline(),
            )
    except IntegrityError as error:
        raise Changed(_("这次探访刚刚已经记过了。")) from error
    if was_seen:
        day = clock.local(moment).date()
        settle_dues(tags=WELFARE_VISIT.tags, refs=[elder.ref], on=day, ref=f"welfare:{visit.pk}", by=by, at=at)
        put_visits([elder], at=at)
    return visit


def put_visits(elders: Iterable[ElderProfile], *, at: dt.datetime) -> None:
    """The visit that is due next for each of these, at once and not in the night."""
    day = clock.local(at).date()
    terms = terms_on(day)
    subjects = [to_visit(elder, days=days, clause=clause) for elder in elders for days, clause in [terms(elder)]]
    put_turns(WELFARE_VISIT, subjects, on=day, at=at)
