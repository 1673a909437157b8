"""Ports are counted from ports: what serves, what was approved and never served, what is removed; all figures say the same."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from charging.actions.estates import count_estate
from charging.actions.ports import remove_port
from charging.actions.rounds import plan_round
from charging.actions.statuses import take_statuses
from charging.actions.works import remove
from charging.models import Port, Site
from charging.queries.demand import Rank, ranked_estates
from charging.queries.rounds import progress_of, sites_of
from charging.workflow.sites import State
from community_portal import clock
from community_portal.dashboards.fold import all_differences, fold_figures
from community_portal.dashboards.periods import BEGINNING, Period
from community_portal.dashboards.reading import reading_of, readings_of_each
from community_portal.dashboards.rows_behind import rows_behind
from community_portal.measure import FIGURES
from community_portal.people.models import Role
from community_portal.places.models import Community
from community_portal.refusals import Refusal
from tests.cast import Cast
from tests.charging.boxes import heard, make_box, make_operator, make_ports, make_serving_site
from tests.factories import make_community, make_estate, make_member

NOW = clock.now().replace(microsecond=0)
TODAY, DAY, HOUR = clock.today(), dt.timedelta(days=1), dt.timedelta(hours=1)
EVER = Period(BEGINNING, TODAY, "all")
TOTAL, LAST, RATE = "charging_ports_total", "charging_ports_last_round", "charging_round_target_rate"
RATIO, GAP = "ports_per_hundred_bikes", "charging_gap"


def values(*names: str, of: list[Community]) -> list[Any]:
    fold_figures()
    reading = reading_of([place.pk for place in of], EVER)
    return [FIGURES[name].value(reading) for name in names]


@pytest.fixture
def charger(cast: Cast) -> Any:
    return make_member(Role.CHARGING, community=cast.home, username="charger")


def round_of(community: Community, number: int, target: int) -> Any:
    return plan_round(community=community, number=number, target_ports=target, opens_on=TODAY, by=None, at=NOW)


def some_of_a_round(community: Community, *, round: Any, sockets: int, **over: Any) -> list[Port]:
    """A place for twenty, where so many stand."""
    box = make_box(make_serving_site(community, round=round, **over), make_operator(), sockets=sockets)
    box.ports.update(round=round.number)
    return list(box.ports.select_related("point__site__estate", "community").order_by("number"))


def rank_of(community: Community) -> Rank:
    return next(rank for rank in ranked_estates(community, on=TODAY) if rank.facts)


def test_all_figures_count_what_stands_and_not_what_was_approved(cast: Cast, charger: Any):
    estate, first = make_estate(community=cast.home), round_of(cast.home, 1, 40)
    count_estate(estate=estate, ebikes=200, how="door", counted_on=TODAY, counted_by="蔡伟民", by=charger, at=NOW)
    ports = some_of_a_round(cast.home, round=first, sockets=12, estate=estate)
    assert values(TOTAL, LAST, RATE, RATIO, GAP, of=[cast.home]) == [12, 12, 30, 6, 4]
    assert (rank_of(cast.home).in_service, rank_of(cast.home).approved, rank_of(cast.home).gap) == (12, 8, 4)
    progress = progress_of(sites_of(first))
    assert (progress.in_service, progress.approved) == (12, 20)
    for port in ports[:2]:
        remove_port(port, why="撞坏了", by=charger, at=NOW)
    assert values(TOTAL, LAST, RATE, RATIO, GAP, of=[cast.home]) == [10, 10, 25, 5, 6], (
        "nobody promised these two again"
    )
    assert (rank_of(cast.home).in_service, rank_of(cast.home).approved, rank_of(cast.home).gap) == (10, 8, 6)
    assert progress_of(sites_of(first)).in_service == 10
    assert not all_differences()


@pytest.mark.parametrize(
    ("state", "coming"),
    [(State.APPROVED, 20), (State.BUILDING, 20), (State.SUSPENDED, 20), (State.REJECTED, 0), (State.REMOVED, 0)],
)
def test_what_is_approved_and_stands_nowhere_yet_is_coming(cast: Cast, charger: Any, state: str, coming: int):
    estate = make_estate(community=cast.home)
    count_estate(estate=estate, ebikes=200, how="door", counted_on=TODAY, counted_by="蔡伟民", by=charger, at=NOW)
    over = {"rejected_code": "power", "rejected_plain": "电不够", "rejected_at": NOW, "closed_at": NOW}
    over |= {"removed_on": TODAY}
    make_serving_site(cast.home, estate=estate, state=state, **(over if not coming else {}))
    assert (rank_of(cast.home).in_service, rank_of(cast.home).approved) == (0, coming)
    assert values(TOTAL, GAP, of=[cast.home]) == [0, 24 - coming]


def test_a_place_that_is_stopped_for_a_while_keeps_its_ports(cast: Cast, charger: Any):
    estate = make_estate(community=cast.home)
    count_estate(estate=estate, ebikes=200, how="door", counted_on=TODAY, counted_by="蔡伟民", by=charger, at=NOW)
    some_of_a_round(cast.home, round=round_of(cast.home, 1, 20), sockets=20, estate=estate)
    Site.objects.update(state=State.SUSPENDED)
    assert values(TOTAL, LAST, RATE, RATIO, GAP, of=[cast.home]) == [20, 20, 100, 10, 4]


def test_the_last_round_is_the_same_one_for_all_who_ask(cast: Cast):
    """Of communities together the newest number; what is planned and has nothing standing is not the last."""
    at_home = some_of_a_round(cast.home, round=round_of(cast.home, 3, 10), sockets=7)
    some_of_a_round(cast.home, round=round_of(cast.home, 2, 10), sockets=5)
    some_of_a_round(cast.next_door, round=round_of(cast.next_door, 1, 8), sockets=6)
    round_of(cast.home, 4, 100)
    both = [cast.home, cast.next_door]
    assert values(LAST, RATE, of=[cast.home]) == values(LAST, RATE, of=both) == [7, 70]
    assert values(LAST, RATE, of=[cast.next_door]) == [6, 75]
    _all, each = readings_of_each([place.pk for place in both], EVER)
    assert [FIGURES[RATE].value(each[place.pk]) for place in both] == [70, 75]
    for name in (LAST, RATE):
        found = rows_behind(FIGURES[name], reading_of([place.pk for place in both], EVER), user=None)
        assert {port.pk for port in found} == {port.pk for port in at_home}


def test_ports_of_no_round_are_no_last_round(cast: Cast):
    make_ports(cast.home)
    assert values(TOTAL, LAST, RATE, of=[cast.home]) == [10, 0, None]
    assert not rows_behind(FIGURES[LAST], reading_of([cast.home.pk], EVER), user=None).exists()


@pytest.mark.parametrize("name", [TOTAL, LAST, RATE, RATIO])
def test_each_number_opens_to_as_many_ports(cast: Cast, signed_in: Any, name: str):
    ports = some_of_a_round(cast.home, round=round_of(cast.home, 1, 40), sockets=3)
    fold_figures()
    assert rows_behind(FIGURES[name], reading_of([cast.home.pk], EVER), user=cast.manager).count() == 3
    page = signed_in(cast.manager).get(reverse("dashboard_rows", args=[name]), {"period": "all"})
    assert all(port.code in page.content.decode() for port in ports)


# ---- taken down -------------------------------------------------------------------------------------------------------
def test_nothing_is_taken_down_while_somebody_charges(cast: Cast, charger: Any):
    operator, ports = make_ports(cast.home, sockets=4)
    site = ports[0].point.site
    said = [heard(ports[n], word, NOW - HOUR) for n, word in ((0, "Available"), (1, "Charging"), (3, "Charging"))]
    take_statuses(said, operator=operator, channel="api", at=NOW)
    with pytest.raises(Refusal, match=f"{ports[1].code}、{ports[3].code} 上正有车在充") as refused:
        remove(site, words="小区改造", by=charger, at=NOW)
    assert refused.value.code == "ports_in_use"
    with pytest.raises(Refusal, match=ports[1].code):
        remove_port(ports[1], why="撞坏了", by=charger, at=NOW)
    site.refresh_from_db()
    assert site.state == State.IN_SERVICE and not Port.objects.exclude(removed_on=None).exists()


def test_with_a_place_its_ports_go_and_figures_fall(cast: Cast, charger: Any):
    estate, first = make_estate(community=cast.home), round_of(cast.home, 1, 40)
    count_estate(estate=estate, ebikes=200, how="door", counted_on=TODAY, counted_by="蔡伟民", by=charger, at=NOW)
    ports = some_of_a_round(cast.home, round=first, sockets=10, estate=estate)
    stays = some_of_a_round(cast.home, round=first, sockets=4)
    operator = ports[0].point.operator
    take_statuses([heard(ports[0], "Charging", NOW - 25 * HOUR)], operator=operator, channel="api", at=NOW)
    assert values(TOTAL, LAST, RATE, RATIO, GAP, "charging_sites", of=[cast.home]) == [14, 14, 35, 7, 4, 2]
    remove(ports[0].point.site, words="小区改造", by=charger, at=NOW)
    gone = Port.objects.filter(point=ports[0].point)
    assert set(gone.values_list("removed_on", "removed_why")) == {(TODAY, "小区改造")}
    assert values(TOTAL, LAST, RATE, RATIO, GAP, "charging_sites", of=[cast.home]) == [4, 4, 10, 2, 24, 1]
    page = Client().get(reverse("charge_port", args=[ports[0].code])).content.decode()
    assert "小区改造" in page and stays[0].point.site.name in page


def test_the_code_of_a_port_that_is_gone_leads_across_the_road(cast: Cast, charger: Any):
    """Nothing else stands in the community: the next is in another one of the street."""
    _operator, ports = make_ports(cast.home)
    _operator, (far, *_rest) = make_ports(cast.next_door)
    _operator, (near, *_rest) = make_ports(make_community(street=cast.street, code="ZL"))
    remove(ports[0].point.site, words="小区改造", by=charger, at=NOW)
    page = Client().get(reverse("charge_port", args=[ports[0].code])).content.decode()
    assert near.point.site.name in page and far.point.site.name not in page
