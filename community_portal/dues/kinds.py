"""What comes due again and again: each service declares its kinds in its ``dues.py``, the register makes the items.

A duty says which subjects it is about on a day, and when its next turn begins, opens and is due.
"""

import calendar
import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Subject:
    """Somebody or something that a duty is about. ``ref`` names it for ever ("elder:7", "building:12"); ``since`` is the day from
    which the duty stands; ``terms`` are what its turns depend on (tier, height), for the kind alone."""

    ref: str
    label: str
    community_id: int
    since: dt.date
    grid_id: int | None = None
    assignee_id: int | None = None
    organisation_id: int | None = None
    terms: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Turn:
    """One turn of a duty: it counts from ``starts_on``, may be done from ``opens_on``, and is due at the end of ``due_on``.
    ``clause`` is the rule that asks for it."""

    starts_on: dt.date
    opens_on: dt.date
    due_on: dt.date
    clause: str = ""


@dataclass(frozen=True)
class Last:
    """The newest turn of a subject so far; ``done_on`` None while it is open."""

    starts_on: dt.date
    done_on: dt.date | None


NextTurn = Callable[[Subject, Last | None, dt.date], Turn | None]


@dataclass(frozen=True)
class DueKind:
    """``subjects(on)`` are all whom the duty is about that day, ``next_turn`` answers the turn that should be open then (the same one
    again while it is). ``role`` does what nobody in particular does, ``url(ref)`` is where it is done; ``tags`` are the deeds that
    settle it, whichever service does them. ``by_hand``: whoever it waits for may also tick it off with words.
    ``readers``: roles that see it; empty for all staff of the place."""

    name: str
    label: str | Promise
    icon: str
    role: str
    subjects: Callable[[dt.date], Iterable[Subject]]
    next_turn: NextTurn
    url: Callable[[str], str]
    tags: frozenset[str] = frozenset()
    by_hand: bool = False
    readers: frozenset[str] = frozenset()
    hue: str = "vermilion"


KINDS: dict[str, DueKind] = {}


def register_dues(*kinds: DueKind) -> None:
    """Makes duties known; an app's ``dues.py`` calls it when Django starts."""
    KINDS.update({kind.name: kind for kind in kinds})


def every_days(days: int, *, opens_before: int = 0, clause: str = "") -> NextTurn:
    """At most ``days`` days after it was last done, or after it began: a visit a week, whenever the last one was."""

    def next_turn(subject: Subject, last: Last | None, _on: dt.date) -> Turn | None:
        starts = subject.since if last is None else last.starts_on
        if last and last.done_on:  # never two turns of one day
            starts = max(last.done_on, last.starts_on + dt.timedelta(days=1))
        due = starts + dt.timedelta(days=days)
        return Turn(starts, max(starts, due - dt.timedelta(days=opens_before or days)), due, clause)

    return next_turn


def each_period(months: int, *, clause: str = "") -> NextTurn:
    """Once in each stretch of so many months of the calendar (1, 3, 6 or 12), whenever in it; one that is open is finished first."""

    def next_turn(subject: Subject, last: Last | None, on: dt.date) -> Turn | None:
        if last and last.done_on is None:
            return _period(last.starts_on, months, clause)
        current = _period(max(on, subject.since), months, clause)
        if last and last.starts_on >= current.starts_on:
            return _period(current.due_on + dt.timedelta(days=1), months, clause)
        return current

    return next_turn


def _period(day: dt.date, months: int, clause: str) -> Turn:
    """The stretch that holds this day."""
    first = (day.month - 1) // months * months + 1
    last = first + months - 1
    starts = dt.date(day.year, first, 1)
    return Turn(starts, starts, dt.date(day.year, last, calendar.monthrange(day.year, last)[1]), clause)


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last of a month that has none: 31 January and a month is 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
