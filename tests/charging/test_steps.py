"""Every step × every state × every role of the tables of wires and places."""

from decimal import Decimal
from typing import Any

import pytest

from charging.actions import sites, works
from charging.models import Site, WireReport
from charging.workflow.sites import SITE, State
from charging.workflow.wires import WIRE, Wire
from community_portal.casework.actions import commission
from community_portal.casework.models import Task
from community_portal.matters.actions.steps import take
from community_portal.people.models import Membership, Organisation, Role
from tests.cast import MONDAY, Cast
from tests.charging.places import (
    DAY,
    UTILITIES,
    Place,
    answer,
    bring_to,
    consult,
    make_site,
    measure_all,
    pass_all,
    report,
    running_round,
    sign_all,
)
from tests.factories import make_member
from tests.matters.walk import broken_rules, people_of

pytestmark = pytest.mark.django_db
LATER = MONDAY + 10 * DAY


def company(cast: Cast) -> Any:
    firm = Organisation.objects.create(name="公园里物业", kind=Role.PROPERTY)
    firm.streets.add(cast.street)
    return firm, make_member(Role.PROPERTY, organisation=firm, name="高磊")


def one_in_each_state(place: Place, firm: Any) -> dict[str, int]:
    """Each with whatever its steps may want: measured, answered, heard, looked at, signed."""
    running_round(place, target_ports=500)
    found = {}
    for n, state in enumerate(State):
        site = make_site(place, name=f"第 {n} 处")
        commission(site, organisation=firm, role=Role.PROPERTY, by=place.charger, at=MONDAY)
        found[state] = put(site, state, place).pk
    return {str(state): pk for state, pk in found.items()}


def put(site: Site, state: str, place: Place) -> Site:
    if state == State.REJECTED:
        sites.reject(site, code="power", plain="这里电不够，不能装", by=place.charger, at=MONDAY)
        return site
    bring_to(State.IN_SERVICE if state in (State.SUSPENDED, State.REMOVED) else state, place, site)
    READY.get(state, lambda site, place: None)(site, place)
    return site


def answer_all(site: Site, place: Place) -> None:
    for utility in UTILITIES:
        answer(site, place, utility)


def look_and_sign(site: Site, place: Place) -> None:
    pass_all(site, place, at=LATER)
    sign_all(site, place, at=LATER)


# What makes that a step out of the state lacks nothing, or what leads there beside the way.
READY: dict[str, Any] = {
    State.SURVEYED: measure_all,
    State.CHECKING: answer_all,
    State.CONSULTING: lambda site, place: consult(site, place, at=MONDAY),
    State.ACCEPTING: look_and_sign,
    State.SUSPENDED: lambda site, place: take(site, "suspend", words="查漏电", by=place.charger, at=LATER),
    State.REMOVED: lambda site, place: works.remove(site, words="小区改造", by=place.charger, at=LATER),
}


def data_for(place: Place) -> dict[str, Any]:
    return {
        "words": "写一句说明", "kind": "open", "area": Decimal(24), "planned_ports": 10, "groups": 1, "ports": 10,
        "code": "power", "plain": "这里电不够，不能装", "name": "东门旁边", "contractor": place.firm, "price": Decimal(100),
    }  # fmt: skip


def read(pk: int) -> Site:
    return Site.objects.select_related("case", "community__street", "estate", "building", "round", "contractor").get(
        pk=pk
    )


def test_places(place: Place, subtests: pytest.Subtests) -> None:
    firm, manager = company(place.cast)
    known = one_in_each_state(place, firm)
    people = people_of(place.cast, charging=place.charger, contractor=place.builder, property=manager)
    for step in SITE.steps:
        with subtests.test(step.name):
            broken = broken_rules(
                SITE, step, people=people, put_into=lambda state: read(known[state]), data=data_for(place), at=LATER
            )
            assert list(broken) == []


def test_what_no_table_opens_no_button_offers(place: Place) -> None:
    firm, manager = company(place.cast)
    known = one_in_each_state(place, firm)
    people = people_of(place.cast, charging=place.charger, contractor=place.builder, property=manager)
    for state, pk in known.items():
        for role, person in people.items():
            offered = {step.name for step in SITE.open_steps(read(pk), person)}
            assert offered == {s.name for s in SITE.steps_from(state) if role in s.roles and s.when(read(pk))}


def put_wire(wire: WireReport, state: str, other: WireReport) -> WireReport:
    WireReport.objects.filter(pk=wire.pk).update(
        state=state,
        outcome="removed" if state == Wire.CLOSED else "",
        join_of=other if state == Wire.JOINED else None,
        closed_at=MONDAY if state in (Wire.CLOSED, Wire.JOINED) else None,
    )
    Task.objects.filter(flow="wire", matter_id=wire.pk).update(state=state)
    return WireReport.objects.select_related("case__asker", "community__street", "estate").get(pk=wire.pk)


@pytest.mark.parametrize("step", [step.name for step in WIRE.steps])
def test_wires(step: str, place: Place) -> None:
    cast = place.cast
    wire = report(place, by=cast.elder_account, asker=cast.elder)
    other = report(place, unit="2")
    data = {"words": "写一句说明", "cause": "no_garage", "first": other, "outcome": "removed"}
    broken = broken_rules(
        WIRE,
        WIRE.by_name[step],
        people=people_of(cast, charging=place.charger),
        put_into=lambda state: put_wire(wire, state, other),
        data=data,
        at=LATER,
    )
    assert list(broken) == []


def test_a_property_company_proposes_and_measures_what_it_proposed(place: Place) -> None:
    _firm, manager = company(place.cast)
    Membership.objects.filter(user=manager).update(starts_on=MONDAY.date())
    site = make_site(place, by=manager)
    assert site in Site.objects.visible_to(manager)
    sites.survey(site, area=site.area, planned_ports=10, by=manager, at=MONDAY)
    assert site.state == State.SURVEYED
    elsewhere = make_site(place, name="东门")
    assert elsewhere not in Site.objects.visible_to(manager)
