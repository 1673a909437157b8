"""The public calendar from the ``holidays`` package, which carries the State Council's yearly notice once it is out.

For a year without a notice the package knows only the legal days and no make-up days; such a year stays unannounced.
"""

import datetime as dt
import re
from dataclasses import dataclass

import holidays
from django.db import transaction

from community_portal import clock
from community_portal.places.models import CalendarDay, CalendarYear, DayKind

_DATE_IN_NAME = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_NEAR = 8


@dataclass(frozen=True)
class Imported:
    """What one year's import did; ``kept`` days had been edited by hand and stayed as they were."""

    year: int
    is_announced: bool
    written: int
    removed: int
    kept: int


def import_calendar(*, at: dt.datetime, years: list[int] | None = None) -> list[Imported]:
    """Brings last year, this year and the next (or ``years``) up to date. Running it again changes nothing."""
    this_year = clock.local(at).year
    return [_import_year(year, at=at) for year in years or [this_year - 1, this_year, this_year + 1]]


@transaction.atomic
def _import_year(year: int, *, at: dt.datetime) -> Imported:
    days = read_year(year)
    known = {day.date: day for day in CalendarDay.objects.select_for_update().filter(date__year=year)}
    edited = {date for date, day in known.items() if day.is_edited}
    wanted = [day for day in days if day.date not in edited and not _is_same(known.get(day.date), day)]
    CalendarDay.objects.bulk_create(
        wanted, update_conflicts=True, unique_fields=["date"], update_fields=["kind", "name", "works_as"]
    )
    stale = set(known) - edited - {day.date for day in days}
    CalendarDay.objects.filter(date__in=stale, is_edited=False).delete()
    is_announced = any(day.kind == DayKind.MAKEUP for day in days)
    row, _made = CalendarYear.objects.get_or_create(year=year, defaults={"imported_at": at})
    row.is_announced = row.is_announced or is_announced  # a street may announce a year before the package does
    row.imported_at = at
    row.save()
    return Imported(year, row.is_announced, len(wanted), len(stale), len(edited))


def _is_same(known: CalendarDay | None, day: CalendarDay) -> bool:
    return known is not None and (known.kind, known.name, known.works_as) == (day.kind, day.name, day.works_as)


def read_year(year: int) -> list[CalendarDay]:
    """Holidays and make-up days of a year as unsaved rows, in order of date."""
    calendar = holidays.country_holidays("CN", years=year, language="zh_CN")
    feasts = {date: _feast(name) for date, name in calendar.items() if not _DATE_IN_NAME.search(name)}
    days, works_as = [], {}
    for date, name in calendar.items():
        swapped = _DATE_IN_NAME.search(name)
        if swapped:
            works_as[dt.date(*map(int, swapped.groups()))] = date
        days.append(CalendarDay(date=date, kind=DayKind.HOLIDAY, name=feasts.get(date) or _nearest(feasts, date)))
    for date in calendar.weekend_workdays:
        if date.year != year:
            continue
        free = works_as.get(date)
        name = _nearest(feasts, free or date)
        # Without a stated partner a make-up day runs by Friday's plan on a Saturday and by Monday's on a Sunday.
        weekday = free.weekday() if free and free.weekday() < 5 else 4 if date.weekday() == 5 else 0
        days.append(CalendarDay(date=date, kind=DayKind.MAKEUP, name=f"{name}调休", works_as=weekday))
    days += [
        CalendarDay(date=date, kind=DayKind.HOLIDAY, name=_nearest(feasts, date))
        for date in _weekends_beside(set(calendar), {day.date for day in days})
    ]
    return sorted(days, key=lambda day: day.date)


def _weekends_beside(free: set[dt.date], known: set[dt.date]) -> set[dt.date]:
    """Saturdays and Sundays that a break takes in. The notice names them, the package does not, for offices are closed
    on them anyway; a hall that opens on Saturdays has to know."""
    found = set()
    for date in free:
        for step in (dt.timedelta(days=-1), dt.timedelta(days=1)):
            near = date + step
            while near.weekday() > 4 and near not in known and near.year == date.year:
                found.add(near)
                near += step
    return found


def _feast(name: str) -> str:
    """国庆节（补假） → 国庆节; of two feasts on one day both stay."""
    return re.sub(r"[（(].*?[)）]", "", name)[:40]


def _nearest(feasts: dict[dt.date, str], date: dt.date) -> str:
    """The feast that a day off belongs to."""
    near = min(feasts, key=lambda feast: (abs(feast - date), feast), default=None)
    return feasts[near] if near and abs((near - date).days) <= _NEAR else "休息日"
