"""Gives every place its staff: the accounts of the demonstration, then invented people wherever somebody is missing."""

from django.contrib.auth.hashers import make_password

from community_portal.demo.accounts import ORGANISATIONS, STAFF, StaffPlan
from community_portal.demo.names import invent_name
from community_portal.demo.settle import Town
from community_portal.people.models import Membership, Organisation, Role, User
from community_portal.places.models import Community, Grid, Street

DEMO_PASSWORD = "demo-2026-huiketing"  # opens demo accounts only, which production settings refuse


def hire_everybody(town: Town) -> None:
    """Organisations, the demo accounts, then a receptionist, a manager and a grid officer wherever one is still missing."""
    for plan in ORGANISATIONS:
        organisation = Organisation.objects.create(name=plan.name, kind=plan.kind, phone=plan.phone)
        organisation.streets.add(town.streets[plan.street])
        town.organisations[plan.name] = organisation
    password = make_password(DEMO_PASSWORD)  # once for all: it is slow on purpose
    for account in STAFF:
        _hire(town, account, password=password)
    User(username="admin", name="许文", is_staff=True, is_superuser=True, password=password).save()
    _fill_gaps(town)


def _fill_gaps(town: Town) -> None:
    for code, community in town.communities.items():
        low = code.lower()
        for role, found in ((Role.RECEPTIONIST, town.receptionists), (Role.MANAGER, town.managers)):
            if code not in found:
                _hire(town, StaffPlan(f"{low}-{role}", _invent(town), role, code))
        for grid in Grid.objects.filter(community=community):
            if grid.pk not in town.officers:
                place = f"{code}/{grid.number}"
                _hire(town, StaffPlan(f"{low}-grid{grid.number}", _invent(town), Role.GRID_OFFICER, place))
    for code in town.streets:
        if code not in {plan.place for plan in STAFF if plan.role == Role.STREET_OFFICER}:
            _hire(town, StaffPlan(f"{code.lower()}-street", _invent(town), Role.STREET_OFFICER, code))


def _invent(town: Town) -> str:
    return invent_name(town.luck, is_female=town.luck.random() < 0.6, is_elder=False)


def _hire(town: Town, plan: StaffPlan, *, password: str | None = None) -> User:
    """``password`` as it is stored; without one nobody can sign in."""
    user = User(username=plan.username, name=plan.name, password=password or make_password(None))
    user.save()
    place: dict[str, Street | Community | Grid | Organisation] = {}
    if plan.place in town.organisations:
        place["organisation"] = town.organisations[plan.place]
    elif plan.place in town.grids:
        place["grid"] = town.grids[plan.place]
        town.officers[town.grids[plan.place].pk] = user
    elif plan.place in town.communities:
        place["community"] = town.communities[plan.place]
    else:
        place["street"] = town.streets[plan.place]
    starts_on = town.began_on(plan.place.partition("/")[0])
    Membership.objects.create(user=user, role=plan.role, starts_on=starts_on, **place)
    if plan.role == Role.RECEPTIONIST:
        town.receptionists[plan.place] = user
    elif plan.role == Role.MANAGER:
        town.managers[plan.place] = user
    return user
