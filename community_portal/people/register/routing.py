"""Who looks after an address, and why: address → household → building → grid → officer on duty."""

import datetime as dt
from dataclasses import dataclass

from community_portal.people.models import Household, Membership, Role, User
from community_portal.places.models import Grid


@dataclass(frozen=True)
class Route:
    """``why``: ``building`` or ``household`` (the address led to the grid), ``no_address``, ``no_officer``."""

    grid: Grid | None
    officer: User | None
    why: str


def officer_of(grid: Grid, *, on: dt.date) -> User | None:
    """The officer on duty: of several the one appointed last."""
    membership = (
        Membership.objects.in_force(on=on)
        .filter(grid=grid, role=Role.GRID_OFFICER, user__is_active=True)
        .select_related("user")
        .order_by("-starts_on", "-id")
        .first()
    )
    return membership.user if membership else None


def grid_of(household: Household | None) -> Grid | None:
    """The grid of a home: that of its building, where it is in one."""
    if household is None:
        return None
    return household.building.grid if household.building else household.grid


def route_for(household: Household | None, *, on: dt.date) -> Route:
    """The grid officer of a home, with the reason that is shown to everybody."""
    grid = grid_of(household)
    if household is None or grid is None:
        return Route(None, None, "no_address")
    officer = officer_of(grid, on=on)
    if officer is None:
        return Route(grid, None, "no_officer")
    return Route(grid, officer, "building" if household.building else "household")
