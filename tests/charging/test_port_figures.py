"""What is counted of sockets, faults and patrols, exactly, and that each number opens to its rows."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from charging.actions.confirming import confirm_by_scan, not_found
from charging.actions.faults import repair, report_fault
from charging.actions.ports import remove_ports
from charging.actions.statuses import take_statuses
from charging.actions.uptime import count_day
from charging.dues import PATROL
from charging.forgetting import forget_reports
from charging.models import FaultReport, Port, PortDay
from charging.tasks import count_port_days
from community_portal import clock
from community_portal.dashboards.fold import fold_figures
from community_portal.dashboards.periods import BEGINNING, Period
from community_portal.dashboards.reading import reading_of
from community_portal.dues.actions import generate_dues
from community_portal.dues.models import DueItem
from community_portal.measure import FIGURES
from tests.cast import Cast
from tests.charging.boxes import heard, make_operator_member, make_ports, make_serving_site

NOW = clock.now().replace(microsecond=0)
TODAY, DAY, HOUR = clock.today(), dt.timedelta(days=1), dt.timedelta(hours=1)
EVER = Period(BEGINNING, TODAY, "all")


def value(cast: Cast, name: str, period: Period = EVER) -> Any:
    fold_figures()
    return FIGURES[name].value(reading_of([cast.home.pk], period))


def test_sockets_in_service_and_those_of_the_last_round(cast: Cast):
    _operator, old = make_ports(cast.home, sockets=12)
    _operator, new = make_ports(cast.home, sockets=7)
    Port.objects.filter(pk__in=[p.pk for p in old]).update(
        round=2, in_service_on=TODAY - 400 * DAY, planned_on=TODAY - 400 * DAY
    )
    Port.objects.filter(pk__in=[p.pk for p in new]).update(round=3)
    Port.objects.filter(pk=new[0].pk).update(in_service_on=None)
    make_ports(cast.next_door)
    assert (value(cast, "charging_ports_total"), value(cast, "charging_ports_last_round")) == (18, 6)
    before = Period(BEGINNING, TODAY - 100 * DAY, "")
    assert (value(cast, "charging_ports_total", before), value(cast, "charging_ports_last_round", before)) == (12, 12)
    remove_ports(Port.objects.filter(pk=old[0].pk), why="撞坏了", at=NOW)
    assert value(cast, "charging_ports_total") == 17


def test_what_works_now(cast: Cast):
    operator, ports = make_ports(cast.home, sockets=4)
    said = [("Available", HOUR), ("Charging", 71 * HOUR), ("Available", 73 * HOUR), ("Faulted", HOUR)]
    events = [heard(port, word, NOW - ago) for port, (word, ago) in zip(ports, said, strict=True)]
    take_statuses(events, operator=operator, channel="api", at=NOW)
    assert value(cast, "ports_working_rate") == 50


def test_a_rate_without_sockets_is_none(cast: Cast):
    assert value(cast, "ports_working_rate") is None
    assert value(cast, "port_uptime_rate") is None
    assert value(cast, "faults_confirmed_rate") is None


def test_faults_how_long_they_took_and_how_many_were_confirmed(cast: Cast):
    operator, ports = make_ports(cast.home, sockets=4)
    mender = make_operator_member(operator)
    hours = (2, 5, 9)
    for port, n in zip(ports, hours, strict=False):
        fault = report_fault(port, reason="hot", at=NOW - 20 * HOUR).fault
        repair(fault, words="换了", by=mender, at=NOW - (20 - n) * HOUR)
        confirm_by_scan(fault, at=NOW - HOUR)
    nothing = report_fault(ports[3], reason="money", at=NOW - 20 * HOUR).fault
    not_found(nothing, words="都正常", by=mender, at=NOW)
    assert (value(cast, "faults"), value(cast, "fault_repair_hours_median")) == (4, 5)
    assert value(cast, "faults_confirmed_rate") == 75


def test_patrols_done_of_those_due(cast: Cast):
    for _n in range(2):
        make_serving_site(cast.home, in_service_on=TODAY - 40 * DAY)
    generate_dues(on=TODAY - 20 * DAY, at=NOW, kinds=[PATROL])
    item = DueItem.objects.filter(kind="charging_patrol").first()
    DueItem.objects.filter(pk=item.pk).update(done_on=TODAY - 11 * DAY, done_at=NOW)  # type: ignore[union-attr]
    assert (value(cast, "patrols_due"), value(cast, "patrols_done"), value(cast, "patrols_done_rate")) == (2, 1, 50)


# ---- how long they worked ---------------------------------------------------------------------------------------------
def at(hour: float, day: dt.date = TODAY - DAY) -> dt.datetime:
    return clock.at_wall(day, dt.time(0)) + hour * HOUR


@pytest.mark.parametrize(
    ("said", "working", "known"),
    [
        ([], 0, 0),
        ([(6, "Available")], 18, 18),
        ([(-3, "Available")], 21, 21),  # a day after it was said, nobody knows
        ([(-25, "Available")], 0, 0),
        ([(0, "Available"), (10, "Faulted"), (12, "Charging")], 22, 24),
        ([(-1, "Charging"), (4, "Nonsense"), (8, "Available")], 20, 20),
        ([(-1, "Faulted"), (12, "Unavailable")], 0, 24),
        ([(23.5, "Available"), (30, "Faulted")], 0.5, 0.5),
    ],
)
def test_seconds_of_a_socket_on_a_day(cast: Cast, said: Any, working: float, known: float):
    operator, ports = make_ports(cast.home, sockets=1)
    for hour, word in said:
        take_statuses([heard(ports[0], word, at(hour))], operator=operator, channel="api", at=at(48))
    assert count_day(TODAY - DAY) == 1
    found = PortDay.objects.get()
    assert (found.working_seconds, found.known_seconds, found.service_seconds) == (working * 3600, known * 3600, 86_400)


def test_counted_again_it_is_the_same_and_late_news_counts(cast: Cast):
    operator, ports = make_ports(cast.home, sockets=2)
    take_statuses([heard(ports[0], "Available", at(0))], operator=operator, channel="api", at=NOW)
    count_port_days()
    count_port_days()
    assert PortDay.objects.get(day=TODAY - DAY).working_seconds == 86_400
    assert PortDay.objects.count() == 3
    assert value(cast, "port_uptime_rate", Period(TODAY - DAY, TODAY - DAY, "")) == 50
    assert value(cast, "port_unknown_rate", Period(TODAY - DAY, TODAY - DAY, "")) == 50
    take_statuses([heard(ports[1], "Faulted", at(0))], operator=operator, channel="api", at=NOW)
    count_port_days()
    assert value(cast, "port_unknown_rate", Period(TODAY - DAY, TODAY - DAY, "")) == 0


@pytest.mark.parametrize(
    "name",
    [
        "charging_ports_total", "charging_ports_last_round", "ports_working_rate", "port_uptime_rate", "faults",
        "fault_repair_hours_median", "faults_confirmed_rate", "patrols_done_rate",
    ],
)  # fmt: skip
def test_each_number_opens_to_its_rows(cast: Cast, signed_in: Any, name: str):
    operator, ports = make_ports(cast.home, sockets=2)
    Port.objects.update(round=1)
    take_statuses([heard(ports[0], "Available", NOW)], operator=operator, channel="api", at=NOW)
    mender = make_operator_member(operator)
    fault = report_fault(ports[1], reason="hot", at=NOW).fault
    repair(fault, words="换了", by=mender, at=NOW)
    confirm_by_scan(fault, at=NOW)
    count_day(TODAY)
    generate_dues(on=TODAY, at=NOW, kinds=[PATROL])
    DueItem.objects.update(done_on=TODAY, done_at=NOW)
    page = signed_in(cast.manager).get(reverse("dashboard_rows", args=[name]), {"period": "all"})
    assert page.status_code == 200
    assert any(
        word in page.content.decode() for word in (ports[0].code, ports[0].point.code, fault.case.number, "巡查充电点")
    )


def test_whoever_reported_is_forgotten_with_their_words(cast: Cast):
    _operator, ports = make_ports(cast.home)
    report_fault(ports[0], reason="hot", words="我家楼下的", phone="+8613800002046", by=cast.elder_account, at=NOW)
    forget_reports([cast.elder.pk])
    said = FaultReport.objects.get()
    assert (said.words, said.phone, said.account, said.reason) == ("", "", None, "hot")
