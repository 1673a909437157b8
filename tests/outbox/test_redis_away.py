"""Redis away: pages and deeds go on, codes are refused with a clear word, nothing is lost; the database away: red, politely."""

import time
from typing import Any

import pytest
from django.db import OperationalError

from community_portal.outbox import health, views, wake
from community_portal.outbox.models import Message
from tests.cast import Cast

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def without_redis(settings: Any) -> None:
    settings.REDIS_URL = NOWHERE


def test_waking_answers_quickly_and_never_raises(without_redis: None) -> None:
    started = time.monotonic()
    wake._ring()
    assert wake.redis_answers() is False
    assert time.monotonic() - started < 5


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
