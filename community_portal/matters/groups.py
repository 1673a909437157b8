"""The first page of a service's people: what waits for them in groups, each with its newest lines (``matters/parts/groups.html``)."""

from typing import NamedTuple


class Line(NamedTuple):
    url: str
    title: str
    sub: str
    chip: str
    tone: str


class Group(NamedTuple):
    """``total`` of all that wait, of which ``lines`` are shown; ``empty`` is said where there are none."""

    title: str
    icon: str
    empty: str
    total: int
    lines: list[Line]
