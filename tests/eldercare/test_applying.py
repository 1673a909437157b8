"""Applying, deciding and the public notice: what each deed refuses, and why."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from community_portal.casework.actions import PartsMissing
from community_portal.casework.models import Commission
from community_portal.casework.uploads import ReadFile
from community_portal.outbox.models import Message
from community_portal.people.models import Delegation, DelegationScope, Role
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.rules.models import RuleResult
from eldercare.actions import applications, eligibility, public_notice
from eldercare.models import Adaptation, Objection
from eldercare.workflow.states import State
from tests.cast import Cast
from tests.eldercare.adapting import (
    DAY,
    TOLD,
    apply,
    decide,
    fresh,
    make_builder,
    make_eligible,
    reviewed,
)
from tests.eldercare.elders import MONDAY, make_adaptation, make_programme
from tests.factories import make_household, make_resident, make_user

pytestmark = pytest.mark.django_db


def code_of(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.code


# ---- applying --------------------------------------------------------------------------------------------------------
def test_what_is_missing_is_said_line_by_line(cast: Cast) -> None:
    make_programme(cast, papers=["身份证复印件", "困难证明"], papers_en=["Copy of the ID card", "Proof of hardship"])
    made = applications.apply_for(cast.elder, by=cast.reception, at=MONDAY)
    with pytest.raises(PartsMissing) as refused:
        applications.submit(made, by=cast.reception, at=MONDAY)
    told = [str(part.sentence) for part in refused.value.parts]
    assert told == [
        "本人还没说愿意", "没写家里哪里不方便", "没写房子是谁的", "缺材料：身份证复印件", "缺材料：困难证明",
    ]  # fmt: skip


def test_a_paper_is_there_as_a_file_or_seen_by_staff(cast: Cast) -> None:
    make_programme(cast, papers=["身份证复印件", "困难证明"])
    made = apply(cast)
    first, second = made.papers.all()
    pdf = ReadFile(data=b"%PDF-1.4", name="证.pdf", content_type="application/pdf", extension="pdf")
    applications.keep_paper(first, file=pdf, by=cast.elder_account, at=MONDAY)
    with pytest.raises(NotAllowed):
        applications.keep_paper(second, was_seen=True, by=cast.elder_account, at=MONDAY)
    with pytest.raises(Refusal) as refused:
        applications.keep_paper(second, by=cast.reception, at=MONDAY)
    assert code_of(refused) == "no_paper"
    applications.keep_paper(second, was_seen=True, by=cast.reception, at=MONDAY)
    applications.submit(fresh(made), by=cast.elder_account, at=MONDAY)
    assert fresh(made).state == State.SUBMITTED


def test_works_that_have_begun_are_not_paid_for_afterwards(cast: Cast) -> None:
    made = apply(cast, works_begun=True)
    with pytest.raises(PartsMissing, match="已经开工"):
        applications.submit(made, by=cast.reception, at=MONDAY)


def test_a_home_that_was_adapted_is_not_adapted_again(cast: Cast) -> None:
    """Nor that of the same person elsewhere, found by the keyed hash of the number; whose and where is not said."""
    cast.elder.id_hash = "h" * 64
    cast.elder.save()
    other = make_resident(
        household=make_household(building=cast.building, room="601"), name="陈平", phone="+8613800002047"
    )
    type(other).objects.filter(pk=other.pk).update(id_hash="g" * 64)
    firm, _builder = make_builder()
    make_adaptation(cast, State.CLOSED, resident=other, household=other.household, accepted_at=MONDAY, contractor=firm)
    made = apply(cast)
    assert not made.was_adapted_before
    cast.elder.id_hash = "g" * 64
    made.resident.id_hash = "g" * 64
    assert made.was_adapted_before
    with pytest.raises(PartsMissing, match="已经改造过"):
        applications.submit(made, by=cast.reception, at=MONDAY)


def test_one_at_a_time_in_a_home(cast: Cast) -> None:
    apply(cast)
    spouse = make_resident(household=cast.household, name="陈平老伴", phone="+8613800002048")
    with pytest.raises(Refusal) as refused:
        applications.apply_for(spouse, by=cast.reception, at=MONDAY)
    assert code_of(refused) == "open_case"


def test_without_a_programme_or_a_home_nothing_begins(cast: Cast) -> None:
    with pytest.raises(Refusal) as refused:
        applications.apply_for(cast.elder, by=cast.reception, at=MONDAY)
    assert code_of(refused) == "no_programme"
    make_programme(cast, opens_on=dt.date(2025, 1, 1), closes_on=dt.date(2025, 12, 31))
    with pytest.raises(Refusal) as refused:
        applications.apply_for(cast.elder, by=cast.reception, at=MONDAY)
    assert code_of(refused) == "no_programme"
    cast.elder.household = None
    with pytest.raises(Refusal) as refused:
        applications.apply_for(cast.elder, by=cast.reception, at=MONDAY)
    assert code_of(refused) == "no_home"


def test_a_delegate_needs_the_scope_to_apply(cast: Cast) -> None:
    make_programme(cast)
    daughter = make_user(username="daughter", phone="+8613811112222")
    told: dict[str, Any] = {
        "principal": cast.elder, "agent": daughter, "relation": "女儿", "proof": "当面", "created_by": cast.reception,
        "starts_on": MONDAY.date() - DAY, "created_at": MONDAY,
    }  # fmt: skip
    mandate = Delegation.objects.create(scopes=[DelegationScope.REQUEST], **told)
    with time_machine.travel(MONDAY, tick=False):
        with pytest.raises(NotAllowed):
            applications.apply_for(cast.elder, by=daughter, at=MONDAY)
        Delegation.objects.filter(pk=mandate.pk).update(scopes=[DelegationScope.APPLY])
        made = applications.apply_for(cast.elder, by=daughter, at=MONDAY, **TOLD)
        applications.say_yes(made, by=daughter, at=MONDAY)
        applications.submit(made, by=daughter, at=MONDAY)
    assert made.state == State.SUBMITTED
    assert made.case.events.get(kind="submit").authority == f"delegation:{mandate.pk}"
    with pytest.raises(NotAllowed):
        applications.apply_for(cast.elder, by=cast.stranger, at=MONDAY)


# ---- deciding --------------------------------------------------------------------------------------------------------
def test_what_it_was_decided_by_is_kept_with_its_version(cast: Cast) -> None:
    make_eligible(cast)
    made = reviewed(cast)
    decide(made, cast)
    lines = {line["rule"]: line for line in made.snapshot}
    assert lines["hardship"]["value"] == "minimum" and lines["hardship"]["version"] == 1
    assert lines["age"]["passes"] and lines["frailty"]["passes"] and not lines["level"]["is_known"]
    assert RuleResult.objects.filter(flow="adaptation", matter_id=made.pk).count() == len(made.snapshot)
    cast.elder.elder.hardship = "none"
    cast.elder.elder.save()
    assert {line["rule"]: line for line in fresh(made).snapshot}["hardship"]["value"] == "minimum"


def test_a_soft_rule_that_fails_wants_the_streets_reason(cast: Cast) -> None:
    make_eligible(cast, hardship="none", hardship_proof="")
    made = reviewed(cast)
    with pytest.raises(Refusal) as refused:
        decide(made, cast)
    assert (code_of(refused), refused.value.field) == ("no_reason", "words")
    decide(made, cast, words="因病致贫，街道集体研究同意")
    assert made.state == State.NOTICE and made.eligible_why == "因病致贫，街道集体研究同意"


def test_a_hard_rule_lets_nobody_by_and_unknown_is_not_passed(cast: Cast) -> None:
    make_eligible(cast)
    for told in ({"is_unsafe": True}, {"is_unsafe": None}, {"will_be_demolished": True}, {"is_possible": None}):
        made = reviewed(cast, **told)
        with pytest.raises(Refusal) as refused:
            decide(made, cast, words="街道同意")
        assert code_of(refused) == "hard_rule", told
        Adaptation.objects.filter(pk=made.pk).update(state=State.WITHDRAWN, closed_at=MONDAY)


@pytest.mark.parametrize(("ends", "goes"), [(0, False), (1, True)])
def test_a_proof_that_ends_before_the_decision_refuses(cast: Cast, ends: int, goes: bool) -> None:
    make_eligible(cast, hardship_valid_until=MONDAY.date() + ends * DAY)
    made = reviewed(cast)
    if goes:
        decide(made, cast)
        assert made.state == State.NOTICE
    else:
        with pytest.raises(Refusal, match="困难证明"):
            decide(made, cast, words="街道同意")


def test_one_of_age_level_and_disability_is_enough_and_nothing_is_guessed(cast: Cast) -> None:
    make_eligible(cast)
    made = reviewed(cast)
    for born, disability, frail in (
        (dt.date(1946, 11, 23), "none", True),
        (dt.date(1946, 11, 24), "none", None),
        (dt.date(1950, 1, 1), "vision", True),
        (None, "none", None),
    ):
        made.resident.born_on = born
        made.resident.elder.disability = disability
        found = eligibility.decision_on(made, on=dt.date(2026, 11, 23))
        said = {result.rule.code: result for result in found.results}["frailty"]
        assert (said.value, said.passes) == (frail, frail is True), (born, disability)


def test_rejecting_names_the_reason(cast: Cast) -> None:
    make_eligible(cast)
    made = reviewed(cast)
    with pytest.raises(Refusal) as refused:
        eligibility.reject(made, exclusion="", words="2024 年改过", by=cast.street_officer, at=MONDAY)
    assert code_of(refused) == "no_exclusion"
    eligibility.reject(made, exclusion="already", words="2024 年改过", by=cast.street_officer, at=MONDAY)
    assert (made.state, made.exclusion, made.ended_why) == (State.REJECTED, "already", "2024 年改过")
    assert Message.objects.filter(kind="adapt_rejected", resident=cast.elder).exists()


def test_nobody_decides_without_the_register(cast: Cast) -> None:
    made = reviewed(cast)
    with pytest.raises(PartsMissing, match="还没登记"):
        decide(made, cast)


# ---- the notice ------------------------------------------------------------------------------------------------------
def noticed(cast: Cast) -> Adaptation:
    return make_adaptation(
        cast, State.NOTICE, eligible_at=MONDAY, notice_from=MONDAY.date(), notice_until=MONDAY.date() + 7 * DAY
    )


def test_the_notice_ends_on_the_day_after_its_last(cast: Cast) -> None:
    made = noticed(cast)
    for days, goes in ((7, False), (8, True)):
        at = MONDAY + days * DAY
        with time_machine.travel(at, tick=False):
            if goes:
                public_notice.end_notice(made, by=cast.street_officer, at=at)
            else:
                with pytest.raises(Refusal):
                    public_notice.end_notice(made, by=cast.street_officer, at=at)
    assert made.state == State.ASSESSING


def test_every_objection_is_answered_first_and_by_the_street(cast: Cast) -> None:
    made, late = noticed(cast), MONDAY + 8 * DAY
    one = public_notice.object_to(made, words="他家不困难", at=MONDAY + DAY)
    assert (one.who, one.recorded_by) == ("", None)
    with time_machine.travel(late, tick=False), pytest.raises(PartsMissing, match="他家不困难"):
        public_notice.end_notice(made, by=cast.street_officer, at=late)
    with pytest.raises(NotAllowed):
        public_notice.answer_objection(one, words="查过了", by=cast.reception, at=late)
    public_notice.answer_objection(one, words="查过了，是低保户", by=cast.street_officer, at=late)
    with pytest.raises(Changed):
        public_notice.answer_objection(one, words="再答一次", by=cast.street_officer, at=late)
    house, assessor = make_builder("评估中心", Role.ASSESSOR)
    with time_machine.travel(late, tick=False):
        public_notice.end_notice(fresh(made), assessor=house, by=cast.street_officer, at=late)
    assert Commission.objects.get().role == Role.ASSESSOR
    assert Adaptation.objects.visible_to(assessor).get() == made


def test_nobody_objects_when_the_days_are_over(cast: Cast) -> None:
    made = noticed(cast)
    public_notice.object_to(made, words="晚上十点来说的", who="邻居", recorded_by=cast.reception, at=MONDAY + 7 * DAY)
    with pytest.raises(Changed):
        public_notice.object_to(made, words="太晚了", at=MONDAY + 8 * DAY)
    with pytest.raises(Refusal):
        public_notice.object_to(made, words=" ", at=MONDAY)
    assert Objection.objects.count() == 1
