"""How far somebody's roles reach, written once: what they are at the place of a row, and nowhere else.

A membership gives its rights at its own place. So a second one never widens what somebody sees at the first: who is an
officer of one grid and works for a contractor too sees their grid, and what the contractor was given, each as what they are.
"""

import copy
from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Q
from django.http import HttpRequest

from community_portal.people.models import SEES_SENSITIVE, STAFF, Role

Anybody = TypeVar("Anybody", bound=Any)
_FOLLOWS_FROM_MEMBERSHIPS = ("roles", "community_ids", "grid_ids", "organisation_posts")


def whole_communities(user: Any, roles: Iterable[str] = STAFF) -> frozenset[int]:
    """Communities all of whose rows this user reads in one of the roles: every role but that of a grid's officer."""
    return user.communities_as(*(role for role in roles if role != Role.GRID_OFFICER))


def at_places_of(user: Any, roles: Iterable[str] = STAFF) -> Q:
    """Rows (with ``community`` and ``grid``) where this user is one of these: in the grid of a grid officer, elsewhere in
    the whole community."""
    roles = frozenset(roles)
    here = Q(community_id__in=whole_communities(user, roles))
    return here | Q(grid_id__in=user.grid_ids) if Role.GRID_OFFICER in roles and user.grid_ids else here


def works_at(user: Any, community_id: int) -> bool:
    """As a member of its staff; members of third parties work for what they were given, not at a place."""
    return bool(user.is_authenticated and user.has_role_at(community_id, *STAFF))


def sees_sensitive_at(user: Any, community_id: int) -> bool:
    """Health, hardship, "lives alone" of somebody who lives there: only for roles that visit or decide there."""
    return bool(user.has_role_at(community_id, *SEES_SENSITIVE))


def may_open_at(page: Any, user: Any, community_id: int) -> bool:
    """Does the mark of that page (a view of staff) admit this user by what they are at this place?"""
    return bool(user.has_role_at(community_id, *page.access.roles))


def as_one_of(user: Anybody, roles: Iterable[str]) -> Anybody:
    """The same account with only those of its memberships that give one of the roles; administrators stay what they are."""
    roles = frozenset(roles)
    if user.is_superuser or user.roles <= roles:
        return user
    narrowed = copy.copy(user)
    for name in _FOLLOWS_FROM_MEMBERSHIPS:
        narrowed.__dict__.pop(name, None)
    held = [membership for membership in user.memberships_now if membership.role in roles]
    streets = {membership.street_id for membership in held if membership.street_id}
    narrowed.memberships_now = held
    narrowed.communities_of_streets = [place for place in user.communities_of_streets if place.street_id in streets]
    return narrowed


def reader_of(request: HttpRequest) -> Any:
    """Who opens this page, as what its mark admits: somebody who is receptionist here and charging specialist there changes
    nobody's file there."""
    user: Any = request.user
    mark = getattr(getattr(request.resolver_match, "func", None), "access", None)
    return as_one_of(user, mark.roles) if mark and mark.roles and user.is_authenticated else user
