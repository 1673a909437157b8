"""More time, once, in time; and what is passed to a body that has to answer: meanwhile no time passes."""

import datetime as dt
from typing import Any

import pytest

from community_portal import clock
from community_portal.casework.models import Task
from community_portal.matters.actions.extensions import ask_extension, refuse_extension
from community_portal.outbox.models import Message
from community_portal.outbox.sweep import deliver_waiting
from community_portal.people.models import Organisation
from community_portal.refusals import Changed, Refusal
from safety.actions import hazard_fixing, hazard_transfers
from safety.models import Hazard
from safety.workflow.states import Hazarding
from tests.cast import MONDAY, Cast
from tests.safety.hazarding import DAY, Watch, assign, bring_to, found, make_watch, read, transfer, verify

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]


@pytest.fixture
def watch(cast: Cast) -> Watch:
    return make_watch(cast)


@pytest.fixture
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


@pytest.mark.usefixtures("monday")
def test_more_time_once_and_in_working_days(watch: Watch) -> None:
    hazard = bring_to(Hazarding.ASSIGNED, watch)
    assert hazard.due_on == dt.date(2026, 11, 26)
    ask_extension(hazard, days=3, words="等配件", by=watch.fang, at=MONDAY)
    assert Task.objects.inbox_of(watch.cast.manager).filter(flow="hazard", matter_id=hazard.pk).exists()
    hazard_fixing.grant(hazard, by=watch.cast.manager, at=MONDAY)
    assert hazard.due_on == dt.date(2026, 12, 1)  # over the weekend
    assert hazard.due_at and clock.local(hazard.due_at).date() == hazard.due_on
    assert Message.objects.filter(kind="hazard_extended", user=watch.fang).exists()
    with pytest.raises(Refusal, match="只能延一次"):
        ask_extension(hazard, days=3, words="还要等", by=watch.fang, at=MONDAY)
    hazard_fixing.begin(hazard, by=watch.fang, at=MONDAY)
    assert clock.local(read(hazard).due_at).date() == dt.date(2026, 12, 1)  # type: ignore[arg-type]


@pytest.mark.usefixtures("monday")
def test_what_was_refused_is_not_asked_again(watch: Watch) -> None:
    hazard = bring_to(Hazarding.ASSIGNED, watch)
    ask_extension(hazard, days=3, words="等配件", by=watch.fang, at=MONDAY)
    refuse_extension(hazard, words="先拉警戒带", by=watch.cast.manager, at=MONDAY)
    with pytest.raises(Refusal):
        ask_extension(hazard, days=3, words="等配件", by=watch.fang, at=MONDAY)


def test_what_is_late_is_not_extended(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    hazard = bring_to(Hazarding.ASSIGNED, watch)
    monkeypatch.setattr(clock, "now", lambda: MONDAY + 10 * DAY)
    assert "ask_extension" not in {step.name for step in hazard.flow.open_steps(hazard, watch.fang)}
    with pytest.raises(Refusal, match="过了期的不能再延"):
        ask_extension(hazard, days=3, words="等配件", by=watch.fang, at=MONDAY + 10 * DAY)


def test_who_begins_late_is_late(watch: Watch) -> None:
    hazard = bring_to(Hazarding.ASSIGNED, watch)
    hazard_fixing.begin(hazard, by=watch.fang, at=MONDAY + 10 * DAY)
    hazard = read(hazard)
    assert hazard in Hazard.objects.overdue(at=MONDAY + 10 * DAY)
    assert Task.objects.inbox_of(watch.fang).get(flow="hazard", matter_id=hazard.pk).due_at == hazard.due_at


def test_passed_to_nobody_is_refused(watch: Watch) -> None:
    hazard = verify(found(watch), watch)
    for body in (None, watch.firm):
        with pytest.raises(Refusal, match="请选转给哪个单位"):
            transfer(hazard, watch, body=body)
    silent = Organisation.objects.create(name="城管中队", kind="company")
    silent.streets.add(watch.cast.next_door.street)
    with pytest.raises(Refusal, match="请选转给哪个单位"):
        transfer(hazard, watch, body=silent)  # of another street
    silent.streets.set([watch.cast.street])
    with pytest.raises(Refusal, match="请填对方的手机"):
        transfer(hazard, watch, body=silent)
    with pytest.raises(Refusal, match="请填对方的手机"):
        transfer(hazard, watch, body=silent, phone="0513-86543210")
    assert hazard.state == Hazarding.VERIFIED


def test_asked_by_a_link_reminded_and_answered(watch: Watch, signed_in: Any) -> None:
    at = clock.now()
    hazard = verify(found(watch, at=at), watch, at=at)
    first = transfer(hazard, watch, at=at)
    assert (hazard.state, hazard.limit_now, hazard.transferred_to) == (Hazarding.TRANSFERRED, None, watch.fire)
    second = hazard_transfers.chase(hazard, by=watch.safety, at=at)
    assert hazard.transfers.get().chased_count == 1
    told = Message.objects.filter(kind="hazard_asks_body", channel="sms")
    assert told.count() == 2
    client = signed_in(None)
    assert client.get("/a/" + first.split("/a/")[1]).status_code == 404  # the old link ended
    address = "/a/" + second.split("/a/")[1]
    page = client.get(address).content.decode()
    assert "请拆掉限高杆" in page and "2 楼楼道堆了旧家具" not in page
    answer = {"outcome": "done", "words": "限高杆拆了", "name": "王站长", "second": "0119"}
    assert client.post(address, answer | {"second": "1234"}).status_code == 422
    assert client.post(address, answer | {"words": ""}).status_code == 422
    assert client.post(address, answer).status_code == 303
    hazard = read(hazard)
    row = hazard.transfers.get()
    assert (hazard.state, row.outcome, row.answer, row.name) == (Hazarding.VERIFIED, "done", "限高杆拆了", "王站长")
    assert Message.objects.filter(kind="hazard_body_answered", user=watch.cast.manager).exists()
    assert client.post(address, answer).status_code == 409
    with pytest.raises(Changed):
        hazard_transfers.answer_by_link(hazard, str(row.pk), outcome="done", name="王", words="又答", at=at)


def test_what_they_say_by_telephone_ends_their_link(watch: Watch, signed_in: Any) -> None:
    at = clock.now()
    hazard = verify(found(watch, at=at), watch, at=at)
    link = transfer(hazard, watch, at=at)
    hazard_transfers.record_answer(hazard, outcome="not_ours", name="值班员", words="归城管管", by=watch.safety, at=at)
    assert hazard.state == Hazarding.VERIFIED
    assert signed_in(None).get("/a/" + link.split("/a/")[1]).status_code == 404
    transfer(hazard, watch, at=at)  # to another, or the same again
    assert hazard.transfers.count() == 2


def test_who_waits_is_told_and_what_is_no_longer_asked_is_not_sent(watch: Watch) -> None:
    now = clock.now()
    elder = watch.cast.elder
    mine = found(watch, by=watch.cast.elder_account, reporter=elder, code="", at=now)
    verify(mine, watch, at=now)
    transfer(mine, watch, at=now)
    assert Message.objects.filter(kind="hazard_transferred", resident=elder).exists()
    hazard_transfers.record_answer(mine, outcome="done", name="王", words="好了", by=watch.safety, at=now)
    deliver_waiting(at=clock.at_wall(clock.local(now).date() + dt.timedelta(days=1), dt.time(10)))
    assert not Message.objects.filter(kind="hazard_asks_body", state="sent").exists()
    assert not Message.objects.filter(kind="hazard_transferred", state="sent").exists()


def test_the_clock_stands_still_while_it_waits(watch: Watch) -> None:
    hazard = assign(verify(found(watch), watch), watch)
    due_at = hazard.due_at
    transfer(hazard, watch)
    hazard_transfers.record_answer(
        hazard, outcome="takes", name="王", words="我们派人来", by=watch.safety, at=MONDAY + 2 * DAY
    )
    assert hazard.state == Hazarding.ASSIGNED and due_at and hazard.due_at
    assert hazard.due_at - due_at == 2 * DAY
    assert Hazard.objects.get().due_on == dt.date(2026, 11, 28)
