"""Every figure of charging (services.md §4.6): it is told even when it is nothing, stands on the board, and opens to rows."""

import datetime as dt
from typing import Any

import pytest

from charging.actions import sites, wires
from charging.actions.confirming import confirm_by_scan
from charging.actions.estates import count_estate
from charging.actions.faults import repair, report_fault
from charging.actions.ports import add_point
from charging.actions.statuses import take_statuses
from charging.actions.uptime import count_day
from charging.dues import PATROL
from charging.models import Port, PortDay
from charging.workflow.sites import State
from community_portal import clock
from community_portal.dashboards.fold import all_differences, fold_figures
from community_portal.dashboards.periods import BEGINNING, Period
from community_portal.dashboards.reading import reading_of
from community_portal.dashboards.rows_behind import rows_behind
from community_portal.deliberations.actions.votes import confirm_count
from community_portal.dues.actions import generate_dues
from community_portal.dues.models import DueItem
from community_portal.measure import FIGURES
from community_portal.measure.boards import BOARDS
from tests.charging.boxes import heard, make_operator, make_operator_member
from tests.charging.places import DAY, Place, bring_to, make_site, other_building, report, running_round
from tests.deliberations.votes import CLOSES, cast_on_paper, make_vote

pytestmark = pytest.mark.django_db
NOW = clock.now().replace(microsecond=0)
TODAY, HOUR = clock.today(), dt.timedelta(hours=1)
BEGINS = clock.at_wall(TODAY - dt.timedelta(days=40), dt.time(9, 42))
VALUES = {
    "charging_ports_total": 8, "charging_ports_last_round": 8, "charging_round_target_rate": 20, "charging_sites": 1,
    "sites_rejected": 1, "sites_re_sited": 1, "ports_per_hundred_bikes": 8, "charging_gap": 2, "wire_reports": 2,
    "wire_reports_closed": 1, "wire_hours_to_close_median": 48, "wires_near_new_sites_change": -100, "ports_working_rate": 12.5,
    "port_uptime_rate": 12.5, "port_unknown_rate": 87.5, "faults": 1, "fault_repair_hours_median": 5,
    "faults_confirmed_rate": 100, "consultations_held": 1, "vote_participation_rate": 66.7, "vote_participation_area_rate": 66.7,
    "patrols_done_rate": 100, "ebikes_registered": 60,
}  # fmt: skip


def test_each_is_told_where_nothing_is(place: Place, signed_in: Any) -> None:
    told = (
        signed_in(place.cast.manager).get(f"/api/v1/figures/?place={place.cast.home.code}&period=all").json()["figures"]
    )
    assert set(VALUES) <= set(told)
    rates = {name for name in VALUES if name.endswith(("_rate", "_median", "_change")) or name.startswith("ports_per")}
    assert {name for name in VALUES if told[name]["value"] is None} == rates
    assert {told[name]["value"] for name in set(VALUES) - rates} == {0}


def test_each_stands_on_the_board_of_charging() -> None:
    assert set(VALUES) <= BOARDS["charging"].names


def test_each_is_fed_by_rows(place: Place, signed_in: Any) -> None:
    happen(place)
    fold_figures()
    cast = place.cast
    reading = reading_of([cast.home.pk], Period(BEGINNING, max(TODAY, CLOSES.date()) + 2 * DAY, "all"))
    found = {name: FIGURES[name].value(reading) for name in VALUES}
    assert {name: float(n) for name, n in found.items()} == VALUES
    for name in VALUES:
        assert rows_behind(FIGURES[name], reading, user=cast.manager).exists(), name
    assert not all_differences()


def happen(place: Place) -> None:
    """One of each."""
    cast, estate = place.cast, place.estate
    count_estate(
        estate=estate, ebikes=100, plates=60, how="door", counted_on=TODAY - dt.timedelta(days=40), counted_by="蔡伟民",
        by=place.charger, at=BEGINS,
    )  # fmt: skip
    wire = report(place, at=BEGINS - 2 * DAY)
    wires.check(wire, cause="no_port", words="看过", by=place.charger, at=BEGINS - DAY)
    wires.close(wire, outcome="removed", words="收掉了", by=place.charger, at=BEGINS)
    running_round(place, target_ports=40, opens_on=BEGINS.date(), at=BEGINS)
    west = make_site(place, name="东墙边", at=BEGINS)
    sites.reject(west, code="gas_pipe", plain="下面有燃气管，不能装", by=place.charger, at=BEGINS)
    ports = _ports_of(sites.re_site(west, name="中间", by=place.charger, at=BEGINS), place)
    report(place, building=other_building(place), at=NOW)
    _broke(ports[1])
    _looked_after(cast)
    _voted(cast)


def _ports_of(site: Any, place: Place) -> list[Port]:
    """Ten are approved, eight stand."""
    bring_to(State.ACCEPTING, place, site, at=BEGINS)
    operator = make_operator()
    add_point(site, operator=operator, code="ZJ1", sockets=8, by=None, at=TODAY - dt.timedelta(days=32))
    bring_to(State.IN_SERVICE, place, site, at=BEGINS + 8 * DAY)
    ports = list(Port.objects.select_related("point__site", "community").order_by("number"))
    take_statuses([heard(ports[0], "Available", NOW - HOUR)], operator=operator, channel="api", at=NOW)
    day = TODAY - dt.timedelta(days=1)
    take_statuses(
        [heard(ports[0], "Available", clock.at_wall(day, dt.time()))], operator=operator, channel="api", at=NOW
    )
    count_day(day)
    assert PortDay.objects.count() == 1
    return ports


def _broke(port: Port) -> None:
    mender = make_operator_member(port.point.operator)
    fault = report_fault(port, reason="hot", at=NOW - 10 * HOUR).fault
    repair(fault, words="换了", by=mender, at=NOW - 5 * HOUR)
    confirm_by_scan(fault, at=NOW - HOUR)


def _looked_after(cast: Any) -> None:
    generate_dues(on=TODAY - dt.timedelta(days=31), at=NOW, kinds=[PATROL])
    DueItem.objects.filter(kind="charging_patrol").update(done_on=TODAY, done_at=NOW)


def _voted(cast: Any) -> None:
    """Two of three."""
    vote = make_vote(cast, 3)
    for number in (1, 2):
        cast_on_paper(cast, vote, number, "yes")
    confirm_count(vote, by=cast.manager, at=CLOSES + DAY)
