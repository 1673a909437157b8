"""Assessing an elder: two assessors, 26 answers kept at once, both levels, three signatures, and then it stands."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from community_portal import clock
from community_portal.casework.actions import commission
from community_portal.dues.models import DueItem
from community_portal.people.models import Role, ViewLog
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.signing.models import Signing
from eldercare.ability import BY_CODE, ITEMS
from eldercare.actions.assessments import (
    answer_item,
    answer_items,
    close_assessment,
    name_people,
    open_assessment,
    state_facts,
)
from eldercare.dues import REASSESSMENT
from eldercare.models import Assessment, AssessmentAnswer, ElderProfile
from eldercare.workflow.states import State
from tests.eldercare.elders import (
    MONDAY,
    answers_worth,
    data_url,
    make_adaptation,
    make_coordinator,
    make_draft,
    make_elder,
    make_organisation,
    make_signed,
    signatures,
)
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(cast: Any) -> tuple[Any, Any]:
    return make_coordinator(cast, name="评估甲"), make_coordinator(cast, name="评估乙")


@pytest.fixture
def draft(cast: Any, two: Any) -> Assessment:
    make_elder(cast)
    return make_draft(cast, one=two[0], other=two[1])


# ---- who assesses -----------------------------------------------------------------------------------------------------
def test_one_person_is_not_two_assessors(cast: Any, two: Any) -> None:
    with pytest.raises(Refusal) as refused:
        open_assessment(cast.elder, assessor_2=two[0], by=two[0], at=MONDAY)
    assert refused.value.code == "same_assessor"


def test_nobody_of_the_builder_assesses(cast: Any, two: Any) -> None:
    firm = make_organisation(kind=Role.CONTRACTOR)
    make_member_of = make_member(Role.CONTRACTOR, organisation=firm, name="施工员")
    matter = make_adaptation(cast, State.ASSESSING, contractor=firm)
    with pytest.raises(Refusal) as refused:
        open_assessment(cast.elder, adaptation=matter, assessor_2=make_member_of, by=two[0], at=MONDAY)
    assert refused.value.code == "contractor_assesses"


def test_the_commissioned_organisation_assesses_and_no_other(cast: Any) -> None:
    matter = make_adaptation(cast, State.ASSESSING)
    firm = make_organisation(kind=Role.ASSESSOR)
    inside, second = (make_member(Role.ASSESSOR, organisation=firm, name=name) for name in ("甲某", "乙某"))
    outside = make_member(Role.ASSESSOR, organisation=make_organisation(kind=Role.ASSESSOR))
    commission(matter, organisation=firm, by=cast.street_officer, at=MONDAY)
    with pytest.raises(NotAllowed):
        open_assessment(cast.elder, adaptation=matter, by=outside, at=MONDAY)
    made = open_assessment(cast.elder, adaptation=matter, assessor_2=second, by=inside, at=MONDAY)
    assert (made.organisation, made.case) == (firm, matter.case)
    assert list(Assessment.objects.visible_to(outside)) == []
    assert list(Assessment.objects.visible_to(inside)) == [made]


def test_one_unsigned_assessment_at_a_time(cast: Any, draft: Assessment, two: Any) -> None:
    with pytest.raises(Changed):
        open_assessment(cast.elder, by=two[1], at=MONDAY)


def test_receptionists_read_no_assessment(cast: Any, draft: Assessment, signed_in: Any) -> None:
    assert list(Assessment.objects.visible_to(cast.reception)) == []
    assert signed_in(cast.reception).get(f"/eldercare/assess/{draft.pk}/").status_code == 403


# ---- answers ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("item, score", [("stairs", 4), ("aggression", 2), ("eating", 5), ("nothing", 1)])
def test_an_answer_fits_its_item(draft: Assessment, two: Any, item: str, score: int) -> None:
    with pytest.raises(Refusal):
        answer_item(draft, item=item, score=score, by=two[0], at=MONDAY)


@pytest.mark.parametrize("item, score", [("stairs", 4), ("hearing", 3), ("eating", 5), ("nothing", 0)])
def test_the_database_holds_what_an_item_allows(draft: Assessment, item: str, score: int) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        AssessmentAnswer.objects.create(assessment=draft, item=item, score=score)


def test_two_who_answer_differently_are_both_told(draft: Assessment, two: Any) -> None:
    answer_item(draft, item="eating", score=3, seen="", by=two[0], at=MONDAY)
    with pytest.raises(Changed) as told:
        answer_item(draft, item="eating", score=1, seen="", by=two[1], at=MONDAY)
    assert "3" in str(told.value) and "1" in str(told.value)
    answer_item(draft, item="eating", score=3, seen="", by=two[1], at=MONDAY)
    answer_item(draft, item="eating", score=1, seen="3", by=two[1], at=MONDAY)
    assert draft.answers.get().score == 1


# ---- levels -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "total, level", [(90, "intact"), (89, "mild"), (46, "moderate"), (45, "severe"), (29, "complete")]
)
def test_both_levels_are_kept(cast: Any, two: Any, total: int, level: str) -> None:
    made = make_signed(cast, one=two[0], other=two[1], total=total)
    made.refresh_from_db()
    assert (made.total, made.level_initial, made.level_final, made.change_code) == (total, level, level, "")
    assert sum(made.of_dimensions.values()) == total


def test_a_worse_level_needs_a_cause_that_holds_and_a_reason(draft: Assessment, two: Any) -> None:
    answer_items(draft, answers_worth(70), by=two[0], at=MONDAY)
    close = {"signatures": signatures(), "by": two[0], "at": MONDAY}
    with pytest.raises(Refusal) as refused:
        close_assessment(draft, cause="risks", why="摔过两次", **close)
    assert refused.value.code == "no_such_cause"
    days = [("fall", draft.on - dt.timedelta(days=30)), ("lost", draft.on)]
    state_facts(draft, icd_codes=["f00.1"], is_by_psychiatrist=True, risks=days, by=two[0], at=MONDAY)
    with pytest.raises(Refusal) as refused:
        close_assessment(draft, cause="risks", **close)
    assert refused.value.code == "no_why"
    made = close_assessment(draft, cause="risks", why="一个月里摔过、走失过", **close)
    assert (made.level_initial, made.level_final) == ("mild", "moderate")
    assert made.change_candidates == ["diagnosis", "risks"]


def test_a_diagnosis_without_a_psychiatrist_changes_nothing(draft: Assessment, two: Any) -> None:
    answer_items(draft, answers_worth(70), by=two[0], at=MONDAY)
    state_facts(draft, icd_codes=["F00"], is_by_psychiatrist=False, by=two[0], at=MONDAY)
    with pytest.raises(Refusal):
        close_assessment(draft, cause="diagnosis", why="痴呆", signatures=signatures(), by=two[0], at=MONDAY)


def test_a_coma_is_complete_and_needs_consciousness_at_its_lowest(draft: Assessment, two: Any) -> None:
    answer_items(draft, answers_worth(70) | {"consciousness": 2}, by=two[0], at=MONDAY)
    with pytest.raises(Refusal) as refused:
        state_facts(draft, is_in_coma=True, by=two[0], at=MONDAY)
    assert refused.value.field == "is_in_coma"
    answer_item(draft, item="consciousness", score=0, by=two[0], at=MONDAY)
    state_facts(draft, is_in_coma=True, by=two[0], at=MONDAY)
    close = {"signatures": signatures(), "by": two[0], "at": MONDAY}
    with pytest.raises(Refusal) as refused:
        close_assessment(draft, **close)
    assert refused.value.code == "coma_is_complete"
    assert close_assessment(draft, cause="coma", why="叫不醒", **close).level_final == "complete"


@pytest.mark.parametrize("day", [1, 400])
def test_no_risk_after_the_day_of_the_assessment(draft: Assessment, two: Any, day: int) -> None:
    ahead = draft.on + dt.timedelta(days=day)
    with pytest.raises(Refusal):
        state_facts(draft, risks=[("fall", ahead)], by=two[0], at=MONDAY)


# ---- closing ----------------------------------------------------------------------------------------------------------
def test_what_is_missing_is_said(cast: Any, two: Any) -> None:
    draft = open_assessment(cast.elder, by=two[0], at=MONDAY)
    answers = answers_worth(50)
    last = answers.popitem()
    answer_items(draft, answers, by=two[0], at=MONDAY)

    def refused(**over: Any) -> str:
        with pytest.raises(Refusal) as found:
            close_assessment(draft, **{"signatures": signatures(), "by": two[0], "at": MONDAY} | over)
        return found.value.code

    assert refused() == "answers_missing"
    answer_items(draft, dict([last]), by=two[0], at=MONDAY)
    assert refused() == "one_assessor"
    given = {"by": two[0], "at": MONDAY}
    name_people(draft, assessor_2=two[1], informant="", informant_relation="", **given)
    assert refused() == "no_informant"
    name_people(draft, assessor_2=two[1], informant="陈红", informant_relation="child", **given)
    assert refused(signatures=signatures()[:2]) == "no_signature"
    assert refused(seen_total=49) == Changed("").code
    assert close_assessment(draft, signatures=signatures(), seen_total=50, **given).signed_at == MONDAY


def test_three_sign_exactly_what_stands_there(cast: Any, two: Any) -> None:
    made = make_signed(cast, one=two[0], other=two[1])
    rows = {row.part: row for row in Signing.objects.all()}
    assert {part: row.signer_name for part, row in rows.items()} == {
        "assessor_1": "评估甲", "assessor_2": "评估乙", "informant": "女儿陈红",
    }  # fmt: skip
    assert rows["informant"].relation == "child"
    assert rows["informant"].content["total"] == made.total
    assert len(rows["informant"].content["answers"]) == 26


def test_it_holds_for_a_year_and_takes_the_place_of_the_one_before(cast: Any, two: Any) -> None:
    make_elder(cast)
    first = make_signed(cast, one=two[0], other=two[1], total=70)
    assert first.valid_until == dt.date(2027, 11, 23)
    later = MONDAY + dt.timedelta(days=1)
    second = make_draft(cast, one=two[0], other=two[1], at=later)
    answer_items(second, answers_worth(40), by=two[0], at=later)
    second = close_assessment(second, signatures=signatures(), by=two[0], at=later)
    assert second.supersedes == first
    elder = ElderProfile.objects.get()
    assert (elder.level, elder.level_until) == ("severe", second.valid_until)
    item = DueItem.objects.open().get(kind=REASSESSMENT.name)
    assert (item.opens_on, item.due_on) == (second.valid_until - dt.timedelta(days=30), second.valid_until)


def test_what_is_signed_stands(cast: Any, two: Any) -> None:
    made = make_signed(cast, one=two[0], other=two[1])
    with pytest.raises(Changed):
        answer_item(made, item="eating", score=1, by=two[0], at=MONDAY)
    for change in ("UPDATE eldercare_assessment SET place = 'x'", "DELETE FROM eldercare_assessment"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    with pytest.raises(DatabaseError), transaction.atomic():
        AssessmentAnswer.objects.filter(assessment=made, item="eating").update(score=0)


@pytest.mark.parametrize("how", ["answers", "signatures", "better"])
def test_the_database_takes_nothing_half_signed(cast: Any, two: Any, draft: Assessment, how: str) -> None:
    answers = answers_worth(60)
    if how == "answers":
        answers.popitem()
    answer_items(draft, answers, by=two[0], at=MONDAY)
    final = "mild" if how == "better" else "moderate"
    said = {"total": 60, "level_initial": "moderate", "level_final": final, "signed_at": MONDAY}
    with pytest.raises(DatabaseError), transaction.atomic():
        Assessment.objects.filter(pk=draft.pk).update(**said)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# ---- pages ------------------------------------------------------------------------------------------------------------
def test_from_the_elders_page_to_the_signatures(cast: Any, two: Any, signed_in: Any) -> None:
    make_elder(cast)
    client = signed_in(two[0])
    started = client.post(
        f"/eldercare/elders/{cast.elder.pk}/assess/", {"reason": "first", "on": clock.today(), "place": "家里"}
    )
    draft = Assessment.objects.get()
    assert started.url == f"/eldercare/assess/{draft.pk}/"
    page = client.get(started.url).content.decode()
    assert page.count('<section class="assess-item') == 26
    for item in ITEMS:
        answer = client.post(f"{started.url}items/{item.code}/", {"score": 1, "seen": "", "next": "walking"})
        assert (answer.status_code, answer.url) == (303, f"{started.url}#walking")
    end = f"{started.url}end/"
    said = {"assessor_2": two[1].pk, "informant": "陈红", "informant_relation": "child", "seen": 1}
    assert client.post(end, said).status_code == 303
    facts = {
        "icd_codes": "F01 I10",
        "is_by_psychiatrist": "on",
        "seen": 2,
        "risk-TOTAL_FORMS": 1,
        "risk-INITIAL_FORMS": 0,
    }
    assert client.post(f"{started.url}facts/", facts).status_code == 303
    page = client.get(end).content.decode()
    assert "合计 26 分" in page and "完全失能" in page and "成立" in page
    signed = {f"signature_{part}": data_url() for part in ("assessor_1", "assessor_2", "informant")}
    signed |= {"change_code": "diagnosis", "change_why": "血管性痴呆", "seen": 3, "seen_total": 26}
    lacking = client.post(f"{started.url}sign/", signed | {"signature_informant": ""})
    assert lacking.status_code == 422
    assert client.post(f"{started.url}sign/", signed).status_code == 303
    draft.refresh_from_db()
    assert (draft.level_initial, draft.level_final) == ("complete", "complete")
    assert "有效到" in client.get(end).content.decode()
    assert ViewLog.objects.filter(viewer=two[0], what="assessment").count() == 1


def test_two_versions_of_one_answer_are_shown(draft: Assessment, two: Any, signed_in: Any) -> None:
    url = f"/eldercare/assess/{draft.pk}/items/eating/"
    signed_in(two[0]).post(url, {"score": 3, "seen": ""})
    late = signed_in(two[1]).post(url, {"score": 1, "seen": ""})
    assert late.status_code == 409
    assert str(BY_CODE["eating"].name) in late.content.decode()


def test_an_assessor_reaches_it_from_the_adaptation(cast: Any, signed_in: Any) -> None:
    matter = make_adaptation(cast, State.ASSESSING)
    firm = make_organisation(kind=Role.ASSESSOR)
    inside = make_member(Role.ASSESSOR, organisation=firm)
    commission(matter, organisation=firm, by=cast.street_officer, at=MONDAY)
    client, url = signed_in(inside), f"/eldercare/{matter.case.number}/assess/"
    assert f'href="{url}"' in client.get(f"/eldercare/{matter.case.number}/").content.decode()
    assert client.post(url, {"reason": "first", "on": clock.today(), "place": "家里"}).status_code == 303
    assert Assessment.objects.get().case == matter.case


# ---- API --------------------------------------------------------------------------------------------------------------
def test_over_http_from_the_draft_to_the_signatures(cast: Any, two: Any, signed_in: Any) -> None:
    make_elder(cast)
    client, json = signed_in(two[0]), {"content_type": "application/json"}
    said = {
        "resident": cast.elder.pk,
        "informant": "陈红",
        "informant_relation": "child",
        "assessor_2": two[1].username,
    }
    made = client.post("/api/v1/assessments/", said, **json)
    assert made.status_code == 201, made.content
    url = f"/api/v1/assessments/{made.json()['id']}/"
    assert client.post("/api/v1/assessments/", said, **json).status_code == 409
    bad = client.post(f"{url}answers/", {"answers": {"stairs": 4}}, **json)
    assert (bad.status_code, bad.json()["code"]) == (422, "bad_score")
    answers = answers_worth(50)
    last = answers.popitem()
    assert client.post(f"{url}answers/", {"answers": answers}, **json).json()["missing"] == [last[0]]
    signed = {part: data_url() for part in ("assessor_1", "assessor_2", "informant")}
    early = client.post(f"{url}sign/", signed, **json)
    assert (early.status_code, early.json()["code"]) == (422, "answers_missing")
    client.post(f"{url}answers/", {"answers": dict([last])}, **json)
    done = client.post(f"{url}sign/", signed | {"seen_total": 50}, **json)
    assert (done.status_code, done.json()["level_final"]) == (200, "moderate")
    assert ViewLog.objects.filter(viewer=two[0], what="assessment").count() == 1
    assert signed_in(cast.reception).get(url).status_code == 404
