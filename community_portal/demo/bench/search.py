"""Measures the one search box on the server: execution time of the query that finds, for every kind of key."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection

from community_portal.demo.bench.server import execution_ms, select_one_ms
from community_portal.people.models import Contact, Resident, ResidentQuerySet
from community_portal.people.register.search import MOST, candidates, read_box

# At most 1 ms in the city and 0.5 ms in one's community, set where SELECT 1 took 0.12 ms: so many of it.
CITY_TARGET, PLACE_TARGET = 1.0 / 0.12, 0.5 / 0.12


@dataclass(frozen=True)
class Measured:
    """Milliseconds of one kind of key in one scope; ``floor`` is SELECT 1 just before, ``target`` how many of it."""

    kind: str
    scope: str
    p50: float
    p95: float
    worst: float
    floor: float
    target: float
    slowest: str


def measure_search(*, samples: int = 200, seed: int = 7) -> Iterator[Measured]:
    """Each kind of key, ``samples`` times, city-wide and inside the community of the resident looked for."""
    luck = random.Random(seed)
    people = _draw(luck, samples)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    for kind, key_of in KEYS.items():
        for scope, target in (("city", CITY_TARGET), ("community", PLACE_TARGET)):
            floor, times = select_one_ms(), []
            for resident in people:
                text = key_of(resident, luck)
                rows = Resident.objects.current()
                if scope == "community":
                    rows = rows.in_communities([resident.community_id])
                times.append((_execution_ms(rows, text), text))
            times.sort()
            yield Measured(
                kind,
                scope,
                times[len(times) // 2][0],
                times[int(len(times) * 0.95)][0],
                times[-1][0],
                floor,
                target,
                times[-1][1],
            )


def _draw(luck: random.Random, samples: int) -> list[Resident]:
    last = Resident.objects.order_by("-pk").values_list("pk", flat=True)[0]
    first = Resident.objects.order_by("pk").values_list("pk", flat=True)[0]
    ids = [luck.randint(first, last) for _ in range(samples)]
    return list(Resident.objects.filter(pk__in=ids).prefetch_related("contacts"))


def _execution_ms(rows: ResidentQuerySet, text: str) -> float:
    """As the page runs it, once to warm the rows and once for the clock."""
    sql, params = candidates(rows, read_box(text), most=MOST).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
    return execution_ms(sql, params)


def _phone(resident: Resident, luck: random.Random) -> str:
    contacts: list[Contact] = list(resident.contacts.all())
    return luck.choice(contacts).phone.removeprefix("+86") if contacts else "13800000000"


KEYS: dict[str, Callable[[Resident, random.Random], str]] = {
    "whole name": lambda r, luck: r.name,
    "two characters": lambda r, luck: r.name[-2:],
    "surname": lambda r, luck: r.name[0],
    "initials": lambda r, luck: r.initials,
    "two initials": lambda r, luck: r.initials[:2],
    "pinyin begun": lambda r, luck: r.pinyin[: max(4, len(r.pinyin) - 3)],
    "whole pinyin": lambda r, luck: r.pinyin,
    "phone tail": lambda r, luck: _phone(r, luck)[-4:],
    "whole phone": lambda r, luck: _phone(r, luck),
    "unknown phone": lambda r, luck: "19900000000",
    "door": lambda r, luck: r.door or "3-201",
    "building": lambda r, luck: f"{(r.door or '3-201').split('-')[0]}幢",
    "surname and door": lambda r, luck: f"{r.name[0]} {(r.door or '3-201').replace('-', '幢')}",
    "name and tail": lambda r, luck: f"{r.name[:2]} {_phone(r, luck)[-4:]}",
    "nobody's name": lambda r, luck: r.name[0] + "鑫垚",
    "nobody's pinyin": lambda r, luck: r.pinyin[:3] + "qqx",
    "ID number": lambda r, luck: "320602195001010016",
}
