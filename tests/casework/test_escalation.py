"""Due and overdue are told once, to whom the task is handed or waits for, and to the manager, however often the task runs."""

import dataclasses
import datetime as dt

import pytest

from community_portal import clock
from community_portal.casework import escalation
from community_portal.casework.escalation import escalate_overdue
from community_portal.casework.flow import FLOWS
from community_portal.casework.models import Event, Task
from community_portal.matters.actions import hands
from community_portal.matters.actions.steps import take
from community_portal.outbox.kinds import KINDS
from community_portal.outbox.last_look import last_look
from community_portal.outbox.models import Message
from community_portal.outbox.sweep import words_of
from community_portal.people.models import Membership, User
from tests.cast import MONDAY, Cast
from tests.factories import Role, make_member
from tests.loans import assigned, borrow, make_workshop, put_into
from tests.toy_service.models import Loan
from tests.toy_service.workflow import LOAN, State

pytestmark = pytest.mark.usefixtures("toy")
DUE = MONDAY + dt.timedelta(days=2)


def told(kind: str) -> set[str]:
    return set(Message.objects.filter(kind=kind).values_list("user__username", flat=True))


def test_told_once_and_only_after_the_limit(cast: Cast) -> None:
    taken = assigned(cast)
    assert escalate_overdue(at=DUE - dt.timedelta(hours=1)) == 0
    late = DUE + dt.timedelta(minutes=1)
    assert escalate_overdue(at=late) == 1
    before = (Event.objects.count(), Message.objects.count())
    assert escalate_overdue(at=late) == 0
    assert escalate_overdue(at=late + dt.timedelta(days=3)) == 0
    assert (Event.objects.count(), Message.objects.count()) == before
    assert told("task_overdue") == {"grid", "manager"}
    assert Task.objects.get(case=taken.case).escalated_at == late
    assert taken.case.events.filter(kind="overdue").count() == 1


@pytest.mark.parametrize(("on", "is_told"), [(dt.date(2026, 11, 26), True), (dt.date(2026, 11, 27), False)])
def test_the_manager_in_office_is_the_one_of_the_day_in_shanghai(on: dt.date, is_told: bool, cast: Cast) -> None:
    """At half past midnight in Shanghai it is still yesterday in UTC."""
    make_member(Role.MANAGER, community=cast.home, username="new_manager")
    Membership.objects.filter(user__username="new_manager").update(starts_on=on)
    assigned(cast)
    half_past_midnight = clock.at_wall(dt.date(2026, 11, 26), dt.time(0, 30)).astimezone(dt.UTC)
    assert half_past_midnight.date() == dt.date(2026, 11, 25)
    escalate_overdue(at=half_past_midnight)
    assert ("new_manager" in told("task_overdue")) is is_told


def test_what_waits_for_a_role_is_told_to_all_who_hold_it(cast: Cast) -> None:
    make_member(Role.RECEPTIONIST, community=cast.home, username="second_desk")
    borrow(cast)
    due = Task.objects.get().due_at
    assert due is not None
    Task.objects.update(opened_at=due - dt.timedelta(hours=3))
    escalate_overdue(at=due - dt.timedelta(hours=1))
    assert told("task_due") == {"reception", "second_desk"}
    escalate_overdue(at=due + dt.timedelta(minutes=1))
    assert told("task_overdue") == {"reception", "second_desk", "manager"}


def test_what_waits_for_the_street_is_told_to_the_street(cast: Cast) -> None:
    borrow(cast)
    Task.objects.update(role=Role.STREET_OFFICER)
    escalate_overdue(at=DUE + dt.timedelta(minutes=1))
    assert told("task_overdue") == {"street", "manager"}


def test_due_is_told_two_hours_before_and_worthless_once_it_is_over(cast: Cast) -> None:
    assigned(cast)
    escalate_overdue(at=DUE - dt.timedelta(hours=3))
    assert told("task_due") == set()
    for minutes in (120, 60, 10):
        escalate_overdue(at=DUE - dt.timedelta(minutes=minutes))
    message = Message.objects.get(kind="task_due")
    assert message.user == cast.officer
    assert last_look(message, KINDS["task_due"], at=DUE) is not None


def test_nobody_goes_untold_because_others_were_told_first(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are due at once, and whatever a round takes at a time."""
    monkeypatch.setattr(escalation, "BATCH", 2)
    cases = {assigned(cast).case.number for _ in range(5)}
    for minutes in (120, 119, 118):
        escalate_overdue(at=DUE - dt.timedelta(minutes=minutes))
    assert {m.context["number"] for m in Message.objects.filter(kind="task_due")} == cases


def test_due_is_told_again_to_whoever_has_it_now(cast: Cast) -> None:
    loan = assigned(cast)
    soon = loan.due_at - dt.timedelta(hours=1)
    escalate_overdue(at=soon)
    hands.hand_over(loan, officer=cast.reception, by=cast.manager, at=soon, words="请接着办")
    escalate_overdue(at=soon + dt.timedelta(minutes=1))
    assert told("task_due") == {"grid", "reception"}
    before = Message.objects.count()
    escalate_overdue(at=soon + dt.timedelta(minutes=2))
    assert Message.objects.count() == before


@pytest.fixture
def waits_when_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flow in which the clock stands still until the resident says when to bring it."""
    spec = dataclasses.replace(LOAN.states[State.READY], stops_clock=True, todo="等居民回话")
    flow = dataclasses.replace(LOAN, states=LOAN.states | {State.READY: spec})
    monkeypatch.setattr(Loan, "flow", flow)
    monkeypatch.setitem(FLOWS, flow.name, flow)


def test_a_resident_who_says_nothing_is_rung_after_three_working_days(cast: Cast, waits_when_ready: None) -> None:
    workshop = make_workshop()
    loan = put_into(borrow(cast), State.ORDERED, cast, workshop=workshop.organisation)
    thursday = clock.at_wall(dt.date(2026, 11, 26), dt.time(10))
    take(loan, "finish", by=workshop.builder, at=thursday)
    for day in range(5):
        escalate_overdue(at=thursday + dt.timedelta(days=day))
    assert told("task_waits") == set(), "a weekend is no silence"
    tuesday = thursday + dt.timedelta(days=5)
    escalate_overdue(at=tuesday)
    escalate_overdue(at=tuesday + dt.timedelta(days=9))
    message = Message.objects.get(kind="task_waits")
    assert (message.user, message.context["number"]) == (cast.officer, loan.case.number)
    assert "等居民回话，三个工作日了还没有回音" in words_of(message)
    assert told("task_overdue") == set() and not loan.case.events.filter(kind="overdue").exists()
    assert last_look(message, KINDS["task_waits"], at=tuesday) is None
    take(loan, "bring", by=cast.officer, at=tuesday)
    assert last_look(message, KINDS["task_waits"], at=tuesday) is not None


def test_who_has_left_hears_of_no_task_any_more(cast: Cast) -> None:
    assigned(cast)
    escalate_overdue(at=DUE + dt.timedelta(minutes=1))
    message = Message.objects.get(kind="task_overdue", user=cast.officer)
    assert last_look(message, KINDS["task_overdue"], at=DUE) is None
    Membership.objects.filter(user=cast.officer).update(ends_on=clock.today() - dt.timedelta(days=1))
    message = Message.objects.get(pk=message.pk)
    verdict = last_look(message, KINDS["task_overdue"], at=DUE)
    assert verdict is not None and verdict.until is None


def test_what_has_ended_escalates_no_more(cast: Cast) -> None:
    take(put_into(borrow(cast), State.READY, cast), "bring", by=cast.officer, at=MONDAY)
    assert escalate_overdue(at=MONDAY + dt.timedelta(days=30)) == 0


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "11-25 09:42"), ("en", "25 Nov, 9:42")])
def test_a_limit_is_told_in_the_words_of_who_is_told(language: str, words: str, cast: Cast) -> None:
    User.objects.update(language=language)
    cast.officer.refresh_from_db()
    assigned(cast)
    escalate_overdue(at=DUE + dt.timedelta(minutes=1))
    assert {message.context["due"] for message in Message.objects.filter(kind="task_overdue")} == {words}
    assert Message.objects.get(kind="matter_assigned", user=cast.officer).context["due"] == words


def test_what_was_short_from_the_start_is_not_called_nearly_due(cast: Cast) -> None:
    """Who got it a moment ago has just been told; a reminder is for what lay about."""
    assigned(cast)
    Task.objects.update(opened_at=DUE - dt.timedelta(minutes=90))
    escalate_overdue(at=DUE - dt.timedelta(minutes=60))
    assert told("task_due") == set()


def test_a_house_without_a_manager_is_its_streets_to_hear_of(cast: Cast) -> None:
    Membership.objects.filter(user=cast.manager).delete()
    assigned(cast)
    escalate_overdue(at=DUE + dt.timedelta(minutes=1))
    assert told("task_overdue") == {"grid", "street"}
