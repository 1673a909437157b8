"""What cannot be of boxes and sockets, whatever the code did: by raw SQL; and each step of a fault by each role."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from charging.actions.faults import report_fault
from charging.actions.ports import remove_ports, set_tariff
from charging.models import ChargePoint, Fault, Patrol, Port, PortDay, Tariff
from charging.workflow.faults import FAULT
from community_portal import clock
from community_portal.people.models import Role
from community_portal.refusals import Refusal
from tests.cast import Cast
from tests.charging.boxes import make_operator_member, make_ports, make_serving_site
from tests.factories import make_member
from tests.matters.walk import broken_rules, people_of

NOW = clock.now()
TODAY = "current_date"


def refused(sql: str, *given: Any) -> str:
    """The name of what said no."""
    with pytest.raises(IntegrityError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, given)
    return str(error.value)


@pytest.fixture
def port(cast: Cast) -> Port:
    _operator, ports = make_ports(cast.home, sockets=3)
    return ports[0]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("number = 0", "port_is_a_socket"),
        ("number = 65", "port_is_a_socket"),
        ("number = 2", "port_number_once_on_a_point"),
        ("state = 'exploded'", "port_state_exists"),
        ("in_service_on = planned_on - 1", "port_serves_after_it_was_planned"),
        ("removed_on = current_date", "removed_port_says_why"),
        ("removed_on = in_service_on - 1, removed_why = 'x'", "removed_port_says_why"),
    ],
)
def test_a_socket_that_cannot_be(port: Port, change: str, name: str):
    assert name in refused(f"UPDATE charging_port SET {change} WHERE id = %s", port.pk)


def test_a_socket_serves_only_where_its_site_does(cast: Cast, port: Port):
    site = make_serving_site(cast.home, state="building")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE charging_port SET in_service_on = NULL WHERE id = %s", [port.pk])
        cursor.execute("UPDATE charging_chargepoint SET site_id = %s WHERE id = %s", [site.pk, port.point_id])
    said = refused("UPDATE charging_port SET in_service_on = planned_on WHERE id = %s", port.pk)
    assert "would serve where the site does not" in said


def test_a_socket_is_never_deleted(port: Port):
    with (
        pytest.raises(Exception, match="port_is_never_deleted|Cannot delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM charging_port WHERE id = %s", [port.pk])
    assert Port.objects.filter(pk=port.pk).exists()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("sockets = 0", "charge_point_has_sockets"),
        ("sockets = 65", "charge_point_has_sockets"),
        ("opens_at = '22:00', closes_at = '06:00'", "charge_point_opens_before_it_closes"),
        ("opens_at = '06:00'", "charge_point_opens_before_it_closes"),
        ("ocpp_identity = 'x'", "ocpp_identity_has_a_key"),
    ],
)
def test_a_box_that_cannot_be(port: Port, change: str, name: str):
    assert name in refused(f"UPDATE charging_chargepoint SET {change} WHERE id = %s", port.point_id)


def test_a_vendors_name_and_a_code_are_of_one_box(cast: Cast):
    operator, ports = make_ports(cast.home, vendor_id="YC1")
    _operator, others = make_ports(cast.home, operator=operator)
    assert "vendor_names_a_point_once" in refused(
        "UPDATE charging_chargepoint SET vendor_id = 'YC1' WHERE id = %s", others[0].point_id
    )
    assert "code" in refused("UPDATE charging_port SET code = %s WHERE id = %s", ports[0].code, others[0].pk)


def test_two_prices_never_hold_at_once(cast: Cast, port: Port):
    set_tariff(port.point.site, price=1, service_fee=0, valid_from=clock.today(), by=None, at=clock.today())  # type: ignore[arg-type]
    insert = (
        "INSERT INTO charging_tariff (site_id, price, service_fee, valid_from, valid_until)"
        f" VALUES (%s, %s, 0, {TODAY} + %s, {TODAY} + %s)"
    )
    site = port.point.site_id
    assert "one_tariff_at_a_time" in refused(insert, site, 1, 3, 9)
    assert "tariff_is_not_negative" in refused(insert, site, -1, -9, -3)
    assert "tariff_holds_some_day" in refused(insert, site, 1, -3, -3)
    with connection.cursor() as cursor:
        cursor.execute(insert, [site, 1, -9, 0])
    assert Tariff.objects.count() == 2


def test_a_patrol_with_something_wrong_says_what(port: Port):
    assert "what_is_not_fine_is_said" in refused(
        "INSERT INTO charging_patrol (site_id, community_id, at, checks, is_fine, words) VALUES (%s, %s, now(), '{}', false, '')",
        port.point.site_id, port.community_id,
    )  # fmt: skip
    assert not Patrol.objects.exists()


def test_seconds_of_a_day_add_up(port: Port):
    insert = (
        "INSERT INTO charging_portday (point_id, community_id, day, working_seconds, known_seconds, service_seconds)"
        f" VALUES (%s, %s, {TODAY}, %s, %s, %s)"
    )
    assert "seconds_within_the_day" in refused(insert, port.point_id, port.community_id, 2, 1, 3)
    assert "seconds_within_the_day" in refused(insert, port.point_id, port.community_id, 1, 4, 3)
    assert not PortDay.objects.exists()


def test_a_repair_has_its_time_and_a_confirmation_says_by_whom(port: Port):
    fault = report_fault(port, reason="hot", at=NOW).fault
    for state, name in (("repaired", "repaired_fault_has_its_time"), ("exploded", "fault_state_exists")):
        assert name in refused("UPDATE charging_fault SET state = %s WHERE id = %s", state, fault.pk)
    said = "UPDATE charging_fault SET state = 'confirmed', closed_at = now(), repaired_at = now() WHERE id = %s"
    assert "confirmed_fault_says_by_whom" in refused(said, fault.pk)


def test_a_socket_with_an_open_fault_is_not_removed(port: Port):
    report_fault(port, reason="hot", at=NOW)
    with pytest.raises(Refusal, match="报修还没办完"):
        remove_ports(Port.objects.filter(pk=port.pk), why="撞坏了", at=NOW)


# ---- the walk ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("step", FAULT.steps, ids=lambda step: step.name)
def test_every_step_from_every_state_by_every_role(cast: Cast, step: Any):
    operator, ports = make_ports(cast.home)
    member = make_operator_member(operator)
    made = report_fault(ports[0], reason="hot", at=NOW).fault
    charger = make_member(Role.CHARGING, community=cast.home)

    def put_into(state: str) -> Fault:
        spec = FAULT.states[state]
        done = state in ("repaired", "confirmed")
        Fault.objects.filter(pk=made.pk).update(
            state=state,
            repaired_at=NOW if done else None,
            confirmed_at=NOW if state == "confirmed" else None,
            confirmed_by="scan" if state == "confirmed" else "",
            closed_at=NOW if spec.is_end else None,
        )
        return Fault.objects.select_related("case", "community__street", "operator", "port").get(pk=made.pk)

    people = people_of(cast, charging=charger, operator=member)
    data = {"words": "换了保险丝", "photos": []}
    at = NOW + dt.timedelta(hours=1)
    assert list(broken_rules(FAULT, step, people=people, put_into=put_into, data=data, at=at)) == []
    assert ChargePoint.objects.count() == 1
