"""What a service shows of its figures: the tiles, charts and columns of its board, and what needs a hand.

Each service declares them in its ``boards.py`` and ``hands.py``, by the names of figures; the dashboards draw them.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from community_portal.measure.figure import Label, Value


class Values(Protocol):
    """The figures of the page, by name."""

    def __call__(self, name: str) -> Value:
        """As a number."""

    def counted(self, name: str) -> tuple[int, int]:
        """What a rate divides."""

    def words(self, name: str) -> str:
        """As people read it: 66.7%, a dash without a base."""


Say = Callable[[Values], Any]


@dataclass(frozen=True)
class Tile:
    """One large number. ``note`` says in a few words what it is seen against."""

    figure: str
    note: Say = lambda of: ""


@dataclass(frozen=True)
class Column:
    """A column of the table of communities; ``head`` may be shorter than the figure's label. ``alarms`` when it is not 0."""

    figure: str
    head: Label
    alarms: bool = False


@dataclass(frozen=True)
class DaysChart:
    """A question answered day by day: ``bars`` and ``line`` are flows, each with its name in the legend."""

    question: Label
    bars: tuple[str, Label]
    line: tuple[str, Label]
    caption: Label
    answer: Say


@dataclass(frozen=True)
class SplitChart:
    """A question answered by how a flow is split. ``most`` says which part is greatest (``name``, ``share``)."""

    question: Label
    figure: str
    most: Label
    empty: Label
    icon: str = "bar-chart"


@dataclass(frozen=True)
class Board:
    """A service's figures on one page: six tiles, two questions, a table of communities, and ``more`` figures below."""

    name: str
    label: Label
    tiles: tuple[Tile, ...]
    charts: tuple[DaysChart | SplitChart, ...]
    columns: tuple[Column, ...]
    more: tuple[str, ...] = ()

    @property
    def names(self) -> set[str]:
        """The figures that stand on it."""
        shown = {tile.figure for tile in self.tiles} | {column.figure for column in self.columns}
        for chart in self.charts:
            shown |= {chart.figure} if isinstance(chart, SplitChart) else {chart.bars[0], chart.line[0]}
        return shown | set(self.more)


BOARDS: dict[str, Board] = {}


def register_board(board: Board) -> None:
    """Makes a board known; an app's ``boards.py`` calls it when Django starts."""
    BOARDS[board.name] = board


@dataclass(frozen=True)
class Hand:
    """A line of what needs a hand; ``since`` decides which stands first."""

    url: str
    title: str
    sub: str
    since: dt.datetime
    chip: str
    tone: str = "late"
    icon: str = "alarm"
    hue: str = "vermilion"


Hands = Callable[..., Iterable[Hand]]
HANDS: list[Hands] = []


def register_hands(find: Hands) -> None:
    """Adds to what needs a hand: ``find(places, user=, at=, most=)`` answers at most so many, the longest waiting first."""
    HANDS.append(find)
