"""Working time: Monday to Friday, minus public holidays, plus make-up working days (调休), 8:30 to 17:30 in Shanghai.

A year not yet announced by the State Council counts with its legal days and weekends, and says so (``is_guess``).
"""

import datetime as dt
from dataclasses import dataclass, field

from community_portal import clock
from community_portal.composed import Composed, Later
from community_portal.places.models import CalendarDay, CalendarYear, DayKind

OFFICE_OPENS, OFFICE_CLOSES = dt.time(8, 30), dt.time(17, 30)
ONE_DAY = dt.timedelta(days=1)
_DAYS = Composed(lambda: CalendarDay.objects.filter(date__gte=Later("first"), date__lte=Later("last")))
_ANNOUNCED = Composed(lambda: CalendarYear.objects.filter(is_announced=True))


@dataclass
class WorkCalendar:
    """The days that differ from their weekday, and the years known for certain (None: asked when somebody wants to know)."""

    special: dict[dt.date, CalendarDay] = field(default_factory=dict)
    announced: frozenset[int] | None = None

    @classmethod
    def load(cls, first: dt.date, last: dt.date) -> "WorkCalendar":
        """The calendar from ``first`` to ``last``, both included; one query."""
        return cls({day.date: day for day in _DAYS(first=first, last=last)})

    def is_working(self, day: dt.date) -> bool:
        special = self.special.get(day)
        if special is None or special.kind == DayKind.ORDINARY:
            return day.weekday() < 5
        return special.kind == DayKind.MAKEUP

    def is_holiday(self, day: dt.date) -> bool:
        special = self.special.get(day)
        return special is not None and special.kind == DayKind.HOLIDAY

    def plan_weekday(self, day: dt.date) -> int:
        """Whose weekly plan holds that day: a make-up Saturday works as, say, a Friday."""
        special = self.special.get(day)
        if special and special.kind == DayKind.MAKEUP and special.works_as is not None:
            return special.works_as
        return day.weekday()

    def is_guess(self, day: dt.date) -> bool:
        """The year of this day has not been announced."""
        if self.announced is None:
            self.announced = frozenset(row.year for row in _ANNOUNCED())
        return day.year not in self.announced

    def first_working_moment(self, at: dt.datetime) -> dt.datetime:
        """``at`` itself inside office time, else the next opening of the office."""
        local = clock.local(at)
        day = local.date()
        if self.is_working(day) and local.time() < OFFICE_CLOSES:
            return max(at, clock.at_wall(day, OFFICE_OPENS))
        return clock.at_wall(self.next_working(day + ONE_DAY), OFFICE_OPENS)

    def add_days(self, at: dt.datetime, days: int) -> dt.datetime:
        """The same time of day, ``days`` working days later: the day of the start is not counted. What starts before the
        office opens starts with it; what starts on a day off, or after closing, counts as the end of that day."""
        local = clock.local(at)
        day = local.date()
        time = max(OFFICE_OPENS, min(local.time(), OFFICE_CLOSES)) if self.is_working(day) else OFFICE_CLOSES
        for _ in range(days):
            day = self.next_working(day + ONE_DAY)
        return clock.at_wall(day, time)

    def next_working(self, day: dt.date) -> dt.date:
        """That day itself when it is worked, else the first one after it that is."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def add_time(self, at: dt.datetime, amount: dt.timedelta) -> dt.datetime:
        """``amount`` of office time later."""
        moment = self.first_working_moment(at)
        while True:
            closes = clock.at_wall(clock.local(moment).date(), OFFICE_CLOSES)
            if moment + amount <= closes:
                return moment + amount
            amount -= closes - moment
            moment = self.first_working_moment(closes)

    def time_between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """Office time from ``start`` to ``end``; zero when ``end`` is not later."""
        total, moment = dt.timedelta(), self.first_working_moment(start)
        while moment < end:
            closes = clock.at_wall(clock.local(moment).date(), OFFICE_CLOSES)
            total += min(closes, end) - moment
            moment = self.first_working_moment(closes)
        return total

    def odd_days_between(self, start: dt.datetime, end: dt.datetime) -> list[CalendarDay]:
        """Holidays and make-up days that a deadline passed over, in order."""
        first, last = clock.local(start).date(), clock.local(end).date()
        odd = [self.special[day] for day in sorted(self.special) if first <= day <= last]
        return [day for day in odd if day.kind != DayKind.ORDINARY]
