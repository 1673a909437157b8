"""Wires, places and rounds for the walk over all addresses: one of each at home, and one next door."""

from collections.abc import Callable
from typing import Any

from charging.actions.rounds import plan_round
from charging.actions.sites import propose_site
from charging.actions.wires import report_wire
from charging.models import AcceptancePart, Round, Site, SiteAcceptance, WireReport
from charging.workflow.sites import State
from community_portal import clock
from community_portal.places.models import Estate
from tests.factories import make_estate


def estate(place: Any) -> Estate:
    return place.once("charging_estate", lambda p: make_estate(community=p.community, name="充电小区"))


def wire(place: Any) -> WireReport:
    """Reported by whoever lives there."""
    return place.once(
        "wire",
        lambda p: report_wire(estate=estate(p), place="门卫旁边", asker=p.resident, by=p.clerk, at=clock.now()),
    )


def site(place: Any) -> Site:
    return place.once("charge_site", lambda p: propose_site(estate=estate(p), name="西墙边", by=None, at=clock.now()))


def shown_site(place: Any) -> Site:
    """One that the public may read of, with an acceptance."""

    def make(place: Any) -> Site:
        made = propose_site(estate=estate(place), name="东门旁边", by=None, at=clock.now())
        Site.objects.filter(pk=made.pk).update(state=State.SURVEYED)
        AcceptancePart.objects.create(
            acceptance=SiteAcceptance.objects.create(site=made, opened_at=clock.now()), part="fire"
        )
        return made

    return place.once("shown_site", make)


def round_of(place: Any) -> Round:
    return place.once(
        "round",
        lambda p: plan_round(
            community=p.community, number=1, target_ports=70, opens_on=clock.today(), by=None, at=clock.now()
        ),
    )


def of_wire(place: Any, **more: Any) -> dict[str, Any]:
    return {"number": wire(place).case.number, **more}


def of_site(place: Any, **more: Any) -> dict[str, Any]:
    return {"number": site(place).case.number, **more}


def of_part(place: Any) -> dict[str, Any]:
    made = shown_site(place)
    return {"number": made.case.number, "pk": made.acceptances.get().parts.get().pk}


def of_round(place: Any) -> dict[str, Any]:
    return {"pk": round_of(place).pk}


KWARGS_OF_PLACES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "wire": of_wire,
    "wire_slip": of_wire,
    "wire_note": of_wire,
    "wire_step": lambda p: of_wire(p, step="close"),
    "my_wire": of_wire,
    "my_wire_words": of_wire,
    "my_wire_rating": of_wire,
    "my_wire_step": lambda p: of_wire(p, step="reopen"),
    "resident_wires": lambda p: {"pk": p.resident.pk},
    "charge_site": of_site,
    "charge_site_note": of_site,
    "charge_site_step": lambda p: of_site(p, step="survey"),
    "plan_site": of_site,
    "measure_site": of_site,
    "measurements": of_site,
    "ask_utility": lambda p: of_site(p, utility="gas"),
    "chase_utility": lambda p: of_site(p, utility="gas"),
    "utility_answer": lambda p: of_site(p, utility="gas"),
    "waive_rule": lambda p: of_site(p, code="area_per_bike"),
    "gas_plan": of_site,
    "sign_site": of_site,
    "acceptance_part": of_part,
    "planned_site": lambda p: {"number": shown_site(p).case.number},
    "round": of_round,
    "change_round": of_round,
    "start_round": of_round,
    "close_round": of_round,
    "count_estate": lambda p: {"pk": estate(p).pk},
    "sites_api-detail": lambda p: {"reference": site(p).case.number},
    "sites_api-step": lambda p: {"reference": site(p).case.number, "step": "survey"},
    "wires_api-detail": lambda p: {"reference": wire(p).case.number},
    "wires_api-step": lambda p: {"reference": wire(p).case.number, "step": "check"},
}
