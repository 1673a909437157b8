"""Whatever ends calls what hangs on it: a file by death or moving away, somebody's post, a house.

Each app says in its ``departures.py`` what it does then, so that nobody's bookings, visits and messages stay behind untrue.
What two files that become one bring along is said in ``belongings.py``.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


def _nothing(*_what: Any, **_how: Any) -> None:
    """For endings that mean nothing to a room."""


def _nobody(*_what: Any, **_how: Any) -> dict[int, list[str]]:
    return {}


def _no_words(*_what: Any, **_how: Any) -> list[str]:
    return []


@dataclass(frozen=True)
class Departures:
    """What one room does when something ends; everything runs in the transaction of the ending.

    - ``on_closed(resident, why=, by=, at=)``: the file was closed, ``deceased`` or ``moved_out``; ``on_reopened(resident, by=,
      at=)``: it was a mistake, or they are back, and what can stand again does.
    - ``ahead_of_posts(user_ids, community_id=, at=)``: what hangs on the posts of these accounts there, in words by account;
      ``on_post_ended(user, community_id=, by=, at=)`` deals with it and answers in words what it did.
    - ``on_house_closed(community, by=, at=)`` and ``on_house_reopened``.
    - ``on_manager_changed(estate, by=, at=)``: from now or some day on another property company manages it, or none.
    """

    on_closed: Callable[..., None] = _nothing
    on_reopened: Callable[..., None] = _nothing
    ahead_of_posts: Callable[..., dict[int, list[str]]] = _nobody
    on_post_ended: Callable[..., list[str]] = _no_words
    on_house_closed: Callable[..., None] = _nothing
    on_house_reopened: Callable[..., None] = _nothing
    on_manager_changed: Callable[..., None] = _nothing


_ROOMS: list[Departures] = []


def register_departures(departures: Departures) -> None:
    """Makes them known; an app's ``departures.py`` calls it when Django starts, the rooms below before those above."""
    _ROOMS.append(departures)


# What ends is taken down from the top: a matter lets go of its visit before the messages of both are withdrawn.


def file_closed(resident: Any, *, why: str, by: Any, at: dt.datetime) -> None:
    for room in reversed(_ROOMS):
        room.on_closed(resident, why=why, by=by, at=at)


def file_reopened(resident: Any, *, by: Any, at: dt.datetime) -> None:
    for room in _ROOMS:
        room.on_reopened(resident, by=by, at=at)


def ahead_of_posts(user_ids: Iterable[int], *, community_id: int, at: dt.datetime) -> dict[int, list[str]]:
    """What would be left behind if these posts ended now, in words by account."""
    found: dict[int, list[str]] = {}
    for room in reversed(_ROOMS):
        for user_id, words in room.ahead_of_posts(list(user_ids), community_id=community_id, at=at).items():
            found.setdefault(user_id, []).extend(words)
    return found


def post_ended(user: Any, *, community_id: int, by: Any, at: dt.datetime) -> list[str]:
    """Answers in words what was done."""
    done = (room.on_post_ended(user, community_id=community_id, by=by, at=at) for room in reversed(_ROOMS))
    return [words for room in done for words in room]


def house_closed(community: Any, *, by: Any, at: dt.datetime) -> None:
    for room in reversed(_ROOMS):
        room.on_house_closed(community, by=by, at=at)


def house_reopened(community: Any, *, by: Any, at: dt.datetime) -> None:
    for room in _ROOMS:
        room.on_house_reopened(community, by=by, at=at)


def manager_changed(estate: Any, *, by: Any, at: dt.datetime) -> None:
    for room in _ROOMS:
        room.on_manager_changed(estate, by=by, at=at)
