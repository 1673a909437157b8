"""Builds the places of the stories and the people who work there: streets, grids, buildings, staff, services, categories."""

import datetime as dt
import random
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from appointments.models import Category
from community_portal import clock
from community_portal.bookings.models import Channel, Opening, Service
from community_portal.demo.names import invent_name
from community_portal.demo.story_places import (
    CATEGORIES,
    ORGANISATIONS,
    SERVICES,
    STAFF,
    STREETS,
    CommunityPlan,
    EstatePlan,
    StaffPlan,
)
from community_portal.people.models import Membership, Organisation, Role, User
from community_portal.places.models import Building, Community, Estate, Grid, OpeningHours, Room, Street

DEMO_PASSWORD = "demo-2026-huiketing"  # opens demo accounts only, which production settings refuse
MORNING, AFTERNOON = (dt.time(8, 30), dt.time(11, 30)), (dt.time(14), dt.time(17))


@dataclass
class Town:
    """What the demo has built so far, by code."""

    luck: random.Random
    first_day: dt.date
    streets: dict[str, Street] = field(default_factory=dict)
    communities: dict[str, Community] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    staff: dict[str, User] = field(default_factory=dict)
    officers: dict[int, User] = field(default_factory=dict)
    receptionists: dict[str, User] = field(default_factory=dict)
    managers: dict[str, User] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    plans: dict[str, CommunityPlan] = field(default_factory=dict)
    buildings: dict[str, list[Building]] = field(default_factory=dict)


def settle(town: Town) -> None:
    """Everything that stands before the first resident walks in."""
    for plan in STREETS:
        street = Street.objects.create(
            code=plan.code, name=plan.name, name_en=plan.name_en, district=plan.district, phone=plan.phone
        )
        town.streets[plan.code] = street
        for community in plan.communities:
            _settle_community(town, street, community)
    for name, kind in ORGANISATIONS:
        town.organisations[name] = Organisation.objects.create(name=name, kind=kind)
    _hire_everybody(town)
    _offer_services(town)
    _set_categories(town)


def _settle_community(town: Town, street: Street, plan: CommunityPlan) -> None:
    community = Community.objects.create(
        street=street, code=plan.code, name=plan.name, name_en=plan.name_en, phone=plan.phone, address=plan.address
    )
    town.communities[plan.code], town.plans[plan.code] = community, plan
    OpeningHours.objects.bulk_create(
        OpeningHours(community=community, weekday=weekday, opens_at=dt.time(8, 30), closes_at=closes)
        for weekday, closes in [(day, dt.time(17, 30)) for day in range(5)] + [(5, dt.time(11, 30))]
    )
    for number, note in enumerate(plan.grids, start=1):
        town.grids[f"{plan.code}/{number}"] = Grid.objects.create(community=community, number=number, note=note)
    for name, name_en, capacity in plan.rooms:
        Room.objects.create(community=community, name=name, name_en=name_en, capacity=capacity)
    for estate in plan.estates:
        _build_estate(town, community, estate)


def _build_estate(town: Town, community: Community, plan: EstatePlan) -> None:
    estate = Estate.objects.create(community=community, name=plan.name, name_en=plan.name_en)
    Building.objects.bulk_create(
        Building(
            estate=estate,
            grid=town.grids[f"{community.code}/{grid}"],
            number=number,
            units=plan.units,
            floors=plan.floors,
        )
        for grid, numbers in plan.buildings.items()
        for number in numbers
    )


def _hire_everybody(town: Town) -> None:
    """The demo accounts, then a receptionist, a manager and a grid officer wherever one is still missing."""
    password = make_password(DEMO_PASSWORD)  # once for all: it is slow on purpose
    for plan in STAFF:
        town.staff[plan.username] = _hire(town, plan, password=password)
    admin = User(username="admin", name="许文", is_staff=True, is_superuser=True, password=password)
    admin.save()
    town.staff["admin"] = admin
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
        if code != "ZX":
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
    Membership.objects.create(user=user, role=plan.role, starts_on=town.first_day, **place)
    if plan.role == Role.RECEPTIONIST:
        town.receptionists[plan.place] = user
    elif plan.role == Role.MANAGER:
        town.managers[plan.place] = user
    return user


def _offer_services(town: Town) -> None:
    """Every service at the desk of every community; home visits by the grid's own officer; the manager on Wednesdays."""
    for position, row in enumerate(SERVICES):
        code, name, name_en, what, what_en, papers, papers_en, channels, minutes, icon = row
        town.services[code] = Service.objects.create(
            code=code,
            name=name,
            name_en=name_en,
            description=what,
            description_en=what_en,
            papers=list(papers),
            papers_en=list(papers_en),
            channels=list(channels),
            minutes=minutes,
            icon=icon,
            position=position,
        )
    openings: list[Opening] = []
    for code, community in town.communities.items():
        openings += _desk_openings(town, community)
        openings += _home_openings(town, community)
        openings.append(
            Opening(
                community=community,
                service=town.services["talk"],
                weekday=2,
                starts_at=dt.time(15),
                ends_at=dt.time(17),
                host=town.managers[code],
                valid_from=town.first_day,
            )
        )
    Opening.objects.bulk_create(openings)


def _desk_openings(town: Town, community: Community) -> list[Opening]:
    return [
        Opening(
            community=community,
            service=town.services[code],
            weekday=weekday,
            starts_at=starts,
            ends_at=ends,
            capacity=2,
            channel=Channel.CENTRE,
            valid_from=town.first_day,
        )
        for code in ("allowance", "residence", "senior-card", "care-advice")
        for weekday in range(6)
        for starts, ends in ((MORNING, AFTERNOON) if weekday < 5 else (MORNING,))
    ]


def _home_openings(town: Town, community: Community) -> list[Opening]:
    """Tuesday and Thursday afternoons each officer comes home, one door at a time, to his own grid."""
    services = [("allowance", 1), ("senior-card", 3)]
    return [
        Opening(
            community=community,
            service=town.services[code],
            weekday=weekday,
            starts_at=dt.time(14),
            ends_at=dt.time(16),
            channel=Channel.HOME,
            host=town.officers[grid.pk],
            grid=grid,
            valid_from=town.first_day,
        )
        for code, weekday in services
        for grid in Grid.objects.filter(community=community)
    ]


def _set_categories(town: Town) -> None:
    for position, row in enumerate(CATEGORIES):
        code, name, name_en, icon, visit, handle, apply, promise, papers, papers_en = row
        town.categories[code] = Category.objects.create(
            code=code,
            name=name,
            name_en=name_en,
            icon=icon,
            visit_days=visit,
            handle_days=handle,
            apply_days=apply,
            promise_days=promise,
            papers=list(papers),
            papers_en=list(papers_en),
            position=position,
        )


def new_town(*, today: dt.date, weeks: int) -> Town:
    """An empty town whose story starts on a Monday ``weeks`` ago; the same every time it is told on the same day."""
    first = today - dt.timedelta(days=today.weekday() + 7 * weeks)
    return Town(random.Random(20260424), first)


def office_moment(day: dt.date, luck: random.Random) -> dt.datetime:
    """Some moment of office time on that day."""
    return clock.at_wall(day, dt.time(8, 30)) + dt.timedelta(minutes=luck.randrange(0, 520))
