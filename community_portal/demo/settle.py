"""Builds the places of the stories: streets, grids, estates, rooms of the halls."""

import datetime as dt
import random
from dataclasses import dataclass, field

from appointments.models import Category
from community_portal.bookings.models import Service
from community_portal.demo.plans import CommunityPlan, EstatePlan
from community_portal.demo.streets import LIVING_ROOM, STREETS
from community_portal.people.models import Organisation, User
from community_portal.places.models import Building, Community, Estate, Grid, OpeningHours, Room, Street


@dataclass
class Town:
    """What the demo has built so far, by code."""

    luck: random.Random
    first_day: dt.date
    opened_on: dt.date
    streets: dict[str, Street] = field(default_factory=dict)
    communities: dict[str, Community] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    officers: dict[int, User] = field(default_factory=dict)
    receptionists: dict[str, User] = field(default_factory=dict)
    managers: dict[str, User] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    plans: dict[str, CommunityPlan] = field(default_factory=dict)

    def began_on(self, code: str) -> dt.date:
        """When the portal came to a community: to Longtian with its living room, to the others for the weeks of the story."""
        return self.opened_on if code == LIVING_ROOM else self.first_day


def settle(town: Town) -> None:
    """What stands before anybody works there."""
    for plan in STREETS:
        street = Street.objects.create(
            code=plan.code, name=plan.name, name_en=plan.name_en, district=plan.district, phone=plan.phone
        )
        town.streets[plan.code] = street
        for community in plan.communities:
            _settle_community(town, street, community)


def _settle_community(town: Town, street: Street, plan: CommunityPlan) -> None:
    community = Community.objects.create(
        street=street,
        code=plan.code,
        name=plan.name,
        name_en=plan.name_en,
        phone=plan.phone,
        address=plan.address,
        opened_on=town.began_on(plan.code),
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


def new_town(*, today: dt.date, weeks: int) -> Town:
    """An empty town whose story starts on a Monday ``weeks`` ago; the same every time it is told on the same day. The living
    room opened early in the April before."""
    first = today - dt.timedelta(days=today.weekday() + 7 * weeks)
    opened = dt.date(first.year, 4, 7)
    return Town(random.Random(20260424), first, opened if opened <= first else opened.replace(year=first.year - 1))
