"""Facts held against the rules in force at a place on a day. A fact that nobody told never passes: nothing is guessed."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from community_portal.composed import Composed, Later
from community_portal.places.models import Street
from community_portal.rules.models import Operator, Rule, RuleSet

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Result:
    """What one rule says. ``value`` is the fact, None where it is not known; ``is_known`` tells "no" from "not told"."""

    rule: Rule
    value: Any
    passes: bool
    is_known: bool

    @property
    def forbids(self) -> bool:
        """A hard rule that is not met."""
        return not self.passes and self.rule.severity == "hard"


def rules_in_force(code: str, *, street: Street | None, on: dt.date) -> list[Rule]:
    """The rules of a subject on that day: the general ones, each in place of which a rule of the street's own of the same code
    stands where there is one, and what the street has added. Empty where nothing was published. One query."""
    found: dict[str, Rule] = {}
    for rule in _general_first(_published(code, street=street.pk if street else None, on=on)):
        if rule.code in found:
            rule.position = found[rule.code].position
        found[rule.code] = rule
    return sorted(found.values(), key=lambda rule: (rule.position, rule.pk))


def rule_in_force(code: str, rule_code: str, *, street: Street | None, on: dt.date) -> Rule | None:
    """One of them, the street's own before the general one; None where nobody has published it. One query of one or two rows."""
    found = _ONE(code=code, rule_code=rule_code, street=street.pk if street else None, on=on)
    return next(reversed(_general_first(found)), None)


def _published(code: Any, *, street: Any, on: Any) -> QuerySet[Rule]:
    sets = RuleSet.objects.in_force(on=on).of_place(street).filter(code=code)
    return Rule.objects.filter(rule_set__in=sets).select_related("rule_set")


# Every limit that a deed or a due item asks comes this way: composed once.
_ONE = Composed(
    lambda: _published(Later("code"), street=Later("street"), on=Later("on")).filter(code=Later("rule_code"))
)


def _general_first(rules: Iterable[Rule]) -> list[Rule]:
    return sorted(rules, key=lambda rule: rule.rule_set.street_id is not None)


def evaluate(code: str, *, street: Street | None, on: dt.date, facts: Facts) -> list[Result]:
    """Every rule that applies, with what it says about these facts, in the order of the set."""
    rules = rules_in_force(code, street=street, on=on)
    return [result_of(rule, facts) for rule in rules if does_apply(rule, facts)]


def limit_of(code: str, rule_code: str, *, street: Street | None, on: dt.date, default: Any = None) -> Any:
    """The limit of one rule in force, numbers as ``Decimal``; ``default`` where nobody has published one."""
    rule = rule_in_force(code, rule_code, street=street, on=on)
    if rule is None or rule.limit is None:
        return default
    number = as_number(rule.limit)
    return rule.limit if number is None else number


def does_apply(rule: Rule, facts: Facts) -> bool:
    """Whether the rule is about such a case. Where a fact that would exempt it is not known, it applies."""
    for name, wanted in rule.applies.items():
        known = facts.get(name)
        if known is not None and known not in (wanted if isinstance(wanted, list) else [wanted]):
            return False
    return True


def result_of(rule: Rule, facts: Facts) -> Result:
    """What the rule says of its fact. A fact of the wrong kind (words for a number) is as good as none."""
    value = facts.get(rule.parameter)
    said = _COMPARE[Operator(rule.operator)](value, rule.limit)
    return Result(rule, value, passes=said is True, is_known=said is not None)


def as_number(value: Any) -> Decimal | None:
    """Exactly, never by way of binary fractions; None for what is no finite number (truths are none)."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(str(value))
    return number if number.is_finite() else None


def _at_most(value: Any, limit: Any) -> bool | None:
    number, most = as_number(value), as_number(limit)
    return None if number is None or most is None else number <= most


def _at_least(value: Any, limit: Any) -> bool | None:
    number, least = as_number(value), as_number(limit)
    return None if number is None or least is None else number >= least


def _equal(value: Any, limit: Any) -> bool | None:
    if value is None:
        return None
    number, wanted = as_number(value), as_number(limit)
    return (
        number == wanted if number is not None and wanted is not None else type(value) is type(limit) and value == limit
    )


def _among(value: Any, limit: Any) -> bool | None:
    if value is None or not isinstance(limit, list):
        return None
    return any(_equal(value, one) for one in limit)


def _between(value: Any, limit: Any) -> bool | None:
    if not isinstance(limit, list) or len(limit) != 2:
        return None
    bounds = _at_least(value, limit[0]), _at_most(value, limit[1])
    return None if None in bounds else all(bounds)


def _true(value: Any, _limit: Any) -> bool | None:
    return value if isinstance(value, bool) else None


_COMPARE = {
    Operator.AT_MOST: _at_most,
    Operator.AT_LEAST: _at_least,
    Operator.EQUAL: _equal,
    Operator.AMONG: _among,
    Operator.BETWEEN: _between,
    Operator.TRUE: _true,
}
