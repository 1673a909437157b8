"""The story of Shanghai Road 9, deed by deed: a wire, a place over a gas pipe given up, another one that came into service."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from charging.actions import deciding, sites, wires
from charging.models import DemandPoint, Site
from charging.workflow.sites import State
from charging.workflow.wires import Wire
from community_portal.casework.actions import PartsMissing
from community_portal.outbox.models import Message
from tests.cast import MONDAY
from tests.charging.places import (
    DAY,
    Place,
    answer,
    ask,
    bring_to,
    make_site,
    measure_all,
    running_round,
)
from tests.charging.places import report as report_wire

pytestmark = pytest.mark.django_db


def test_from_a_wire_out_of_a_window_to_ports_that_work(place: Place) -> None:
    elder = place.cast.elder
    wire = report_wire(place, by=place.cast.elder_account, asker=elder)
    wires.check(wire, words="四楼拉下来的", by=place.charger, at=MONDAY)
    assert DemandPoint.objects.get(wire=wire).weight == 1

    running_round(place)
    west = bring_to(State.CHECKING, place)
    answer(west, place, "gas", "blocked")
    with pytest.raises(PartsMissing) as refused:
        sites.move_on(west, "ready", by=place.charger, at=MONDAY)
    assert "燃气答复不可以" in str(refused.value)
    plain = "这里下面有燃气管道，不能装；换到两个单元中间"
    sites.reject(west, code="gas_pipe", plain=plain, by=place.charger, at=MONDAY)
    assert west.state == State.REJECTED
    wire.refresh_from_db()
    assert wire.site == west
    assert wire.case.events.filter(kind="site_near", words=plain, is_public=True).exists()
    told = Message.objects.filter(kind="site_rejected", resident=elder)
    assert told.count() == 2 and all(plain in str(m.context) for m in told)  # by SMS and on the screen

    between = sites.re_site(west, name="一、二单元之间", by=place.charger, at=MONDAY + DAY)
    assert between.replaces == west and between.case.part_of == west.case
    assert [one.pk for one in between.chain] == [west.pk, between.pk] == [one.pk for one in west.chain]
    done = bring_to(State.IN_SERVICE, place, between, at=MONDAY + DAY)
    assert done.approved_ports == 10 and done.in_service_on == dt.date(2026, 12, 2)
    assert Message.objects.filter(kind="site_opened", resident=elder).count() == 2
    wire.refresh_from_db()
    assert wire.site == done
    wires.close(wire, outcome="elsewhere", words="到新的充电口去充了", by=place.charger, at=MONDAY + 20 * DAY)
    assert wire.state == Wire.CLOSED
    assert DemandPoint.objects.get(wire=wire).until == (MONDAY + 20 * DAY).date()


@pytest.mark.parametrize("state", sorted([State.APPROVED, State.BUILDING, State.ACCEPTING, State.IN_SERVICE]))
def test_sql_cannot_bring_a_blocked_place_where_ports_may_stand(place: Place, state: str) -> None:
    site = bring_to(State.NOTICING, place)
    ask(site, place, "gas", at=MONDAY)
    answer(site, place, "gas", "blocked")
    with pytest.raises(IntegrityError, match="not clear"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE charging_site SET state = %s, approved_ports = 10, approved_at = now(), contractor_id = %s,"
            " in_service_on = now() WHERE id = %s",
            [state, place.firm.pk, site.pk],
        )


def test_the_street_cannot_approve_what_gas_has_blocked(place: Place) -> None:
    site = bring_to(State.NOTICING, place)
    answer(site, place, "gas", "blocked")
    with pytest.raises(PartsMissing):
        deciding.approve(site, by=place.cast.street_officer, at=MONDAY + 9 * DAY)
    assert Site.objects.get(pk=site.pk).state == State.NOTICING


def test_a_hard_rule_that_fails_stops_it_in_python_and_in_the_database(place: Place) -> None:
    site = bring_to(State.NOTICING, place)
    measure_all(site, place, exit_m=5)
    with pytest.raises(PartsMissing, match="离单元出口"):
        deciding.approve(site, by=place.cast.street_officer, at=MONDAY + 9 * DAY)
    make_site(place, name="东门")
