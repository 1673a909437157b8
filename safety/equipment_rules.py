"""How long a piece lasts, how often it is serviced and looked at: rule data by kind and by place, with the clause."""

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

from community_portal.dues.kinds import months_after
from community_portal.places.models import Street
from community_portal.rules.evaluation import as_number, does_apply, rules_in_force
from community_portal.rules.models import Rule
from safety.models.equipment import Equipment

RULES = "safety_equipment"
QUICK_SECONDS, BULK_COUNT = 8, 50
BULK_WITHIN = dt.timedelta(seconds=60)
AHEAD = dt.timedelta(days=90)
A_YEAR = 12


class Term(NamedTuple):
    """So many months (a half is half a month), by this clause, in these words."""

    months: float
    clause: str
    plain: str


class TooQuick(NamedTuple):
    seconds: int
    pieces: int


class EquipmentRules:
    """The rules of a street on a day, asked once."""

    def __init__(self, street: int, on: dt.date) -> None:
        self.rules = rules_in_force(RULES, street=Street(pk=street), on=on)

    def _strictest(self, facts: dict[str, Any]) -> tuple[Rule, float] | None:
        found = [(rule, limit) for rule in self.rules if does_apply(rule, facts) and (limit := _limit_of(rule))]
        return min(found, key=lambda one: one[1], default=None)

    def _term(self, unit: int, **facts: Any) -> Term | None:
        found = self._strictest(facts)
        return found and Term(found[1] * unit, found[0].clause, found[0].plain_words)

    def check(self, premises_kind: str) -> Term | None:
        """How often all that stands there is looked at."""
        return self._term(1, about="check", premises=premises_kind, kind="")

    def service(self, kind: str, *, is_first: bool) -> Term | None:
        return self._term(A_YEAR, about="first_service" if is_first else "service", kind=kind)

    def scrap(self, kind: str) -> Term | None:
        return self._term(A_YEAR, about="scrap", kind=kind)

    def too_quick(self) -> TooQuick:
        quick, bulk = self._strictest({"about": "quick"}), self._strictest({"about": "bulk"})
        return TooQuick(int(quick[1]) if quick else QUICK_SECONDS, int(bulk[1]) if bulk else BULK_COUNT)


def _limit_of(rule: Rule) -> float:
    return float(as_number(rule.limit) or 0)


def rules_by_street(on: dt.date) -> Callable[[int], EquipmentRules]:
    """Of many streets, each asked once."""
    told: dict[int, EquipmentRules] = {}

    def rules(street: int) -> EquipmentRules:
        if street not in told:
            told[street] = EquipmentRules(street, on)
        return told[street]

    return rules


def set_dates(piece: Equipment, rules: EquipmentRules) -> None:
    """What follows from when it was made and last serviced. A day of scrapping that the maker wrote on it holds where it is earlier."""
    service = rules.service(piece.kind, is_first=piece.serviced_on is None)
    since = piece.serviced_on or piece.made_on
    piece.service_due_on = months_after(since, int(service.months)) if service else None
    scrap = rules.scrap(piece.kind)
    by_rule = months_after(piece.made_on, int(scrap.months)) if scrap else None
    piece.scrap_on = min((day for day in (by_rule, piece.maker_scrap_on) if day), default=None)
