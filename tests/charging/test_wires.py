"""Wires: one window is one wire, what comes back weighs more, and who reported hears the end."""

import datetime as dt
from typing import Any

import pytest

from charging.actions import sites, wires
from charging.actions.estates import count_estate
from charging.models import DemandPoint, WireReport
from charging.queries.demand import ranked_estates
from charging.queries.near import wires_near
from charging.workflow.wires import Wire
from community_portal import clock
from community_portal.outbox.models import Message
from community_portal.outbox.sweep import deliver_waiting
from community_portal.refusals import Refusal
from tests.cast import MONDAY
from tests.charging.places import DAY, Place, lie_at, make_site, other_building, report
from tests.factories import make_building, make_community, make_estate, make_resident

pytestmark = pytest.mark.django_db


def test_the_same_window_is_one_wire(place: Place) -> None:
    first = report(place)
    again = report(place, by=place.cast.elder_account, asker=place.cast.elder, dangers=["water"])
    assert (again.state, again.join_of) == (Wire.JOINED, first)
    first.refresh_from_db()
    assert first.is_urgent  # what one of them saw, all are about
    assert report(place, floor=5).state == Wire.REPORTED
    assert report(place, unit="").state == Wire.REPORTED  # where not all is told, nobody guesses
    wires.check(first, words="看过", by=place.charger, at=MONDAY)
    wires.close(first, outcome="removed", words="收掉了", by=place.charger, at=MONDAY + DAY)
    assert Message.objects.filter(kind="wire_closed", resident=place.cast.elder).exists()
    assert again.case.events.filter(kind="first_closed", words="收掉了", is_public=True).exists()


def test_joined_by_hand_what_was_joined_goes_along(place: Place) -> None:
    first, second, third = report(place), report(place, unit="2"), report(place, unit="2")
    assert third.join_of == second
    wires.join(second, first=first, by=place.charger, at=MONDAY)
    third.refresh_from_db()
    assert third.join_of == first
    fourth = report(place, unit="3")
    for wrong in (None, fourth, second):
        with pytest.raises(Refusal):
            wires.join(fourth, first=wrong, by=place.charger, at=MONDAY)


def test_whoever_looks_up_a_report_reads_what_came_of_it(place: Place, signed_in: Any) -> None:
    """Of their own, and of the one that went on alone for both."""
    first = report(place, by=None, code="482913", unit="1")
    second = report(place, by=None, code="482914", unit="2")
    wires.join(second, first=first, by=place.charger, at=MONDAY)
    visitor = signed_in(None)

    def read(wire: Any, code: str) -> str:
        return str(visitor.post("/look-up/", {"number": wire.case.number, "tail": code}).content.decode())

    assert "结果：" not in read(first, "482913") + read(second, "482914")
    wires.close(first, outcome="removed", words="线收了", by=place.charger, at=MONDAY)
    assert "结果：收掉了" in read(first, "482913") and "结果：收掉了" in read(second, "482914")


def test_the_kinds_of_reports_stay_in_the_house_of_the_code(place: Place, signed_in: Any) -> None:
    code = place.cast.next_door.code
    page = signed_in(None).get(f"/report/?at={code}").content.decode()
    assert f'"/report/wire/?at={code}"' in page and "?at=" not in signed_in(None).get("/report/").content.decode()


def test_what_comes_back_within_thirty_days_weighs_more(place: Place) -> None:
    wire = report(place)
    wires.check(wire, words="看过", by=place.charger, at=MONDAY)
    wires.close(wire, outcome="removed", words="收掉了", by=place.charger, at=MONDAY)
    back = report(place, at=MONDAY + 30 * DAY)
    assert back.weight == 2
    assert report(place, unit="2", at=MONDAY + 30 * DAY).weight == 1
    wires.close(back, outcome="removed", words="又收了", by=place.charger, at=MONDAY + 31 * DAY)
    assert report(place, at=MONDAY + 70 * DAY).weight == 1


def test_reopened_it_is_demand_again(place: Place) -> None:
    wire = report(place)
    wires.check(wire, words="看过", by=place.charger, at=MONDAY)
    wires.close(wire, outcome="removed", words="收掉了", by=place.charger, at=MONDAY)
    wires.reopen(wire, words="又拉出来了", by=place.charger, at=MONDAY + DAY)
    found = DemandPoint.objects.get(wire=wire)
    assert (wire.state, wire.outcome, found.until, found.weight) == (Wire.REPORTED, "", None, 2)


def test_only_wires_that_hang_and_were_looked_at_count_and_for_ninety_days(place: Place) -> None:
    wire, unseen = report(place), report(place, unit="2")

    def counted(day: dt.date) -> int:
        (rank,) = ranked_estates(place.cast.home, on=day)
        return rank.wires

    assert counted(MONDAY.date()) == 0
    wires.check(wire, words="看过", by=place.charger, at=MONDAY)
    assert counted(MONDAY.date()) == 1
    assert counted(MONDAY.date() + dt.timedelta(days=89)) == 1
    assert counted(MONDAY.date() + dt.timedelta(days=90)) == 0
    wires.close(wire, outcome="removed", words="收掉了", by=place.charger, at=MONDAY + DAY)
    assert counted(MONDAY.date() + dt.timedelta(days=2)) == 0
    assert unseen.state == Wire.REPORTED


def test_what_does_not_lack_is_written_as_what_does(place: Place) -> None:
    """0.0 everywhere, never 0 beside 0.0."""
    given = {"estate": place.estate, "how": "parked", "counted_by": "蔡伟民", "by": place.charger, "at": MONDAY}
    count_estate(ebikes=0, counted_on=MONDAY.date(), **given)
    (rank,) = ranked_estates(place.cast.home, on=MONDAY.date())
    assert {str(term) for term in (rank.wanted, rank.gap, rank.of_gap, rank.of_wires, rank.of_homes, rank.score)} == {
        "0.0"
    }


def test_two_hundred_metres_are_near(place: Place) -> None:
    site = make_site(place)
    lie_at(site, "120.943112", "31.952301")
    here, there, far = report(place), report(place, unit="2"), report(place, unit="3")
    lie_at(here, "120.943112", "31.952301")
    lie_at(there, "120.943112", "31.954090")  # 199 metres
    lie_at(far, "120.943112", "31.954110")  # 201
    nowhere = report(place, building=other_building(place))
    assert {wire.pk for wire in wires_near(site, on=MONDAY.date())} == {here.pk, there.pk}
    assert nowhere.pk not in {wire.pk for wire in wires_near(site, on=MONDAY.date())}
    assert far.pk


def test_whoever_reported_within_two_hundred_metres_hears_that_a_place_is_given_up(place: Place) -> None:
    cast, now = place.cast, clock.now()
    far_away = make_resident(community=cast.home)
    here = report(place, by=cast.elder_account, asker=cast.elder, at=now)
    nameless = report(place, by=None, unit="2", code="482913", at=now)
    joined = report(place, by=None, code="482914", at=now)
    far = report(place, asker=far_away, unit="3", at=now)
    for wire, lat in ((here, "31.954090"), (nameless, "31.952301"), (joined, "31.952301"), (far, "31.954110")):
        lie_at(wire, "120.943112", lat)  # 199 metres, none, none, 201
    site = make_site(place, at=now)
    lie_at(site, "120.943112", "31.952301")
    plain = "这里下面有燃气管道，不能装"
    sites.reject(site, code="gas_pipe", plain=plain, by=place.charger, at=now)
    told = Message.objects.filter(kind="site_rejected")
    assert set(told.values_list("resident", flat=True)) == {cast.elder.pk}
    assert plain in str(told.filter(channel="sms").get().context)
    for wire, hears in ((here, True), (nameless, True), (joined, True), (far, False)):
        read = wire.case.events.filter(kind="site_near", words=plain, is_public=True)
        assert read.exists() is hears, wire


def test_who_lives_across_the_road_in_the_next_community_hears_of_it_too(place: Place) -> None:
    now = clock.now()
    site = make_site(place, at=now)
    lie_at(site, "120.943112", "31.952301")
    across = make_building(estate=make_estate(community=make_community(street=place.cast.street)))
    elsewhere = make_building()  # as near, and another street's
    for building in (across, elsewhere):
        wire = report(place, estate=building.estate, building=building, by=None, code="482913", at=now)
        lie_at(wire, "120.943112", "31.953000")
    sites.reject(site, code="gas_pipe", plain="下面有燃气管，不能装", by=place.charger, at=now)
    told = WireReport.objects.filter(site=site)
    assert [wire.building for wire in told] == [across]
    assert told.get().case.events.filter(kind="site_near", is_public=True).exists()


def test_each_news_of_a_place_is_told_once_and_only_while_it_is_true(place: Place) -> None:
    now = clock.now()
    report(place, by=place.cast.elder_account, asker=place.cast.elder, at=now)
    first = make_site(place, at=now)
    sites.reject(first, code="gas_pipe", plain="下面有燃气管，不能装", by=place.charger, at=now)
    second = sites.re_site(first, name="东门旁边", by=place.charger, at=now)
    sites.reject(second, code="power", plain="这里电不够，不能装", by=place.charger, at=now)
    told = Message.objects.filter(kind="site_rejected", resident=place.cast.elder)
    assert told.filter(channel="sms").count() == 2  # of each place once, though the wire has not changed
    type(first).objects.filter(pk=first.pk).update(rejected_plain="改过")
    deliver_waiting(at=clock.at_wall(clock.local(now).date() + dt.timedelta(days=1), dt.time(10)))
    assert told.filter(channel="sms", state="sent").count() == 2


def test_nobody_of_another_community_reads_it(place: Place) -> None:
    wire = report(place)
    assert wire in WireReport.objects.visible_to(place.charger)
    assert wire not in WireReport.objects.visible_to(place.cast.stranger)
    other = make_resident(community=place.cast.home)
    assert other.pk and wire not in WireReport.objects.visible_to(place.cast.elder_account)
