"""By which clause a kind of hazard is one: rule data, which a street may word anew."""

import datetime as dt
from typing import Any

from community_portal import clock
from community_portal.rules.evaluation import rule_in_force

CLAUSES = "hazard_clauses"


def clause_of(kind: str, street: Any, *, at: dt.datetime) -> str:
    """The clause, with what it says; empty where nobody published one."""
    rule = rule_in_force(CLAUSES, kind, street=street, on=clock.local(at).date())
    return f"{rule.clause}：{rule.plain}"[:120] if rule else ""
