"""Who is told of deeds on accounts and files. Sending stands one floor up: outbox/notices.py registers how each is said."""

from collections.abc import Callable
from typing import Any

Tell = Callable[..., None]
WORK_ACCOUNT, FILES_MERGED = "work_account", "files_merged"
TELLERS: dict[str, Tell] = {}


def register_teller(what: str, teller: Tell) -> None:
    """``teller(**facts)`` queues the messages, in the transaction of the deed."""
    TELLERS[what] = teller


def tell(what: str, **facts: Any) -> None:
    """Whoever it concerns hears of it."""
    TELLERS[what](**facts)
