"""The ways out: what reaches the provider, and what each of its answers means. Tencent is a real HTTP server here."""

import datetime as dt
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core import mail

from community_portal import clock
from community_portal.outbox.actions import Recipient, queue_message
from community_portal.outbox.models import Channel, Message
from community_portal.outbox.sweep import deliver_due
from tests.outbox import words

NOON = clock.at_wall(dt.date(2026, 11, 24), dt.time(12))
pytestmark = pytest.mark.django_db


class Tencent(ThreadingHTTPServer):
    answer: Any
    asked: list[dict[str, Any]]
    daemon_threads = True


class Desk(BaseHTTPRequestHandler):
    server: Tencent

    def do_POST(self) -> None:
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        if self.server.answer is None:
            time.sleep(7)  # longer than we wait
            return
        body = json.dumps({"Response": {"RequestId": "r", **self.server.answer}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def tencent(settings: Any) -> Iterator[Tencent]:
    server = Tencent(("127.0.0.1", 0), Desk)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_BACKEND = "community_portal.outbox.channels.TencentSms"
    settings.TENCENT_SMS = {
        "secret_id": "id", "secret_key": "key", "app_id": "1400", "sign": "会客厅", "template_id": "7",
        "endpoint": f"127.0.0.1:{server.server_port}", "protocol": "http",
    }  # fmt: skip
    yield server
    server.shutdown()
    server.server_close()


def told(to: Recipient | None = None) -> Message:
    assert words
    queue_message("test_word", to=to or Recipient(Channel.SMS, "+8613800002046"), at=NOON, dedupe="x", context={"n": 5})
    deliver_due(at=NOON)
    return Message.objects.get()


def status(code: str) -> dict[str, Any]:
    return {"SendStatusSet": [{"SerialNo": "s-1", "PhoneNumber": "", "Fee": 1, "Code": code, "Message": code}]}


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (status("Ok"), "sent", ""),
        (status("FailedOperation.PhoneNumberInBlacklist"), "failed", "Blacklist"),
        (status("LimitExceeded.PhoneNumberThirtySecondLimit"), "waiting", "ThirtySecond"),
        ({"Error": {"Code": "AuthFailure.SignatureFailure", "Message": "no"}}, "waiting", "AuthFailure"),
        ({"Error": {"Code": "InternalError", "Message": "?"}}, "unsure", "没有回音"),
        (None, "unsure", "没有回音"),
    ],
    ids=["ok", "never", "not-now", "not-us", "who-knows", "silence"],
)
def test_what_the_provider_answers(tencent: Tencent, answer: Any, state: str, reason: str) -> None:
    tencent.answer = answer
    message = told()
    assert message.state == state and reason in message.reason
    assert len(tencent.asked) == 1
    (asked,) = tencent.asked
    assert asked["SessionContext"] == str(message.pk) and asked["TemplateParamSet"] == ["word 5"]
    assert asked["PhoneNumberSet"] == ["+8613800002046"]
    assert message.provider_ref == ("s-1" if state == "sent" else "")


def test_a_provider_that_was_never_reached_is_tried_again(tencent: Tencent) -> None:
    tencent.shutdown()
    tencent.server_close()
    message = told()
    assert (message.state, message.attempts) == ("waiting", 1)


def test_mail_carries_our_id_and_speaks_the_readers_language(settings: Any) -> None:
    settings.PORTAL_URL = "https://portal.example.org"
    message = told(Recipient(Channel.EMAIL, "li@example.org"))
    (letter,) = mail.outbox
    assert letter.extra_headers["Message-ID"] == f"<message-{message.pk}@portal.example.org>"
    assert letter.body == "word 5" and letter.to == ["li@example.org"]


def test_the_console_masks_numbers(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.SMS_BACKEND = "community_portal.outbox.channels.ConsoleSms"
    with caplog.at_level("DEBUG"):
        assert told().state == "sent"
    assert "***2046" in caplog.text and "3800002046" not in caplog.text
