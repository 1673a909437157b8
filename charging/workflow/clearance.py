"""Whether a place is clear: what its rules say of what was measured, and what the utilities answered.

Read by the table of steps, so it knows rows by their relations alone.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from charging.rules import SITING, limit_at
from community_portal import clock
from community_portal.rules.evaluation import Result, evaluate, rules_in_force
from community_portal.rules.models import Operator, Rule, RuleResult

# In the order of their cards. The names of the rows (models/utilities.py) are these.
UTILITIES = {
    "gas": _("燃气"),
    "power": _("供电"),
    "water": _("供水排水"),
    "telecom": _("通信"),
    "heat": _("供热"),
}
AGREES = ("ok", "conditions")
# Facts that nobody measures: they follow from the site itself and from the gas company's answer.
WORKED_OUT = frozenset({"kind", "planned_ports", "area_per_bike", "group_size", "gas_agrees"})


def day_of(site: Any) -> dt.date:
    """The day by which it is judged: that of the deed, which may be told later; today for whoever looks at it."""
    day: dt.date | None = getattr(site, "judged_on", None)
    return day or clock.today()


def judge_on(site: Any, at: dt.datetime) -> None:
    """What is done at ``at`` is held against the rules and answers of that day."""
    site.judged_on = clock.local(at).date()


def measured_facts(site: Any) -> dict[str, Any]:
    """What was measured last of each thing."""
    return {one.parameter: one.value for one in site.measurements.all()}


def facts_of(site: Any) -> dict[str, Any]:
    """Everything that is known of the place, by the names by which rules ask."""
    ports, area = site.planned_ports, site.area
    return measured_facts(site) | {
        "kind": site.kind,
        "planned_ports": ports,
        "area_per_bike": (area / ports).quantize(Decimal("0.01")) if area and ports else None,
        "group_size": -(-ports // site.groups) if ports else None,
        "gas_agrees": _gas_agrees(site),
    }


def _gas_agrees(site: Any) -> bool | None:
    found = standing_of(site)["gas"]
    if any(one.answer == "blocked" for one in found):
        return False
    return True if any(one.answer in AGREES for one in found) else None


def results_of(site: Any) -> list[Result]:
    """What each rule that applies says of the place."""
    return evaluate(SITING, street=site.community.street, on=day_of(site), facts=facts_of(site))


def asked_facts(site: Any) -> list[Rule]:
    """The rules whose fact somebody measures or looks at there, one for each fact."""
    rules = rules_in_force(SITING, street=site.community.street, on=day_of(site))
    found = {rule.parameter: rule for rule in rules if rule.parameter not in WORKED_OUT and _may_apply(rule, site)}
    return list(found.values())


def _may_apply(rule: Rule, site: Any) -> bool:
    wanted = rule.applies.get("kind")
    return wanted is None or site.kind in (wanted if isinstance(wanted, list) else [wanted])


def is_a_truth(rule: Rule) -> bool:
    """Whether its fact is a plain yes or no."""
    return rule.operator == Operator.TRUE or isinstance(rule.limit, bool)


def waived_at(site: Any) -> dict[str, str]:
    """Rules that the street has waived there in writing, with its words."""
    rows = RuleResult.objects.filter(flow=site.flow.name, matter_id=site.pk).exclude(waived_because="")
    return dict(rows.values_list("rule__code", "waived_because"))


def standing_of(site: Any) -> dict[str, list[Any]]:
    """What stands of each utility: its present answer, or the one that says no, and the question that is open."""
    found: dict[str, list[Any]] = {name: [] for name in UTILITIES}
    for one in site.answers.all():
        if one.superseded_at is None:
            found.setdefault(one.utility, []).append(one)
    return found


@dataclass(frozen=True)
class Standing:
    """How it stands with one utility: ``code`` is not_asked, waiting, ok, conditions, blocked or lapsed; ``answer`` and ``open``
    are the rows."""

    utility: str
    code: str
    answer: Any
    open: Any
    is_required: bool

    @property
    def label(self) -> Any:
        return UTILITIES.get(self.utility, self.utility)

    @property
    def stands_in_the_way(self) -> bool:
        return self.code == "blocked" or self.is_required and self.code in ("not_asked", "waiting", "lapsed")


def standings_of(site: Any) -> list[Standing]:
    """Of every utility that must answer, or that was asked."""
    must = limit_at(site.community, "required_utilities", list(UTILITIES), on=day_of(site))
    return [
        _standing(site, utility, rows, utility in must or utility == "gas")
        for utility, rows in standing_of(site).items()
        if rows or utility in must
    ]


def _standing(site: Any, utility: str, rows: list[Any], must: bool) -> Standing:
    open_one = next((one for one in rows if not one.answer), None)
    answers = [one for one in rows if one.answer]
    no = next((one for one in answers if one.answer == "blocked"), None)
    answer = no or (answers[-1] if answers else None)
    required = any(one.is_required for one in rows) if rows else must
    return Standing(utility, _code(site, no, open_one, answer), answer, open_one, required)


def _code(site: Any, no: Any, open_one: Any, answer: Any) -> str:
    if no is not None:
        return "blocked"
    if open_one is not None:
        return "waiting"
    if answer is None:
        return "not_asked"
    return "lapsed" if answer.lapses_before(day_of(site)) else str(answer.answer)
