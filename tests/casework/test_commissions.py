"""A third party sees the matters that its organisation was given, does their steps, and knows of no other."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from community_portal import clock
from community_portal.casework.actions import authority_over, commission, end_commission, take_step
from community_portal.casework.escalation import escalate_overdue
from community_portal.casework.leaving import release_left_behind
from community_portal.casework.models import AttachmentKind, Case, Task
from community_portal.casework.queries import timeline
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.outbox.kinds import KINDS
from community_portal.outbox.last_look import last_look
from community_portal.outbox.models import Message
from community_portal.people.models import Membership, User
from community_portal.refusals import NotAllowed
from tests.cast import MONDAY, Cast
from tests.loans import Workshop, make_workshop, ordered
from tests.toy_service.models import Loan
from tests.toy_service.workflow import LOAN

pytestmark = pytest.mark.usefixtures("toy")
LATER = MONDAY + dt.timedelta(hours=3)


@pytest.fixture
def firm(cast: Cast) -> Workshop:
    return make_workshop("安居")


def finish(found: Loan, by: User) -> None:
    authority = authority_over(found, by)
    take_step(found, "finish", by=by, at=LATER, authority=authority)


def test_they_see_what_was_given_while_it_is_given_and_nothing_else(cast: Cast, firm: Workshop) -> None:
    given, other = ordered(cast, firm), ordered(cast, firm)
    rival = make_workshop("乐居")
    commission(given, organisation=firm.organisation, by=cast.manager, at=MONDAY)
    assert list(Loan.objects.visible_to(firm.builder)) == [given]
    assert not Loan.objects.visible_to(rival.builder).exists()
    assert not Case.objects.visible_to(firm.builder).exists(), "not what else hangs on the case"
    assert set(Loan.objects.visible_to(cast.reception)) == {given, other}
    end_commission(given, organisation=firm.organisation, by=cast.manager, at=LATER)
    assert not Loan.objects.visible_to(firm.builder).exists()


def test_another_flow_with_the_same_number_was_not_given(cast: Cast, firm: Workshop, monkeypatch: Any) -> None:
    found = ordered(cast, firm)
    commission(found, organisation=firm.organisation, by=cast.manager, at=MONDAY)
    monkeypatch.setattr(Loan, "flow", dataclasses.replace(Loan.flow, name="hazard"))
    assert not Loan.objects.visible_to(firm.builder).exists()
    assert found.roles_given(firm.builder) == frozenset()


def test_they_do_their_steps_of_what_was_given_only(cast: Cast, firm: Workshop) -> None:
    given, other = ordered(cast, firm), ordered(cast, firm)
    commission(given, organisation=firm.organisation, by=cast.manager, at=MONDAY)
    with pytest.raises(NotAllowed):
        authority_over(other, firm.builder)
    with pytest.raises(NotAllowed):
        take_step(other, "finish", by=firm.builder, at=LATER, authority="role:contractor")
    assert [step.name for step in Loan.flow.open_steps(given, firm.builder)] == ["finish"]
    assert Loan.flow.open_steps(other, firm.builder) == []
    finish(given, firm.builder)
    line = given.case.events.get(kind="finish")
    assert (line.actor, line.authority) == (firm.builder, "role:contractor")


def test_only_staff_of_the_place_give_and_giving_twice_is_one_line(cast: Cast, firm: Workshop) -> None:
    found = ordered(cast, firm)
    for stranger in (cast.stranger, firm.builder):
        with pytest.raises(NotAllowed):
            commission(found, organisation=firm.organisation, by=stranger, at=MONDAY)
    for _n in range(2):
        commission(found, organisation=firm.organisation, by=cast.manager, at=MONDAY)
    for _n in range(2):
        end_commission(found, organisation=firm.organisation, by=cast.manager, at=LATER)
    lines = [line["what"] for line in timeline(found.case, for_resident=True)]
    assert lines[:2] == ["不再由安居办理", "交给安居办理"] and lines.count("交给安居办理") == 1


def test_their_page_lists_what_waits_for_them(cast: Cast, firm: Workshop, signed_in: Any) -> None:
    given, other = ordered(cast, firm), ordered(cast, firm)
    commission(given, organisation=firm.organisation, by=cast.manager, at=MONDAY)
    page = signed_in(firm.builder).get("/desk/")
    shown = page.content.decode()
    assert given.case.number in shown and other.case.number not in shown
    assert page.context["inbox_count"]() == 1
    assert not Task.objects.inbox_of(make_workshop("乐居").builder).exists()
    Task.objects.open().filter(matter_id=given.pk).update(role="receptionist")
    assert not Task.objects.inbox_of(User.objects.get(pk=firm.builder.pk)).exists(), "a task of another role"


def test_they_open_the_files_of_what_was_given(cast: Cast, firm: Workshop, signed_in: Any) -> None:
    found = ordered(cast, firm)

    def keep(number: int, flow: str) -> int:
        event = found.case.write("note", by=None, at=MONDAY, flow=flow, matter_id=found.pk)
        file = ReadFile(b"%%PDF-1.4 %d" % number, "方案.pdf", "application/pdf", "pdf")
        kind = AttachmentKind.PAPER
        return keep_file(found.case, file, kind=kind, by=None, at=MONDAY, event=event, is_public=False).pk

    theirs, others = keep(1, LOAN.name), keep(2, "hazard")
    builder = signed_in(firm.builder)
    assert builder.get(f"/files/{theirs}/").status_code == 404
    commission(found, organisation=firm.organisation, by=cast.manager, at=MONDAY)
    assert [builder.get(f"/files/{pk}/").status_code for pk in (theirs, others)] == [200, 404]
    assert signed_in(cast.elder_account).get(f"/files/{theirs}/").status_code == 404


def test_the_journal_of_one_matter_is_not_that_of_its_case(cast: Cast, firm: Workshop) -> None:
    found = ordered(cast, firm)
    found.case.write("note", by=None, at=MONDAY, words="别的事", flow="hazard", matter_id=found.pk)
    assert "别的事" in [line["quote"] for line in timeline(found.case)]
    assert "别的事" not in [line["quote"] for line in timeline(found.case, only=found)]


def test_they_hear_that_it_is_overdue_and_may_read_it(cast: Cast, firm: Workshop) -> None:
    found = ordered(cast, firm)
    commission(found, organisation=firm.organisation, by=cast.manager, at=MONDAY)
    make_workshop("乐居")
    Task.objects.open().filter(matter_id=found.pk).update(due_at=MONDAY)
    escalate_overdue(at=LATER)
    told = Message.objects.filter(kind="task_overdue")
    assert {message.user for message in told} == {firm.builder, cast.manager}
    theirs = told.get(user=firm.builder)
    assert last_look(theirs, KINDS["task_overdue"], at=LATER) is None
    Membership.objects.filter(user=firm.builder).update(ends_on=clock.today() - dt.timedelta(days=1))
    gone = last_look(Message.objects.get(pk=theirs.pk), KINDS["task_overdue"], at=LATER)
    assert gone and gone.reason == "已经不在这个岗位"


def test_a_task_stays_in_their_hands_as_long_as_the_matter_is_theirs(cast: Cast, firm: Workshop) -> None:
    found = ordered(cast, firm)
    commission(found, organisation=firm.organisation, by=cast.manager, at=MONDAY)
    Task.objects.open().filter(matter_id=found.pk).update(assignee=firm.builder)
    assert release_left_behind(at=clock.now()) == 0
    end_commission(found, organisation=firm.organisation, by=cast.manager, at=LATER)
    assert release_left_behind(at=clock.now()) == 1
