"""Two at once, each with a connection of their own."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from charging.actions import rounds, utilities, wires, works
from charging.models import AcceptanceSigner, Body, InstallOrder, Round, Site, UtilityAnswer, WireReport
from charging.workflow.sites import State
from charging.workflow.wires import Wire
from tests.cast import MONDAY, make_cast
from tests.charging.places import (
    DAY,
    Place,
    ask,
    bring_to,
    make_place,
    make_site,
    paper,
    pass_all,
    report,
    running_round,
)
from tests.race import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place() -> Place:
    return make_place(make_cast())


def fresh(site: Site) -> Site:
    rows = Site.objects.select_related("case", "community__street", "estate", "building", "round", "contractor")
    return rows.get(pk=site.pk)


def kinds(said: list[Any]) -> Counter[str]:
    return Counter("done" if not isinstance(one, Exception) else type(one).__name__ for one in said)


def test_a_question_is_asked_once_and_answered_once(place: Place) -> None:
    site = bring_to(State.CHECKING, place)
    said = all_at_once([lambda: ask(fresh(site), place, "gas") for _n in range(4)])
    assert kinds(said) == {"done": 1, "Changed": 3}

    def answer(n: int) -> Any:
        told = {
            "answer": "ok" if n % 2 else "blocked",
            "name": "孙工",
            "document": paper(f"{n}.pdf"),
            "by": place.charger,
        }
        return lambda: utilities.record_answer(fresh(site), utility="gas", at=MONDAY, **told)  # type: ignore[arg-type]

    said = all_at_once([answer(n) for n in range(4)])
    assert kinds(said) == {"done": 1, "Changed": 3}
    assert UtilityAnswer.objects.filter(utility="gas").exclude(answer="").count() == 1


def test_the_last_sockets_of_a_round_are_ordered_once(place: Place) -> None:
    running_round(place, target_ports=15)
    sites = [bring_to(State.APPROVED, place, make_site(place, name=f"第 {n} 处")) for n in range(2)]
    late = MONDAY + 8 * DAY

    def order(site: Site) -> Any:
        return lambda: works.order(fresh(site), contractor=place.firm, price=Decimal(1), by=place.charger, at=late)

    assert kinds(all_at_once([order(site) for site in sites])) == {"done": 1, "PartsMissing": 1}
    assert InstallOrder.objects.count() == 1 and Round.objects.get().ordered_ports == 10


def test_two_wires_never_join_each_other(place: Place) -> None:
    one, other = report(place), report(place, unit="2")

    def join(wire: WireReport, first: WireReport) -> Any:
        rows = WireReport.objects.select_related("case", "community__street", "estate")
        return lambda: wires.join(rows.get(pk=wire.pk), first=rows.get(pk=first.pk), by=place.charger, at=MONDAY)

    assert kinds(all_at_once([join(one, other), join(other, one)])) == {"done": 1, "Refusal": 1}
    assert Counter(WireReport.objects.values_list("state", flat=True)) == {Wire.JOINED: 1, Wire.REPORTED: 1}


def test_one_window_reported_by_four_at_once_is_one_wire(place: Place) -> None:
    said = all_at_once([lambda: report(place) for _n in range(4)])
    assert kinds(said) == {"done": 4}
    assert Counter(WireReport.objects.values_list("state", flat=True)) == {Wire.JOINED: 3, Wire.REPORTED: 1}


def test_a_side_signs_once_and_a_round_has_its_number_once(place: Place) -> None:
    site = bring_to(State.ACCEPTING, place)
    late = MONDAY + 9 * DAY
    pass_all(site, place, at=late)
    sign = {"body": Body.COMMUNITY, "name": "蔡伟民", "by": place.charger, "at": late}
    said = all_at_once([lambda: works.sign_acceptance(fresh(site), **sign) for _n in range(3)])  # type: ignore[arg-type]
    assert kinds(said) == {"done": 1, "Changed": 2} and AcceptanceSigner.objects.count() == 1
    told = {
        "community": place.cast.home,
        "number": 9,
        "target_ports": 5,
        "opens_on": MONDAY.date(),
        "by": place.charger,
    }
    said = all_at_once([lambda: rounds.plan_round(at=MONDAY, **told) for _n in range(3)])  # type: ignore[arg-type]
    assert kinds(said) == {"done": 1, "Refusal": 2}
