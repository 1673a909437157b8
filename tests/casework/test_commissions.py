"""A third party sees the matters that its organisation was given, does their steps, and knows of no other."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from appointments.models import HelpRequest
from appointments.workflow import HELP, State
from community_portal import clock
from community_portal.casework.actions import authority_over, commission, end_commission, take_step
from community_portal.casework.escalation import escalate_overdue
from community_portal.casework.flow import FLOWS
from community_portal.casework.leaving import release_left_behind
from community_portal.casework.models import AttachmentKind, Case, Task
from community_portal.casework.queries import timeline
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.outbox.kinds import KINDS
from community_portal.outbox.last_look import last_look
from community_portal.outbox.models import Message
from community_portal.people.models import Membership, Organisation, User
from community_portal.refusals import NotAllowed
from tests.appointments.test_steps import MONDAY, put_into, take_in
from tests.cast import Cast
from tests.factories import Role, make_member

LATER = MONDAY + dt.timedelta(hours=3)


@dataclasses.dataclass
class Firm:
    organisation: Organisation
    builder: User


def make_firm(name: str) -> Firm:
    organisation = Organisation.objects.create(name=name, kind=Role.CONTRACTOR)
    return Firm(organisation, make_member(Role.CONTRACTOR, organisation=organisation, name=f"{name}师傅"))


@pytest.fixture
def firm(db: None, monkeypatch: pytest.MonkeyPatch) -> Firm:
    """A contractor, and a flow in which what is handled is handled by one."""
    states = HELP.states | {State.HANDLING: dataclasses.replace(HELP.states[State.HANDLING], owner=Role.CONTRACTOR)}
    steps = tuple(
        dataclasses.replace(step, roles=frozenset({Role.CONTRACTOR})) if step.name == "resolve" else step
        for step in HELP.steps
    )
    flow = dataclasses.replace(HELP, states=states, steps=steps)
    monkeypatch.setattr(HelpRequest, "flow", flow)
    monkeypatch.setitem(FLOWS, flow.name, flow)
    return make_firm("安居")


def handled(cast: Cast) -> HelpRequest:
    """It waits for a contractor."""
    found = put_into(take_in(cast), State.VERIFIED, cast.officer)
    take_step(found, "handle", by=cast.reception, at=MONDAY, authority="role:receptionist")
    return found


def finish(found: HelpRequest, by: User) -> None:
    authority = authority_over(found, by)
    changes = {"outcome": "solved", "resolved_at": LATER}
    take_step(found, "resolve", by=by, at=LATER, authority=authority, changes=changes)


def test_they_see_what_was_given_while_it_is_given_and_nothing_else(cast: Cast, firm: Firm) -> None:
    given, other = handled(cast), handled(cast)
    rival = make_firm("乐居")
    commission(given, organisation=firm.organisation, by=cast.manager, at=MONDAY)
    assert list(HelpRequest.objects.visible_to(firm.builder)) == [given]
    assert not HelpRequest.objects.visible_to(rival.builder).exists()
    assert not Case.objects.visible_to(firm.builder).exists(), "not what else hangs on the case"
    assert set(HelpRequest.objects.visible_to(cast.reception)) == {given, other}
    end_commission(given, organisation=firm.organisation, by=cast.manager, at=LATER)
    assert not HelpRequest.objects.visible_to(firm.builder).exists()


def test_another_flow_with_the_same_number_was_not_given(cast: Cast, firm: Firm, monkeypatch: Any) -> None:
    found = handled(cast)
    commission(found, organisation=firm.organisation, by=cast.manager, at=MONDAY)
    monkeypatch.setattr(HelpRequest, "flow", dataclasses.replace(HelpRequest.flow, name="hazard"))
    assert not HelpRequest.objects.visible_to(firm.builder).exists()
    assert found.roles_given(firm.builder) == frozenset()


def test_they_do_their_steps_of_what_was_given_only(cast: Cast, firm: Firm) -> None:
    given, other = handled(cast), handled(cast)
    commission(given, organisation=firm.organisation, by=cast.manager, at=MONDAY)
    with pytest.raises(NotAllowed):
        authority_over(other, firm.builder)
    with pytest.raises(NotAllowed):
        take_step(other, "resolve", by=firm.builder, at=LATER, authority="role:contractor")
    assert [step.name for step in HelpRequest.flow.open_steps(given, firm.builder)] == ["resolve"]
    assert HelpRequest.flow.open_steps(other, firm.builder) == []
    finish(given, firm.builder)
    line = given.case.events.get(kind="resolve")
    assert (line.actor, line.authority) == (firm.builder, "role:contractor")


def test_only_staff_of_the_place_give_and_giving_twice_is_one_line(cast: Cast, firm: Firm) -> None:
    found = handled(cast)
    for stranger in (cast.stranger, firm.builder):
        with pytest.raises(NotAllowed):
            commission(found, organisation=firm.organisation, by=stranger, at=MONDAY)
    for _n in range(2):
        commission(found, organisation=firm.organisation, by=cast.manager, at=MONDAY)
    for _n in range(2):
        end_commission(found, organisation=firm.organisation, by=cast.manager, at=LATER)
    lines = [line["what"] for line in timeline(found.case, for_resident=True)]
    assert lines[:2] == ["不再由安居办理", "交给安居办理"] and lines.count("交给安居办理") == 1


def test_their_page_lists_what_waits_for_them(cast: Cast, firm: Firm, signed_in: Any) -> None:
    given, other = handled(cast), handled(cast)
    commission(given, organisation=firm.organisation, by=cast.manager, at=MONDAY)
    page = signed_in(firm.builder).get("/desk/")
    shown = page.content.decode()
    assert given.case.number in shown and other.case.number not in shown
    assert page.context["inbox_count"]() == 1
    assert not Task.objects.inbox_of(make_firm("乐居").builder).exists()
    Task.objects.open().filter(matter_id=given.pk).update(role="receptionist")
    assert not Task.objects.inbox_of(User.objects.get(pk=firm.builder.pk)).exists(), "a task of another role"


def test_they_open_the_files_of_what_was_given(cast: Cast, firm: Firm, signed_in: Any) -> None:
    found = handled(cast)

    def keep(number: int, flow: str) -> int:
        event = found.case.write("note", by=None, at=MONDAY, flow=flow, matter_id=found.pk)
        file = ReadFile(b"%%PDF-1.4 %d" % number, "方案.pdf", "application/pdf", "pdf")
        kind = AttachmentKind.PAPER
        return keep_file(found.case, file, kind=kind, by=None, at=MONDAY, event=event, is_public=False).pk

    theirs, others = keep(1, HELP.name), keep(2, "hazard")
    builder = signed_in(firm.builder)
    assert builder.get(f"/files/{theirs}/").status_code == 404
    commission(found, organisation=firm.organisation, by=cast.manager, at=MONDAY)
    assert [builder.get(f"/files/{pk}/").status_code for pk in (theirs, others)] == [200, 404]
    assert signed_in(cast.elder_account).get(f"/files/{theirs}/").status_code == 404


def test_the_journal_of_one_matter_is_not_that_of_its_case(cast: Cast, firm: Firm) -> None:
    found = handled(cast)
    found.case.write("note", by=None, at=MONDAY, words="别的事", flow="hazard", matter_id=found.pk)
    assert "别的事" in [line["quote"] for line in timeline(found.case)]
    assert "别的事" not in [line["quote"] for line in timeline(found.case, only=found)]


def test_they_hear_that_it_is_overdue_and_may_read_it(cast: Cast, firm: Firm) -> None:
    found = handled(cast)
    commission(found, organisation=firm.organisation, by=cast.manager, at=MONDAY)
    make_firm("乐居")
    Task.objects.open().filter(matter_id=found.pk).update(due_at=MONDAY)
    escalate_overdue(at=LATER)
    told = Message.objects.filter(kind="task_overdue")
    assert {message.user for message in told} == {firm.builder, cast.manager}
    theirs = told.get(user=firm.builder)
    assert last_look(theirs, KINDS["task_overdue"], at=LATER) is None
    Membership.objects.filter(user=firm.builder).update(ends_on=clock.today() - dt.timedelta(days=1))
    gone = last_look(Message.objects.get(pk=theirs.pk), KINDS["task_overdue"], at=LATER)
    assert gone and gone.reason == "已经不在这个岗位"


def test_a_task_stays_in_their_hands_as_long_as_the_matter_is_theirs(cast: Cast, firm: Firm) -> None:
    found = handled(cast)
    commission(found, organisation=firm.organisation, by=cast.manager, at=MONDAY)
    Task.objects.open().filter(matter_id=found.pk).update(assignee=firm.builder)
    assert release_left_behind(at=clock.now()) == 0
    end_commission(found, organisation=firm.organisation, by=cast.manager, at=LATER)
    assert release_left_behind(at=clock.now()) == 1
