"""The street's pages: a board of figures, what needs a hand, every community, and the rows behind each number."""

import dataclasses
import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from community_portal import clock
from community_portal.dashboards import drawing, queries
from community_portal.dashboards.exports import table_as_workbook
from community_portal.dashboards.periods import Period, opened_on, period_named
from community_portal.dashboards.reading import reading_of, readings_of_each
from community_portal.dashboards.rows_behind import rows_behind
from community_portal.measure import Persons, figure_named
from community_portal.measure.boards import BOARDS, HANDS, Board, Hand
from community_portal.people.models import Role, User
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.pages import render_page
from community_portal.web.paging import page_by_id

PAGE = 40
NEEDS_A_HAND = 5
ON_A_WALL = 6  # communities in each of two columns: what a screen of 1080 lines holds
NAMED = {
    "month": gettext_lazy("本月"),
    "last": gettext_lazy("上月"),
    "year": gettext_lazy("今年"),
    "since": gettext_lazy("开门以来"),
    "all": gettext_lazy("全部"),
}


def _scope(request: StaffRequest) -> tuple[list[Any], list[Any], str]:
    """Communities this user may see, those chosen by ``?place=``, and that code; 404 for a place that is not theirs."""
    allowed = list(queries.places_of(request.user))
    code = request.GET.get("place", "")[:10]
    if not code:
        return allowed, allowed, ""
    chosen = [c for c in allowed if code in (c.code, c.street.code)]
    if not chosen:
        raise Http404
    return allowed, chosen, code


def _period(request: StaffRequest, opened: dt.date | None) -> Period:
    """Exact days (``?from=&to=``) or a name (``?period=``); a name beside exact days stays their name."""
    first, last = request.GET.get("from", ""), request.GET.get("to", "")
    name, today = request.GET.get("period", "")[:30], clock.today()
    exact = period_named(f"{first}..{last}", today=today) if first and last else None
    if exact:
        return dataclasses.replace(exact, name=name) if name in NAMED else exact
    return period_named(name, today=today, opened=opened) or period_named("", today=today)  # type: ignore[return-value]


def _frame(request: StaffRequest) -> tuple[list[Any], list[Any], drawing.Frame]:
    """Communities that may be chosen, those that are, and what the links of the page carry."""
    allowed, chosen, code = _scope(request)
    return (
        allowed,
        chosen,
        drawing.Frame(_period(request, opened_on(chosen)), code, _board(request.GET.get("board", ""))),
    )


def _board(name: str) -> Board:
    """The one asked for, or the first."""
    return BOARDS.get(name) or next(iter(BOARDS.values()))


@for_staff(Role.MANAGER, Role.STREET_OFFICER)
def dashboard(request: StaffRequest) -> HttpResponse:
    """How are we doing? Six figures against the days before, two charts, what needs a hand, each community."""
    allowed, chosen, frame = _frame(request)
    places = [c.pk for c in chosen]
    now, of_each = readings_of_each(places, frame.period)
    table = [drawing.community_row(community, frame, of_each[community.pk]) for community in chosen]
    if request.GET.get("as") == "xlsx":
        return table_as_workbook(frame.board, table, frame.period)
    at = now.source.at
    is_wall = request.GET.get("screen") == "1"
    tables, turn = _on_a_wall(table, at) if is_wall else ([table], "")
    late = figure_named("overdue")
    context = {
        "communities": allowed,
        "place_name": _place_name(chosen, is_of_street=not frame.place and Role.STREET_OFFICER in request.user.roles),
        "frame": frame,
        "boards": BOARDS.values(),
        "periods": _periods(chosen),
        "is_named": frame.period.name in NAMED,
        "compared": _compared(frame.period),
        "tiles": drawing.tiles(frame, now, reading_of(places, frame.period.before)),
        "charts": drawing.charts(frame, now),
        "hands": _hands(places, request.user, at),
        "late_url": frame.rows("overdue"),
        "late_count": late.value(now) if late else 0,
        "tables": tables,
        "turn": turn,
        "columns": [_("社区"), *(column.head for column in frame.board.columns)],
        "more_figures": [] if is_wall else drawing.more_figures(frame, now),
        "as_of": at,
        "is_wall": is_wall,
    }
    if is_wall:
        context["elder_mode"] = False  # large already, and laid out to be seen at once: nobody scrolls a wall
    return render_page(request, "dashboards/dashboard.html", context)


def _periods(chosen: list[Any]) -> tuple[tuple[str, Any], ...]:
    """The names to choose from; since it opened only where that is known."""
    return tuple((name, words) for name, words in NAMED.items() if name != "since" or opened_on(chosen))


def _place_name(chosen: list[Any], *, is_of_street: bool) -> str:
    """A street's officer reads the street, even one with a single community."""
    if len(chosen) == 1 and not is_of_street:
        return str(chosen[0])
    return str(chosen[0].street) if chosen and len({c.street_id for c in chosen}) == 1 else _("全部街道")


def _on_a_wall(table: list[Any], at: dt.datetime) -> tuple[list[list[Any]], str]:
    """The communities in one or two columns; where there are more, the next ones every minute, as the page is loaded anew."""
    turns = max(1, -(-len(table) // (2 * ON_A_WALL)))
    turn = int(at.timestamp() // 60) % turns
    shown = table[turn * 2 * ON_A_WALL :][: 2 * ON_A_WALL]
    half = len(shown) if len(shown) <= ON_A_WALL else -(-len(shown) // 2)
    columns = [shown[:half], shown[half:]] if shown[half:] else [shown]
    return columns, f"{turn + 1} / {turns}" if turns > 1 else ""


def _compared(period: Period) -> str:
    """What the little arrows compare with; nothing when there is no time before."""
    if period.name in drawing.NO_PAST:
        return ""
    days = (period.last - period.first).days + 1
    return ngettext("箭头：和之前 %(n)s 天比", "箭头：和之前 %(n)s 天比", days) % {"n": days}


def _hands(places: list[int], user: User, at: dt.datetime) -> list[Hand]:
    """Of whatever any room says needs a hand, what has waited longest."""
    found = [hand for find in HANDS for hand in find(places, user=user, at=at, most=NEEDS_A_HAND)]
    return sorted(found, key=lambda hand: hand.since)[:NEEDS_A_HAND]


@for_staff(Role.MANAGER, Role.STREET_OFFICER)
def dashboard_rows(request: StaffRequest, measure: str) -> HttpResponse:
    """The rows that a number counts, no more and no fewer, as far as this reader may open them."""
    figure = figure_named(measure)
    if figure is None:
        raise Http404
    _allowed, chosen, frame = _frame(request)
    reading = reading_of([c.pk for c in chosen], frame.period)
    label = request.GET.get("label", "")[:30]
    shown = figure.shown_as()
    page = page_by_id(
        shown.read(rows_behind(figure, reading, user=request.user, label=label)),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
        by=shown.by,
    )
    value = figure.value_of(label, reading) if label else figure.value(reading)
    context = {
        "figure": figure,
        "value": value,
        "shown": drawing.in_words(value, figure),
        "unit": "" if figure.unit == "%" else figure.unit,
        "is_counted": isinstance(figure, Persons) and reading.counted_rows(figure),
        "is_hidden": bool(value and not page.rows and not request.GET.get("after")),
        "template": shown.template,
        "page": page,
        "rows": shown.lines(page.rows, clock.now()),
        "period": frame.period,
        "is_now": not figure.has_past,
        "back": f"/dashboard/{frame.named}",
        "one_place": len(chosen) == 1,
        "label_name": figure.names_of_labels().get(label, "") if label else "",
        "place_name": _("、").join(str(c) for c in chosen) if len(chosen) < 4 else "",
    }
    return render_page(request, "dashboards/rows.html", context)
