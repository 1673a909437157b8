"""The things of equipment that those who walk meet (tests/safety/things.py): each once at home and once next door."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from community_portal import clock
from safety.actions.equipment import register_piece
from safety.actions.inspection_lists import load_general
from safety.models import Equipment, InspectionRound, Premises

Place = Any  # of tests/access/world.py


def piece(place: Place) -> Equipment:
    """In the first grid of the place, where there is one."""

    def make(place: Place) -> Equipment:
        load_general(at=clock.now())
        house = Premises.objects.create(
            community=place.community, grid=place.community.grids.first(), kind="homes", name="有器材的楼", floors=3,
            since=clock.today() - dt.timedelta(days=9),
        )  # fmt: skip
        made = Equipment(
            premises=house, kind="powder", code=f"MF-{place.community.code}", floor=1, spot="楼梯口",
            made_on=clock.today() - dt.timedelta(days=9),
        )  # fmt: skip
        return register_piece(made, by=None, at=clock.now())

    return place.once("piece", make)


def round_of(place: Place) -> InspectionRound:
    def make(place: Place) -> InspectionRound:
        house, today = piece(place).premises, clock.today()
        made = InspectionRound.objects.create(
            community=place.community,
            grid=house.grid,
            title="月检",
            opens_on=today,
            due_on=today,
            started_at=clock.now(),
        )
        made.houses.create(premises=house, position=0)
        return made

    return place.once("inspection_round", make)


def of_piece(place: Place, **more: Any) -> dict[str, Any]:
    return {"code": piece(place).code, **more}


EQUIPMENT: dict[str, Callable[[Place], dict[str, Any]]] = {
    "scan_equipment": of_piece,
    "equipment": of_piece,
    "edit_equipment": of_piece,
    "move_equipment": of_piece,
    "send_equipment": of_piece,
    "service_equipment": of_piece,
    "find_equipment": of_piece,
    "scrap_equipment": of_piece,
    "equipment_of_due": lambda p: {"pk": piece(p).pk},
    "publish_inspection_list": lambda p: {"kind": piece(p).kind},
    "inspection_round": lambda p: {"pk": round_of(p).pk},
    "end_round": lambda p: {"pk": round_of(p).pk},
    "round_report": lambda p: {"pk": round_of(p).pk},
    "round_look": lambda p: {"pk": round_of(p).pk, "code": piece(p).code},
    "equipment_api-detail": of_piece,
}
