"""Sums of flows: roll-up plus deltas not yet folded, in one statement, so that they are exact at every moment."""

import datetime as dt
from typing import Any

from django.db import connection

from community_portal import clock
from community_portal.dashboards.periods import Period
from community_portal.measure import MEASURES, Measure
from community_portal.people.models import User
from community_portal.places.models import Community, Street

# Each part sums up by itself: there is less to join than to read.
_PART = """
SELECT {keys}, sum(amount) AS amount FROM {source}
    AND measure = ANY(%(measures)s) AND day BETWEEN %({first})s AND %({last})s GROUP BY {keys}
"""
_DELTAS = "dashboards_delta, unnest(measures) AS measure"
_HERE = "community_id = ANY(%(places)s)"
MANY_PLACES = 20  # from here on it is worth asking whether they are all there are


def places_of(user: User) -> Any:
    """Communities whose figures this user may see: a manager's own, a street officer's street, all for an administrator."""
    communities = Community.objects.filter(is_active=True).select_related("street")
    if user.is_superuser:
        return communities
    return communities.filter(pk__in=user.communities_as("manager", "street_officer"))


def place_by_code(user: User, code: str) -> list[Community]:
    """The community of that code, or all of a street, within the user's scope; empty for a place that is not."""
    inside_scope = Community.objects.filter(is_active=True)
    if not user.is_superuser:
        inside_scope = inside_scope.filter(pk__in=user.community_ids)
    allowed = list(inside_scope)
    one = [c for c in allowed if c.code == code]
    street = None if one else Street.objects.filter(code=code).first()
    inside = [c for c in allowed if street and c.street_id == street.pk]
    whole = Community.objects.filter(street=street, is_active=True).count() if street else 0
    return one or (inside if len(inside) == whole else [])


def is_whole_city(places: list[int]) -> bool:
    """Are these all the communities there are? The whole city has sums of its own."""
    return len(places) > MANY_PLACES and not Community.objects.exclude(pk__in=places).exists()


def sums(keys: str, measures: list[str], places: list[int] | None, *periods: Period) -> list[tuple]:
    """Sums grouped by ``keys`` (columns of the roll-up); one statement, whatever the size of the past."""
    with connection.cursor() as cursor:
        cursor.execute(*sums_statement(keys, measures, places, *periods))
        return cursor.fetchall()


def sums_statement(
    keys: str, measures: list[str], places: list[int] | None, *periods: Period, at: dt.datetime | None = None
) -> tuple[str, dict[str, Any]]:
    """What ``sums`` asks: whole months from the months, what is left of the periods by days, what is not yet folded, less
    what still lies ahead.

    ``places`` None is the whole city, which has sums of its own: of the days of its communities there are millions.
    """
    at = at or clock.now()
    given: dict[str, Any] = {"places": places, "measures": measures, "now": at}
    spans = [
        span for period in periods for span in _spans(keys, measures, places, period, today=clock.local(at).date())
    ]
    parts = []
    for n, (source, first, last) in enumerate(spans):
        if first <= last:
            given |= {f"first{n}": first, f"last{n}": last}
            parts.append(_PART.format(keys=keys, source=source, first=f"first{n}", last=f"last{n}"))
    union = " UNION ALL ".join(parts)
    return f"SELECT {keys}, sum(amount)::bigint FROM ({union}) AS exact GROUP BY {keys} ORDER BY {keys}", given


def _spans(
    keys: str, measures: list[str], places: list[int] | None, period: Period, *, today: dt.date
) -> list[tuple[str, dt.date, dt.date]]:
    """Where each stretch of a period is read: ``(source, first, last)``."""
    here = "true" if places is None else _HERE
    days, coarse = f"dashboards_rollup WHERE {_HERE}", f"dashboards_coarserollup WHERE {_HERE}"
    if places is None:
        coarse = "dashboards_coarserollup WHERE community_id IS NULL"
        days = f"{coarse} AND NOT is_month"
    whole = [f"{_DELTAS} WHERE {here}"]
    if period.last >= today:
        whole += [f"({_ahead(MEASURES[name])}) AS ahead WHERE {here}" for name in measures if _may_lie_ahead(name)]
    spans = [(source, period.first, period.last) for source in whole]
    months = None if "day" in keys.split(", ") else period.whole_months
    if months is None:
        return [*spans, (days, period.first, period.last)]
    begins, ends = months
    return [
        *spans,
        (f"{coarse} AND is_month", begins, ends - dt.timedelta(days=1)),
        (days, period.first, begins - dt.timedelta(days=1)),
        (days, ends, period.last),
    ]


def _may_lie_ahead(name: str) -> bool:
    return name in MEASURES and MEASURES[name].ahead


def _ahead(measure: Measure) -> str:
    """The rows whose moment has not come, to be taken off."""
    return (
        f"SELECT '{measure.name}'::varchar AS measure, r.community_id, {measure.fragment('day', 'r')} AS day, "
        f"({measure.fragment('split', 'r')})::varchar AS label, -({measure.fragment('weight', 'r')}) AS amount "
        f"FROM {measure.table} r WHERE {measure.fragment('counts', 'r')} AND r.{measure.moment} > {now_in(measure)}"
    )


def now_in(measure: Measure) -> str:
    """The present moment as its ``moment`` is kept."""
    return "(%(now)s AT TIME ZONE 'Asia/Shanghai')::date" if measure.is_by_date else "%(now)s"


def by_day(measures: list[str], places: list[int], period: Period) -> dict[str, dict[dt.date, int]]:
    """Flows day by day, days without anything left out."""
    found: dict[str, dict[dt.date, int]] = {name: {} for name in measures}
    for name, day, amount in sums("measure, day", measures, None if is_whole_city(places) else places, period):
        found[name][day] = int(amount)
    return found
