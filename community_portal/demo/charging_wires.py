"""Thirty-four wires out of windows in Fumin: twenty-one before the third round, three after it, ten where nothing is built yet."""

import datetime as dt
from typing import Any

from charging.actions import wires
from charging.models import WireReport
from community_portal import clock
from community_portal.demo.charging_people import Crew
from community_portal.demo.residents import Neighbours
from community_portal.demo.settle import Town
from community_portal.people.models import Resident, User
from community_portal.places.models import Building

DAY = dt.timedelta(days=1)
# Estate, building: how many in the ninety days before its ports, and after.
BEFORE = (("上海路9号", 9, 9), ("鑫景佳园", 2, 5), ("中兴花苑", 1, 4), ("富安新居", 3, 3))
AFTER = (("鑫景佳园", 2, 1), ("中兴花苑", 1, 2))
WINDOWS = ("楼梯间的窗口", "厨房窗户", "阳台", "空调机位旁", "卫生间窗户")
ENDS = {
    "elsewhere": "改到充电口去充了，谢谢您。",
    "removed": "线收掉了，谢谢您。",
    "not_found": "去看了两次，没有看见线。再看见请再报。",
}
CAUSES = ("no_garage", "no_port", "full", "dear", "no_garage", "broken", "no_garage", "no_trust", "no_port")


def _building(town: Town, estate: str, number: int) -> Building:
    rows = Building.objects.select_related("estate__community__street", "grid")
    return rows.get(estate__community=town.communities["FM"], estate__name=estate, number=number)


def _report(
    town: Town, crew: Crew, building: Building, n: int, *, at: dt.datetime, asker: Resident | None
) -> WireReport:
    given: dict[str, Any] = {
        "estate": building.estate,
        "building": building,
        "unit": str(n % 3 + 1),
        "floor": 3 + n % 4,
    }
    given |= {"words": "从楼上放线下来给电动车充电。", "dangers": ["walkway"] if n % 5 == 0 else [], "at": at}
    if asker is None:
        return wires.report_wire(code=f"{100_000 + 7_919 * (n + 1) % 900_000:06d}", **given)
    account = User.objects.filter(resident=asker).first()
    by = account or town.receptionists["FM"]
    return wires.report_wire(asker=asker, by=by, place=WINDOWS[n % len(WINDOWS)], **given)


def _check(wire: WireReport, crew: Crew, n: int) -> None:
    """Somebody went and saw it."""
    if wire.state == "reported":
        at = wire.opened_at + DAY
        wires.check(wire, cause=CAUSES[n % len(CAUSES)], words="去看过，确实是飞线。", by=crew.charger, at=at)


def _close(wire: WireReport, crew: Crew, *, at: dt.datetime, outcome: str = "elsewhere") -> None:
    wire.refresh_from_db()
    if wire.state in ("reported", "checked", "talked"):
        wires.close(wire, outcome=outcome, words=ENDS[outcome], by=crew.charger, at=at)


def _askers(neighbours: Neighbours) -> list[Resident | None]:
    """The resident of the story first, then others by name or without one."""
    others = [one for one in neighbours.by_community["FM"] if one.contacts.exists()]
    return [neighbours.by_code["ni"], None, *others[:30:3]]


def report_wires_before(town: Town, neighbours: Neighbours, crew: Crew, *, today: dt.date) -> None:
    askers = _askers(neighbours)
    n = 0
    for estate, number, count in BEFORE:
        building = _building(town, estate, number)
        for m in range(count):
            at = clock.at_wall(today - (170 - 3 * m) * DAY, dt.time(17, 10 + m))
            wire = _report(town, crew, building, n, at=at, asker=askers[n % len(askers)])
            _check(wire, crew, n)
            n += 1


def report_wires_after(town: Town, neighbours: Neighbours, crew: Crew, *, today: dt.date) -> None:
    """Three more; and whatever is gone by then is closed."""
    ours = WireReport.objects.filter(community=town.communities["FM"])
    for wire in ours.select_related("case__asker", "community__street", "estate"):
        _close(wire, crew, at=clock.at_wall(today - 92 * DAY, dt.time(10)))
    n = 21
    for estate, number, count in AFTER:
        for m in range(count):
            at = clock.at_wall(today - (80 - 9 * m) * DAY, dt.time(18, m))
            wire = _report(town, crew, _building(town, estate, number), n, at=at, asker=None)
            _check(wire, crew, n)
            _close(wire, crew, at=at + 6 * DAY, outcome="removed")
            n += 1


def report_wires_now(town: Town, neighbours: Neighbours, crew: Crew, *, today: dt.date) -> None:
    """In the west of the new village: eight that were looked at, one from yesterday, one that nobody found."""
    askers = _askers(neighbours)
    for m in range(10):
        at = clock.at_wall(today - (3 * m + 1) * DAY, dt.time(19, m))
        building = _building(town, "富民新村", (3, 1, 2)[m % 3])
        wire = _report(town, crew, building, 24 + m, at=at, asker=askers[(m + 1) % len(askers)])
        if m == 9:
            _close(wire, crew, at=at + 4 * DAY, outcome="not_found")
        elif m:
            _check(wire, crew, m)
