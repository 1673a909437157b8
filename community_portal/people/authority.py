"""By what authority somebody acts: for themselves, for a principal, by a role, or the system. Every deed stores it."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.models import STAFF, Delegation, Resident, Role, User
from community_portal.refusals import NotAllowed

SYSTEM = "system"


def authority_for(
    user: User | None, *, resident: Resident | None, community_id: int, scope: str, at: dt.datetime
) -> str:
    """``self``, ``delegation:7`` or ``role:receptionist``; raises NotAllowed when there is none.

    ``scope`` is one of DelegationScope. Staff act by their role where they have one, whatever family they have there.
    """
    if user is None:
        return SYSTEM
    resident = resident.present_file if resident else None
    if resident is not None and user.resident_id == resident.pk:
        return "self"
    if resident is not None and not (user.is_portal_staff and user.has_role_at(community_id, *STAFF)):
        delegation = (
            Delegation.objects.in_force(on=clock.local(at).date())
            .filter(principal=resident, agent=user, scopes__contains=[scope])
            .first()
        )
        if delegation:
            return f"delegation:{delegation.pk}"
    return staff_authority(user, community_id=community_id)


def staff_authority(user: User | None, *, community_id: int) -> str:
    """``role:…`` of a staff member at a community, the most telling role first; raises NotAllowed for anybody else."""
    if user is None:
        return SYSTEM
    for role in Role:
        if role in STAFF and community_id in user.communities_as(role):
            return f"role:{role}"
    if user.is_superuser:
        return "role:administrator"
    raise NotAllowed(_("您不能代这位居民办理。请本人办理，或先登记委托。"))


def is_staff_authority(authority: str) -> bool:
    """By a role or by the system: cut-offs for residents do not apply."""
    return authority == SYSTEM or authority.startswith("role:")


def is_party(user: Any, *, resident: Resident | None, asker: Resident | None, scope: str, on: Any) -> bool:
    """Is this user the person concerned, the one who asked, or a delegate of either?"""
    if not user.is_authenticated:
        return False
    people = [person.present_file.pk for person in (resident, asker) if person is not None]
    if user.resident_id in people:
        return True
    return (
        Delegation.objects.in_force(on=on).filter(agent=user, principal__in=people, scopes__contains=[scope]).exists()
    )
