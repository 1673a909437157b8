"""Plain typed makers of rows: ``make_resident(name="张三")``. Each fills in what it is not told and touches nothing else."""

import datetime as dt
import itertools
from typing import Any

from appointments.models import Category
from community_portal import clock
from community_portal.bookings.models import Opening, Service, Session, SessionKind
from community_portal.people.models import Contact, Household, Membership, Resident, Role, User
from community_portal.people.register.search_keys import search_keys
from community_portal.places.models import Building, Community, Estate, Grid, OpeningHours, Room, Street

numbers = itertools.count(1)


def make_street(**over: Any) -> Street:
    n = next(numbers)
    return Street.objects.create(**{"code": f"S{n:03d}"[-4:], "name": f"第{n}街道", "district": "崇川区"} | over)


def make_community(**over: Any) -> Community:
    n = next(numbers)
    defaults = {"code": f"C{n:03d}"[-4:], "name": f"第{n}社区", "phone": "0513-80000000", "address": f"幸福路 {n} 号"}
    if "street" not in over:
        defaults["street"] = make_street()
    community = Community.objects.create(**defaults | over)
    for weekday in range(5):
        OpeningHours.objects.create(
            community=community, weekday=weekday, opens_at=dt.time(8, 30), closes_at=dt.time(17, 30)
        )
    return community


def small_number() -> int:
    """Houses and grids have numbers of two bytes; properties that are tried on many examples use up more."""
    return next(numbers) % 30_000 + 1


def make_grid(**over: Any) -> Grid:
    if "community" not in over:
        over["community"] = make_community()
    return Grid.objects.create(**{"number": small_number()} | over)


def make_estate(**over: Any) -> Estate:
    if "community" not in over:
        over["community"] = make_community()
    return Estate.objects.create(**{"name": f"第{next(numbers)}花苑"} | over)


def make_building(**over: Any) -> Building:
    if "estate" not in over:
        over["estate"] = make_estate(community=over["grid"].community) if "grid" in over else make_estate()
    if "grid" not in over:
        over["grid"] = make_grid(community=over["estate"].community)
    return Building.objects.create(**{"number": small_number(), "floors": 6} | over)


def make_household(**over: Any) -> Household:
    """In a building of its own unless one is named; ``building=None`` with an ``address`` is a house that stands alone."""
    if "building" not in over:
        over["building"] = make_building()
    building = over["building"]
    if building is None:
        return Household.objects.create(**over)
    defaults = {"community": building.estate.community, "grid": building.grid, "room": f"{10_000 + next(numbers)}"}
    return Household.objects.create(**defaults | over)


def make_user(**over: Any) -> User:
    n = next(numbers)
    password = over.pop("password", None)
    user = User(**{"username": f"user{n}", "name": f"用户{n}"} | over)
    if password:
        user.set_password(password)
    user.save()
    return user


def make_member(role: str, **over: Any) -> User:
    """A user with one role; the place is ``street=``, ``community=``, ``grid=`` or ``organisation=``."""
    place = {k: over.pop(k) for k in ("street", "community", "grid", "organisation") if k in over}
    user = make_user(**over)
    Membership.objects.create(user=user, role=role, starts_on=clock.today() - dt.timedelta(days=30), **place)
    return user


def make_resident(**over: Any) -> Resident:
    """With a primary phone unless ``phone=None``; lives in ``household`` when given."""
    n = next(numbers)
    phone = over.pop("phone", f"+86139{n:08d}")
    if "community" not in over:
        over["community"] = over["household"].community if over.get("household") else make_community()
    defaults = {"name": f"居民{n}", "born_on": dt.date(1950, 1, 1), "registered_at": clock.now()}
    values = defaults | over
    household = values.get("household")
    keys = search_keys(values["name"], household)
    resident = Resident.objects.create(**keys | values)
    if phone:
        Contact.objects.create(resident=resident, phone=phone, is_primary=True)
    return resident


def make_resident_account(resident: Resident, **over: Any) -> User:
    """An account that signs in by the resident's own phone."""
    phone = over.pop("phone", None) or resident.contacts.get(is_primary=True).phone
    return make_user(
        **{"name": resident.name, "phone": phone, "phone_verified_at": clock.now(), "resident": resident} | over
    )


def make_category(**over: Any) -> Category:
    n = next(numbers)
    defaults = {
        "code": f"category-{n}",
        "name": f"照护{n}",
        "name_en": f"Care {n}",
        "papers": ["身份证复印件"],
        "papers_en": ["Copy of ID card"],
    }
    return Category.objects.create(**defaults | over)


def make_room(**over: Any) -> Room:
    n = next(numbers)
    return Room.objects.create(**{"name": f"活动室{n}", "name_en": f"Room {n}", "capacity": 20} | over)


def make_service(**over: Any) -> Service:
    n = next(numbers)
    defaults = {
        "code": f"service-{n}",
        "name": f"高龄津贴申领{n}",
        "channels": ["centre"],
        "papers": ["身份证", "户口本"],
        "papers_en": ["ID card", "Household register"],
    }
    return Service.objects.create(**defaults | over)


def make_opening(**over: Any) -> Opening:
    if "community" not in over:
        over["community"] = make_community()
    if "service" not in over:
        over["service"] = make_service()
    defaults = {
        "weekday": 0,
        "starts_at": dt.time(9),
        "ends_at": dt.time(11),
        "capacity": 2,
        "valid_from": clock.today() - dt.timedelta(days=30),
    }
    return Opening.objects.create(**defaults | over)


def make_session(**over: Any) -> Session:
    """Half an hour, three days from now, two places."""
    if "community" not in over:
        over["community"] = make_community()
    starts_at = over.pop("starts_at", clock.now() + dt.timedelta(days=3))
    defaults = {
        "kind": SessionKind.VISIT,
        "title": "高龄津贴申领",
        "starts_at": starts_at,
        "ends_at": starts_at + dt.timedelta(minutes=30),
        "capacity": 2,
    }
    return Session.objects.create(**defaults | over)


__all__ = [name for name in dir() if name.startswith("make_")] + ["Role"]
