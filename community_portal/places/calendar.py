"""Reads of the public calendar: one year's odd days, and which years are still a guess."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from community_portal import clock
from community_portal.composed import Composed
from community_portal.places.models import CalendarDay, CalendarYear

NOTICE_MONTH = 11  # the State Council's notice for the next year comes between late October and December


_ANNOUNCED = Composed(lambda: CalendarYear.objects.filter(is_announced=True))


@dataclass(frozen=True)
class YearStatus:
    """``is_guess``: only legal days and weekends are known, so dates in this year may still move."""

    year: int
    is_guess: bool
    is_imported: bool


def status_of_year(year: int) -> YearStatus:
    """Whether a year was announced; a year never imported is a guess too."""
    row = CalendarYear.objects.filter(year=year).first()
    return YearStatus(year, row is None or not row.is_announced, row is not None)


def guessed_years(on: dt.date) -> list[int]:
    """Years that matter now and are not announced: this one, and from November the next."""
    return guessed_among([on, dt.date(on.year + 1, 1, 1) if on.month >= NOTICE_MONTH else None])


def guessed_among(days: Iterable[dt.date | dt.datetime | None]) -> list[int]:
    """The years of these days and moments that are not announced: a page that shows them says that they may still move."""
    local = (clock.local(day) if isinstance(day, dt.datetime) else day for day in days)
    years = sorted({day.year for day in local if day is not None})
    known = {row.year for row in _ANNOUNCED()}
    return [year for year in years if year not in known]


def days_of_year(year: int) -> list[CalendarDay]:
    """The days of a year that differ from their weekday, in order."""
    return list(CalendarDay.objects.filter(date__year=year))
