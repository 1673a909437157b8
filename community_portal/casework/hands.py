"""What needs a hand: whatever is late, of every flow, the longest first."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from community_portal.casework.measures import OVERDUE
from community_portal.casework.queries import late_rows, read_late
from community_portal.measure.boards import Hand, register_hands


def late_matters(places: list[int], *, user: Any, at: dt.datetime, most: int) -> Iterator[Hand]:
    """Only what this reader may open."""
    tasks = read_late(OVERDUE.read(places, at).visible_to(user)).order_by("due_at", "id")[:most]
    for row in late_rows(list(tasks), at):
        yield Hand(row["url"], row["title"], row["sub"], row["since"], row["due"], row["tone"])


register_hands(late_matters)
