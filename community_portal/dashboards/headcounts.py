"""Reading figures of persons: from the sums of months, years and all time where the period is one of them, else from rows."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from community_portal import clock
from community_portal.dashboards.periods import EVER, FOREVER, Period, first_of_month
from community_portal.dashboards.presence import counted_persons, who_sql
from community_portal.dashboards.queries import sums, sums_statement
from community_portal.measure import Measure, Persons

Headcounts = dict[tuple[int | None, str], int]

# Of several places together the sums have whoever was in two of them twice.
_MORE_THAN_ONCE = """
SELECT measure || '@' || grain AS measure, count(DISTINCT subject) - count(*) AS amount FROM dashboards_presence
WHERE elsewhere AND rows > 0 AND {here} AND measure = ANY(%(persons)s) AND grain = %(grain)s AND start = %(start)s
GROUP BY 1
"""


@dataclass(frozen=True)
class Span:
    """A month, a year or all time, and what of it lies outside a period."""

    grain: str
    days: Period
    outside: tuple[Period, ...]

    @classmethod
    def around(cls, period: Period) -> "Span":
        """The smallest around a period."""
        months, years = (period.first.year, period.first.month), period.first.year
        if (period.last.year, period.last.month) == months:
            begins = first_of_month(period.first)
            grain, days = "month", Period(begins, first_of_month(begins, after=1) - dt.timedelta(days=1))
        elif period.last.year == years:
            grain, days = "year", Period(dt.date(years, 1, 1), dt.date(years, 12, 31))
        else:
            grain, days = "ever", Period(EVER, FOREVER)
        before = Period(days.first, period.first - dt.timedelta(days=1))
        after = Period(period.last + dt.timedelta(days=1), days.last)
        return cls(grain, days, tuple(part for part in (before, after) if part.first <= part.last))


def count_persons(
    places: list[int], scope: list[int] | None, period: Period, *, each: bool
) -> tuple[Headcounts, set[str]]:
    """Every figure of persons, and which of them had to be counted by rows: where anything lies in the month, year or time
    around the period, and not in it. ``scope`` None is the whole city."""
    figures, span = counted_persons(), Span.around(period)
    flows = sorted({figure.of.name for figure in figures})
    around = (
        {name for name, n in sums("measure", flows, scope, *span.outside) if n} if span.outside and flows else set()
    )
    uneven = [figure for figure in figures if figure.of.name in around]
    even = [figure for figure in figures if figure.of.name not in around]
    found = _from_sums(even, scope, span, each=each) if even else {}
    for figure in uneven:
        found |= _from_rows(figure, places, period, each=each)
    return found, {figure.name for figure in uneven}


def _from_sums(figures: list[Persons], scope: list[int] | None, span: Span, *, each: bool) -> Headcounts:
    names = {figure.kept_as(span.grain): figure.name for figure in figures}
    start = Period(span.days.first, span.days.first)
    if each:
        return {
            (place, names[name]): int(n) for name, place, n in sums("measure, community_id", list(names), scope, start)
        }
    sql, given = sums_statement("measure", list(names), scope, start)
    here = "true" if scope is None else "community_id = ANY(%(places)s)"
    given |= {"persons": list(names.values()), "grain": span.grain, "start": start.first}
    both = f"(SELECT measure, sum AS amount FROM ({sql}) AS sums) UNION ALL ({_MORE_THAN_ONCE.format(here=here)})"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT measure, sum(amount)::bigint FROM ({both}) AS once GROUP BY measure", given)
        return {(None, names[name]): int(n) for name, n in cursor.fetchall()}


def _from_rows(persons: Persons, places: list[int], period: Period, *, each: bool) -> Headcounts:
    before, join, who = who_sql(persons)
    place, grouped = ("r.community_id", "GROUP BY 1") if each else ("NULL", "")
    sql = f"{before} SELECT {place}, count(DISTINCT {who}) FROM {persons.of.table} r {join} WHERE {rows_within(persons.of)} {grouped}"
    with connection.cursor() as cursor:
        cursor.execute(sql, days_given(persons.of, places, period))
        return {(where, persons.name): int(n) for where, n in cursor.fetchall()}


def latest_of_each(persons: Persons, places: list[int], period: Period) -> tuple[str, dict[str, Any]]:
    """The statement for the keys of one row of each person, the latest."""
    before, join, who = who_sql(persons)
    moment = f"r.{persons.of.moment}"
    return (
        f"{before} SELECT DISTINCT ON ({who}) r.id FROM {persons.of.table} r {join} "
        f"WHERE {rows_within(persons.of)} AND r.{persons.subject} IS NOT NULL ORDER BY {who}, {moment} DESC, r.id DESC",
        days_given(persons.of, places, period),
    )


def rows_within(measure: Measure) -> str:
    """Which rows ``r`` of its table a flow counts in a period, by its index rather than day by day."""
    return (
        f"{measure.fragment('counts', 'r')} AND r.community_id = ANY(%(places)s) "
        f"AND r.{measure.moment} >= %(first)s AND r.{measure.moment} < %(end)s"
    )


def days_given(measure: Measure, places: list[int], period: Period) -> dict[str, Any]:
    """What ``rows_within`` is given; moments or days, as the measure keeps them."""
    first, end = bounds(measure, period)
    return {"places": places, "first": first, "end": end}


def bounds(measure: Measure, period: Period) -> tuple[Any, Any]:
    """The period's begin (included) and end (excluded) as the measure's ``moment`` is kept."""
    if measure.is_by_date:
        return period.first, period.last + dt.timedelta(days=1)
    return clock.day_bounds(period.first)[0], clock.day_bounds(period.last)[1]
