"""Meetings: who came, minutes in versions, decisions that somebody carries out and somebody else closes."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from community_portal import clock
from community_portal.casework.models import Case
from community_portal.deliberations.actions import meetings as deeds
from community_portal.deliberations.actions.meetings import Invited
from community_portal.deliberations.models import Decision, Meeting, Minutes
from community_portal.deliberations.standing import meetings_of
from community_portal.deliberations.topics import topic_alone, topic_of
from community_portal.dues.actions import generate_dues
from community_portal.dues.models import DueItem
from community_portal.people.models import Organisation, Role
from community_portal.refusals import Changed, NotAllowed, Refusal
from tests.cast import MONDAY, Cast
from tests.factories import make_member
from tests.loans import borrow

pytestmark = pytest.mark.django_db
AT = MONDAY + dt.timedelta(hours=5)
DUE = clock.local(MONDAY).date() + dt.timedelta(days=7)


def call(cast: Cast, topic=None, **over) -> Meeting:
    topic = topic or topic_alone(cast.home, title="充电", by=cast.manager, at=MONDAY)
    given = {
        "kind": "consultation", "title": "哪里装合适", "starts_at": MONDAY + dt.timedelta(hours=4), "place": "议事厅",
        "parties": [Invited("residents"), Invited("property", "好家物业"), Invited("utility", "燃气公司")],
        "by": cast.manager, "at": MONDAY,
    }  # fmt: skip
    return deeds.call_meeting(topic, **given | over)


def held(cast: Cast, **over) -> Meeting:
    meeting = call(cast, **over)
    came = {party.pk: 8 if party.role == "residents" else 1 for party in meeting.parties.all()}
    deeds.hold_meeting(meeting, came=came, by=cast.reception, at=AT)
    return meeting


def test_who_was_asked_and_who_came(cast: Cast) -> None:
    meeting = call(cast)
    with pytest.raises(Refusal, match="还没有开始"):
        deeds.hold_meeting(meeting, came={}, by=cast.manager, at=MONDAY)
    with pytest.raises(Refusal, match="来了几个人"):
        deeds.hold_meeting(meeting, came={}, by=cast.manager, at=AT)
    with pytest.raises(Refusal, match="请过了"):
        deeds.invite(meeting, Invited("residents"), by=cast.manager, at=MONDAY)
    deeds.invite(meeting, Invited("street"), by=cast.manager, at=MONDAY)
    first = meeting.parties.first()
    deeds.hold_meeting(meeting, came={first.pk: 8}, by=cast.reception, at=AT)
    assert list(meeting.parties.values_list("came", flat=True)) == [8, 0, 0, 0]
    with pytest.raises(Changed):
        deeds.hold_meeting(meeting, came={first.pk: 8}, by=cast.manager, at=AT)
    with pytest.raises(Changed):
        deeds.invite(meeting, Invited("fire"), by=cast.manager, at=AT)


def test_called_off_says_why_and_is_not_held(cast: Cast) -> None:
    meeting = call(cast)
    deeds.call_off_meeting(meeting, words="下雨", by=cast.manager, at=MONDAY)
    with pytest.raises(Changed):
        deeds.hold_meeting(meeting, came={meeting.parties.first().pk: 1}, by=cast.manager, at=AT)
    for wrong in ("held_at = now()", "called_off_why = ''"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE deliberations_meeting SET {wrong}")


def test_minutes_are_corrected_by_a_further_version(cast: Cast) -> None:
    meeting = call(cast)
    with pytest.raises(Refusal, match="开过了"):
        deeds.write_minutes(meeting, words="说好了", by=cast.reception, at=MONDAY)
    meeting = held(cast)
    with pytest.raises(Refusal, match="请写纪要"):
        deeds.write_minutes(meeting, words=" ", by=cast.reception, at=AT)
    deeds.write_minutes(meeting, words="说好了", by=cast.reception, at=AT)
    second = deeds.write_minutes(meeting, words="说好了，晚上十一点断电", by=cast.manager, at=AT, publish=True)
    assert list(meeting.minutes.values_list("version", flat=True)) == [2, 1] and second.published_at == AT
    for sql in ("UPDATE deliberations_minutes SET words = 'x'", "DELETE FROM deliberations_minutes"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert Minutes.objects.count() == 2


def test_a_decision_is_due_until_its_owner_has_done_it_and_another_closes_it(cast: Cast) -> None:
    decision = deeds.decide(
        held(cast), words="量一量离燃气管多远", due_on=DUE, owner=cast.officer, by=cast.manager, at=AT
    )
    item = DueItem.objects.get()
    assert (item.assignee, item.due_on, item.is_open) == (cast.officer, DUE, True)
    assert DueItem.objects.waiting_for(cast.officer).count() == 1
    with pytest.raises(NotAllowed):
        deeds.carry_out(decision, words="量了", by=cast.reception, at=AT)
    deeds.carry_out(decision, words="量了，21.9 米", by=cast.officer, at=AT)
    assert not DueItem.objects.open().exists()
    with pytest.raises(Changed):
        deeds.carry_out(decision, words="又量了", by=cast.officer, at=AT)
    with pytest.raises(NotAllowed, match="不能自己销号"):
        deeds.close_decision(decision, by=cast.officer, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.update(closed_at=AT, closed_by=cast.officer)
    deeds.close_decision(decision, by=cast.manager, at=AT)
    with pytest.raises(Changed):
        deeds.close_decision(decision, by=cast.manager, at=AT)


def test_the_night_changes_nothing_about_due_decisions(cast: Cast) -> None:
    decision = deeds.decide(held(cast), words="量一量", due_on=DUE, owner=cast.officer, by=cast.manager, at=AT)
    day = clock.local(AT).date()
    generate_dues(on=day, at=AT)
    assert DueItem.objects.filter(kind="decisions").count() == 1
    deeds.carry_out(decision, words="量了", by=cast.officer, at=AT)
    generate_dues(on=day + dt.timedelta(days=1), at=AT)
    item = DueItem.objects.get(kind="decisions")
    assert item.done_by == cast.officer and item.url == f"/deliberations/meetings/{decision.meeting_id}/"


def test_an_organisation_carries_out_what_it_was_given(cast: Cast) -> None:
    firm = Organisation.objects.create(name="好家物业", kind=Role.PROPERTY)
    member = make_member(Role.PROPERTY, organisation=firm)
    decision = deeds.decide(held(cast), words="清走杂物", due_on=DUE, organisation=firm, by=cast.manager, at=AT)
    assert DueItem.objects.waiting_for(member).count() == 1
    deeds.carry_out(decision, words="清走了", by=member, at=AT)
    assert not DueItem.objects.waiting_for(member).exists()


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"owner": None}, "no_owner"),
        ({"due_on": DUE - dt.timedelta(days=30)}, "in_the_past"),
        ({"words": ""}, "no_words"),
    ],
)
def test_what_is_no_decision(cast: Cast, over: dict, code: str) -> None:
    given = {"words": "量一量", "due_on": DUE, "owner": cast.officer, "by": cast.manager, "at": AT} | over
    with pytest.raises(Refusal) as refusal:
        deeds.decide(held(cast), **given)
    assert refusal.value.code == code


def test_who_calls_and_who_writes(cast: Cast) -> None:
    for who in (cast.reception, cast.officer, cast.stranger):
        with pytest.raises(NotAllowed):
            call(cast, by=who)
    meeting = held(cast)
    with pytest.raises(NotAllowed):
        deeds.write_minutes(meeting, words="说好了", by=cast.stranger, at=AT)
    assert Meeting.objects.visible_to(cast.officer).exists()
    assert not Meeting.objects.visible_to(cast.stranger).exists()


@pytest.mark.usefixtures("toy")
def test_about_a_matter_or_alone(cast: Cast) -> None:
    loan = borrow(cast)
    meeting = call(cast, topic=topic_of(loan))
    alone = call(cast)
    assert list(meetings_of(loan)) == [meeting] and meeting.case == loan.case
    assert alone.case not in (loan.case, None) and Case.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.filter(pk=alone.pk).update(matter_id=1)
