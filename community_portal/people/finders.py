"""What the one search box can find. Rooms add their finders when Django starts (see apps' finders.py)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Hit:
    """One line of the results."""

    title: str
    sub: str
    url: str
    icon: str
    hue: str = "plum"


Finder = Callable[[Any, str], list[Hit]]
FINDERS: list[tuple[str | Promise, Finder]] = []


def register_finder(label: str | Promise, find: Finder) -> None:
    """Adds a group of results: ``find(user, text)`` answers hits that this user may see."""
    FINDERS.append((label, find))


def find_everything(user: Any, text: str) -> list[tuple[str | Promise, list[Hit]]]:
    """Every group that has hits."""
    groups = [(label, find(user, text)) for label, find in FINDERS]
    return [(label, hits) for label, hits in groups if hits]
