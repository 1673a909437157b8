"""Which kinds of matters there are: each service registers its own (an app's ``matters.py``).

Knows no rows, so that the rows of casework can ask it: what somebody may read of a case follows from its matters.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from community_portal.casework.flow import Flow


@dataclass(frozen=True)
class Kind:
    """One kind of matter.

    ``read`` answers all of its rows, with what their lines read (the case at least); ``my_url`` is the URL name of the
    resident's own page, which takes the number. ``hand_over`` gives one to a colleague (``officer, by, at, seen, words``)
    who holds one of the roles of ``hands``; it raises as an action does. ``plain`` may say more than its state does, and
    ``agreed`` which time was agreed for it, while that matters (bookings.queries.AgreedVisit).
    """

    flow: Flow
    read: Callable[[], Any]  # a MatterQuerySet
    my_url: str
    hands: frozenset[str]
    hand_over: Callable[..., None]
    plain: Callable[[Any], str] = lambda matter: ""
    agreed: Callable[[Any, dt.datetime], Any] = lambda matter, at: None


KINDS: dict[str, Kind] = {}


def register_matters(kind: Kind) -> None:
    """Makes a kind known; an app's ``matters.py`` calls it when Django starts."""
    KINDS[kind.flow.name] = kind
