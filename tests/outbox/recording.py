"""A provider for tests that writes down every call durably, so that a killed process cannot forget it."""

import os
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend

from community_portal.outbox.models import Message

PLACE = "RECORDING_PROVIDER"
DIES = "RECORDING_DIES"
SLOW = "RECORDING_SECONDS"


def calls() -> list[int]:
    """Message ids in the order they reached the provider, repetitions included."""
    with closing(_open()) as book:
        return [row[0] for row in book.execute("SELECT message FROM calls ORDER BY rowid")]


def delivered() -> list[int]:
    """What an idempotent provider passed on: each id once."""
    return sorted(set(calls()))


def write_down(message: int) -> None:
    """One call, on disk when this returns."""
    with closing(_open()) as book:
        book.execute("INSERT INTO calls VALUES (?)", [message])


def _open() -> sqlite3.Connection:
    book = sqlite3.connect(Path(os.environ[PLACE]), timeout=30, isolation_level=None)
    book.execute("CREATE TABLE IF NOT EXISTS calls (message INTEGER)")
    return book


def _take_a_while() -> None:
    """So that a kill at any moment often falls into a call."""
    time.sleep(float(os.environ.get(SLOW, "0")) / 2)


class Idempotent:
    """Takes our id as idempotency key. With RECORDING_DIES=before|after the process is killed around the call, once."""

    is_idempotent = True

    def send(self, message: Message, words: str) -> str:
        self._perhaps_die("before")
        _take_a_while()
        write_down(message.pk)
        _take_a_while()
        self._perhaps_die("after")
        return f"ref-{message.pk}"

    def _perhaps_die(self, moment: str) -> None:
        if os.environ.get(DIES) == moment:
            os.kill(os.getpid(), signal.SIGKILL)


class Forgetful(Idempotent):
    """Sends again whatever it is given again."""

    is_idempotent = False


class Broken:
    """Fails for the message with an odd number, every time."""

    is_idempotent = True

    def send(self, message: Message, words: str) -> str:
        if message.pk % 2:
            raise ConnectionError("no line")
        return "ok"


class Down:
    """Nobody there."""

    is_idempotent = True

    def send(self, message: Message, words: str) -> str:
        raise ConnectionError("no line")


class Odd(Forgetful):
    """Sends, and answers something that cannot be written down."""

    def send(self, message: Message, words: str) -> str:
        super().send(message, words)
        return "\0"


class Mail(BaseEmailBackend):
    """A mail server that passes on each Message-ID once."""

    def send_messages(self, email_messages: Any) -> int:
        for mail in email_messages:
            _take_a_while()
            write_down(int(mail.extra_headers["Message-ID"].removeprefix("<message-").partition("@")[0]))
            _take_a_while()
        return len(email_messages)
