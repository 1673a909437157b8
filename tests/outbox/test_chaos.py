"""Real Celery workers on a real Redis, killed again and again: nothing lost, nothing doubled, nothing later than promised."""

import datetime as dt
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from community_portal import clock
from community_portal.celery import app
from community_portal.outbox.actions import Recipient, queue_message
from community_portal.outbox.models import Channel, Heartbeat, Message, MessageState
from community_portal.standalone.servers import Redis
from tests.outbox import recording, words
from tests.outbox.processes import Workers

FAULTS = 15
SETTLED = [MessageState.SENT, MessageState.UNSURE]


@pytest.fixture
def workers(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Workers]:
    monkeypatch.setenv(recording.PLACE, str(tmp_path / "calls.db"))
    settings.SMS_BACKEND = "tests.outbox.recording.Forgetful"
    team = Workers(tmp_path, slow=0.08)
    yield team
    team.stop()


def queue(count: int, *, channel: str, over: dt.timedelta) -> list[int]:
    """Urgent ones, so that the test may run at night, falling due one after the other."""
    begin = clock.now()
    for n in range(count):
        address = f"+86138{n:08d}" if channel == Channel.SMS else f"n{n}@example.org"
        due_at = begin + over * n / count
        to = Recipient(channel, address)
        queue_message("test_urgent", to=to, at=begin, due_at=due_at, dedupe=f"chaos:{n}", context={"n": n})
    return list(Message.objects.filter(channel=channel).values_list("pk", flat=True))


@pytest.mark.long
def test_chaos(workers: Workers) -> None:
    assert words
    workers.start()
    workers.start()
    workers.wait_until_ready()
    texts = queue(100, channel=Channel.SMS, over=dt.timedelta(seconds=8))
    mails = queue(100, channel=Channel.EMAIL, over=dt.timedelta(seconds=8))
    chance, faults, killed_at = random.Random(7), 0, time.monotonic()
    gives_up = time.monotonic() + 60
    while Message.objects.exclude(state__in=SETTLED).exists():
        assert time.monotonic() < gives_up, list(Message.objects.values_list("state", "attempts", "reason").distinct())
        workers.wake()
        time.sleep(0.25)
        workers.tend()
        if faults < FAULTS and time.monotonic() - killed_at > 0.5 and any(one.hands() for one in workers.ready()):
            victim = chance.choice([one for one in workers.ready() if one.hands()])
            if faults % 7 == 6:
                victim.kill()
            else:
                os.kill(chance.choice(victim.hands()), signal.SIGKILL)
            faults, killed_at = faults + 1, time.monotonic()
    assert faults == FAULTS

    calls = recording.calls()
    sent = Message.objects.filter(state=MessageState.SENT)
    unsure = set(Message.objects.filter(state=MessageState.UNSURE).values_list("pk", flat=True))
    # Mail drops repetitions by our id: all of it went out, whatever was killed.
    assert sent.filter(pk__in=mails).count() == 100 and set(mails) <= set(calls)
    # Text messages: never twice; the few whose fate nobody knows wait for a person.
    assert len([pk for pk in calls if pk in texts]) == len(set(calls) & set(texts)), "a text message was doubled"
    assert unsure <= set(texts) and len(unsure) <= FAULTS * 2
    assert set(texts) - unsure <= set(calls), "a text message was lost"
    lags = [(message.sent_at - message.due_at).total_seconds() for message in sent]
    repeated = len(calls) - len(set(calls))
    print(
        f"{faults} kills: {sent.count()} sent, {len(unsure)} unsure, {repeated} repeated by id, lag {max(lags):.1f} s"
    )
    assert max(lags) <= 30


@pytest.mark.long
def test_redis_dies_and_comes_back_empty(settings: Any, tmp_path: Path, workers: Workers) -> None:
    """What was queued meanwhile goes out by the same worker, once, and nobody had to start anything."""
    own = Redis(tmp_path, is_durable=False)
    own.start()
    settings.REDIS_URL = own.url
    team = Workers(tmp_path)
    try:
        team.start()
        team.wait_until_ready()
        queue(5, channel=Channel.SMS, over=dt.timedelta(0))
        team.wake()
        wait_for(lambda: Message.objects.filter(state=MessageState.SENT).count() == 5)
        assert own.process
        own.process.kill()
        own.process.wait()
        queue(20, channel=Channel.EMAIL, over=dt.timedelta(0))
        time.sleep(10)
        assert Message.objects.filter(state=MessageState.WAITING).count() == 20
        own.start()
        wait_for(lambda: team.wake() or not Message.objects.exclude(state=MessageState.SENT).exists())
        calls = recording.calls()
        assert len(calls) == len(set(calls)) == 25
        assert team.running[0].process.poll() is None
    finally:
        team.stop()
        own.stop()


def wait_for(is_so: Callable[[], bool], *, seconds: float = 45) -> None:
    """Asks every half second; at the end of its patience, fails."""
    gives_up = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < gives_up
        time.sleep(0.5)


def test_a_worker_that_cannot_reach_redis_never_gives_up() -> None:
    assert app.conf.broker_connection_max_retries is None


def test_a_worker_sends_what_is_due_and_shows_its_heart(workers: Workers, client: Any) -> None:
    queue(10, channel=Channel.EMAIL, over=dt.timedelta(0))
    workers.start()
    for task in ("outbox.deliver_due_messages",) * 2 + ("outbox.beat_heart",) * 2 + ("outbox.reconcile_messages",) * 2:
        workers.wake(task)
    for _try in range(300):
        if Heartbeat.objects.exists() and not Message.objects.exclude(state=MessageState.SENT).exists():
            break
        time.sleep(0.1)
    assert len(recording.calls()) == 10
    assert Heartbeat.objects.get().name.startswith("w"), "one row per worker, by its own name"
    answer = client.get("/healthz").json()
    assert (answer["status"], answer["worker"], answer["outbox"]) == ("ok", True, True)
