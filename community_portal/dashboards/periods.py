"""Periods: days from one to another, and the names by which they are asked for."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from community_portal import clock

if TYPE_CHECKING:
    from community_portal.places.models import Community

BEGINNING = dt.date(2020, 1, 1)
EVER, FOREVER = dt.date(1900, 1, 1), dt.date(2200, 12, 31)  # no row here is older or younger (clock.read_day)


@dataclass(frozen=True)
class Period:
    """Days from ``first`` to ``last``, both included."""

    first: dt.date
    last: dt.date
    name: str = ""

    @property
    def before(self) -> "Period":
        """As many days right before."""
        days = (self.last - self.first).days + 1
        return Period(self.first - dt.timedelta(days=days), self.first - dt.timedelta(days=1))

    @property
    def until_end(self) -> "Period":
        """All days up to its last."""
        return Period(EVER, self.last)

    @property
    def whole_months(self) -> tuple[dt.date, dt.date] | None:
        """First days of the first month that lies wholly inside and of the one after the last such; None when there is none."""
        begins = first_of_month(self.first - dt.timedelta(days=1), after=1)
        ends = first_of_month(self.last + dt.timedelta(days=1))
        return (begins, ends) if begins < ends else None


def first_of_month(day: dt.date, *, after: int = 0) -> dt.date:
    """The first of the day's month, or of one so many months after."""
    months = day.year * 12 + day.month - 1 + after
    return dt.date(months // 12, months % 12 + 1, 1)


def opened_on(communities: Iterable["Community"]) -> dt.date | None:
    """The day on which the first of these houses opened, as far as it is known."""
    return min((c.opened_on for c in communities if c.opened_on), default=None)


def period_named(text: str, *, today: dt.date, opened: dt.date | None = None) -> Period | None:
    """``2026-11``, ``2026``, ``all``, ``since``, ``month``, ``last``, ``year`` or ``2026-11-01..2026-11-24``; None for anything else.

    ``since`` begins with the day on which the house opened: in a street with that of its first, so that every community, and
    every row, is counted over the same days. Where no such day is known it is everything there is.
    """
    if text in ("", "month"):
        return Period(today.replace(day=1), today, "month")
    if text == "last":
        last = today.replace(day=1) - dt.timedelta(days=1)
        return Period(last.replace(day=1), last, "last")
    if text == "year":
        return Period(today.replace(month=1, day=1), today, "year")
    if text in ("all", "since"):
        begins = (opened if text == "since" else None) or BEGINNING
        return Period(min(begins, today), today, text)
    return _written_out(text)


def _written_out(text: str) -> Period | None:
    if ".." in text:
        begins, ends = text.split("..", 1)
    elif len(text) == 4:
        begins, ends = f"{text}-01-01", f"{text}-12-31"
    else:
        begins = ends = f"{text}-01" if len(text) == 7 else ""
    first, last = clock.read_day(begins), clock.read_day(ends)
    if first is None or last is None or first > last:
        return None
    if len(text) == 7:
        last = first_of_month(first, after=1) - dt.timedelta(days=1)
    return Period(first, last, text)
