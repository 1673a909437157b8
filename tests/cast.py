"""The fixed cast of tests: one community with its people, and a stranger who works next door."""

import datetime as dt
from dataclasses import dataclass

from community_portal import clock
from community_portal.people.models import Household, Membership, Resident, Role, User
from community_portal.places.models import Building, Community, Grid, Street
from tests.factories import (
    make_building,
    make_community,
    make_estate,
    make_grid,
    make_household,
    make_member,
    make_resident,
    make_resident_account,
    make_street,
    make_user,
)

MONDAY = clock.at_wall(dt.date(2026, 11, 23), dt.time(9, 42))
AGREED = clock.at_wall(dt.date(2026, 11, 25), dt.time(9, 30))


@dataclass
class Cast:
    street: Street
    home: Community
    grid: Grid
    building: Building
    household: Household
    elder: Resident
    reception: User
    officer: User
    manager: User
    street_officer: User
    elder_account: User
    admin: User
    next_door: Community
    stranger: User
    stranger_resident: Resident
    stranger_account: User


def make_cast() -> Cast:
    """Zhuxing street with Longtian (everyone's place) and a neighbouring community in another street (the stranger's)."""
    street = make_street(code="ZX", name="竹行街道", name_en="Zhuxing Street")
    home = make_community(street=street, code="LT", name="龙田社区", name_en="Longtian Community")
    grid = make_grid(community=home, number=3)
    building = make_building(estate=make_estate(community=home, name="龙田花苑"), grid=grid, number=12)
    household = make_household(building=building, room="503")
    elder = make_resident(household=household, name="陈平", phone="+8613800002046")
    next_door = make_community(code="XF", name="幸福社区", name_en="Xingfu Community")
    stranger_resident = make_resident(community=next_door, name="外人", phone="+8613900009999")
    return Cast(
        street=street,
        home=home,
        grid=grid,
        building=building,
        household=household,
        elder=elder,
        reception=make_member(Role.RECEPTIONIST, community=home, username="reception", name="李玲"),
        officer=make_member(Role.GRID_OFFICER, grid=grid, username="grid", name="周敏"),
        manager=make_member(Role.MANAGER, community=home, username="manager", name="顾书记"),
        street_officer=make_member(Role.STREET_OFFICER, street=street, username="street", name="严科长"),
        elder_account=make_resident_account(elder, username="elder"),
        admin=make_user(username="admin", name="管理员", is_staff=True, is_superuser=True),
        next_door=next_door,
        stranger=make_member(Role.RECEPTIONIST, community=next_door, username="stranger", name="外社区接待员"),
        stranger_resident=stranger_resident,
        stranger_account=make_resident_account(stranger_resident, username="stranger_resident"),
    )


def leaves(user: User) -> None:
    """They have worked here until yesterday."""
    Membership.objects.filter(user=user).update(
        starts_on=dt.date(2026, 1, 1), ends_on=clock.today() - dt.timedelta(days=1)
    )
