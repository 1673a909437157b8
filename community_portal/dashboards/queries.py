"""Reading figures: roll-up plus deltas not yet folded, in one statement, so a figure is exact at every moment."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from appointments.models import HelpRequest
from community_portal import clock
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


@dataclass(frozen=True)
class Period:
    """Days from ``first`` to ``last``, both included."""

    first: dt.date
    last: dt.date
    name: str

    @property
    def before(self) -> "Period":
        """As many days right before."""
        days = (self.last - self.first).days + 1
        return Period(self.first - dt.timedelta(days=days), self.first - dt.timedelta(days=1), "")

    @property
    def whole_months(self) -> tuple[dt.date, dt.date] | None:
        """First days of the first month that lies wholly inside and of the one after the last such; None when there is none."""
        begins = _first_of_month(self.first - dt.timedelta(days=1), after=1)
        ends = _first_of_month(self.last + dt.timedelta(days=1))
        return (begins, ends) if begins < ends else None


def _first_of_month(day: dt.date, *, after: int = 0) -> dt.date:
    months = day.year * 12 + day.month - 1 + after
    return dt.date(months // 12, months % 12 + 1, 1)


BEGINNING = dt.date(2020, 1, 1)


def period_named(text: str, *, today: dt.date) -> Period | None:
    """``2026-11``, ``2026``, ``all``, ``month``, ``last``, ``year`` or ``2026-11-01..2026-11-24``; None for anything else."""
    if text in ("", "month"):
        return Period(today.replace(day=1), today, "month")
    if text == "last":
        last = today.replace(day=1) - dt.timedelta(days=1)
        return Period(last.replace(day=1), last, "last")
    if text == "year":
        return Period(today.replace(month=1, day=1), today, "year")
    if text == "all":
        return Period(BEGINNING, today, "all")
    return _period_written_out(text)


def _period_written_out(text: str) -> Period | None:
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
        last = (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
    return Period(first, last, text)


def places_of(user: User) -> Any:
    """Communities whose figures this user may see: a manager's own, a street officer's street, all for an administrator."""
    communities = Community.objects.filter(is_active=True).select_related("street")
    if user.is_superuser:
        return communities
    return communities.filter(pk__in=user.communities_as("manager", "street_officer"))


def sums(keys: str, measures: list[str], places: list[int], period: Period) -> list[tuple]:
    """Sums grouped by ``keys`` (columns of the roll-up); one statement, whatever the size of the past."""
    is_city = (
        len(places) > MANY_PLACES
        and "community_id" not in keys
        and not Community.objects.exclude(pk__in=places).exists()
    )
    with connection.cursor() as cursor:
        cursor.execute(*sums_statement(keys, measures, None if is_city else places, period))
        return cursor.fetchall()


def sums_statement(
    keys: str, measures: list[str], places: list[int] | None, period: Period
) -> tuple[str, dict[str, Any]]:
    """What ``sums`` asks: whole months from the months, what is left of the period by days, and what is not yet folded.

    ``places`` None is the whole city, which has sums of its own: of the days of its communities there are millions.
    """
    given: dict[str, Any] = {"places": places, "measures": measures}
    days, coarse = f"dashboards_rollup WHERE {_HERE}", f"dashboards_coarserollup WHERE {_HERE}"
    if places is None:
        coarse = "dashboards_coarserollup WHERE community_id IS NULL"
        days = f"{coarse} AND NOT is_month"
    months = None if "day" in keys.split(", ") else period.whole_months
    spans = [(f"{_DELTAS} WHERE {'true' if places is None else _HERE}", period.first, period.last)]
    if months is None:
        spans.append((days, period.first, period.last))
    else:
        begins, ends = months
        spans += [
            (f"{coarse} AND is_month", begins, ends - dt.timedelta(days=1)),
            (days, period.first, begins - dt.timedelta(days=1)),
            (days, ends, period.last),
        ]
    parts = []
    for n, (source, first, last) in enumerate(spans):
        if first <= last:
            given |= {f"first{n}": first, f"last{n}": last}
            parts.append(_PART.format(keys=keys, source=source, first=f"first{n}", last=f"last{n}"))
    union = " UNION ALL ".join(parts)
    return f"SELECT {keys}, sum(amount)::bigint FROM ({union}) AS exact GROUP BY {keys} ORDER BY {keys}", given


def totals(places: list[int], period: Period) -> dict[str, int]:
    """Every measure over the places: ``{name: sum}``, zero where nothing happened."""
    found = dict(sums("measure", list(MEASURES), places, period))
    return {name: int(found.get(name, 0)) for name in MEASURES}


def totals_by_community(places: list[int], period: Period) -> dict[int, dict[str, int]]:
    """The same for each community."""
    found = {place: dict.fromkeys(MEASURES, 0) for place in places}
    for measure, place, amount in sums("measure, community_id", list(MEASURES), places, period):
        found[place][measure] = int(amount)
    return found


def by_day(measure: str, places: list[int], period: Period) -> dict[dt.date, int]:
    """One measure day by day, days without anything left out."""
    return {day: int(amount) for day, amount in sums("day", [measure], places, period)}


def by_category(places: list[int], period: Period) -> list[tuple[str, str, int]]:
    """Requests taken in by category: ``(code, name, count)``, most first."""
    names = MEASURES["requests_taken_in"].names()
    rows = [(c, str(names.get(c, c)), int(n)) for c, n in sums("label", ["requests_taken_in"], places, period) if n]
    return sorted(rows, key=lambda row: -row[2])


def overdue_now(places: list[int]) -> Any:
    """Requests past their limit at this moment: from the rows themselves, by a partial index."""
    return HelpRequest.objects.filter(community_id__in=places).overdue(at=clock.now())


def share(part: int, whole: int) -> str:
    """A share in per cent with one decimal; a dash when there is nothing to divide by."""
    return f"{100 * part / whole:.1f}%" if whole else "—"


def figures(places: list[int], period: Period) -> dict[str, dict[str, Any]]:
    """All figures of the API: ``{name: {value, unit, label}}``; shares are numbers in per cent, None when undefined."""
    found = totals(places, period)
    rows: dict[str, dict[str, Any]] = {
        name: {"value": found[name], "unit": str(m.unit), "label": str(m.label)} for name, m in MEASURES.items()
    }
    for name, part, whole, label in (
        ("on_time_rate", "requests_on_time", "requests_resolved", _("按时办结率")),
        ("satisfaction", "requests_satisfied", "requests_rated", _("满意率")),
    ):
        value = round(100 * found[part] / found[whole], 1) if found[whole] else None
        rows[name] = {"value": value, "unit": "%", "label": label}
    rows["overdue"] = {"value": overdue_now(places).count(), "unit": str(_("件")), "label": str(_("超期"))}
    return rows


def rows_behind(measure: Measure, places: list[int], period: Period, *, label: str = "") -> Any:
    """The very rows that a figure counts, each with ``weight``."""
    alias = f'"{measure.table}"'
    (start, _end), (_start, end) = clock.day_bounds(period.first), clock.day_bounds(period.last)
    rows = measure.model.objects.filter(
        Q(RawSQL(f"({measure.fragment('condition', alias)})", [], output_field=BooleanField())),
        community_id__in=places,
        **{f"{measure.moment}__gte": start, f"{measure.moment}__lt": end},
    )
    if label:
        rows = rows.filter(RawSQL(f"({measure.fragment('split', alias)}) = %s", [label], output_field=BooleanField()))
    return rows


def place_by_code(user: User, code: str) -> tuple[str, list[int]] | None:
    """``(code, community ids)`` of a street or community within the user's scope; None otherwise."""
    inside_scope = Community.objects.filter(is_active=True)
    if not user.is_superuser:
        inside_scope = inside_scope.filter(pk__in=user.community_ids)
    allowed = {c.pk: c for c in inside_scope}
    community = next((c for c in allowed.values() if c.code == code), None)
    if community:
        return code, [community.pk]
    street = Street.objects.filter(code=code).first()
    inside = [c.pk for c in allowed.values() if street and c.street_id == street.pk]
    whole = Community.objects.filter(street=street, is_active=True).count() if street else 0
    return (code, inside) if inside and len(inside) == whole else None
