"""The sockets of the demonstration, told on a few sites: so many, so loud, broken in every state, looked after."""

import datetime as dt
from collections import Counter

import pytest

from charging.models import Fault, Patrol, Port, PortDay, PortStatus, Site, Tariff
from charging.queries.free import places
from charging.workflow.faults import Mending
from community_portal import clock
from community_portal.demo.bench import charging as bench
from community_portal.demo.charging_ports import WEEKS, stand_ports
from community_portal.dues.models import DueItem
from community_portal.people.models import Organisation, Role
from tests.cast import Cast
from tests.charging.boxes import make_operator_member, make_serving_site
from tests.factories import make_estate, make_member

PORTS = (16, 24, 20, 10, 16)


def test_ports_of_the_demonstration(cast: Cast):
    until = clock.now()
    estate = make_estate(community=cast.home, name="鑫景佳园")
    for n, ports in enumerate(PORTS):
        since = clock.today() - dt.timedelta(days=200 - 40 * n)
        make_serving_site(
            cast.home, estate=estate, in_service_on=since, planned_ports=ports, approved_ports=ports, name=f"第 {n} 处"
        )
    firm = Organisation.objects.create(name="通畅充电", kind=Role.OPERATOR)
    make_operator_member(firm, username="operator")
    make_member(Role.CHARGING, community=cast.home, username="charging")
    stand_ports(until=until, code="LT")
    assert Port.objects.in_service().count() == sum(PORTS)
    assert Port.objects.filter(code="XJ02-01").exists()
    assert Tariff.objects.count() == len(PORTS)
    events = PortStatus.objects.count()
    assert sum(PORTS) * WEEKS * 7 * 0.5 < events
    assert events / sum(PORTS) * 529 < 60_000
    assert Counter(Fault.objects.values_list("state", flat=True)) == {
        Mending.REPORTED: 1, Mending.WITH_OPERATOR: 3, Mending.REPAIRED: 2, Mending.CONFIRMED: 5, Mending.NOT_FOUND: 1,
    }  # fmt: skip
    assert Patrol.objects.count() == len(PORTS) - 2
    assert DueItem.objects.filter(kind="charging_patrol", done_at__isnull=False).count() == len(PORTS) - 2
    assert PortDay.objects.values("day").distinct().count() == WEEKS * 7
    now = places(communities=[cast.home.pk], at=until)
    assert sum(place.is_unknown for place in now) == 1
    assert sum(place.free for place in now) > 10
    assert Site.objects.count() == len(PORTS)


def test_where_no_site_serves_nothing_is_told(cast: Cast):
    stand_ports(until=clock.now(), code="LT")
    assert not Port.objects.exists()


def test_the_bench_of_sockets_runs_when_it_is_small(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    make_estate(community=cast.home)
    monkeypatch.setattr(bench, "PORTS", 60)
    monkeypatch.setattr(bench, "CALLS", 1)
    said: list[str] = []
    bench.run(said.append, statuses=3_000)
    assert Port.objects.count() == 60
    assert PortStatus.objects.count() == 3_000 + 2_000
    assert any("public list" in line for line in said) and any("/s" in line for line in said)
