"""Boxes at every site of Fumin that serves, what they cost, six weeks of what their operator's platform said of them, twelve that
broke, and who went to look."""

import datetime as dt
import itertools
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pypinyin import Style, lazy_pinyin

from charging.actions.confirming import confirm_by_scan
from charging.actions.faults import report_fault
from charging.actions.patrols import record_patrol
from charging.actions.ports import add_point, set_tariff
from charging.actions.statuses import MOST, Heard, hear_from, take_statuses
from charging.actions.uptime import count_day
from charging.dues import PATROL
from charging.models import Channel, ChargePoint, Fault, Port, Site
from charging.partitions import month_of, must_have
from charging.workflow.sites import BUILT
from community_portal import clock
from community_portal.dues.actions import generate_dues
from community_portal.matters.deeds import perform
from community_portal.people.models import Organisation, Role, User
from community_portal.places.models import Community

DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)
WEEKS = 6
ON_A_BOX = 12
CYCLES = 0.62  # chargings of a socket a day: sampled, or the story would be all sockets
SILENT = 1  # sites of which nothing was heard since yesterday
# What broke, in which state it stands by now, and how many hours ago it was reported.
FAULTS = (
    ("no_power", "reported", 3), ("hot", "with_operator", 2), ("no_power", "with_operator", 9),
    ("stops_early", "with_operator", 30), ("loose", "repaired", 20), ("money", "repaired", 31),
    ("no_power", "confirmed", 60), ("hot", "confirmed", 150), ("loose", "confirmed", 330), ("stops_early", "confirmed", 520),
    ("occupied", "confirmed", 700), ("money", "not_found", 210),
)  # fmt: skip
WORDS = {
    "no_power": "换了保险丝，试过能充。", "hot": "插座触点烧黑了，换了新的。", "loose": "插座松了，换了新的。",
    "stops_early": "定时设错了，改好了。", "money": "退了钱，程序升级了。", "occupied": "和车主说过，挪走了。",
}  # fmt: skip


def stand_ports(*, until: dt.datetime, code: str = "FM") -> None:
    """All of it for the community of that code; nothing where no site of it serves."""
    community = Community.objects.get(code=code)
    sites = list(
        Site.objects.filter(community=community, state__in=BUILT)
        .select_related("estate", "community__street", "round", "case")
        .order_by("in_service_on", "id")
    )
    if not sites:
        return
    firm = Organisation.objects.get(name="通畅充电")
    alone = _without_accounts(community)
    for n, site in enumerate(sites):
        _stand(site, alone if n == 0 and len(sites) > 1 else firm)
    for one in (firm, alone):
        _tell(one, sites, until=until)
    for back in range(WEEKS * 7, 0, -1):
        count_day(clock.local(until).date() - back * DAY)
    _break(sites, firm, until=until)
    _look_after(sites, until=until)


def _without_accounts(community: Community) -> Organisation:
    """The first site is of a firm that answers the telephone and signs in nowhere."""
    made, _new = Organisation.objects.get_or_create(
        name="便民车棚", kind=Role.OPERATOR, defaults={"phone": "0513-80004133"}
    )
    made.streets.add(community.street)
    return made


def _stand(site: Site, firm: Organisation) -> None:
    """As many boxes as its sockets need, in service since the site is; before that day nobody could charge."""
    assert site.in_service_on is not None
    wanted = site.approved_ports or 0
    boxes = -(-wanted // ON_A_BOX)
    for box in range(boxes):
        sockets = wanted // boxes + (1 if box < wanted % boxes else 0)
        add_point(
            site,
            operator=firm,
            code=_code(site),
            sockets=sockets,
            by=None,
            at=site.in_service_on,
            maker="云快充",
            model=f"YC-{ON_A_BOX}",
            vendor_id=f"YC{site.pk:05d}{box:02d}",
        )
    price = {"price": Decimal("0.5283"), "service_fee": Decimal("0.30")}
    set_tariff(site, valid_from=site.in_service_on, by=None, at=site.in_service_on, **price)


def _code(site: Site) -> str:
    """SH9 for Shanghai Road 9; FM01, FM02 … where an estate has many boxes."""
    letters = "".join(lazy_pinyin(site.estate.name[:2], style=Style.FIRST_LETTER)).upper()
    begins = "".join(c for c in letters if c.isascii() and c.isalnum())
    begins += "".join(c for c in site.estate.name if c.isdigit())
    there = ChargePoint.objects.filter(code__startswith=begins).count()
    return f"{begins}{there + 1:02d}" if there or not begins[-1:].isdigit() else begins


# ---- what was heard ---------------------------------------------------------------------------------------------------
def _tell(firm: Organisation, sites: list[Site], *, until: dt.datetime) -> None:
    """Six weeks by the platform's feed, a call at a time, as it came."""
    ports = list(
        Port.objects.filter(point__operator=firm, point__site__in=sites, in_service_on__isnull=False)
        .select_related("point")
        .order_by("code")
    )
    silent = {site.pk for site in sites[len(sites) // 2 : len(sites) // 2 + SILENT]} if len(sites) > 3 else set()
    chance = random.Random(f"ports of {firm.pk}")
    lives = (_life(port, chance, until - 28 * HOUR if port.point.site_id in silent else until) for port in ports)
    told = sorted((event for life in lives for event in life), key=lambda one: one.at)
    must_have({month_of(clock.local(one.at).date()) for one in told})
    for _week, of_week in itertools.groupby(told, lambda one: (until - one.at) // (7 * DAY)):
        news = list(of_week)
        for start in range(0, len(news), MOST):
            call = news[start : start + MOST]
            take_statuses(call, operator=firm, channel=Channel.API, at=call[-1].at)
    awake = ChargePoint.objects.filter(operator=firm, site__in=sites).exclude(site__in=silent)
    hear_from(list(awake.values_list("pk", flat=True)), at=until - 2 * MINUTE)


def _life(port: Port, chance: random.Random, until: dt.datetime) -> Iterator[Heard]:
    """A socket's chargings, most of them in the evening; it has said that it is free when it came into service."""
    first = max(clock.local(until).date() - WEEKS * 7 * DAY, port.in_service_on or clock.local(until).date())
    yield _heard(port, "Available", clock.at_wall(first, dt.time(7)), until)
    for n in range((clock.local(until).date() - first).days + 1):
        if chance.random() > CYCLES:
            continue
        begins = clock.at_wall(first + n * DAY, dt.time(8)) + chance.triangular(0, 15, 11) * HOUR
        ends = begins + chance.uniform(2.5, 7) * HOUR
        for word, at in (("Charging", begins), ("Available", ends)):
            if at < until:
                yield _heard(port, word, at, until)


def _heard(port: Port, word: str, at: dt.datetime, until: dt.datetime) -> Heard:
    at = min(at, until - 3 * MINUTE).replace(microsecond=0)
    return Heard(f"{port.code}@{at:%m%d%H%M%S}{word[0]}", at, word, port=port.code)


# ---- what broke -------------------------------------------------------------------------------------------------------
def _break(sites: list[Site], firm: Organisation, *, until: dt.datetime) -> None:
    """One fault in each of twelve sockets; the one of a firm without accounts waits for the community."""
    mender, charger = (User.objects.filter(username=name).first() for name in ("operator", "charging"))
    first = sites[0]
    theirs = Port.objects.in_service().filter(point__operator=firm, point__site__in=sites).order_by("number", "code")
    ports = iter(theirs.select_related(*_FOR_A_REPORT)[: len(FAULTS)])
    alone = Port.objects.in_service().filter(point__site=first).exclude(point__operator=firm)
    for n, (reason, state, hours) in enumerate(FAULTS):
        waits = alone.select_related(*_FOR_A_REPORT).first() if state == "reported" else None
        port = waits or next(ports, None)
        if port is None:
            return
        at = until - hours * HOUR
        phone = f"+8613800{n:06d}" if n % 3 == 0 else ""
        fault = report_fault(port, reason=reason, phone=phone, at=at).fault
        if fault.state != state and mender and charger:
            _go_on(fault, state, reason, mender=mender, charger=charger, at=at + min(hours / 4, 18) * HOUR)


_FOR_A_REPORT = ("point__site__grid", "point__operator", "community__street")


def _go_on(fault: Fault, state: str, reason: str, *, mender: User, charger: User, at: dt.datetime) -> None:
    if state == "not_found":
        perform(fault, "not_found", data={"words": "试了三次都正常，钱已经扣对了。"}, by=mender, at=at)
        return
    if state == "with_operator":
        return
    perform(fault, "repair", data={"words": WORDS[reason]}, by=mender, at=at)
    if state != "confirmed":
        return
    if reason == "occupied":
        perform(fault, "confirm", data={}, by=charger, at=at + 20 * HOUR)
    else:
        confirm_by_scan(fault, at=at + 3 * HOUR)


# ---- who went to look -------------------------------------------------------------------------------------------------
def _look_after(sites: list[Site], *, until: dt.datetime) -> None:
    """Each site once in the last weeks but for the last two, whose patrol is due."""
    charger = User.objects.filter(username="charging").first()
    today = clock.local(until).date()
    if charger is None:
        return
    generate_dues(on=today - 35 * DAY, at=until - 35 * DAY, kinds=[PATROL])
    for n, site in enumerate(sites[:-2]):
        at = clock.at_wall(today - (3 + n % 24) * DAY, dt.time(9, 20)) + n % 6 * 25 * MINUTE
        if site.in_service_on and site.in_service_on < clock.local(at).date():
            given: dict[str, Any] = {"failed": [], "words": ""}
            if n % 9 == 4:
                given = {"failed": ["extinguisher"], "words": "灭火器压力不够，已让物业换。"}
            record_patrol(site, by=charger, at=at, **given)
    generate_dues(on=today, at=until, kinds=[PATROL])
