"""How a matter begins: a case with its number, its people and its place; on it the matter in its first state, with task and journal."""

import datetime as dt

from django.db import transaction

from community_portal.casework.actions import open_case, start_matter
from community_portal.casework.models import Case, Event, Matter, Source
from community_portal.people.authority import authority_for, is_staff_authority
from community_portal.people.models import DelegationScope, Resident, User
from community_portal.people.register.routing import grid_of
from community_portal.places.models import Community, Grid
from community_portal.refusals import NotAllowed


@transaction.atomic
def open_for(
    resident: Resident,
    matter: Matter,
    *,
    title: str,
    words: str,
    by: User | None,
    at: dt.datetime,
    asker: Resident | None = None,
    source: str = "",
    case: Case | None = None,
) -> Event:
    """A new matter for a resident, at their place and in the grid of their address: on a case of its own, or on a ``case``
    that there is. It begins in the first state of its flow and in nobody's hands, unless it says otherwise itself.

    ``asker`` is who told us when it is not the ``resident``; ``source`` how, if neither online nor at the desk. Raises
    NotAllowed for somebody who may not speak for the resident.
    """
    authority = _authority(by, resident=resident, asker=asker, at=at)
    case = matter.case = case or open_case(
        community=resident.community,
        grid=grid_of(resident.household),
        resident=resident,
        asker=asker,
        title=title,
        words=words,
        source=source or (Source.DESK if is_staff_authority(authority) else Source.ONLINE),
        address=resident.household.official if resident.household else "",
        phone_tail=(_tail(asker) if asker else "") or _tail(resident),
        by=by,
        at=at,
    )
    matter.community, matter.grid = case.community, case.grid
    matter.state = matter.state or matter.flow.start
    on_behalf_of = None if authority == "self" and asker is None else resident
    return start_matter(matter, by=by, at=at, authority=authority, words=words, on_behalf_of=on_behalf_of)


@transaction.atomic
def open_at(
    community: Community,
    matter: Matter,
    *,
    title: str,
    words: str,
    authority: str,
    by: User | None,
    at: dt.datetime,
    asker: Resident | None = None,
    address: str = "",
    grid: Grid | None = None,
    source: str = "",
    phone_tail: str = "",
    part_of: Case | None = None,
    case: Case | None = None,
) -> Event:
    """A new matter about a place, on a case of its own or on a ``case`` that there is: it is about nobody, ``asker`` is who told
    us. ``phone_tail`` is what opens the public look-up where nobody says who they are."""
    matter.case = case or open_case(
        community=community,
        grid=grid,
        resident=None,
        asker=asker,
        title=title[:80],
        words=words,
        source=source or (Source.DESK if is_staff_authority(authority) else Source.ONLINE),
        address=address[:240],
        phone_tail=phone_tail or (_tail(asker) if asker else ""),
        part_of=part_of,
        by=by,
        at=at,
    )
    matter.community, matter.grid = community, grid
    matter.state = matter.state or matter.flow.start
    return start_matter(matter, by=by, at=at, authority=authority, words=words)


def _authority(by: User | None, *, resident: Resident, asker: Resident | None, at: dt.datetime) -> str:
    """Staff by role; a resident for themselves or a principal. A husband may ask for his wife: asking needs no delegation."""
    scope, community_id = DelegationScope.REQUEST, resident.community_id
    try:
        return authority_for(by, resident=resident, community_id=community_id, scope=scope, at=at)
    except NotAllowed:
        if by is not None and asker is not None and by.resident_id == asker.pk:
            return "self"
        raise


def _tail(person: Resident) -> str:
    contact = person.contacts.order_by("-is_primary", "id").first()
    return contact.phone[-4:] if contact else ""
