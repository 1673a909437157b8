"""Which sessions a weekly opening means on which days: holidays, make-up working days and closures are counted in."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from community_portal import clock
from community_portal.bookings.models import Opening
from community_portal.places.models import Closure
from community_portal.places.working_time import ONE_DAY, WorkCalendar

DAYS_AHEAD = 30


@dataclass
class DayPlan:
    """The days from ``first`` to ``last`` as the calendar and the closures of some communities have them."""

    first: dt.date
    last: dt.date
    calendar: WorkCalendar
    closures: dict[int, list[Closure]] = field(default_factory=dict)

    @classmethod
    def load(cls, first: dt.date, last: dt.date, community_ids: Iterable[int]) -> "DayPlan":
        """Three queries, whatever the number of communities."""
        closures = defaultdict(list)
        for closure in Closure.objects.filter(
            community_id__in=list(community_ids), first_on__lte=last, last_on__gte=first
        ):
            closures[closure.community_id].append(closure)
        return cls(first, last, WorkCalendar.load(first, last), dict(closures))

    def closure_of(self, community_id: int, day: dt.date) -> Closure | None:
        """The closure of a hall on that day, if any."""
        return next((c for c in self.closures.get(community_id, []) if c.first_on <= day <= c.last_on), None)

    def days(self) -> list[dt.date]:
        return [self.first + ONE_DAY * n for n in range((self.last - self.first).days + 1)]

    def is_open(self, opening: Opening, day: dt.date) -> bool:
        """Does this weekly rule hold on that day? A make-up Saturday follows the plan of the weekday it stands for."""
        if day < opening.valid_from or (opening.valid_until and day > opening.valid_until):
            return False
        if self.closure_of(opening.community_id, day):
            return False
        if self.calendar.is_holiday(day) and not opening.on_holidays:
            return False
        return self.calendar.plan_weekday(day) == opening.weekday

    def times_of(self, opening: Opening, *, after: dt.datetime) -> dict[dt.datetime, dt.datetime]:
        """Start → end of every session of a rule that begins after a moment. The rest of a slot at the end is not offered."""
        if not opening.service.is_active:
            return {}
        length = dt.timedelta(minutes=opening.service.minutes)
        found = {}
        for day in self.days():
            if not self.is_open(opening, day):
                continue
            start, closes = clock.at_wall(day, opening.starts_at), clock.at_wall(day, opening.ends_at)
            while start + length <= closes:
                if start > after:
                    found[start] = start + length
                start += length
        return found
