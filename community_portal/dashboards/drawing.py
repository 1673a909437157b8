"""A board drawn from its figures: tiles beside the days before, charts with their tables, the communities, and the rest."""

import dataclasses
import datetime as dt
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.dashboards.periods import Period
from community_portal.dashboards.queries import by_day
from community_portal.dashboards.reading import Reading
from community_portal.measure import FIGURES, Figure, Rate, Value
from community_portal.measure.arithmetic import per_cent
from community_portal.measure.boards import BOARDS, Board, Column, DaysChart, SplitChart, Tile

DAYS_SHOWN = 62
DASH = "—"
NO_PAST = ("all", "since")


@dataclasses.dataclass(frozen=True)
class Frame:
    """What the links of a page carry: the period, the place, and the board when it is not the first."""

    period: Period
    place: str
    board: Board

    @property
    def link(self) -> str:
        """The very days, so that the rows stay those of the figure; and the period's name for the way back."""
        return self.link_of(self.place)

    def link_of(self, place: str) -> str:
        """The same for another place."""
        return f"?period={self.period.name}&from={self.period.first}&to={self.period.last}" + self._rest(place)

    @property
    def named(self) -> str:
        """The period by its name: a screen on the wall shows this month, not the days it had when somebody hung it up."""
        return f"?period={self.period.name}" + self._rest(self.place)

    def days(self, day: dt.date) -> str:
        """One day of it."""
        return f"?from={day}&to={day}" + self._rest(self.place)

    def rows(self, name: str, link: str = "") -> str:
        """The page with the rows behind a figure."""
        return f"/dashboard/rows/{name}/{link or self.link}"

    @property
    def of_board(self) -> str:
        return "" if self.board.name == next(iter(BOARDS)) else f"&board={self.board.name}"

    def _rest(self, place: str) -> str:
        return (f"&place={place}" if place else "") + self.of_board


class Said:
    """The figures of a reading by name (measure.boards.Values)."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def __call__(self, name: str) -> Value:
        return FIGURES[name].value(self.reading)

    def counted(self, name: str) -> tuple[int, int]:
        figure = FIGURES[name]
        assert isinstance(figure, Rate)
        return figure.counted(self.reading)

    def words(self, name: str) -> str:
        return in_words(self(name), FIGURES[name])


def in_words(value: Value, figure: Figure) -> str:
    """A number as people read it; a share carries its sign, and what has no base is a dash."""
    if value is None:
        return DASH
    return f"{value}%" if figure.unit == "%" else str(value)


def tiles(frame: Frame, now: Reading, before: Reading) -> list[dict[str, Any]]:
    """The large numbers, each with an arrow against the days before."""
    return [_tile(tile, frame, now, before) for tile in frame.board.tiles]


def _tile(tile: Tile, frame: Frame, now: Reading, before: Reading) -> dict[str, Any]:
    figure = FIGURES[tile.figure]
    step = _step(figure, now, before) if frame.period.name not in NO_PAST and figure.has_past else 0
    good = "plain" if not figure.good else "ok" if step * figure.good > 0 else "warn"
    return {
        "label": figure.label,
        "value": Said(now).words(figure.name),
        "unit": "" if figure.unit == "%" else figure.unit,
        "note": tile.note(Said(now)),
        "hue": figure.hue,
        "url": frame.rows(_opens(figure)),
        "change": f"↑ {step}" if step > 0 else f"↓ {-step}" if step < 0 else "",
        "tone": good if step else "plain",
    }


def _step(figure: Figure, now: Reading, before: Reading) -> int | float:
    """How much more than before; of a share in percentage points. Nothing where before there was nothing."""
    here, there = figure.value(now), figure.value(before)
    if here is None or not there:
        return 0
    step = here - there
    return round(step, 1) if isinstance(step, float) else step


def _opens(figure: Figure) -> str:
    """Whose rows a click opens: of a share those of its part, when that is a figure of its own."""
    return figure.part.name if isinstance(figure, Rate) and figure.part.name in FIGURES else figure.name


def charts(frame: Frame, reading: Reading) -> list[dict[str, Any]]:
    """Each a question with its answer in words, a chart, and the same numbers as a table."""
    drawn = [
        _days(chart, frame, reading) if isinstance(chart, DaysChart) else _split(chart, frame, reading)
        for chart in frame.board.charts
    ]
    return [chart | {"id": f"chart-{n}"} for n, chart in enumerate(drawn, start=1)]


def _days(chart: DaysChart, frame: Frame, reading: Reading) -> dict[str, Any]:
    """At most the last 62 days, each with both numbers, their rows, and a period of its own."""
    names = [chart.bars[0], chart.line[0]]
    found = by_day(names, reading.source.places, frame.period)
    last = min(frame.period.last, clock.today())
    first = max(frame.period.first, last - dt.timedelta(days=DAYS_SHOWN - 1))
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    return {
        "kind": "days",
        "question": chart.question,
        "answer": chart.answer(Said(reading)),
        "caption": chart.caption,
        "heads": [chart.bars[1], chart.line[1]],
        "columns": [_("日期"), chart.bars[1], chart.line[1]],
        "lines": [
            {
                "day": f"{day.month}-{day.day}",
                "link": frame.days(day),
                "cells": [(frame.rows(name, frame.days(day)), found[name].get(day, 0)) for name in names],
            }
            for day in days
        ],
        "data": [[f"{day.month}-{day.day}", *(found[name].get(day, 0) for name in names)] for day in days],
    }


def _split(chart: SplitChart, frame: Frame, reading: Reading) -> dict[str, Any]:
    """The parts of a flow, the greatest first."""
    figure = FIGURES[chart.figure]
    names, amounts = figure.names_of_labels(), reading.by_label(figure.measures[0])
    parts = sorted(
        ((code, str(names.get(code, code)), n) for code, n in amounts.items() if n), key=lambda part: -part[2]
    )
    whole = sum(n for _code, _name, n in parts)
    return {
        "kind": "split",
        "question": chart.question,
        "answer": chart.most % {"name": parts[0][1], "share": f"{per_cent(parts[0][2], whole)}%"} if parts else "",
        "empty": chart.empty,
        "icon": chart.icon,
        "lines": [
            {"name": name, "value": n, "url": f"{frame.rows(figure.name)}&label={quote(code)}"}
            for code, name, n in parts
        ],
        "data": [{"name": name, "value": n} for _code, name, n in parts],
    }


def community_row(community: Any, frame: Frame, reading: Reading) -> dict[str, Any]:
    """One community's line of the table."""
    link = frame.link_of(community.code)
    return {
        "name": str(community),
        "code": community.code,
        "url": f"?period={frame.period.name}&place={community.code}{frame.of_board}",
        "cells": [_cell(column, frame, link, reading) for column in frame.board.columns],
    }


def _cell(column: Column, frame: Frame, link: str, reading: Reading) -> dict[str, Any]:
    figure = FIGURES[column.figure]
    value = figure.value(reading)
    return {
        "head": column.head,
        "value": value,
        "shown": in_words(value, figure),
        "url": frame.rows(_opens(figure), link),
        "alarms": column.alarms,
    }


def more_figures(frame: Frame, reading: Reading) -> list[dict[str, Any]]:
    """What the board lists below; the first also has what stands on none."""
    names = list(frame.board.more)
    if not frame.of_board:
        shown = _on_a_board()
        names += [name for name in FIGURES if name not in shown]
    return [
        {
            "label": FIGURES[name].label,
            "shown": _with_unit(FIGURES[name], reading),
            "hue": FIGURES[name].hue,
            "url": frame.rows(name),
        }
        for name in names
    ]


def _with_unit(figure: Figure, reading: Reading) -> str:
    value = figure.value(reading)
    words = in_words(value, figure)
    return words if value is None or figure.unit == "%" else f"{words} {figure.unit}"


def _on_a_board() -> set[str]:
    """Figures that some board shows, or that it divides."""
    shown = {name for board in BOARDS.values() for name in board.names}
    return shown | {part.name for name in shown for part in FIGURES[name].parts}
