"""A call that nobody takes: the next one hears of it, step by step, until somebody has it; then nobody hears any more."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from community_portal import clock
from community_portal.casework.actions import acknowledge, take_step, take_task
from community_portal.casework.deadlines import Limit
from community_portal.casework.escalation import BATCH, escalate_overdue, ring_alarms
from community_portal.casework.flow import FLOWS, Rung
from community_portal.casework.models import Alarm, Event, Task
from community_portal.casework.notices import still_unanswered
from community_portal.casework.queries import timeline
from community_portal.outbox.kinds import KINDS, Kind
from community_portal.outbox.last_look import last_look
from community_portal.outbox.models import Message, MessageState
from community_portal.outbox.sweep import words_of
from community_portal.refusals import Changed, NotAllowed
from tests.cast import Cast, make_cast
from tests.factories import Role, make_member, make_resident
from tests.loans import borrow
from tests.race import all_at_once
from tests.toy_service.models import Loan
from tests.toy_service.workflow import LOAN, State

pytestmark = pytest.mark.usefixtures("toy")

NIGHT = clock.at_wall(dt.date(2026, 11, 28), dt.time(2, 10, 5))  # a Saturday
SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)
FAMILY = "+8613911112222"


def family(task: Task, at: dt.datetime) -> list[Any]:
    """The daughter, as the file has her now."""
    return [task.case.asker]


LADDER = (
    Rung(-MINUTE, "handler", "call_raised"),
    Rung(dt.timedelta(), family, "call_raised"),
    Rung(MINUTE, Role.GRID_OFFICER, "call_raised"),
    Rung(3 * MINUTE, "manager", "call_raised"),
)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A flow that begins with a call, to be taken within sixty seconds at any hour."""
    spec = dataclasses.replace(
        LOAN.states[State.ASKED], owner=Role.RECEPTIONIST, round_the_clock=True, escalation=LADDER,
        limit=Limit(60, "seconds", "接警"),
    )  # fmt: skip
    flow = dataclasses.replace(LOAN, states=LOAN.states | {State.ASKED: spec})
    monkeypatch.setattr(Loan, "flow", flow)
    monkeypatch.setitem(FLOWS, flow.name, flow)
    words = "%(level)s: %(number)s%(resident)s按了按钮，%(address)s。"
    monkeypatch.setitem(KINDS, "call_raised", Kind("call_raised", "呼叫", words, still_unanswered))
    yield


def raised(cast: Cast, *, at: dt.datetime = NIGHT, **over: Any) -> Loan:
    daughter = make_resident(community=cast.home, name="陈女儿", phone=FAMILY)
    return borrow(cast, asker=daughter, at=at, **over)


def step(matter: Loan, name: str, cast: Cast, *, at: dt.datetime, **over: Any) -> None:
    take_step(matter, name, by=cast.manager, at=at, authority="role:manager", **over)


def called() -> list[str]:
    """Who was told, in order: the account, or the number."""
    rows = Message.objects.filter(kind="call_raised").order_by("id").select_related("user")
    return [row.user.username if row.user else row.address for row in rows]


def open_task() -> Task:
    return Task.objects.open().get(state=State.ASKED)


def test_each_step_is_a_row_with_its_own_time(calls: None, cast: Cast) -> None:
    raised(cast)
    due = [alarm.due_at - NIGHT for alarm in Alarm.objects.order_by("level")]
    assert due == [dt.timedelta(), MINUTE, 2 * MINUTE, 4 * MINUTE]
    assert open_task().due_at == NIGHT + MINUTE and open_task().ladder_until == NIGHT + MINUTE + 24 * HOUR
    assert called() == [], "whoever is called hears it from the sweep"


def test_step_by_step_and_once_each_however_often_it_is_swept(calls: None, cast: Cast) -> None:
    raised(cast)
    heard = []
    for seconds in range(0, 600, 5):
        moment = NIGHT + seconds * SECOND
        before = called()
        ring_alarms(at=moment)
        once = (called(), Event.objects.count())
        ring_alarms(at=moment)
        assert (called(), Event.objects.count()) == once
        heard += [(seconds, who) for who in called()[len(before) :]]
    assert heard == [(0, "reception"), (60, FAMILY), (120, "grid"), (240, "manager")]
    assert [line["what"] for line in timeline(open_task().case)][:2] == [
        "没有人接手，提醒了顾书记", "没有人接手，提醒了周敏",
    ]  # fmt: skip


def test_waits_are_not_skipped_when_nobody_swept_for_a_while(calls: None, cast: Cast) -> None:
    """All who should have heard by now hear, the later ones not yet."""
    raised(cast)
    ring_alarms(at=NIGHT + 130 * SECOND)
    assert called() == ["reception", FAMILY, "grid"]


def test_the_words_and_the_people_are_those_of_the_moment(calls: None, cast: Cast) -> None:
    matter = raised(cast)
    ring_alarms(at=NIGHT)
    matter.case.asker.contacts.update(phone="+8613988887777")
    matter.case.resident.name = "陈平平"
    matter.case.resident.save()
    make_member(Role.GRID_OFFICER, grid=cast.grid, username="night_shift")
    ring_alarms(at=NIGHT + 2 * MINUTE)
    assert called() == ["reception", "+8613988887777", "grid", "night_shift"]
    words = [words_of(message) for message in Message.objects.filter(kind="call_raised").order_by("id")]
    assert words[0].startswith("1: LT-") and "陈平按了按钮" in words[0] and "陈平平按了按钮" in words[1]


def test_it_is_said_at_night(calls: None, cast: Cast) -> None:
    raised(cast)
    ring_alarms(at=NIGHT + MINUTE)
    sms = Message.objects.get(kind="call_raised", address=FAMILY)
    assert sms.is_urgent and last_look(sms, KINDS["call_raised"], at=NIGHT + MINUTE) is None


@pytest.mark.parametrize("answer", ["acknowledge", "leave", "take"])
def test_who_has_it_ends_every_step_in_the_same_transaction(answer: str, calls: None, cast: Cast) -> None:
    matter = raised(cast)
    ring_alarms(at=NIGHT + 65 * SECOND)
    moment = NIGHT + 70 * SECOND
    with transaction.atomic():
        if answer == "acknowledge":
            acknowledge(matter, by=cast.reception, at=moment)
        elif answer == "take":
            take_task(open_task(), by=cast.reception, at=moment)
        else:
            matter.items.update(is_needed=False)
            step(matter, "check", cast, at=moment, words="没事")
        assert not Alarm.objects.waiting().exists()
        unsent = Message.objects.filter(kind="call_raised")
        assert set(unsent.values_list("state", "reason")) == {(MessageState.CANCELLED, "已经有人接手")}
    before = called()
    for minutes in (2, 4, 30, 23 * 60, 25 * 60):
        ring_alarms(at=NIGHT + minutes * MINUTE)
    assert called() == before == ["reception", FAMILY]
    assert Alarm.objects.filter(cancelled_at=moment).count() == 2
    if answer != "leave":
        task = open_task()
        assert (task.assignee, task.acknowledged_by, task.acknowledged_at) == (cast.reception, cast.reception, moment)


def test_what_is_on_its_way_when_somebody_answers_is_looked_at_again(calls: None, cast: Cast) -> None:
    matter = raised(cast)
    ring_alarms(at=NIGHT)
    message = Message.objects.get(kind="call_raised")
    Message.objects.update(state=MessageState.CLAIMED, claimed_at=NIGHT, handed_at=NIGHT)
    assert last_look(message, KINDS["call_raised"], at=NIGHT) is None
    acknowledge(matter, by=cast.reception, at=NIGHT + SECOND)
    verdict = last_look(message, KINDS["call_raised"], at=NIGHT + SECOND)
    assert verdict is not None and verdict.until is None


def test_two_who_answer_at_once_are_one(calls: None, cast: Cast) -> None:
    matter = raised(cast)
    acknowledge(matter, by=cast.reception, at=NIGHT)
    with pytest.raises(Changed):
        acknowledge(matter, by=cast.officer, at=NIGHT)
    assert matter.case.events.filter(kind="acknowledged").count() == 1
    with pytest.raises(NotAllowed):
        acknowledge(matter, by=cast.stranger, at=NIGHT)


def test_a_day_later_nobody_is_woken_and_it_is_overdue_like_any_other(calls: None, cast: Cast) -> None:
    matter = raised(cast)
    assert escalate_overdue(at=NIGHT + 23 * HOUR) == 0, "its alarms are its own until then"
    ring_alarms(at=NIGHT + 25 * HOUR)
    assert called() == [] and not Alarm.objects.waiting().exists()
    assert escalate_overdue(at=NIGHT + 25 * HOUR) == 1
    assert escalate_overdue(at=NIGHT + 26 * HOUR) == 0
    told = Message.objects.filter(kind="task_overdue").values_list("user__username", flat=True)
    assert set(told) == {"reception", "manager"} and matter.case.events.filter(kind="overdue").count() == 1


def test_a_limit_that_moves_takes_its_steps_along(calls: None, cast: Cast) -> None:
    matter = raised(cast)
    ring_alarms(at=NIGHT)
    later = NIGHT + 10 * MINUTE
    step(matter, "hand_over", cast, at=NIGHT + SECOND, changes={"due_at": later})
    ring_alarms(at=NIGHT + 5 * MINUTE)
    assert called() == ["reception"]
    ring_alarms(at=later + 3 * MINUTE)
    assert called() == ["reception", "reception", FAMILY, "grid", "manager"]


def test_a_quick_limit_without_a_ladder_is_swept_quickly_too(
    calls: None, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = Loan.flow
    spec = dataclasses.replace(flow.states[State.ASKED], escalation=LOAN.states[State.ASKED].escalation)
    flow = dataclasses.replace(flow, states=flow.states | {State.ASKED: spec})
    monkeypatch.setattr(Loan, "flow", flow)
    monkeypatch.setitem(FLOWS, flow.name, flow)
    raised(cast)
    ring_alarms(at=NIGHT + MINUTE - SECOND)
    assert not Message.objects.filter(kind="task_overdue").exists()
    ring_alarms(at=NIGHT + MINUTE)
    told = Message.objects.filter(kind="task_overdue").values_list("user__username", flat=True)
    assert sorted(told) == ["manager", "reception"]


def test_flows_of_working_days_have_no_alarms_and_pay_nothing_for_them(cast: Cast) -> None:
    borrow(cast)
    assert not Alarm.objects.exists() and not Task.objects.filter(ladder_until__isnull=False).exists()


def test_an_alarm_that_fails_does_not_keep_the_others_from_ringing(
    calls: None, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised(cast)

    def nobody(task: Task, at: dt.datetime) -> list[Any]:
        raise LookupError("no family on file")

    flow = Loan.flow
    ladder = (dataclasses.replace(LADDER[0], to=nobody), *LADDER[1:])
    spec = dataclasses.replace(flow.states[State.ASKED], escalation=ladder)
    monkeypatch.setitem(flow.states, State.ASKED, spec)
    ring_alarms(at=NIGHT + MINUTE)
    assert called() == [FAMILY]
    ring_alarms(at=NIGHT + 2 * MINUTE)
    assert called() == [FAMILY, "grid"]


def test_a_sweep_costs_the_same_with_one_open_call_and_with_many(calls: None, cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            ring_alarms(at=NIGHT - HOUR)
        return len(found)

    task = Task.objects.open().get(case=raised(cast).case)
    alone = queries()
    Alarm.objects.bulk_create(
        [
            Alarm(task=task, level=level, due_at=NIGHT + n * SECOND, ends_at=NIGHT + 48 * HOUR)
            for n in range(1, 2 * BATCH)
            for level in range(3)
        ],
        ignore_conflicts=True,
    )
    assert queries() == alone


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_side_by_side_ring_each_step_once(calls: None) -> None:
    cast = make_cast()
    for n in range(4):
        raised(cast, resident=make_resident(household=cast.household, name=f"老人{n}"))
    answers = all_at_once([lambda: ring_alarms(at=NIGHT + 10 * MINUTE)] * 3)
    assert all(isinstance(answer, int) for answer in answers), answers
    ring_alarms(at=NIGHT + 10 * MINUTE)
    assert sorted(called()) == sorted(4 * ["reception", FAMILY, "grid", "manager"])
