"""Every task twice leaves the same database and the same sent list; the alarm rings when it should."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import time_machine

from community_portal import clock
from community_portal.outbox import tasks
from community_portal.outbox.actions import Recipient, queue_message
from community_portal.outbox.health import state_of_health
from community_portal.outbox.models import Channel, Heartbeat, Message
from tests.outbox import recording, words

NOON = clock.at_wall(dt.date(2026, 11, 24), dt.time(12))
MINUTE = dt.timedelta(minutes=1)


def say(n: int, **over: Any) -> None:
    assert words
    kind = over.pop("kind", "test_word")
    to = Recipient(Channel.SMS, f"+86138{n:08d}")
    queue_message(kind, to=to, at=NOON, dedupe=f"{n}", context={"n": n, "code": "123456"}, **over)


@pytest.fixture(autouse=True)
def provider(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setenv(recording.PLACE, str(tmp_path / "calls.db"))
    settings.SMS_BACKEND = "tests.outbox.recording.Idempotent"
    settings.PORTAL_DEMO = False


def everything() -> tuple[list[Any], list[Any], list[int]]:
    return list(Message.objects.order_by("pk").values()), list(Heartbeat.objects.values()), recording.calls()


@pytest.mark.parametrize("task", [tasks.deliver_due_messages, tasks.reconcile_messages, tasks.beat_heart])
def test_twice_is_once(task: Any) -> None:
    for n in range(4):
        say(n)
    say(5, kind="test_untrue")
    say(6, kind="login_code", expires_at=NOON + MINUTE)
    with time_machine.travel(NOON + 2 * MINUTE, tick=False):
        before = everything()
        task()
        first = everything()
        task()
        assert everything() == first
    assert first != before


def test_the_alarm_rings_for_what_is_late_and_for_what_keeps_failing(caplog: pytest.LogCaptureFixture) -> None:
    say(1)
    say(2, due_at=NOON + dt.timedelta(days=1))
    for after, rings in ((4 * MINUTE, False), (6 * MINUTE, True)):
        caplog.clear()
        with time_machine.travel(NOON + after, tick=False):
            tasks.reconcile_messages()
            assert state_of_health(at=clock.now())["outbox"] is not rings
        assert ("late" in caplog.text) is rings
    Message.objects.filter(due_at=NOON).update(due_at=NOON + dt.timedelta(hours=1), attempts=3)
    assert state_of_health(at=NOON)["messages_late"] == 1, "a retry moves its due time, not our promise"


def _knows_the_code(message: Message) -> bool:
    message.refresh_from_db()
    return "123456" in message.body + str(message.context)


@pytest.mark.parametrize("is_demo", [False, True])
def test_a_sign_in_code_is_forgotten_once_sent_except_in_the_demo(is_demo: bool, settings: Any) -> None:
    settings.PORTAL_DEMO = is_demo
    say(1, kind="login_code", expires_at=NOON + 10 * MINUTE)
    message = Message.objects.get()
    assert _knows_the_code(message)
    with time_machine.travel(NOON, tick=False):
        tasks.deliver_due_messages()
    assert _knows_the_code(message) is is_demo


def test_a_sign_in_code_never_sent_is_forgotten_once_worthless_except_in_the_demo(settings: Any) -> None:
    say(1, kind="login_code", expires_at=NOON + 10 * MINUTE)
    message = Message.objects.get()
    for minutes, is_demo, known in ((5, False, True), (11, True, True), (11, False, False)):
        settings.PORTAL_DEMO = is_demo
        with time_machine.travel(NOON + minutes * MINUTE, tick=False):
            tasks.reconcile_messages()
        assert _knows_the_code(message) is known


def test_workers_not_heard_of_for_a_day_are_forgotten() -> None:
    Heartbeat.objects.create(name="gone", at=NOON - dt.timedelta(days=2))
    Heartbeat.objects.create(name="other", at=NOON - MINUTE)
    with time_machine.travel(NOON, tick=False):
        tasks.beat_heart()
    assert Heartbeat.objects.count() == 2 and not Heartbeat.objects.filter(name="gone").exists()
