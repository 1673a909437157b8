"""Fumin as the demonstration tells it: the seed's numbers, from rows."""

import datetime as dt
from collections import Counter

import pytest
from django.db.models import Sum

from charging.models import EstateFacts, Round, Site, UtilityAnswer, WireReport
from charging.queries.demand import ranked_estates
from charging.queries.public import clauses_behind
from charging.queries.rounds import change_of, progress_of, sites_of
from charging.workflow.sites import State
from community_portal import clock
from community_portal.dashboards.periods import period_named
from community_portal.dashboards.reading import reading_of
from community_portal.deliberations.standing import count, is_carried, vote_of
from community_portal.demo.charging_ports import stand_ports
from community_portal.demo.charging_sites import build_charging
from community_portal.demo.hiring import hire_everybody
from community_portal.demo.residents import Neighbours
from community_portal.demo.settle import new_town, settle
from community_portal.measure import FIGURES
from community_portal.people.models import Household
from tests.factories import make_resident, make_resident_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def fumin() -> None:
    town = new_town(today=clock.today(), weeks=6)
    settle(town)
    hire_everybody(town)
    home = town.communities["FM"]
    teller = make_resident(community=home, name="倪小燕")
    make_resident_account(teller)
    people = Neighbours(by_code={"ni": teller}, by_community={"FM": [make_resident(community=home) for _n in range(6)]})
    build_charging(town, people, until=clock.now())
    stand_ports(until=clock.now())
    assert not Household.objects.exists()


def test_fumin(fumin: None, subtests: pytest.Subtests) -> None:
    today, stands = clock.today(), Site.objects.filter(state=State.IN_SERVICE)
    with subtests.test("three rounds, thirty places, 529 ports, 70 in the third"):
        assert stands.count() == 30 and stands.aggregate(n=Sum("approved_ports"))["n"] == 529
        by_round = dict(stands.order_by().values_list("round__number").annotate(n=Sum("approved_ports")))
        assert by_round == {1: 180, 2: 279, 3: 70}
        assert Counter(stands.values_list("round__number", flat=True)) == {1: 11, 2: 15, 3: 4}
    with subtests.test("the west wall lies over a gas pipe, and between two stairwells it goes"):
        west = Site.objects.get(state=State.REJECTED)
        assert (west.name, west.rejected_code) == ("西墙边", "gas_pipe")
        assert "第三十三条" in " ".join(one.source for one in clauses_behind(west))
        between = west.replaced_by
        assert (between.name, between.state, between.approved_ports) == ("一、二单元之间", State.IN_SERVICE, 10)
        assert UtilityAnswer.objects.get(site=west, answer="blocked").document is not None
        assert between.answers.filter(answer="ok").count() == 5 and between.measurements.count() >= 7
        vote = vote_of(between)
        assert is_carried(between) and vote is not None
        assert count(vote).tally.voted.heads == 24 and count(vote).tally.roll.heads == 30
    with subtests.test("on the map each place lies within its estate, and where its name says"):
        for one in Site.objects.select_related("estate", "building"):
            assert one.estate.outline and not one.lies_outside, one.full_name
            east, north = one.lon - one.building.lon, one.lat - one.building.lat
            for wind, way in (("东侧", east), ("西侧", -east), ("北侧", north), ("南侧", -north), ("西墙", -east)):
                assert wind not in one.name or way > 0, one.full_name
    with subtests.test("no utility says the same distance twice"):
        for said in UtilityAnswer.objects.filter(distance__isnull=False):
            assert str(said.distance) not in said.words
    with subtests.test("wires: 34, of these 21 before and 3 after"):
        assert WireReport.objects.count() == 34
        third = Round.objects.get(number=3)
        change = change_of(sites_of(third), on=today)
        assert (change.before, change.after, str(change.fewer)) == (21, 3, "85.7")
        assert progress_of(sites_of(third)).in_service == 70
    with subtests.test("3,860 e-bikes, and the west of the new village comes next"):
        assert sum(one.ebikes for one in EstateFacts.objects.newest()) == 3860
        first, *others = ranked_estates(Site.objects.first().community, on=today)
        assert first.estate.name == "富民新村" and first.wires >= 8
        assert all((other.score or 0) < first.score for other in others)
        asked = Site.objects.get(state=State.CONSULTING)
        vote = vote_of(asked)
        assert vote is not None and count(vote).missing
    with subtests.test("figures from rows"):
        reading = reading_of([west.community_id], period_named("all", today=today))
        values = {
            name: FIGURES[name].value(reading) for name in FIGURES if name.startswith(("charging", "site", "wire"))
        }
        assert values["charging_sites"] == 30 and values["sites_rejected"] == 1 and values["sites_re_sited"] == 1
        assert values["wire_reports"] == 34 and values["wire_reports_closed"] == 25
        assert str(values["wires_near_new_sites_change"]) == "-85.7"
        assert str(FIGURES["ports_per_hundred_bikes"].value(reading)) == "13.7"
    assert today - dt.timedelta(days=115) <= between.in_service_on <= today
