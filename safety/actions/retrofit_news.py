"""Who hears what about a retrofit: the people of the company that manages the estate, and safety."""

import datetime as dt
from typing import Any

from community_portal import clock
from community_portal.matters.notices import tell_officer
from community_portal.people.models import ManagedEstate, Membership, Role, User
from community_portal.people.staff.memberships import staff_at
from safety.models import Retrofit


def people_of_the_company(retrofit: Retrofit, *, on: dt.date) -> Any:
    """Who works for whoever manages the estate on that day."""
    managed = ManagedEstate.objects.in_force(on=on).filter(estate=retrofit.estate_id)
    held = Membership.objects.in_force(on=on).filter(organisation__in=managed.values("organisation"))
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("id")


def tell_company(kind: str, retrofit: Retrofit, *, at: dt.datetime, words: str = "") -> None:
    for person in people_of_the_company(retrofit, on=clock.local(at).date()):
        tell_officer(kind, retrofit, person, at=at, said=words[:80])


def tell_safety(kind: str, retrofit: Retrofit, *, at: dt.datetime) -> None:
    for officer in staff_at(retrofit.community_id, Role.SAFETY, on=clock.local(at).date()):
        tell_officer(kind, retrofit, officer, at=at)
