"""Assessing an elder by GB/T 42195-2022: open, answer one item after the other, say the facts, close with three signatures.

Whoever assesses is an eldercare coordinator of the place or belongs to the organisation that was given the adaptation; the two
assessors are two people, and neither belongs to the builder.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.captured import was_offline
from community_portal.casework.actions import open_case
from community_portal.casework.models import Case, Commission, Source
from community_portal.casework.uploads import ReadFile
from community_portal.dues.actions import put_turns, settle_dues, take_back
from community_portal.dues.kinds import months_after
from community_portal.people.authority import staff_authority
from community_portal.people.models import Membership, Resident, Role, User
from community_portal.people.wording import read_name, read_text
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.signing.actions import Sheet, Signer, sign
from community_portal.signing.models import Means, Relation
from eldercare.ability import BY_CODE, Cause, Risk, wrong_answers
from eldercare.actions.register import keep_level
from eldercare.dues import REASSESSMENT, to_reassess
from eldercare.models import (
    DOCUMENT,
    SIGNERS,
    Adaptation,
    Assessment,
    AssessmentAnswer,
    ElderProfile,
    Reason,
    RiskEvent,
)
from eldercare.queries.assessments import Standing, adaptation_of, content_of, standing_of

VALID_MONTHS = 12


def may_assess(user: User, resident: Resident, adaptation: Adaptation | None) -> bool:
    """An eldercare coordinator of the place, or a member of the organisation that was given the adaptation to assess."""
    if user.has_role_at(resident.community_id, Role.ELDERCARE):
        return True
    return adaptation is not None and Role.ASSESSOR in adaptation.roles_given(user)


def second_assessors(resident: Resident, adaptation: Adaptation | None, *, by: User, on: dt.date) -> Any:
    """Who may be the other one: colleagues of the organisation that was given it, and coordinators of the place."""
    posts = Membership.objects.in_force(on=on)
    at_home = Q(community=resident.community_id) | Q(street=resident.community.street_id)
    here = posts.filter(at_home, role=Role.ELDERCARE)
    found = User.objects.filter(pk__in=here.values("user"))
    if adaptation is not None:
        given = Commission.objects.in_force().of_row(adaptation.flow.name, adaptation.pk).filter(role=Role.ASSESSOR)
        firms = posts.filter(role=Role.ASSESSOR, organisation__in=given.values("organisation"))
        found = User.objects.filter(
            pk__in=[*here.values_list("user", flat=True), *firms.values_list("user", flat=True)]
        )
    return found.exclude(pk=by.pk).filter(is_active=True).order_by("name", "pk")


@transaction.atomic
def open_assessment(
    resident: Resident,
    *,
    adaptation: Adaptation | None = None,
    reason: str = Reason.FIRST,
    place: str = "",
    on: dt.date | None = None,
    informant: str = "",
    informant_relation: str = "",
    assessor_2: User | None = None,
    by: User,
    at: dt.datetime,
) -> Assessment:
    """A new one, in the case of the adaptation where there is one. Raises Changed while another of this elder is not signed."""
    on = on or clock.local(at).date()
    if not may_assess(by, resident, adaptation):
        raise NotAllowed(_("评估要由养老专员，或接了这件事的评估机构来做。"))
    if on > clock.local(at).date():
        raise Refusal(_("评估日期不能在今天以后。"), code="bad_day", field="on")
    _must_be_two(by, assessor_2, resident, adaptation, on)
    organisation = _organisation_of(by, adaptation)
    try:
        with transaction.atomic():
            return Assessment.objects.create(
                community_id=resident.community_id,
                resident=resident,
                case=adaptation.case if adaptation else _case_for(resident, by=by, at=at),
                organisation_id=organisation,
                reason=reason,
                place=read_text(place, field="place", longest=100),
                on=on,
                informant=read_name(informant, field="informant") if informant else "",
                informant_relation=informant_relation,
                assessor_1=by,
                assessor_2=assessor_2,
                supersedes=Assessment.objects.signed().filter(resident=resident).order_by("-signed_at").first(),
                opened_at=at,
            )
    except IntegrityError as error:
        raise Changed(_("这位老人有一份评估还没有做完，请接着做那一份。")) from error


def _must_be_two(by: User, other: User | None, resident: Resident, adaptation: Adaptation | None, on: dt.date) -> None:
    """Two people, both of whom may assess it, neither of the builder."""
    if other is not None and other.pk == by.pk:
        raise Refusal(_("两位评估员要是两个人。"), code="same_assessor", field="assessor_2")
    people = [person for person in (by, other) if person is not None]
    if adaptation and adaptation.contractor_id:
        builders = Membership.objects.in_force(on=on).filter(organisation=adaptation.contractor_id, user__in=people)
        if builders.exists():
            raise Refusal(_("施工单位的人不能做评估员。"), code="contractor_assesses", field="assessor_2")
    if other is not None and not may_assess(other, resident, adaptation):
        raise Refusal(_("第二位评估员要是养老专员，或评估机构的同事。"), code="not_an_assessor", field="assessor_2")


def _organisation_of(by: User, adaptation: Adaptation | None) -> int | None:
    if adaptation is None:
        return None
    held = Commission.objects.held_by(by).of_row(adaptation.flow.name, adaptation.pk).filter(role=Role.ASSESSOR)
    return held.values_list("organisation", flat=True).first()


def _case_for(resident: Resident, *, by: User, at: dt.datetime) -> Case:
    """A file of its own, for one that no adaptation asked for."""
    household = resident.household
    return open_case(
        community=resident.community,
        grid=household.grid if household else None,
        resident=resident,
        asker=None,
        title=str(_("能力评估")),
        words="",
        source=Source.HOME,
        phone_tail="",
        by=by,
        at=at,
    )


def _locked(assessment: Assessment, by: User) -> Assessment:
    """Read anew under a lock. Raises Changed once it is signed, NotAllowed for whoever may not assess it."""
    found = Assessment.objects.select_for_update(of=("self",)).select_related("resident", "case").get(pk=assessment.pk)
    if found.signed_at:
        raise Changed(_("这份评估已经签字，不能再改。情况变了就另做一份。"))
    if not may_assess(by, found.resident, adaptation_of(found)):
        raise NotAllowed(_("评估要由养老专员，或接了这件事的评估机构来做。"))
    return found


@transaction.atomic
def answer_item(
    assessment: Assessment, *, item: str, score: int, note: str = "", seen: str | None = None, by: User, at: dt.datetime
) -> AssessmentAnswer:
    """One answer, kept at once. ``seen`` is what the page showed for this item ("" for nothing): who answers something else than
    somebody has answered meanwhile is told so, and neither answer is lost."""
    found = _locked(assessment, by)
    _must_fit({item: score})
    row = found.answers.filter(item=item).first()
    now = str(row.score) if row else ""
    if seen is not None and seen != now and now != str(score):
        told = _("“%(item)s”刚刚有人选了 %(theirs)s 分，您选的是 %(mine)s 分。请商量一下，再选一次。")
        raise Changed(told % {"item": BY_CODE[item].name, "theirs": now or "—", "mine": score})
    answer, _is_new = AssessmentAnswer.objects.update_or_create(
        assessment=found,
        item=item,
        defaults={
            "score": score,
            "note": read_text(note, field="note", longest=200),
            "was_offline": was_offline(),
        },
    )
    return answer


@transaction.atomic
def answer_items(assessment: Assessment, answers: Mapping[str, int], *, by: User, at: dt.datetime) -> None:
    """Several at once, as a program sends them."""
    found = _locked(assessment, by)
    _must_fit(answers)
    AssessmentAnswer.objects.bulk_create(
        [AssessmentAnswer(assessment=found, item=item, score=score) for item, score in answers.items()],
        update_conflicts=True,
        unique_fields=["assessment", "item"],
        update_fields=["score"],
    )


def _must_fit(answers: Mapping[str, int]) -> None:
    for code in wrong_answers(answers):
        item = BY_CODE.get(code)
        if item is None:
            raise Refusal(_("没有这一题：%(code)s。") % {"code": code}, code="no_item", field="item")
        sentence = _("“%(item)s”只有 0 到 %(most)s 分。") % {"item": item.name, "most": item.most}
        raise Refusal(sentence, code="bad_score", field="score")


@transaction.atomic
def state_facts(
    assessment: Assessment,
    *,
    is_in_coma: bool = False,
    icd_codes: Sequence[str] = (),
    diagnosed_on: dt.date | None = None,
    diagnosed_at: str = "",
    is_by_psychiatrist: bool = False,
    risks: Sequence[tuple[str, dt.date]] = (),
    seen: int | None = None,
    by: User,
    at: dt.datetime,
) -> Assessment:
    """What may make the level worse: coma, diagnoses by their codes, care risks with their days."""
    found = _locked(assessment, by)
    _must_be_seen(found, seen)
    consciousness = found.answers.filter(item="consciousness").values_list("score", flat=True).first()
    if is_in_coma and consciousness not in (None, 0):
        raise Refusal(_("昏迷的，“意识水平”要是 0 分。"), code="awake_in_coma", field="is_in_coma")
    if any(day > found.on for _kind, day in risks) or (diagnosed_on and diagnosed_on > found.on):
        raise Refusal(_("日期不能在评估那天以后。"), code="bad_day", field="risks")
    if any(kind not in Risk.values for kind, _day in risks):
        raise Refusal(_("请选是哪一种照护风险。"), code="no_risk", field="risks")
    found.is_in_coma, found.is_by_psychiatrist = is_in_coma, is_by_psychiatrist
    found.icd_codes = [code.strip().upper()[:10] for code in icd_codes if code.strip()]
    found.diagnosed_on, found.diagnosed_at = diagnosed_on, read_text(diagnosed_at, field="diagnosed_at", longest=80)
    found.version += 1
    found.save()
    found.risks.all().delete()
    RiskEvent.objects.bulk_create(RiskEvent(assessment=found, kind=kind, on=day) for kind, day in risks)
    return found


def _must_be_seen(assessment: Assessment, seen: int | None) -> None:
    if seen is not None and seen != assessment.version:
        raise Changed(_("情况有变：这里刚刚有人改过，请再看一眼。"))


@transaction.atomic
def name_people(
    assessment: Assessment,
    *,
    assessor_2: User | None,
    informant: str,
    informant_relation: str,
    seen: int | None = None,
    by: User,
    at: dt.datetime,
) -> Assessment:
    """Who assesses with whom, and who tells how things are."""
    found = _locked(assessment, by)
    _must_be_seen(found, seen)
    _must_be_two(found.assessor_1, assessor_2, found.resident, adaptation_of(found), found.on)
    found.assessor_2, found.informant_relation = assessor_2, informant_relation
    found.informant = read_name(informant, field="informant") if informant else ""
    found.version += 1
    found.save()
    return found


@dataclass(frozen=True)
class Signature:
    """One of the three: ``part`` says whose."""

    part: str
    file: ReadFile | None


@transaction.atomic
def close_assessment(
    assessment: Assessment,
    *,
    signatures: Sequence[Signature],
    cause: str = "",
    why: str = "",
    seen: int | None = None,
    seen_total: int | None = None,
    by: User,
    at: dt.datetime,
) -> Assessment:
    """Signed by both assessors and the informant: from now on it stands, for twelve months, in place of the one before.

    ``seen_total`` are the points that were on the screen under which they signed. Raises Refusal for what is missing, for a
    worse level without a cause that holds, and for a cause without a reason.
    """
    found = _locked(assessment, by)
    _must_be_seen(found, seen)
    standing = standing_of(found)
    _must_be_whole(found, standing)
    if seen_total is not None and seen_total != standing.total:
        raise Changed(_("情况有变：答案改过了，合计不再是签字时的分数，请再看一眼再签。"))
    why = read_text(why, field="change_why", longest=200)
    _must_be_a_cause(standing, cause, why)
    _put_signatures(found, content_of(found, standing, cause=cause, why=why), signatures, by=by, at=at)
    _conclude(found, standing, cause, why, at=at)
    _tell_the_register(found, by=by, at=at)
    return found


def _must_be_whole(assessment: Assessment, standing: Standing) -> None:
    if standing.missing:
        sentence = _("还有 %(n)s 题没有答。") % {"n": len(standing.missing)}
        raise Refusal(sentence, code="answers_missing", field="answers")
    if assessment.assessor_2_id is None:
        raise Refusal(_("要有两位评估员。"), code="one_assessor", field="assessor_2")
    if not assessment.informant:
        raise Refusal(_("请写是谁提供的情况。"), code="no_informant", field="informant")
    if assessment.is_in_coma and standing.answers["consciousness"] != 0:
        raise Refusal(_("昏迷的，“意识水平”要是 0 分。"), code="awake_in_coma", field="is_in_coma")


def _must_be_a_cause(standing: Standing, cause: str, why: str) -> None:
    if cause and cause not in standing.causes:
        raise Refusal(_("这一条现在不成立，不能用它变更等级。"), code="no_such_cause", field="change_code")
    if cause and len(why) < 2:
        raise Refusal(_("请写为什么选这一条。"), code="no_why", field="change_why")
    if Cause.COMA in standing.causes and cause != Cause.COMA:
        raise Refusal(_("昏迷的直接是完全失能，请选“昏迷”。"), code="coma_is_complete", field="change_code")


def _put_signatures(
    assessment: Assessment, content: Any, signatures: Sequence[Signature], *, by: User, at: dt.datetime
) -> None:
    files = {signature.part: signature.file for signature in signatures}
    names = dict(zip(SIGNERS, (assessment.assessor_1, assessment.assessor_2, assessment.informant), strict=True))
    told = assessment.informant_relation or Relation.OTHER
    for part in SIGNERS:
        relation = told if part == "informant" else Relation.THIRD_PARTY
        organisation = assessment.organisation if part != "informant" else None
        try:
            sign(
                sheet_of(assessment),
                document=DOCUMENT,
                content=content,
                signer=Signer(str(names[part]), relation, organisation=organisation),
                means=Means.FINGER,
                part=part,
                signature=files.get(part),
                by=by,
                at=at,
                authority=_authority(assessment, by),
            )
        except Refusal as refusal:
            if refusal.field == "signature":
                refusal.field = f"signature_{part}"
            raise


def sheet_of(assessment: Assessment) -> Sheet:
    """As what it is signed."""
    assert assessment.case is not None
    return Sheet(assessment.case, DOCUMENT, assessment.pk)


def _authority(assessment: Assessment, by: User) -> str:
    if by.has_role_at(assessment.resident.community_id, Role.ELDERCARE):
        return staff_authority(by, community_id=assessment.resident.community_id)
    return f"role:{Role.ASSESSOR.value}"


def _conclude(assessment: Assessment, standing: Standing, cause: str, why: str, *, at: dt.datetime) -> None:
    score = standing.score
    assert score is not None
    assessment.total, assessment.of_dimensions = score.total, score.of_dimensions
    assessment.level_initial = score.level
    assessment.level_final = standing.level_by(cause) or score.level
    assessment.change_candidates = [str(candidate.value) for candidate in standing.causes]
    assessment.change_code, assessment.change_why = cause, why
    assessment.valid_until = months_after(assessment.on, VALID_MONTHS)
    assessment.signed_at = at
    assessment.version += 1
    assessment.save()


def _tell_the_register(assessment: Assessment, *, by: User, at: dt.datetime) -> None:
    """The newest level stands on the elder's file, the duty to assess is done, and the next one is known."""
    rows = ElderProfile.objects.select_for_update(of=("self",)).select_related(*ELDER_JOINS)
    elder = rows.filter(resident=assessment.resident).first()
    assert assessment.valid_until is not None
    if elder is not None and not (elder.level_until and elder.level_until > assessment.valid_until):
        _tell_elder(elder, assessment, by=by, at=at)
    adaptation = adaptation_of(assessment)
    if adaptation:
        adaptation.write("assessed", by=by, at=at, authority=_authority(assessment, by), is_public=True)


def _tell_elder(elder: ElderProfile, assessment: Assessment, *, by: User, at: dt.datetime) -> None:
    assert assessment.valid_until is not None
    day = clock.local(at).date()
    settle_dues(tags={"assessment"}, refs=[elder.ref], on=day, ref=f"assessment:{assessment.pk}", by=by, at=at)
    if elder.level_until != assessment.valid_until:
        take_back(refs=[elder.ref], at=at, kinds=[REASSESSMENT.name])
    keep_level(elder, assessment.level_final, assessment.valid_until, at=at)
    put_turns(REASSESSMENT, [to_reassess(elder)], on=day, at=at)


ELDER_JOINS = ("resident__household__grid", "resident__community__street")
