"""Who may do what in safety, where the step table does not say."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.actions import commission, commission_with
from community_portal.people.authority import SYSTEM, staff_authority
from community_portal.people.models import ManagedEstate, Organisation, Role, User
from community_portal.people.staff.managing import manager_of
from community_portal.places.models import Building, Community, Estate
from community_portal.refusals import NotAllowed
from safety.models import Drill, Premises
from safety.workflow.states import LEADERS, PLANNERS


def has_one_of(user: User | None, community_id: int, roles: Any) -> bool:
    return user is None or user.is_superuser or user.has_role_at(community_id, *roles)


def estate_of(place: Community | Estate | Building) -> Estate | None:
    """The estate in which a place lies; none of a whole community."""
    return place.estate if isinstance(place, Building) else place if isinstance(place, Estate) else None


def may_start_at(user: User | None, place: Community | Estate | Building, roles: Any = PLANNERS) -> bool:
    """May this user open a hazard, a joint meeting, a retrofit there? By a role of the staff at the place, or for the property
    company that manages the estate today; in a community without saying where, for one that manages some estate of it."""
    estate = estate_of(place)
    community_id = estate.community_id if estate else place.pk
    if user is None or has_one_of(user, community_id, roles):
        return True
    managed = ManagedEstate.objects.held_by(user, on=clock.today())
    return managed.filter(**({"estate": estate} if estate else {"estate__community": community_id})).exists()


def started_as(user: User | None, community_id: int, roles: Any = PLANNERS) -> str:
    """By which authority, of somebody who may: of the staff at the place, else of the property company."""
    if user is None:
        return SYSTEM
    if user.is_superuser:
        return "role:administrator"
    held = [role for role in sorted(roles) if user.has_role_at(community_id, role)]
    return f"role:{held[0]}" if held else f"role:{Role.PROPERTY}"


def must_plan(drill: Drill, by: User | None) -> None:
    if not has_one_of(by, drill.community_id, PLANNERS):
        raise NotAllowed(_("方案由安全专员或书记来改。"))


def must_lead(drill: Drill, by: User | None) -> None:
    if by is not None and not by.is_superuser and not drill.leads(by):
        raise NotAllowed(_("这一步由总指挥或副总指挥来按。"))


def must_evaluate(drill: Drill, by: User | None) -> None:
    """Nobody judges what they commanded, whatever else they are."""
    if by is not None and (drill.leads(by) or not (by.is_superuser or by.pk == drill.evaluator_id)):
        raise NotAllowed(_("评估由评估人来做，总指挥和副总指挥不能自己评。"))


def takes_part(drill: Drill, user: User | None) -> bool:
    """On the day: whoever leads, evaluates or guides here, by an account of theirs, and the staff who answer for it."""
    if has_one_of(user, drill.community_id, LEADERS) or drill.leads(user):
        return True
    return user is not None and drill.members.filter(user=user).exists()


def must_take_part(drill: Drill, by: User | None) -> None:
    if not takes_part(drill, by):
        raise NotAllowed(_("您不在这场演练里。"))


def sees_names(drill: Drill, user: User) -> bool:
    """Everybody who needs help, by name: those who lead the drill."""
    return user.is_superuser or drill.leads(user)


def companies_that_may_start(user: User, *, premises: Any = None, building: Any = None) -> Any:
    """The property companies of this user that manage the place today: by the contract of its estate where there is one, else by
    what is written at the premises."""
    house = building or (premises.building if premises else None)
    firms = [organisation for role, organisation in user.organisation_posts if role == Role.PROPERTY]
    found = Organisation.objects.filter(pk__in=firms).order_by("pk")
    if house and ManagedEstate.objects.filter(estate=house.estate_id).exists():
        contracts = ManagedEstate.objects.held_by(user, on=clock.today()).filter(estate=house.estate_id)
        return found.filter(pk__in=contracts.values("organisation"))
    houses = Premises.objects.filter(pk=premises.pk) if premises else Premises.objects.filter(building=building)
    return found.filter(pk__in=houses.values("property_company"))


def give_to(matter: Any, organisation: Organisation, *, by: User | None, at: dt.datetime) -> None:
    """With the estate to whoever manages it, where that is this organisation: it stays there when another takes over."""
    estate = matter.estate
    if estate is not None and manager_of(estate, on=clock.local(at).date()) == organisation:
        authority = staff_authority(by, community_id=matter.community_id)
        commission_with(matter, estate=estate, by=by, at=at, authority=authority)
    else:
        commission(matter, organisation=organisation, by=by, at=at)
