from typing import Any

from community_portal.front.doors import DoorDeed, Doors, register_doors, step_at_door
from community_portal.front.parts import Panel, Reader, Spot, Way, register_parts
from community_portal.web.navigation import register_pages
from tests.toy_service.models import Loan
from tests.toy_service.workflow import LOAN, State


def waiting(reader: Reader) -> dict[str, Any]:
    return {"loans_waiting": Loan.objects.visible_to(reader.user).filter(state=State.CHECKED).count()}


def deeds(loan: Loan) -> list[DoorDeed]:
    return [step_at_door(loan, "plan_visit", "calendar2-week"), step_at_door(loan, "bring", "check-lg")]


register_pages(
    menu=(("loans", "助行器借用", "bicycle", frozenset()),),
    panels=(("resident_loans", "助行器借用", "bicycle"),),
)
register_parts(
    tiles=(Way(page="ask_loan", label="借助行器", sub="走路不稳，先借一个", icon="bicycle"),),
    panels=(Panel(Spot.DESK_SIDE, "loans", "toy_service/waiting.html", waiting),),
)
register_doors(Doors(LOAN, frozenset({State.READY}), deeds))
