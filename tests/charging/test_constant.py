"""Every page of charging that lists rows asks the database as often for twenty as for a few."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from charging.actions import wires
from charging.workflow.sites import State
from community_portal import clock
from tests.charging.places import Place, ask, bring_to, make_site, report, running_round
from tests.factories import make_building, make_estate

pytestmark = pytest.mark.django_db
PAGES = (
    "/charging/desk/", "/charging/wires/", "/charging/places/", "/charging/rounds/", "/charging/rounds/{round}/", "/charging/sites/",
    "/api/v1/sites/", "/api/v1/wires/", "/charging/places/{site}/",
)  # fmt: skip


@pytest.fixture
def fuller(place: Place) -> Any:
    one = running_round(place, target_ports=5_000)
    first = bring_to(State.IN_SERVICE, place, at=clock.now())
    made = {"n": 0}

    def add(count: int) -> dict[str, Any]:
        for _again in range(count):
            made["n"] += 1
            estate = make_estate(community=place.cast.home)
            building = make_building(estate=estate, grid=place.cast.grid)
            wire = report(place, estate=estate, building=building, at=clock.now())
            wires.check(wire, words="看过", by=place.charger, at=clock.now())
            report(place, unit=f"{made['n'] + 10}", at=clock.now())
            waiting = bring_to(
                State.CHECKING, place, make_site(place, name=f"第 {made['n']} 处", at=clock.now()), at=clock.now()
            )
            ask(waiting, place, "gas", at=clock.now())
        return {"round": one.pk, "site": first.case.number}

    return add


def queries(client: Any, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200, url
    return len(asked)


def test_lists_cost_the_same_for_few_and_for_many(place: Place, fuller: Any, signed_in: Any) -> None:
    client = signed_in(place.charger)
    few = {url: queries(client, url.format(**values)) for values in [fuller(2)] for url in PAGES}
    many = {url: queries(client, url.format(**values)) for values in [fuller(10)] for url in PAGES}
    assert {url: (few[url], many[url]) for url in PAGES if few[url] != many[url]} == {}
    assert max(many.values()) < 75, many
