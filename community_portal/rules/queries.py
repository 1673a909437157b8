"""What is in force, for the pages of the rules."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from community_portal.places.models import Street
from community_portal.rules.evaluation import rules_in_force
from community_portal.rules.models import Rule, RuleSet


@dataclass(frozen=True)
class Subject:
    """A subject as a line of the list: the general version in force, the street's own, and what comes later."""

    code: str
    title: str
    general: RuleSet | None
    own: RuleSet | None
    ahead: RuleSet | None


def subjects_of(street: Street | None, *, on: dt.date) -> list[Subject]:
    """Every subject with rules, by code; one query however many versions there were."""
    found: dict[str, dict[str, RuleSet]] = {}
    places = RuleSet.objects.of_place(street.pk if street else None)
    for one in places.order_by("code", "version"):
        slots = found.setdefault(one.code, {})
        if one.valid_from > on:
            slots["ahead"] = one
        elif one.valid_until is None or one.valid_until > on:
            slots["own" if one.street_id else "general"] = one
        slots.setdefault("any", one)
    return [
        Subject(
            code, str(slots.get("general") or slots["any"]), slots.get("general"), slots.get("own"), slots.get("ahead")
        )
        for code, slots in found.items()
    ]


def lines_of(code: str, *, street: Street | None, on: dt.date) -> list[dict[str, Any]]:
    """The rules in force as lines: what they say, from where, and whether the street set them itself."""
    return [
        {"rule": rule, "limit": limit_words(rule), "is_own": rule.rule_set.street_id is not None}
        for rule in rules_in_force(code, street=street, on=on)
    ]


def limit_words(rule: Rule) -> str:
    """≤ 20 辆; empty for a rule that is a plain yes or no."""
    if rule.operator == "true":
        return ""
    return " ".join(filter(None, [str(rule.get_operator_display()), shown(rule.limit), rule.unit]))


def shown(value: Any) -> str:
    """A limit as people read it: 20, 1.5–3, 低保、特困."""
    if isinstance(value, list):
        numbers = len(value) == 2 and all(isinstance(one, int | float) for one in value)
        return ("–" if numbers else "、").join(shown(one) for one in value)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def history_of(code: str, *, street: Street | None) -> list[RuleSet]:
    """Every version, the general ones and the street's own, the newest first."""
    sets = RuleSet.objects.of_place(street.pk if street else None).filter(code=code)
    return list(sets.select_related("published_by", "street").order_by("-valid_from", "-version")[:50])
