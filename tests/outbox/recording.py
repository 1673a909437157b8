"""A provider for tests that writes down every call durably, so that a killed process cannot forget it."""

import os
import signal
import sqlite3
from pathlib import Path

from community_portal.outbox.models import Message

PLACE = "RECORDING_PROVIDER"
DIES = "RECORDING_DIES"


def calls() -> list[int]:
    """Message ids in the order they reached the provider, repetitions included."""
    with _open() as book:
        return [row[0] for row in book.execute("SELECT message FROM calls ORDER BY rowid")]


def delivered() -> list[int]:
    """What an idempotent provider passed on: each id once."""
    return sorted(set(calls()))


def _open() -> sqlite3.Connection:
    book = sqlite3.connect(Path(os.environ[PLACE]), timeout=30, isolation_level=None)
    book.execute("CREATE TABLE IF NOT EXISTS calls (message INTEGER)")
    return book


class Idempotent:
    """Takes our id as idempotency key. With RECORDING_DIES=before|after the process is killed around the call, once."""

    is_idempotent = True

    def send(self, message: Message, words: str) -> str:
        self._perhaps_die("before")
        with _open() as book:
            book.execute("INSERT INTO calls VALUES (?)", [message.pk])
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
