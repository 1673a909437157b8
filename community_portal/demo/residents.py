"""The residents: some from the stories, with the demo's phones; the rest invented, a few hundred."""

import datetime as dt
from dataclasses import dataclass, field

from community_portal.demo.names import invent_name
from community_portal.demo.settle import Town
from community_portal.people.actions import add_contact, grant_delegation, register_resident
from community_portal.people.models import CareTag, DelegationScope, Resident, User
from community_portal.people.register.idnumber import CHECKS, WEIGHTS
from community_portal.places.models import Building

PER_COMMUNITY = 46
# code, name, sex, born, community, address, tags, phone
STORY_PEOPLE = (
    ("chen", "陈平", "m", (1958, 3, 8), "LT", "龙田花苑 12幢1单元503", ("key_care", "cares_for_spouse", "near_low_income"), "13800000001"),
    ("wu", "吴秀英", "f", (1959, 11, 2), "LT", "龙田花苑 12幢1单元503", ("key_care", "bedridden"), ""),
    ("sun", "孙丽", "f", (1992, 6, 18), "LT", "龙田花苑 5幢2单元302", (), "13800000002"),
    ("zhang", "张桂芬", "f", (1944, 1, 20), "LT", "龙田花苑 3幢1单元201", ("lives_alone", "aged_80"), "13800000003"),
    ("xu", "徐明", "m", (1944, 8, 9), "YX", "源兴新村 2幢1单元102", ("immobile", "disabled"), "13800000004"),
    ("ni", "倪小燕", "f", (1997, 4, 27), "FM", "上海路 9 号楼 9幢1单元401", (), "13800000005"),
)  # fmt: skip


@dataclass
class Neighbours:
    """Everybody on file, by story code and by community."""

    by_code: dict[str, Resident] = field(default_factory=dict)
    by_community: dict[str, list[Resident]] = field(default_factory=dict)


def move_in(town: Town, *, at: dt.datetime) -> Neighbours:
    """Registers everybody through the register's own action, by the receptionist of each community."""
    neighbours = Neighbours()
    for code, name, sex, born, place, address, tags, phone in STORY_PEOPLE:
        resident = register_resident(
            community=town.communities[place],
            name=name,
            sex=sex,
            born_on=dt.date(*born),
            id_number=_id_number(dt.date(*born), town.luck.randrange(100, 900), sex),
            phones=[phone] if phone else [],
            address=address,
            care_tags=list(tags),
            by=town.receptionists[place],
            at=at,
        )
        neighbours.by_code[code] = resident
        if phone:
            _open_account(town, resident, phone)
    wife = neighbours.by_code["wu"]
    add_contact(wife, phone="13800000001", owner="陈平", relation="配偶", by=town.receptionists["LT"], at=at)
    _delegate(town, neighbours, at=at)
    for code in town.communities:
        neighbours.by_community[code] = [_invent_resident(town, code, n, at=at) for n in range(_how_many(town, code))]
    return neighbours


def _how_many(town: Town, code: str) -> int:
    return int(PER_COMMUNITY * (town.plans[code].share + 1) / 2)


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


def _invent_resident(town: Town, code: str, n: int, *, at: dt.datetime) -> Resident:
    luck = town.luck
    is_elder, is_female = luck.random() < 0.55, luck.random() < 0.54
    year = luck.randrange(1934, 1966) if is_elder else luck.randrange(1968, 2003)
    born = dt.date(year, luck.randrange(1, 13), luck.randrange(1, 28))
    building = luck.choice(_buildings(town, code))
    unit = f"{luck.randrange(1, building.units + 1)}单元" if building.units else ""
    room = f"{luck.randrange(1, building.floors + 1)}{luck.randrange(1, 4):02d}"
    tags = [t for t, chance in _TAGS if is_elder and luck.random() < chance]
    if born.year <= at.year - 80:
        tags.append(CareTag.AGED_80)
    return register_resident(
        community=town.communities[code],
        name=invent_name(luck, is_female=is_female, is_elder=is_elder),
        sex="f" if is_female else "m",
        born_on=born,
        id_number=_id_number(born, luck.randrange(100, 900), "f" if is_female else "m") if luck.random() < 0.6 else "",
        phones=[f"1390{town.communities[code].pk % 10}{n:03d}{luck.randrange(100, 999)}"]
        if luck.random() < 0.92
        else [],
        address=f"{building.estate.name} {building.number}幢{unit}{room}",
        care_tags=[str(t) for t in tags],
        by=town.receptionists[code],
        at=at,
    )


_TAGS = (
    (CareTag.LIVES_ALONE, 0.16), (CareTag.IMMOBILE, 0.1), (CareTag.CHRONIC, 0.25), (CareTag.LOW_INCOME, 0.05),
    (CareTag.DISABLED, 0.06),
)  # fmt: skip


def _buildings(town: Town, code: str) -> list[Building]:
    if code not in town.buildings:
        rows = Building.objects.filter(estate__community=town.communities[code]).select_related("estate")
        town.buildings[code] = list(rows)
    return town.buildings[code]


def _id_number(born: dt.date, serial: int, sex: str) -> str:
    """A number that is valid by the rule and belongs to nobody: area 320600 was never handed out for this."""
    serial = serial - serial % 2 + (sex == "m")
    body = f"320600{born:%Y%m%d}{serial:03d}"
    return body + CHECKS[sum(w * int(d) for w, d in zip(WEIGHTS, body, strict=False)) % 11]
