"""What one service hands to another in the same case, and neither knows the other: whoever takes something over says so in the
app's ``entries.py``.

    register_taker(Taker("wire", open_wire_from))       # where wires are looked after, whoever finds one
    pass_to("wire", hazard, by=user, at=now, …)         # where a hazard is found to be one
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Matter
from community_portal.people.models import User
from community_portal.refusals import Changed


@dataclass(frozen=True)
class Taker:
    """``what`` it takes over; ``take(matter, by=, at=, **told)`` opens a matter of its own on the case of the other's and answers it.
    It raises as an action does."""

    what: str
    take: Callable[..., Matter]


TAKERS: dict[str, Taker] = {}


def register_taker(taker: Taker) -> None:
    TAKERS[taker.what] = taker


def is_taken_by(what: str) -> bool:
    """Does any service take such a thing over?"""
    return what in TAKERS


def pass_to(what: str, matter: Matter, *, by: User | None, at: dt.datetime, **told: Any) -> Matter:
    """Hands it over; Changed where no service takes it."""
    if what not in TAKERS:
        raise Changed(_("情况有变：现在没有人接这件事。"))
    return TAKERS[what].take(matter, by=by, at=at, **told)
