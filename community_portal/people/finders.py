"""What the one search box can find. Rooms add their finders when Django starts."""

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


Group = tuple[str | Promise, list[Hit]]  # under its heading
Finder = Callable[[Any, str], list[Group]]
FINDERS: list[Finder] = []


def register_finder(find: Finder) -> None:
    """``find(user, text)`` answers hits that this user may see, in groups; a group without any is left out."""
    FINDERS.append(find)


def find_everything(user: Any, text: str) -> list[Group]:
    return [group for find in FINDERS for group in find(user, text)]
