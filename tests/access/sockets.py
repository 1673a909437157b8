"""Sockets for the walk: one box at home and one next door, with a fault and a site that may have one more."""

from typing import Any

from charging.actions.faults import report_fault
from charging.models import ChargePoint, Fault, Site
from community_portal import clock
from tests.charging.boxes import make_box, make_operator, make_serving_site


def site(place: Any) -> Site:
    found: Site = place.once("serving_site", lambda p: make_serving_site(p.community))
    return found


def box(place: Any) -> ChargePoint:
    found: ChargePoint = place.once("box", lambda p: make_box(site(p), make_operator(), sockets=3))
    return found


def fault(place: Any) -> Fault:
    def make(place: Any) -> Fault:
        port = box(place).ports.select_related("point__site", "community").get(number=1)
        return report_fault(port, reason="hot", at=clock.now()).fault

    found: Fault = place.once("port_fault", make)
    return found


def of_fault(place: Any, **more: Any) -> dict[str, Any]:
    return {"number": fault(place).case.number, **more}


KWARGS_OF_SOCKETS = {
    "charge_port": lambda p: {"code": f"{box(p).code}-01"},
    "confirm_port": lambda p: {"code": f"{box(p).code}-01"},
    "charge_point": lambda p: {"code": box(p).code},
    "set_price": lambda p: {"code": box(p).code},
    "point_key": lambda p: {"code": box(p).code},
    "take_down_port": lambda p: {"code": box(p).code, "number": 1},
    "add_point": lambda p: {"number": site(p).case.number},
    "record_patrol": lambda p: {"pk": site(p).pk},
    "port_fault": of_fault,
    "port_fault_note": of_fault,
    "port_fault_step": lambda p: of_fault(p, step="send_out"),
    "faults_api-detail": lambda p: {"reference": fault(p).case.number},
    "faults_api-step": lambda p: {"reference": fault(p).case.number, "step": "confirm"},
}
