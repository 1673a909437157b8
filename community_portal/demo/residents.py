"""The residents: some from the stories, with the demo's phones; the rest invented, a few hundred."""

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

from community_portal import clock
from community_portal.demo.names import invent_name
from community_portal.demo.plans import CommunityPlan
from community_portal.demo.settle import Town
from community_portal.people.actions import add_contact, grant_delegation, register_resident
from community_portal.people.models import CareTag, DelegationScope, Resident, User
from community_portal.people.register.idnumber import CHECKS, WEIGHTS
from community_portal.people.register.importing import Line, import_residents

# code, name, sex, born, community, address, tags, phone
STORY_PEOPLE = (
    ("chen", "陈平", "m", (1958, 3, 8), "LT", "龙田花苑 12幢1单元503", ("key_care", "cares_for_spouse", "near_low_income"), "13800000001"),
    ("wu", "吴秀英", "f", (1959, 11, 2), "LT", "龙田花苑 12幢1单元503", ("key_care", "bedridden"), ""),
    ("sun", "孙丽", "f", (1992, 6, 18), "LT", "龙田花苑 5幢2单元302", (), "13800000002"),
    ("zhang", "张桂芬", "f", (1944, 1, 20), "LT", "龙田花苑 3幢1单元201", ("lives_alone", "aged_80"), "13800000003"),
    ("xu", "徐明", "m", (1944, 8, 9), "YX", "源兴新村 2幢1单元102", ("immobile", "disabled"), "13800000004"),
    ("ni", "倪小燕", "f", (1997, 4, 27), "FM", "上海路9号 9幢1单元401", (), "13800000005"),
)  # fmt: skip


@dataclass
class Neighbours:
    """Everybody on file, by story code and by community."""

    by_code: dict[str, Resident] = field(default_factory=dict)
    by_community: dict[str, list[Resident]] = field(default_factory=dict)


def move_in(town: Town) -> Neighbours:
    """Everybody comes on file on the morning on which the portal begins in their community: the people of the stories one by
    one, all others by the import of the community's own list."""
    neighbours = Neighbours()
    for serial, person in enumerate(STORY_PEOPLE):
        _register_person(town, neighbours, person, serial=900 + 2 * serial)
    at = _first_morning(town, "LT")
    wife = neighbours.by_code["wu"]
    add_contact(wife, phone="13800000001", owner="陈平", relation="配偶", by=town.receptionists["LT"], at=at)
    _delegate(town, neighbours, at=at)
    for code, community in town.communities.items():
        at, by = _first_morning(town, code), town.receptionists[code]
        doors = _invent_doors(town.plans[code], town.luck)
        lines = [_invent_line(town, code, n, door, at=at) for n, door in enumerate(doors)]
        imported = import_residents(lines, community=community, by=by, at=at)
        assert not imported.refused, imported.refused
        neighbours.by_community[code] = imported.residents
    return neighbours


def _first_morning(town: Town, code: str) -> dt.datetime:
    return clock.at_wall(town.began_on(code), dt.time(3))


def _register_person(town: Town, neighbours: Neighbours, person: tuple[Any, ...], *, serial: int) -> None:
    code, name, sex, born, place, address, tags, phone = person
    resident = register_resident(
        community=town.communities[place],
        name=name,
        sex=sex,
        born_on=dt.date(*born),
        id_number=_id_number(dt.date(*born), serial, sex),
        phones=[phone] if phone else [],
        address=address,
        care_tags=list(tags),
        by=town.receptionists[place],
        at=_first_morning(town, place),
    )
    neighbours.by_code[code] = resident
    if phone:
        _open_account(town, resident, phone)


def _open_account(town: Town, resident: Resident, phone: str) -> None:
    User.objects.create(
        username=f"r-{phone}",
        name=resident.name,
        phone=f"+86{phone}",
        phone_verified_at=resident.registered_at,
        resident=resident,
        community=resident.community,
    )


def _delegate(town: Town, neighbours: Neighbours, *, at: dt.datetime) -> None:
    """The daughter books for her mother: shown at the desk, written down by reception."""
    grant_delegation(
        principal=neighbours.by_code["zhang"],
        agent=User.objects.get(resident=neighbours.by_code["sun"]),
        relation="女儿",
        scopes=[scope.value for scope in DelegationScope],
        proof="当面说明，签了委托书",
        by=town.receptionists["LT"],
        at=at,
    )


def _invent_line(town: Town, code: str, n: int, door: str, *, at: dt.datetime) -> Line:
    """The ``n``-th of a community's list, and where they live."""
    luck, plan = town.luck, town.plans[code]
    is_elder, is_female = luck.random() < plan.elders, luck.random() < 0.54
    age = luck.randrange(61, 92) if is_elder else luck.randrange(24, 58)  # whatever the day of their birthday
    born = dt.date(at.year - age - 1, luck.randrange(1, 13), luck.randrange(1, 28))
    tags = [tag for tag, chance in _TAGS if is_elder and luck.random() < chance]
    if age >= 80:
        tags.append(CareTag.AGED_80)
    sex = "f" if is_female else "m"
    phone = f"139{town.communities[code].pk % 100:02d}{n:03d}{luck.randrange(100, 999)}"
    return Line(
        invent_name(luck, is_female=is_female, is_elder=is_elder),
        phones=(phone,) if luck.random() < 0.92 else (),
        address=door,
        sex=sex,
        born_on=born,
        id_number=_id_number(born, 100 + 2 * n, sex) if luck.random() < 0.6 else "",
        care_tags=tuple(str(tag) for tag in tags),
    )


def _invent_doors(plan: CommunityPlan, luck: random.Random) -> list[str]:
    """Where those live who are on file: behind every door of a house that is full, and anywhere in a building of the others."""
    buildings = [(estate, n) for estate in plan.estates for numbers in estate.buildings.values() for n in numbers]
    full = [door for estate, number in buildings if estate.is_full for door in estate.doors(number)]
    others = [estate.doors(number) for estate, number in buildings if not estate.is_full]
    return full + [luck.choice(luck.choice(others)) for _resident in range(plan.residents - len(full))]


_TAGS = (
    (CareTag.LIVES_ALONE, 0.16), (CareTag.IMMOBILE, 0.1), (CareTag.CHRONIC, 0.25), (CareTag.LOW_INCOME, 0.05),
    (CareTag.DISABLED, 0.06),
)  # fmt: skip


def _id_number(born: dt.date, serial: int, sex: str) -> str:
    """A number that is valid by the rule and belongs to nobody: area 320600 was never handed out for this."""
    serial = serial - serial % 2 + (sex == "m")
    body = f"320600{born:%Y%m%d}{serial:03d}"
    return body + CHECKS[sum(w * int(d) for w, d in zip(WEIGHTS, body, strict=False)) % 11]
