"""The line of time on which the stories are told: deeds at moments, done in order, the past as of then.

What would lie in the future is left undone, so that today's inboxes hold what real ones would: things fresh, things due, and
a few overdue.
"""

import datetime as dt
import gc
import heapq
import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import connection, transaction

from community_portal import clock
from community_portal.demo.residents import Neighbours
from community_portal.demo.settle import Town
from community_portal.places.working_time import WorkCalendar
from community_portal.refusals import Refusal

Deed = Callable[[dt.datetime], object]
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


class Life:
    """The line of time: deeds are added at moments and done in order, until now."""

    def __init__(self, town: Town, neighbours: Neighbours, *, until: dt.datetime) -> None:
        self.town, self.neighbours, self.until = town, neighbours, until
        self.line: list[tuple[dt.datetime, int, Deed]] = []
        self.order = itertools.count()
        self.slow: set[int] = set()  # requests that took long, by id
        self.calendar = WorkCalendar.load(town.opened_on - DAY * 7, town.first_day + DAY * 400)

    def at(self, moment: dt.datetime, deed: Deed) -> None:
        """Plans a deed; what lies in the future stays undone."""
        if moment <= self.until:
            heapq.heappush(self.line, (moment, next(self.order), deed))

    def live(self) -> None:
        """Does everything in order, deeds planned on the way included."""
        while self.line:
            moment, _order, deed = heapq.heappop(self.line)
            deed(moment)

    def days(self, *, since: dt.date | None = None) -> list[dt.date]:
        """From the first day of the weeks, or another, to today."""
        first = since or self.town.first_day
        return [first + DAY * n for n in range((clock.local(self.until).date() - first).days + 1)]

    def working_days(self, *, since: dt.date | None = None) -> list[dt.date]:
        """Those of ``days`` on which officials work; the hall is open on Saturday mornings too."""
        return [day for day in self.days(since=since) if self.calendar.is_working(day)]


def quietly(deed: Callable[..., Any], **kwargs: Any) -> None:
    """A mark on a booking that was cancelled meanwhile is no news."""
    with suppress(Refusal), one_savepoint():
        deed(**kwargs)


@contextmanager
def one_savepoint() -> Iterator[None]:
    """A deed that may be refused leaves nothing behind, whatever it is made of."""
    with _savepoints(True), transaction.atomic(), _savepoints(False):
        yield


@contextmanager
def told_at_once() -> Iterator[None]:
    """One transaction, all or nothing. The deeds in it make no savepoints of their own, a quarter of all statements: what is
    refused ends the telling, unless it is done ``quietly``. Nothing of it is thrown away before the end, so nobody looks for that."""
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        with transaction.atomic(), _savepoints(False):
            yield
    finally:
        if was_collecting:
            gc.enable()


@contextmanager
def _savepoints(are_made: bool) -> Iterator[None]:
    features = connection.features
    before, features.uses_savepoints = features.uses_savepoints, are_made
    try:
        yield
    finally:
        features.uses_savepoints = before


def office_moment(day: dt.date, luck: random.Random) -> dt.datetime:
    """Some moment of office time on that day."""
    return clock.at_wall(day, dt.time(8, 30)) + dt.timedelta(minutes=luck.randrange(0, 520))
