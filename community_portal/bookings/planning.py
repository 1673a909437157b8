"""Which sessions a weekly opening means on which days: holidays, make-up working days, closures and the hours of the hall are
counted in."""

import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from community_portal import clock
from community_portal.bookings.models import Channel, Opening
from community_portal.places.models import Closure, OpeningHours
from community_portal.places.working_time import ONE_DAY, WorkCalendar

DAYS_AHEAD = 30
Stretch = tuple[dt.time, dt.time]


def covers(stretches: Iterable[Stretch], starts_at: dt.time, ends_at: dt.time) -> bool:
    """Whether the hall is open all the time, also over two stretches of which one begins when the other ends."""
    reached = starts_at
    for opens, closes in sorted(stretches):
        if opens <= reached:
            reached = max(reached, closes)
            if reached >= ends_at:
                return True
    return False


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

    @functools.cached_property
    def hours(self) -> dict[int, dict[int, list[Stretch]]]:
        """When halls are open, by community and weekday; asked once, and only by who makes sessions."""
        found: dict[int, dict[int, list[Stretch]]] = defaultdict(lambda: defaultdict(list))
        rows = OpeningHours.objects.values_list("community_id", "weekday", "opens_at", "closes_at")
        for community_id, weekday, opens, closes in rows:
            found[community_id][weekday].append((opens, closes))
        return found

    def somebody_is_there(self, opening: Opening, start: dt.datetime, end: dt.datetime) -> bool:
        """Is the hall open at that time, for what happens in it? One that keeps no hours is open whenever its plan says so."""
        week = self.hours.get(opening.community_id)
        if opening.channel != Channel.CENTRE or not week:
            return True
        return covers(week.get(opening.weekday, []), clock.local(start).time(), clock.local(end).time())

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
        if not (opening.service.is_active and opening.community.is_active):
            return {}
        length = dt.timedelta(minutes=opening.service.minutes)
        found = {}
        for day in self.days():
            if not self.is_open(opening, day):
                continue
            start, closes = clock.at_wall(day, opening.starts_at), clock.at_wall(day, opening.ends_at)
            while start + length <= closes:
                if start > after and self.somebody_is_there(opening, start, start + length):
                    found[start] = start + length
                start += length
        return found
