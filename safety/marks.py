"""Which mark holds, of all that were pressed: a function of the set of rows, so phones agree in whatever order theirs arrive.

The first press answers every later one. A correction takes back what was pressed before it, and says another time or none; the
latest correction counts. Equal moments are told apart by the key of the form."""

import datetime as dt
from collections.abc import Iterable
from typing import Protocol, TypeVar


class Pressed(Protocol):
    pressed_at: dt.datetime
    happened_at: dt.datetime | None
    is_correction: bool
    key: str


M = TypeVar("M", bound=Pressed)


def _order(row: Pressed) -> tuple[dt.datetime, str]:
    return row.pressed_at, row.key


def live_of(rows: Iterable[M]) -> M | None:
    """The row that holds for one kind and scope; None while nothing does."""
    rows = list(rows)
    latest = max((row for row in rows if row.is_correction), key=_order, default=None)
    if latest is not None and latest.happened_at is not None:
        return latest
    presses = [row for row in rows if not row.is_correction and (latest is None or _order(row) > _order(latest))]
    return min(presses, key=_order, default=None)
