"""Equipment for tests: pieces, answers, and whoever looks at them."""

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any

from community_portal import clock
from community_portal.people.models import Role, User
from community_portal.rules.actions import load_rulebook
from safety.actions.equipment import register_piece
from safety.actions.inspection_lists import load_general
from safety.actions.inspections import Found, inspect
from safety.actions.rounds import start_round
from safety.models import Equipment, Inspection, InspectionRound, InspectionTemplate, Premises
from tests.cast import MONDAY, Cast
from tests.factories import make_member

codes, keys = itertools.count(1), itertools.count(1)
MADE = dt.date(2026, 5, 1)


@dataclass
class Crew:
    """Who keeps the register (``safety``), who goes round with them, and a house with equipment."""

    cast: Cast
    safety: User
    officer: User
    house: Premises


def make_crew(cast: Cast) -> Crew:
    load_rulebook(at=clock.now())
    load_general(at=clock.now())
    return Crew(
        cast,
        safety=make_member(Role.SAFETY, community=cast.home, username="safety", name="沈国强"),
        officer=make_member(Role.SAFETY, community=cast.home, username="safety-2", name="高峰"),
        house=make_place(cast, "方圆 2 幢"),
    )


def make_place(cast: Cast, name: str, **over: Any) -> Premises:
    facts = {"community": cast.home, "grid": cast.grid, "kind": "homes", "floors": 18, "since": dt.date(2020, 1, 1)}
    return Premises.objects.create(**facts | {"name": name} | over)


def make_piece(crew: Crew, *, at: dt.datetime = MONDAY, **over: Any) -> Equipment:
    facts: dict[str, Any] = {
        "premises": crew.house, "kind": "powder", "code": f"MF-{next(codes):04d}", "floor": 3, "spot": "楼梯口", "made_on": MADE,
    }  # fmt: skip
    return register_piece(Equipment(**facts | over), by=crew.safety, at=at)


def found(piece: Equipment, *failed: str, **over: Any) -> Found:
    """All fine but for the items of these codes, which are said."""
    template = InspectionTemplate.objects.filter(kind=piece.kind, street=None).latest("version")
    codes_of = list(template.items.values_list("code", flat=True))
    answers = {code: "fail" if code in failed else "ok" for code in codes_of}
    return Found(**{"answers": answers, "words": dict.fromkeys(failed, "坏了"), "seconds": 30} | over)


def look(
    piece: Equipment, *failed: str, by: User, at: dt.datetime = MONDAY, round: Any = None, key: str = "", **over: Any
) -> Inspection:
    row, _new = inspect(piece, found(piece, *failed, **over), key=key or f"k{next(keys)}", by=by, at=at, round=round)
    return row


def make_round(crew: Crew, *premises: Premises, at: dt.datetime = MONDAY, **over: Any) -> InspectionRound:
    first = at.date().replace(day=1)
    facts = {"title": "月检", "opens_on": first, "due_on": first + dt.timedelta(days=27)} | over
    return start_round(premises or [crew.house], by=crew.safety, at=at, **facts)
