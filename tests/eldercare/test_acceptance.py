"""Acceptance by three: each card kept at once, never by the contractor, only what failed again, what is missing in words."""

import pytest
from django.db import IntegrityError, transaction

from community_portal.casework.actions import PartsMissing, commission
from community_portal.people.models import Role
from community_portal.refusals import Changed, NotAllowed, Refusal
from eldercare.actions import acceptance as deeds
from eldercare.actions.acceptance import accept, join_party, open_round, record_line, send_back, waive_line
from eldercare.models import AcceptanceMember, Adaptation, Interview
from eldercare.views.acceptance import found_at_first
from eldercare.workflow.missing import to_accept
from eldercare.workflow.states import State
from tests.clients import client_of
from tests.eldercare.built import (
    LATER,
    MONDAY,
    decide_all,
    fresh,
    hear,
    ink,
    make_accepting,
    make_firm,
    move_to,
    sign_all,
)
from tests.race import all_at_once

pytestmark = pytest.mark.django_db


def whole(cast):
    """Everything decided, heard and signed."""
    adaptation, visit = make_accepting(cast)
    decide_all(visit, cast.street_officer)
    hear(adaptation, visit, cast.street_officer)
    sign_all(visit, cast.street_officer)
    return fresh(adaptation), visit


def test_what_is_missing_is_said_in_words(cast):
    adaptation, visit = make_accepting(cast, "rail")
    told = [str(part.sentence) for part in to_accept(adaptation)]
    assert told == ["安装扶手还没验", "还没听老人本人怎么说", "第三方还没签字", "社区还没签字", "街道还没签字"]
    with pytest.raises(PartsMissing):
        accept(adaptation, by=cast.street_officer, at=LATER, words="")
    decide_all(visit, cast.street_officer)
    assert len(to_accept(adaptation)) == 4


def test_accepted_when_everything_is_there(cast):
    adaptation, visit = whole(cast)
    assert to_accept(adaptation) == []
    accept(adaptation, by=cast.street_officer, at=LATER, words="")
    adaptation = fresh(adaptation)
    visit.refresh_from_db()
    assert (adaptation.state, adaptation.accepted_at, visit.result) == (State.ACCEPTED, LATER, "accepted")
    assert adaptation.accepted_sum == 3000  # 3300 funded, the cap 3000


def test_accept_only_from_accepting(cast):
    adaptation, _visit = whole(cast)
    move_to(adaptation, State.WORKS)
    with pytest.raises(Changed):
        accept(fresh(adaptation), by=cast.street_officer, at=LATER, words="")


def test_on_a_sunday_at_night_with_words(cast):
    adaptation, _visit = whole(cast)
    night = LATER.replace(hour=23)
    with pytest.raises(Refusal) as refused:
        accept(adaptation, by=cast.street_officer, at=night, words="")
    assert refused.value.field == "words"
    accept(adaptation, by=cast.street_officer, at=night, words="老人白天住院做透析")
    assert fresh(adaptation).state == State.ACCEPTED


def test_a_card_that_somebody_else_saved_is_not_overwritten(cast):
    _adaptation, visit = make_accepting(cast)
    row = visit.lines.first()
    record_line(row, result="pass", seen=1, by=cast.street_officer, at=LATER)
    with pytest.raises(Changed):
        record_line(row, result="fail", seen=1, defect="松动", rectify_by=LATER.date(), by=cast.manager, at=LATER)
    row.refresh_from_db()
    assert row.result == "pass"


def test_what_failed_says_what_and_until_when(cast):
    _adaptation, visit = make_accepting(cast)
    row = visit.lines.first()
    for given, field in (({"defect": ""}, "defect"), ({"defect": "松动", "rectify_by": MONDAY.date()}, "rectify_by")):
        with pytest.raises(Refusal) as refused:
            record_line(row, result="fail", seen=1, by=cast.street_officer, at=LATER, **given)
        assert refused.value.field == field


def test_nobody_of_the_contractor_accepts(cast):
    adaptation, visit = make_accepting(cast)
    firm = adaptation.contractor
    man = firm.memberships.first().user
    for given, field in (({"name": str(man)}, "name"), ({"name": "别人", "organisation": firm}, "organisation")):
        with pytest.raises(Refusal) as refused:
            join_party(visit, body="third_party", by=cast.street_officer, at=LATER, **given)
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        record_line(visit.lines.first(), result="pass", seen=1, by=man, at=LATER)
    for who in ({"user": man}, {"organisation": firm}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AcceptanceMember.objects.create(visit=visit, body="street", name="某人", **who)


def test_signed_when_decided_and_stale_when_changed(cast):
    adaptation, visit = make_accepting(cast, "rail")
    member = join_party(visit, body="street", name="陆海燕", by=cast.street_officer, at=LATER)
    with pytest.raises(Refusal):
        deeds.sign_acceptance(member, signature=ink(), seen_hash="", by=cast.street_officer, at=LATER)
    decide_all(visit, cast.street_officer)
    sign_all(visit, cast.street_officer)
    hear(adaptation, visit, cast.street_officer)
    told = [str(part.sentence) for part in to_accept(adaptation)]
    assert told[0] == "第三方签字以后内容改过，请再签一次" and len(told) == 3
    member.refresh_from_db()
    assert member.signing.content["lines"]  # what was signed stays readable


def test_only_what_failed_comes_to_the_second_round(cast):
    adaptation, visit = make_accepting(cast)
    decide_all(visit, cast.street_officer, fail=(1,))
    send_back(adaptation, by=cast.street_officer, at=LATER, words="扶手松")
    adaptation = fresh(adaptation)
    assert (adaptation.state, adaptation.round) == (State.RECTIFYING, 2)
    move_to(adaptation, State.ACCEPTING)
    second = open_round(fresh(adaptation), at=LATER)
    assert [row.line.number for row in second.lines.all()] == [1]
    page = client_of(cast.street_officer).get(f"/eldercare/{adaptation.case.number}/accept/").content.decode()
    assert "上一次验收" in page and "松动" in page


def test_send_back_needs_something_that_failed(cast):
    adaptation, visit = make_accepting(cast)
    decide_all(visit, cast.street_officer)
    with pytest.raises(PartsMissing):
        send_back(adaptation, by=cast.street_officer, at=LATER, words="再看看")


def test_waived_with_two_signatures_is_not_passed_and_not_paid(cast):
    adaptation, visit = make_accepting(cast)
    decide_all(visit, cast.street_officer)
    row = visit.lines.get(line__number=3)  # the bed
    with pytest.raises(Refusal):
        record_line(row, result="waived", seen=row.version, by=cast.street_officer, at=LATER)
    signed = {"words": "家里已有", "name": "陈平", "relation": "self", "seen": row.version, "at": LATER}
    for gap, field in (("signature", "signature"), ("street_signature", "street_signature")):
        given = {"signature": ink(), "street_signature": ink()} | {gap: None}
        with pytest.raises(Refusal) as refused, transaction.atomic():
            waive_line(row, by=cast.street_officer, **signed, **given)
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        waive_line(row, by=cast.manager, signature=ink(), street_signature=ink(), **signed)
    with pytest.raises(Refusal) as refused:
        waive_line(
            row, by=cast.street_officer, signature=ink(), street_signature=ink(), **signed | {"relation": "child"}
        )
    assert refused.value.field == "relation"
    waive_line(row, by=cast.street_officer, signature=ink(), street_signature=ink(), **signed)
    hear(adaptation, visit, cast.street_officer)
    sign_all(visit, cast.street_officer)
    accept(fresh(adaptation), by=cast.street_officer, at=LATER, words="")
    assert fresh(adaptation).accepted_sum == 800


def post(user, adaptation, where="", **data):
    return client_of(user).post(f"/eldercare/{adaptation.case.number}/accept/{where}", data)


def test_one_begins_and_another_finishes_on_the_pages(cast):
    adaptation, visit = make_accepting(cast, "rail")
    firm, assessor = make_firm("颐评评估中心", Role.ASSESSOR)
    commission(adaptation, organisation=firm, by=cast.reception, at=MONDAY)
    answer = post(assessor, adaptation, "1/", seen=1, result="pass", found_quantity="1")
    assert answer.status_code == 303, answer.content.decode()[:3000]
    again = post(cast.manager, adaptation, "1/", seen=1, result="fail", defect="松了", rectify_by="2030-01-01")
    page = again.content.decode()
    assert again.status_code == 422 and "刚刚有人改过" in page and "松了" in page
    assert page.count('name="seen" value="2"') == 1  # said once: what they typed may be sent over what they see now
    saved = post(
        cast.manager, adaptation, "1/", unit="1", brand="固力", serial="GL-1", works_now="yes", pull_test="yes"
    )
    assert saved.status_code == 303, saved.content.decode()[-3000:]
    talked = post(
        cast.manager, adaptation, "talk/", name="陈平", relation="self", score="5", words="好用", may_be_quoted="on"
    )
    assert talked.status_code == 303
    stale = post(assessor, adaptation, "1/", unit="1", brand="固力", serial="GL-2", works_now="yes")
    page = stale.content.decode()
    assert stale.status_code == 422 and "刚刚有人改过" in page and "GL-2" in page
    assert page.count('name="seen" value="1"') == 1
    visit.refresh_from_db()
    assert visit.lines.get().line.products.get().pull_test is True
    page = client_of(assessor).get(f"/eldercare/{adaptation.case.number}/accept/").content.decode()
    assert "还有 0 项没验" in page and "这是最后一项" not in page  # it is said of an open one alone


def test_ten_of_something_is_asked_for_as_ten(cast):
    adaptation, visit = make_accepting(cast, "floor", quantity=10)
    number, desk = adaptation.case.number, client_of(cast.manager)
    assert found_at_first(visit.lines.get())["found_quantity"] == "10"
    visit.lines.update(found_quantity="20.00")
    member = join_party(visit, body="community", name="周文彬", by=cast.manager, at=LATER)
    shown = [
        desk.get(f"/{page}").content.decode()
        for page in (f"eldercare/{number}/accept/", f"works/{number}/", f"eldercare/{number}/accept/party/{member.pk}/")
    ]
    assert 'name="found_quantity" value="20"' in shown[0]
    assert "10 项" in shown[0] and "10 项" in shown[1] and "20 项" in shown[2]


def test_the_contractor_finds_no_acceptance(cast):
    adaptation, _visit = make_accepting(cast)
    man = adaptation.contractor.memberships.first().user
    assert client_of(man).get(f"/eldercare/{adaptation.case.number}/accept/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_accept_at_once_and_one_is_told(cast):
    adaptation, _visit = whole(cast)
    first, second = fresh(adaptation), fresh(adaptation)
    found = all_at_once(
        [lambda one=one: accept(one, by=cast.street_officer, at=LATER, words="") for one in (first, second)]
    )
    assert Adaptation.objects.get(pk=adaptation.pk).state == State.ACCEPTED
    assert sum(isinstance(one, Changed) for one in found) == 1


def test_a_talk_that_the_page_did_not_show_is_not_written_over(cast):
    """Whatever the clocks of two phones say: whoever writes has seen what they write over."""
    adaptation, visit = make_accepting(cast)
    url, client = f"/eldercare/{adaptation.case.number}/accept/talk/?who=self", client_of(cast.street_officer)
    said = {"name": adaptation.resident.name, "relation": "self"}

    def hears(score: int, seen: str) -> int:
        answer = client.post(url, {**said, "score": score, "seen": seen})
        assert Interview.objects.get(visit=visit).score == (score if answer.status_code == 303 else 5)
        return answer.status_code

    before = client.get(url).context["form"]["seen"].value()
    deeds.record_interview(adaptation, visit=visit, score=5, by=cast.reception, at=LATER, **said)
    assert hears(3, before) == 409
    assert hears(3, client.get(url).context["form"]["seen"].value()) == 303
