"""Which duty asks what of which premises, how often and by which clause: rule data held against kind and height."""

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

from community_portal.places.models import Street
from community_portal.rules.evaluation import does_apply, rules_in_force
from community_portal.rules.models import Rule
from safety.models import Premises

RULES = "safety_duties"
HIGH_FROM = 28  # metres: homes of more than 27 are high-rise (GB 55037)
TWELVE = 12


class Term(NamedTuple):
    """Once in so many months of the calendar, by this clause, in these words."""

    months: int
    clause: str
    plain: str


def facts_of(premises: Premises, duty: str) -> dict[str, Any]:
    """What the rules ask. A height that nobody told exempts from nothing."""
    height = premises.height_m
    return {
        "duty": duty,
        "kind": premises.kind,
        "high": None if height is None else height >= HIGH_FROM,
        "key_unit": premises.is_key_unit,
    }


def term_of(premises: Premises, duty: str, *, rules: list[Rule]) -> Term | None:
    """The strictest of the rules that apply; None where nothing asks for it."""
    asked = [rule for rule in rules if does_apply(rule, facts_of(premises, duty)) and _months(rule)]
    if not asked:
        return None
    strictest = min(asked, key=_months)
    return Term(_months(strictest), strictest.clause, strictest.plain)


def _months(rule: Rule) -> int:
    """1, 2, 3, 4, 6 or 12; what is no part of a year asks for the next shorter one."""
    try:
        wanted = int(str(rule.limit))
    except (TypeError, ValueError):
        return 0
    return max((n for n in (1, 2, 3, 4, 6, TWELVE) if n <= wanted), default=0)


def rules_on(on: dt.date) -> Callable[[int], list[Rule]]:
    """The rules of a street on a day, asked once each."""
    told: dict[int, list[Rule]] = {}

    def rules(street: int) -> list[Rule]:
        if street not in told:
            told[street] = rules_in_force(RULES, street=Street(pk=street), on=on)
        return told[street]

    return rules
