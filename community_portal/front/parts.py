"""What services add to the pages that all of them share: tiles and panels, each registered in the app's ``entries.py``.

A page knows its spots and no service. Who fills one says which page of its own decides whom it is for: what that page does
not open to somebody, they do not see it here either.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from community_portal import clock
from community_portal.bookings.agreements import bookings_concerning
from community_portal.bookings.models import Booking
from community_portal.bookings.one_booking import with_session
from community_portal.people.shell import house_of
from community_portal.places.models import Community
from community_portal.web.access import access_to
from community_portal.web.components import Drawn

Label = str | Promise


class Spot(StrEnum):
    """Where on the shared pages something can stand."""

    HERO = "residents' home, in the greeting"
    HOME = "residents' home, below the tiles"
    MY_TIMES = "my matters, beside the list"
    DESK = "workbench, the wide column"
    DESK_SIDE = "workbench, beside it"
    FIELD = "the officer's doors, below them"


class Reader:
    """Who reads a page, in which house, at what moment. What several panels of one page ask is asked once."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user: Any = request.user
        self.house: Community | None = house_of(request)
        self.at: dt.datetime = clock.now()

    @cached_property
    def bookings(self) -> QuerySet[Booking]:
        """Those of the reader and of the people they may book or read for, with what a line of them shows."""
        found: QuerySet[Booking] = with_session(bookings_concerning(self.user))
        return found


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way to a page, perhaps with a choice made already (``query``): a tile on residents' home, which has a ``sub`` and a
    ``hue``, or a button beside a heading."""

    page: str
    label: Label
    icon: str
    query: str = ""
    sub: Label = ""
    hue: str = "plum"

    @property
    def url(self) -> str:
        return reverse(self.page) + (f"?{self.query}" if self.query else "")


@dataclass(frozen=True)
class Panel:
    """A part of a shared page. ``read`` answers what the template shows; None: there is nothing, and it stays away.

    On the workbench ``fact`` among the answers is its part of the line under the greeting.
    """

    spot: Spot
    page: str
    template: str
    read: Callable[[Reader], dict[str, Any] | None]


TILES: list[Way] = []
ASKING: list[Way] = []  # beside the heading of my matters; the first also where there are none yet
DESK_BUTTONS: list[Way] = []
PANELS: list[Panel] = []


def register_parts(
    *,
    tiles: tuple[Way, ...] = (),
    asking: tuple[Way, ...] = (),
    desk_buttons: tuple[Way, ...] = (),
    panels: tuple[Panel, ...] = (),
) -> None:
    """Puts the parts of a service where they belong; an app's ``entries.py`` calls it when Django starts."""
    TILES.extend(tiles)
    ASKING.extend(asking)
    DESK_BUTTONS.extend(desk_buttons)
    PANELS.extend(panels)


def parts_at(spot: Spot, reader: Reader) -> list[Drawn]:
    """What this reader is shown there, in the order of the services."""
    open_to_him = (p for p in PANELS if p.spot == spot and access_to(p.page).admits(reader.user))
    drawn = ((panel, panel.read(reader)) for panel in open_to_him)
    return [Drawn(panel.template, values) for panel, values in drawn if values is not None]


def offered(ways: list[Way], reader: Reader) -> list[Way]:
    """Those that lead to a page which this reader may open."""
    return [way for way in ways if access_to(way.page).admits(reader.user)]
