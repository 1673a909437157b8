"""Secrets that stand for a person: the link in a text message, the address of their calendar, and the token that binds a hold to
one browser.

Only keyed hashes are stored, and what still has to be said is sealed, so that whoever reads the tables cannot use what is
found there.
"""

import base64
import functools
import hashlib
import hmac
import logging
import re
import secrets

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

_SEALED = re.compile(r"~([\w-]+=*)~")
_TICKET = re.compile(r"\b(\d{1,15})-[0-9a-f]{12}\b")
_IN_AN_ADDRESS = re.compile(r"/(a|b|v|calendar)/[\w-]{20,}")


def new_token() -> str:
    """192 random bits as 32 characters that survive a text message."""
    return secrets.token_urlsafe(24)


def link_hash_of(token: str) -> str:
    """What is stored of the link of a booking."""
    return _keyed("booking-link", token)


def calendar_hash_of(token: str) -> str:
    """What is stored of the address of somebody's calendar."""
    return _keyed("calendar", token)


def hold_hash_of(token: str) -> str:
    """What is stored of the browser that holds places."""
    return _keyed("booking-hold", token)


def answer_hash_of(token: str) -> str:
    """What is stored of a link by which somebody answers a question, and of what they know beside it."""
    return _keyed("answer-link", token)


def client_hash_of(token: str) -> str:
    """What is stored of the key by which a program of another organisation calls."""
    return _keyed("api-client", token)


def ballot_hash_of(token: str) -> str:
    """What is stored of the link by which somebody votes, and of what they know beside it."""
    return _keyed("ballot-link", token)


def ticket_of(booking_id: int) -> str:
    """What the QR code of a booking says, at the door: its number, and proof that we wrote it."""
    return f"{booking_id}-{_keyed('ticket', str(booking_id))[:12]}"


def read_ticket(text: str) -> int | None:
    """The booking of a ticket, also inside an address; None for anything that we did not write."""
    found = _TICKET.search(text)
    if found is None or not hmac.compare_digest(found[0], ticket_of(int(found[1]))):
        return None
    return int(found[1])


def sealed(token: str) -> str:
    """The token as it may stand in a message that waits, or that was sent; ``unsealed`` puts it into words."""
    return f"~{_seal(settings.LOOKUP_KEY).encrypt(token.encode()).decode()}~"


def unsealed(words: str) -> str:
    """The words with every token in them as whoever is meant reads it; what another key sealed stays as it is."""
    return _SEALED.sub(_opened, words)


def _opened(found: re.Match[str]) -> str:
    try:
        return _seal(settings.LOOKUP_KEY).decrypt(found[1]).decode()
    except InvalidToken:
        return found[0]


@functools.lru_cache(1)
def _seal(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"links:{key}".encode()).digest()))


def _keyed(purpose: str, token: str) -> str:
    return hmac.new(settings.LOOKUP_KEY.encode(), f"{purpose}:{token}".encode(), hashlib.sha256).hexdigest()


class LineWithoutTokens(logging.Formatter):
    """A line of the log: Django writes the address of every request that was refused, and whoever reads it could use it."""

    def format(self, record: logging.LogRecord) -> str:
        return _IN_AN_ADDRESS.sub(r"/\1/***", super().format(record))
