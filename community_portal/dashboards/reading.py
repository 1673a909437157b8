"""Reading figures: whatever their kinds ask of some places and a period is asked once, for all of them."""

from collections import defaultdict
from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from community_portal import clock
from community_portal.dashboards.headcounts import Headcounts, count_persons
from community_portal.dashboards.periods import Period
from community_portal.dashboards.queries import is_whole_city, sums
from community_portal.measure import FIGURES, MEASURES, Measure, Now, Persons, Stock

Place = int | None  # None: all of them together
Amounts = dict[tuple[Place, str], int]
Labels = dict[tuple[Place, str], dict[str, int]]


class Source:
    """What the figures of a page are read from. Nothing is asked before it is needed, and nothing twice.

    ``each`` asks for every place for itself at once, and adds up what can be added.
    """

    def __init__(self, places: list[int], period: Period, *, each: bool = False) -> None:
        self.places, self.period, self.each, self.at = places, period, each, clock.now()
        self._known: dict[Any, Any] = {}

    @cached_property
    def scope(self) -> list[int] | None:
        """None is the whole city, which has sums of its own."""
        return None if is_whole_city(self.places) else self.places

    def flows(self) -> Amounts:
        return self._once("flows", lambda: self._amounts(list(MEASURES), self.period))

    def until_end(self) -> Amounts:
        return self._once("stocks", lambda: self._amounts(_flows_of_stocks(), self.period.until_end))

    def labels(self, measure: Measure, period: Period, place: Place) -> dict[str, int]:
        """Of a flow under each label; the first question is answered for every figure that reads labels."""
        asked = {m.name for figure in FIGURES.values() for m in figure.labelled}
        names = tuple(sorted(asked)) if measure.name in asked else (measure.name,)
        each = place is not None
        found = self._once((names, period, each), lambda: self._split(names, period, each=each))
        return found.get((place, measure.name), {})

    def now(self, now: Now) -> Labels:
        return self._once(("now", now.name), lambda: _counted(now.read(self.places, self.at), now, each=self.each))

    def persons(self, place: Place) -> tuple[Headcounts, set[str]]:
        """Persons, and the names of those figures whose rows had to be counted."""
        each = place is not None
        scope = self.places if each else self.scope
        return self._once(("persons", each), lambda: count_persons(self.places, scope, self.period, each=each))

    def _once(self, what: Any, ask: Callable[[], Any]) -> Any:
        if what not in self._known:
            self._known[what] = ask()
        return self._known[what]

    def _amounts(self, names: list[str], period: Period) -> Amounts:
        found: Amounts = defaultdict(int)
        if self.each:
            for name, place, n in sums("measure, community_id", names, self.places, period):
                found[(place, name)] += int(n)
                found[(None, name)] += int(n)
        else:
            found |= {(None, name): int(n) for name, n in sums("measure", names, self.scope, period)}
        return found

    def _split(self, names: tuple[str, ...], period: Period, *, each: bool) -> Labels:
        keys, scope = ("measure, community_id, label", self.places) if each else ("measure, label", self.scope)
        found: Labels = defaultdict(dict)
        for name, *place, label, n in sums(keys, list(names), scope, period):
            found[(place[0] if place else None, name)][label] = int(n)
        return found


def _flows_of_stocks() -> list[str]:
    parts = [part for figure in FIGURES.values() for part in (figure, *figure.parts)]
    return sorted({measure.name for part in parts if isinstance(part, Stock) for measure in part.measures})


def _counted(rows: Any, now: Now, *, each: bool) -> Labels:
    """Under each label, in each place and in all of them."""
    keys = [*(["community_id"] if each else []), *([now.split] if now.split else [])]
    amount = Coalesce(Sum(now.weight), 0) if now.weight else Count("pk")
    lines = rows.order_by().values(*keys).annotate(n=amount) if keys else [rows.aggregate(n=amount)]
    found: Labels = defaultdict(lambda: defaultdict(int))
    for line in lines:
        for place in {None, line.get("community_id")}:
            found[(place, now.name)][line.get(now.split, "")] += line["n"]
    return found


class Reading:
    """What figures are told (measure.Reading) of one source: of all its places together, or of one."""

    def __init__(self, source: Source, place: Place = None) -> None:
        self.source, self.place = source, place

    def flow(self, measure: Measure) -> int:
        return self.source.flows().get((self.place, measure.name), 0)

    def until_end(self, measure: Measure) -> int:
        return self.source.until_end().get((self.place, measure.name), 0)

    def by_label(self, measure: Measure) -> dict[str, int]:
        return self.source.labels(measure, self.source.period, self.place)

    def by_label_until_end(self, measure: Measure) -> dict[str, int]:
        return self.source.labels(measure, self.source.period.until_end, self.place)

    def persons(self, persons: Persons) -> int:
        return self.source.persons(self.place)[0].get((self.place, persons.name), 0)

    def now(self, now: Now) -> dict[str, int]:
        return self.source.now(now).get((self.place, now.name), {})

    def counted_rows(self, persons: Persons) -> bool:
        """Were rows counted, because the period is no month, no year and not all there is?"""
        return persons.name in self.source.persons(self.place)[1]


def reading_of(places: list[int], period: Period) -> Reading:
    """The places together."""
    return Reading(Source(places, period))


def readings_of_each(places: list[int], period: Period) -> tuple[Reading, dict[int, Reading]]:
    """The places together, and each for itself, asked at once."""
    source = Source(places, period, each=True)
    return Reading(source), {place: Reading(source, place) for place in places}
