"""The street's pages: figures, two charts, what needs a hand, every community, and the rows behind each number."""

import dataclasses
import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from community_portal import clock
from community_portal.casework.queries import due_words
from community_portal.dashboards import queries
from community_portal.dashboards.exports import table_as_workbook
from community_portal.measure import MEASURES
from community_portal.people.models import Role
from community_portal.web.access import for_staff
from community_portal.web.pages import render_page
from community_portal.web.paging import page_by_id

PAGE = 40
NEEDS_A_HAND = 5
ON_A_WALL = 6  # communities in each of two columns: what a screen of 1080 lines holds
# The figures of the table of communities, and what heads each: in one column a short word will do.
IN_THE_TABLE = {
    "requests_taken_in": gettext_lazy("受理"),
    "requests_resolved": gettext_lazy("办好"),
    "requests_on_time": gettext_lazy("按时办结率"),
    "requests_satisfied": gettext_lazy("满意率"),
    "visits": gettext_lazy("到访"),
    "no_shows": gettext_lazy("爽约"),
    "problems_solved": gettext_lazy("实际解决"),
}
OF_A_RATE = ("requests_rated",)  # shown as what the satisfied are a share of
NAMED = {
    "month": gettext_lazy("本月"),
    "last": gettext_lazy("上月"),
    "year": gettext_lazy("今年"),
    "all": gettext_lazy("全部"),
}


def _scope(request: HttpRequest) -> tuple[list[Any], list[Any], str]:
    """Communities this user may see, those chosen by ``?place=``, and that code; 404 for a place that is not his."""
    allowed = list(queries.places_of(request.user))  # type: ignore[arg-type]
    code = request.GET.get("place", "")[:10]
    if not code:
        return allowed, allowed, ""
    chosen = [c for c in allowed if code in (c.code, c.street.code)]
    if not chosen:
        raise Http404
    return allowed, chosen, code


def _period(request: HttpRequest) -> queries.Period:
    """Exact days (``?from=&to=``) or a name (``?period=``); a name beside exact days stays their name."""
    first, last = request.GET.get("from", ""), request.GET.get("to", "")
    name, today = request.GET.get("period", "")[:30], clock.today()
    exact = queries.period_named(f"{first}..{last}", today=today) if first and last else None
    if exact:
        return dataclasses.replace(exact, name=name) if name in NAMED else exact
    return queries.period_named(name, today=today) or queries.period_named("", today=today)  # type: ignore[return-value]


@for_staff(Role.MANAGER, Role.STREET_OFFICER)
def dashboard(request: HttpRequest) -> HttpResponse:
    """How are we doing? Six figures against the days before, two charts, what needs a hand, each community."""
    allowed, chosen, code = _scope(request)
    period, places = _period(request), [c.pk for c in chosen]
    now, before = queries.totals(places, period), queries.totals(places, period.before)
    by_community = queries.totals_by_community(places, period)
    overdue, categories = queries.overdue_now(places), queries.by_category(places, period)
    late_by_community = _count_by_community(overdue)
    # Who runs one house may help in another: the list behind the figure is of this one alone.
    overdue_url = _overdue_url(code or (chosen[0].code if len(chosen) == 1 else ""))
    table = [_community_row(c, by_community[c.pk], late_by_community.get(c.pk, 0), period) for c in chosen]
    if request.GET.get("as") == "xlsx":
        return table_as_workbook(table, period)
    at = clock.now()
    hands = overdue.select_related("case__resident", "community", "handler").order_by("due_at")[:NEEDS_A_HAND]
    context = {
        "communities": allowed,
        "place": code,
        "place_name": str(chosen[0])
        if len(chosen) == 1
        else str(chosen[0].street)
        if chosen and len({c.street_id for c in chosen}) == 1
        else _("全部街道"),
        "period": period,
        "periods": tuple(NAMED.items()),
        "is_named": period.name in NAMED,
        "compared": _compared(period),
        "tallies": _tallies(now, before, overdue.count(), period, code, overdue_url),
        "more_figures": _more_figures(now, period, code),
        "answer_days": _answer_of_days(now),
        "answer_categories": _answer_of_categories(categories),
        "overdue_url": overdue_url,
        "overdue_count": overdue.count(),
        "chart_days": _chart_of_days(places, period),
        "of_place": f"&place={code}" if code else "",
        "chart_categories": [{"name": name, "value": n, "code": c} for c, name, n in categories],
        "hands": [_hand(found, at) for found in hands],
        "tables": [table],
        "columns": [_("社区"), *IN_THE_TABLE.values(), _("超期")],
        "as_of": at,
        "is_wall": request.GET.get("screen") == "1",
        "link": _link(period, code),
        "named": _named(period, code),
    }
    if context["is_wall"]:
        context["elder_mode"] = False  # large already, and laid out to be seen at once: nobody scrolls a wall
        context["tables"], context["turn"] = _on_a_wall(table, at)
    return render_page(request, "dashboards/dashboard.html", context)


def _on_a_wall(table: list[Any], at: dt.datetime) -> tuple[list[list[Any]], str]:
    """The communities in one or two columns; where there are more, the next ones every minute, as the page is loaded anew."""
    turns = max(1, -(-len(table) // (2 * ON_A_WALL)))
    turn = int(at.timestamp() // 60) % turns
    shown = table[turn * 2 * ON_A_WALL :][: 2 * ON_A_WALL]
    half = len(shown) if len(shown) <= ON_A_WALL else -(-len(shown) // 2)
    columns = [shown[:half], shown[half:]] if shown[half:] else [shown]
    return columns, f"{turn + 1} / {turns}" if turns > 1 else ""


def _link(period: queries.Period, place: str) -> str:
    """The very days, so that the rows stay those of the figure; and the period's name for the way back."""
    return f"?period={period.name}&from={period.first}&to={period.last}" + (f"&place={place}" if place else "")


def _named(period: queries.Period, place: str) -> str:
    """The period by its name: a screen on the wall shows this month, not the days it had when somebody hung it up."""
    return f"?period={period.name}" + (f"&place={place}" if place else "")


def _overdue_url(code: str) -> str:
    return "/requests/?state=open&overdue=1" + (f"&place={code}" if code else "")


def _compared(period: queries.Period) -> str:
    """What the little arrows compare with; nothing when there is no time before."""
    if period.name == "all":
        return ""
    days = (period.last - period.first).days + 1
    return ngettext("箭头：和之前 %(n)s 天比", "箭头：和之前 %(n)s 天比", days) % {"n": days}


def _answer_of_days(now: dict[str, int]) -> str:
    taken, resolved = now["requests_taken_in"], now["requests_resolved"]
    if taken > resolved:
        return _("来的比办好的多 %(n)s 件") % {"n": taken - resolved}
    return _("办好的比来的多 %(n)s 件") % {"n": resolved - taken} if resolved > taken else _("来多少，办好多少")


def _answer_of_categories(categories: list[tuple[str, str, int]]) -> str:
    if not categories:
        return ""
    _code, name, most = categories[0]
    return _("最多的是%(name)s，占 %(share)s") % {
        "name": name,
        "share": queries.share(most, sum(n for *_rest, n in categories)),
    }


@dataclasses.dataclass(frozen=True)
class _Tallies:
    """Draws the figures of a period beside those of the days before."""

    now: dict[str, int]
    before: dict[str, int]
    link: str

    def count(
        self, name: str, label: str, unit: str, note: str, *, good: int, hue: str = "appointments"
    ) -> dict[str, Any]:
        """``good`` is 1 when more is better, -1 when less is, 0 when neither."""
        step = self.now[name] - self.before[name] if self.before[name] else 0
        tone = "plain" if not good else "ok" if step * good > 0 else "warn"
        return self._row(name, label, self.now[name], unit, note, hue, step, tone)

    def rate(self, part: str, whole: str, label: str, note: str, *, hue: str = "appointments") -> dict[str, Any]:
        """A rate against the rate before, in percentage points."""
        now, before = self.now, self.before
        both = now[whole] and before[whole]
        step = round(100 * now[part] / now[whole] - 100 * before[part] / before[whole], 1) if both else 0
        counted = {"part": now[part], "whole": now[whole]}
        tone = "ok" if step > 0 else "warn"
        return self._row(part, label, queries.share(now[part], now[whole]), "", note % counted, hue, step, tone)

    def _row(
        self, name: str, label: str, value: Any, unit: str, note: str, hue: str, step: float, tone: str
    ) -> dict[str, Any]:
        return {
            "label": label, "value": value, "unit": unit, "note": note, "hue": hue,
            "url": f"/dashboard/rows/{name}/{self.link}",
            "change": f"↑ {step}" if step > 0 else f"↓ {-step}" if step < 0 else "", "tone": tone if step else "plain",
        }  # fmt: skip


def _tallies(
    now: dict[str, int], before: dict[str, int], overdue: int, period: queries.Period, code: str, overdue_url: str
) -> list[dict[str, Any]]:
    due = now["visits"] + now["no_shows"]
    figures = _Tallies(now, before if period.name != "all" else dict.fromkeys(now, 0), _link(period, code))
    return [
        figures.count("requests_taken_in", _("受理求助"), _("件"), _("办好 %(n)s 件") % {"n": now["requests_resolved"]}, good=0),
        figures.rate("requests_on_time", "requests_resolved", _("按时办结率"), _("按时 %(part)s / %(whole)s 件")),
        figures.rate("requests_satisfied", "requests_rated", _("满意率"), _("满意 %(part)s / %(whole)s 件"), hue="eldercare"),
        figures.count("visits", _("到访"), _("人次"), _("应到 %(n)s 人次") % {"n": due}, good=1, hue="eldercare"),
        figures.count("no_shows", _("爽约"), _("人次"), _("占应到 %(share)s") % {"share": queries.share(now["no_shows"], due)},
                      good=-1, hue="charging"),
        {"label": _("超期"), "value": overdue, "unit": _("件"), "note": _("此刻没办结的"), "hue": "safety",
         "url": overdue_url, "change": "", "tone": "plain"},
    ]  # fmt: skip


def _more_figures(now: dict[str, int], period: queries.Period, code: str) -> list[dict[str, Any]]:
    """What any room counts and nothing else on this page shows."""
    return [
        {
            "label": measure.label,
            "shown": f"{now[name]} {measure.unit}",
            "hue": measure.hue,
            "url": f"/dashboard/rows/{name}/{_link(period, code)}",
        }
        for name, measure in MEASURES.items()
        if name not in IN_THE_TABLE and name not in OF_A_RATE
    ]


def _chart_of_days(places: list[int], period: queries.Period) -> list[dict[str, Any]]:
    """At most the last 62 days, each with what came in and what was resolved, and its own period."""
    taken = queries.by_day("requests_taken_in", places, period)
    resolved = queries.by_day("requests_resolved", places, period)
    last = min(period.last, clock.today())
    first = max(period.first, last - dt.timedelta(days=61))
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    return [
        {
            "day": f"{d.month}-{d.day}",
            "taken": taken.get(d, 0),
            "resolved": resolved.get(d, 0),
            "link": f"?from={d}&to={d}",
        }
        for d in days
    ]


def _count_by_community(overdue: Any) -> dict[int, int]:
    counted: dict[int, int] = {}
    for place in overdue.values_list("community_id", flat=True):
        counted[place] = counted.get(place, 0) + 1
    return counted


def _community_row(community: Any, found: dict[str, int], late: int, period: queries.Period) -> dict[str, Any]:
    on_time = queries.share(found["requests_on_time"], found["requests_resolved"])
    satisfied = queries.share(found["requests_satisfied"], found["requests_rated"])
    shown = found | {"requests_on_time": on_time, "requests_satisfied": satisfied}
    return {
        "link": _link(period, community.code),
        "overdue_url": _overdue_url(community.code),
        "cells": [(name, head, shown[name]) for name, head in IN_THE_TABLE.items()],
        "community": community,
        "name": str(community),
        "code": community.code,
        "on_time_rate": on_time,
        "satisfaction": satisfied,
        "overdue": late,
        **found,
    }


def _hand(found: Any, at: dt.datetime) -> dict[str, Any]:
    due, tone = due_words(found.limit_now, at=at)
    sub = " · ".join(filter(None, [str(found.community), found.case.number, str(found.handler or "")]))
    return {"url": f"/requests/{found.case.number}/", "title": found.case.title, "sub": sub, "due": due, "tone": tone}


@for_staff(Role.MANAGER, Role.STREET_OFFICER)
def dashboard_rows(request: HttpRequest, measure: str) -> HttpResponse:
    """The rows that a number counts, no more and no fewer."""
    known = MEASURES.get(measure)
    if known is None:
        raise Http404
    _allowed, chosen, code = _scope(request)
    period, places = _period(request), [c.pk for c in chosen]
    label = request.GET.get("label", "")[:30]
    rows = queries.rows_behind(known, places, period, label=label)
    counted = queries.sums("label", [measure], places, period)
    figure = sum(int(n) for name, n in counted if not label or name == label)
    page = page_by_id(
        known.rows.read(rows),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
        by=known.rows.by,
    )
    context = {
        "measure": known,
        "figure": figure,
        "page": page,
        "rows": known.rows.lines(page.rows, clock.now()),
        "period": period,
        "back": f"/dashboard/{_named(period, code)}",
        "one_place": len(chosen) == 1,
        "label_name": known.names().get(label, "") if label else "",
        "place_name": _("、").join(str(c) for c in chosen) if len(chosen) < 4 else "",
    }
    return render_page(request, "dashboards/rows.html", context)
