"""Redis away: pages and deeds go on, codes are refused with a clear word, nothing is lost; the database away: red, politely."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, transaction
from redis import Redis

from community_portal import clock
from community_portal.outbox import health, views, wake
from community_portal.outbox.actions import Recipient, queue_message
from community_portal.outbox.models import Channel, Message
from tests.cast import Cast

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def without_redis(settings: Any) -> None:
    settings.REDIS_URL = NOWHERE


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        yield server.getsockname()[1]


def queue_and_wake() -> float:
    """A deed with an urgent message; answers the seconds that its caller waited."""
    started = time.monotonic()
    with transaction.atomic():
        to = Recipient(Channel.SMS, "+8613800002046")
        queue_message("login_code", to=to, at=clock.now(), dedupe="one", context={"code": "1"})
        wake.wake_the_sweeper()
    return time.monotonic() - started


@pytest.mark.django_db(transaction=True)
def test_the_deed_is_done_and_nobody_waits_while_redis_refuses(without_redis: None) -> None:
    assert queue_and_wake() < 0.5
    assert Message.objects.get().state == "waiting"


@pytest.mark.django_db(transaction=True)
def test_the_deed_is_done_and_nobody_waits_while_redis_is_silent(settings: Any, silent_port: int) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{silent_port}/0"
    assert queue_and_wake() < 0.8
    assert Message.objects.get().state == "waiting"


def test_a_redis_that_falls_silent_after_its_greeting_holds_nobody_up(
    settings: Any, silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{silent_port}/0"
    monkeypatch.setattr(wake, "redis_answers", lambda: True)
    started = time.monotonic()
    wake._ring()
    assert time.monotonic() - started < 1.5


def test_a_wake_up_reaches_the_queue(settings: Any) -> None:
    client = Redis.from_url(settings.REDIS_URL)
    before = client.llen("messages")
    wake._ring()
    assert client.llen("messages") == before + 1
    client.rpop("messages")


def test_codes_are_refused_with_a_word_and_what_was_typed_stays(
    without_redis: None, cast: Cast, signed_in: Any
) -> None:
    answer = signed_in(None).post("/sign-in/", {"phone": "13800002046"})
    body = answer.content.decode()
    assert answer.status_code in (200, 422)
    assert "验证码暂时发不出去" in body and "13800002046" in body
    assert not Message.objects.filter(kind="login_code").exists()


def test_health_is_degraded_without_redis(without_redis: None, client: Any, db: None) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded" and answer.json()["cache"] is False


def test_health_is_red_without_the_database(client: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    def gone(**kwargs: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(views, "state_of_health", gone)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, False)
    assert health.WORKER_SILENT
