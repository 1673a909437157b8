"""Sockets in bulk: how quickly states come in, and whether ten million of them make the public list and the map any slower."""

import datetime as dt
import itertools
import random
import time

import pgtrigger
from django.db import connection

from charging.actions.statuses import MOST, Heard, take_statuses
from charging.geojson import sites_as_geojson
from charging.models import Channel, ChargePoint, Port, PortStatus, Site
from charging.partitions import must_have
from charging.queries.free import places
from charging.workflow.sites import State
from community_portal import clock
from community_portal.casework.models import Case
from community_portal.demo.bench.report import Say, fact, heading, times
from community_portal.demo.bench.server import called_ms
from community_portal.people.models import Organisation, Role
from community_portal.places.models import Community, Estate

PORTS, ON_A_BOX, BOXES_AT_A_SITE = 10_000, 10, 2
CALLS = 20

_STATUSES = """
INSERT INTO charging_portstatus (source_id, event_id, port_id, state, raw, vendor_code, channel, at, received_at)
SELECT %(source)s, 'bulk' || n, %(first)s + n %% %(ports)s, (ARRAY['available', 'in_use', 'faulted'])[1 + n %% 3], 'x', '', 'api',
    %(from)s + (n / %(rows)s::float) * interval '27 days', now()
FROM generate_series(%(begin)s, %(end)s) AS n
"""


def run(say: Say, *, statuses: int) -> None:
    """With no state at all, and with ``statuses`` of them."""
    firm = _firm()
    _stand(say, firm)
    heading(say, f"Sockets: {PORTS:,} of them, reads with {statuses:,} states ÷ with none")
    community = Community.objects.order_by("pk").first()
    assert community is not None
    reads = {
        "public list of a street": lambda: places(communities=[community.pk], at=clock.now()),
        "map data of the whole city": lambda: sites_as_geojson(communities=None, at=clock.now()),
    }
    empty = {what: called_ms(read, samples=15) for what, read in reads.items()}
    _fill(say, firm, statuses)
    for what, read in reads.items():
        times(say, what, empty[what], called_ms(read, samples=15), "≤ 1.5")
    fact(say, "states taken in, one vendor after the other", f"{_ingest(firm):,.0f}/s", "≥ 2,000/s")


def _firm() -> Organisation:
    return Organisation.objects.get_or_create(name="测试充电", kind=Role.OPERATOR)[0]


def _stand(say: Say, firm: Organisation) -> None:
    """Sites as rows: how one comes about is none of this."""
    if ChargePoint.objects.filter(operator=firm).exists():
        return
    now, today = clock.now(), clock.today()
    estates = list(Estate.objects.select_related("community").order_by("pk")[:200])
    builder, _new = Organisation.objects.get_or_create(name="测试施工", kind=Role.CONTRACTOR)
    wanted = PORTS // ON_A_BOX // BOXES_AT_A_SITE
    chosen = [estate for _n, estate in zip(range(wanted), itertools.cycle(estates), strict=False)]
    cases = Case.objects.bulk_create(
        Case(number=f"CB-26-{n}", community=e.community, title="充电点", words="", source="desk", opened_at=now)
        for n, e in enumerate(chosen)
    )
    chance = random.Random("sites")
    with pgtrigger.ignore("charging.Site:site_is_clear"):
        sites = Site.objects.bulk_create(
            Site(
                case=case,
                community=estate.community,
                estate=estate,
                name=f"测试 {n}",
                state=State.IN_SERVICE,
                state_since=now,
                opened_at=now,
                planned_ports=20,
                approved_ports=20,
                approved_at=now,
                contractor=builder,
                in_service_on=today,
            )
            for n, (case, estate) in enumerate(zip(cases, chosen, strict=True))
        )
    Site.objects.filter(pk__in=[site.pk for site in sites]).update(
        lon=round(120.9 + chance.random() / 10, 6), lat=31.95, entered_crs="wgs84", entered="bench"
    )
    boxes = ChargePoint.objects.bulk_create(
        ChargePoint(site=site, community=site.community, operator=firm, code=f"CB{n}{m}", sockets=ON_A_BOX)
        for n, site in enumerate(sites)
        for m in "AB"
    )
    Port.objects.bulk_create(
        Port(
            point=box,
            community=box.community,
            number=n,
            code=f"{box.code}-{n:02d}",
            planned_on=today,
            in_service_on=today,
        )
        for box in boxes
        for n in range(1, ON_A_BOX + 1)
    )
    say(f"  {Port.objects.count():,} sockets stand")


def _fill(say: Say, firm: Organisation, statuses: int) -> None:
    """By the server itself, into this month's table and the last one's; the sockets know nothing of it but their newest."""
    started, chunk = time.monotonic(), 500_000
    since = clock.now() - dt.timedelta(days=28)
    must_have({clock.local(since + dt.timedelta(days=n)).date().replace(day=1) for n in range(29)})
    have = PortStatus.objects.filter(source=firm).count()
    first = Port.objects.filter(point__operator=firm).order_by("pk").values_list("pk", flat=True)[0]
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        for begin in range(have, statuses, chunk):
            end = min(begin + chunk, statuses) - 1
            given = {"source": firm.pk, "first": first, "ports": PORTS, "from": since, "rows": statuses}
            cursor.execute(_STATUSES, given | {"begin": begin, "end": end})
            say(f"  {end + 1:>10,} of {statuses:,} states  {time.monotonic() - started:.0f} s")
        cursor.execute("ANALYZE charging_portstatus; ANALYZE charging_port")


def _ingest(firm: Organisation) -> float:
    """Calls of two thousand, as vendors send them."""
    codes = list(Port.objects.filter(point__operator=firm).values_list("code", flat=True))
    chance, now = random.Random(str(clock.now())), clock.now()
    run_of = f"{now:%d%H%M%S}"
    calls = [
        [
            Heard(
                f"{run_of}-{n}-{m}",
                now - dt.timedelta(seconds=chance.randrange(3600)),
                "Charging",
                chance.choice(codes),
            )
            for m in range(MOST)
        ]
        for n in range(CALLS)
    ]
    started = time.perf_counter()
    for call in calls:
        take_statuses(call, operator=firm, channel=Channel.API, at=now)
    return CALLS * MOST / (time.perf_counter() - started)
