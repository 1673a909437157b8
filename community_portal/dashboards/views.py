"""The street's pages: figures, two charts, what needs a hand, every community, and the rows behind each number."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from appointments.queries import for_list, list_rows
from community_portal import clock
from community_portal.access import for_staff
from community_portal.casework.queries import due_words
from community_portal.dashboards import queries
from community_portal.dashboards.exports import table_as_workbook
from community_portal.dashboards.measure import MEASURES
from community_portal.pages import render_page
from community_portal.people.models import Role
from community_portal.people.queries import page_by_id

PAGE = 40
NEEDS_A_HAND = 6


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
    first, last = request.GET.get("from", ""), request.GET.get("to", "")
    text = f"{first}..{last}" if first and last else request.GET.get("period", "")
    return queries.period_named(text, today=clock.today()) or queries.period_named("", today=clock.today())  # type: ignore[return-value]


@for_staff(Role.MANAGER, Role.STREET_OFFICER)
def dashboard(request: HttpRequest) -> HttpResponse:
    """How are we doing? Six figures against the days before, two charts, what needs a hand, each community."""
    allowed, chosen, code = _scope(request)
    period, places = _period(request), [c.pk for c in chosen]
    now, before = queries.totals(places, period), queries.totals(places, period.before)
    by_community = queries.totals_by_community(places, period)
    overdue = queries.overdue_now(places)
    late_by_community = _count_by_community(overdue)
    table = [_community_row(c, by_community[c.pk], late_by_community.get(c.pk, 0)) for c in chosen]
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
        "tallies": _tallies(now, before, overdue.count(), period, code),
        "chart_days": _chart_of_days(places, period),
        "chart_categories": [
            {"name": name, "value": n, "code": c} for c, name, n in queries.by_category(places, period)
        ],
        "hands": [_hand(found, at) for found in hands],
        "table": table,
        "as_of": at,
        "is_wall": request.GET.get("screen") == "1",
        "link": _link(period, code),
    }
    return render_page(request, "dashboards/dashboard.html", context)


def _link(period: queries.Period, place: str) -> str:
    return f"?from={period.first}&to={period.last}" + (f"&place={place}" if place else "")


def _tallies(
    now: dict[str, int], before: dict[str, int], overdue: int, period: queries.Period, code: str
) -> list[dict[str, Any]]:
    link = _link(period, code)
    due = now["visits"] + now["no_shows"]
    return [
        _tally("requests_taken_in", _("受理求助"), now["requests_taken_in"], _("件"), link, now, before,
               _("办好 %(n)s 件") % {"n": now["requests_resolved"]}),
        _tally("requests_on_time", _("按时办结率"), queries.share(now["requests_on_time"], now["requests_resolved"]), "", link, now, before,
               _("按时 %(part)s / %(whole)s 件") % {"part": now["requests_on_time"], "whole": now["requests_resolved"]}),
        _tally("requests_satisfied", _("满意率"), queries.share(now["requests_satisfied"], now["requests_rated"]), "", link, now, before,
               _("满意 %(part)s / %(whole)s 件") % {"part": now["requests_satisfied"], "whole": now["requests_rated"]}, "eldercare"),
        _tally("visits", _("到访"), now["visits"], _("人次"), link, now, before, "", "eldercare"),
        _tally("no_shows", _("爽约"), now["no_shows"], _("人次"), link, now, before,
               _("占应到 %(share)s") % {"share": queries.share(now["no_shows"], due)}, "charging"),
        {"label": _("超期"), "value": overdue, "unit": _("件"), "note": _("此刻没办结的"), "hue": "safety",
         "url": "/requests/?state=open&overdue=1" + (f"&place={code}" if code else ""), "change": "", "tone": "plain"},
    ]  # fmt: skip


def _tally(name: str, label: str, value: Any, unit: str, link: str, now: dict[str, int], before: dict[str, int], note: str = "",
           hue: str = "appointments") -> dict[str, Any]:  # fmt: skip
    step = now[name] - before[name]
    arrow = "" if not before[name] else f"↑ {step}" if step > 0 else f"↓ {-step}" if step < 0 else "＝"
    is_worse = step > 0 if name == "no_shows" else step < 0
    return {
        "label": label, "value": value, "unit": unit, "note": note, "hue": hue, "url": f"/dashboard/rows/{name}/{link}",
        "change": arrow, "tone": "warn" if is_worse else "ok" if step else "plain",
    }  # fmt: skip


def _chart_of_days(places: list[int], period: queries.Period) -> list[dict[str, Any]]:
    """At most the last 62 days, each with what came in and what was resolved."""
    taken = queries.by_day("requests_taken_in", places, period)
    resolved = queries.by_day("requests_resolved", places, period)
    last = min(period.last, clock.today())
    first = max(period.first, last - dt.timedelta(days=61))
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    return [{"day": f"{d.month}-{d.day}", "taken": taken.get(d, 0), "resolved": resolved.get(d, 0)} for d in days]


def _count_by_community(overdue: Any) -> dict[int, int]:
    counted: dict[int, int] = {}
    for place in overdue.values_list("community_id", flat=True):
        counted[place] = counted.get(place, 0) + 1
    return counted


def _community_row(community: Any, found: dict[str, int], late: int) -> dict[str, Any]:
    return {
        "community": community,
        "name": str(community),
        "code": community.code,
        "on_time_rate": queries.share(found["requests_on_time"], found["requests_resolved"]),
        "satisfaction": queries.share(found["requests_satisfied"], found["requests_rated"]),
        "overdue": late,
        **found,
    }


def _hand(found: Any, at: dt.datetime) -> dict[str, Any]:
    due, tone = due_words(found.due_at, at=at)
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
    is_requests = known.rows == "requests"
    page = page_by_id(
        for_list(rows) if is_requests else rows.select_related("session", "resident", "community"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    context = {
        "measure": known,
        "figure": figure,
        "page": page,
        "rows": list_rows(page.rows, at=clock.now()) if is_requests else page.rows,
        "period": period,
        "back": f"/dashboard/{_link(period, code)}",
        "place_name": ", ".join(str(c) for c in chosen) if len(chosen) < 4 else "",
    }
    return render_page(request, "dashboards/rows.html", context)
