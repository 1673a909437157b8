"""What can be said: each kind of message with its words and the question whether it is still true when it is sent.

An app declares its kinds in its ``notices.py`` and registers them when Django starts.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from community_portal.outbox.models import Message


def always_true(message: Message, at: dt.datetime) -> str:
    """For messages that nothing can make untrue."""
    return ""


@dataclass(frozen=True)
class Kind:
    """``words`` carries ``%(name)s`` places filled from the message's context, in the recipient's language.

    The words of a secret kind are forgotten once they are sent, but for the demo.
    ``untrue_because(message, at)`` answers "" while the message is still true, else a short reason for the ledger.
    ``for_staff`` is read by those only who still hold a role of staff at the message's community.
    """

    name: str
    label: str | Promise
    words: str | Promise
    untrue_because: Callable[[Message, dt.datetime], str] = always_true
    is_urgent: bool = False
    for_staff: bool = False
    is_secret: bool = False


KINDS: dict[str, Kind] = {}


def register_kinds(*kinds: Kind) -> None:
    """Makes kinds known to the sweep; called from an app's ``ready()``."""
    for kind in kinds:
        KINDS[kind.name] = kind
