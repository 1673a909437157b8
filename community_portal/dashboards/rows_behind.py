"""The very rows that a figure counts, as far as somebody may read them.

A number may be read by whoever may see the figures of the place; its rows come through ``visible_to`` of their model.
"""

import datetime as dt
from typing import Any

from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from community_portal import clock
from community_portal.dashboards.headcounts import bounds, days_given, latest_of_each, rows_within
from community_portal.dashboards.periods import Period
from community_portal.dashboards.reading import Reading
from community_portal.measure import Figure, Measure, Now, Persons, Stock
from community_portal.measure.kinds import newest_label
from community_portal.people.models import User


def rows_behind(figure: Figure, reading: Reading, *, user: User | None, label: str = "") -> Any:
    """A queryset; ``user`` None reads everything, for those who count. ``label`` is a part of what the figure is split into."""
    return figure.behind(Finder(reading, user), label)


class Finder:
    """Finds what figures ask for (measure.Behind) in the places and days of a reading."""

    def __init__(self, reading: Reading, user: User | None) -> None:
        self.reading, self.user = reading, user
        self.places, self.period, self.at = reading.source.places, reading.source.period, reading.source.at

    def of_flow(self, measure: Measure, label: str) -> Any:
        return self._visible(self._counted(measure, self.period, label))

    def in_stock(self, stock: Stock, label: str) -> Any:
        given = days_given(stock.left, self.places, self.period.until_end)
        gone = f"SELECT r.id FROM {stock.left.table} r WHERE {rows_within(stock.left)}"
        entered = self._counted(stock.entered, self.period.until_end, label)
        return self._visible(entered.exclude(pk__in=_raw(gone, given)))

    def one_each(self, persons: Persons) -> Any:
        sql, given = latest_of_each(persons, self.places, self.period)
        return self._visible(persons.of.model.objects.filter(pk__in=_raw(sql, given)))

    def of_now(self, now: Now, label: str) -> Any:
        rows = now.read(self.places, self.at)
        return self._visible(rows.filter(**{now.split: label}) if label and now.split else rows)

    def newest(self, of: Measure | Stock | Now, order: Any) -> str:
        return newest_label(of, order, self.reading)

    def _counted(self, measure: Measure, period: Period, label: str) -> Any:
        alias, (first, end) = f'"{measure.table}"', bounds(measure, period)
        if measure.ahead:
            end = min(end, self._now_of(measure))
        rows = measure.model.objects.filter(
            Q(RawSQL(f"({measure.fragment('counts', alias)})", [], output_field=BooleanField())),
            community_id__in=self.places,
            **{f"{measure.moment}__gte": first, f"{measure.moment}__lt": end},
        )
        if label:
            split = f"({measure.fragment('split', alias)}) = %s"
            rows = rows.filter(RawSQL(split, [label], output_field=BooleanField()))
        return rows

    def _now_of(self, measure: Measure) -> Any:
        """What lies after it has not come yet."""
        return (
            clock.local(self.at).date() + dt.timedelta(days=1)
            if measure.is_by_date
            else self.at + dt.timedelta.resolution
        )

    def _visible(self, rows: Any) -> Any:
        return rows.visible_to(self.user) if self.user is not None and hasattr(rows, "visible_to") else rows


def _raw(sql: str, given: dict[str, Any]) -> RawSQL:
    """RawSQL counts its parameters instead of naming them."""
    names = sorted(given, key=lambda name: sql.index(f"%({name})s"))
    for name in names:
        assert sql.count(f"%({name})s") == 1, name
        sql = sql.replace(f"%({name})s", "%s")
    return RawSQL(sql, [given[name] for name in names])
