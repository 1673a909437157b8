"""The rules as the street reads them on an application: each with its plain words, the fact, and what it says."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from community_portal.places.models import in_reader_language
from community_portal.rules.models import Rule
from eldercare.ability import Level
from eldercare.actions.eligibility import FRAILTY, decision_on
from eldercare.models import Adaptation, Disability, Hardship, Tenure
from eldercare.workflow.states import State

WORDS: dict[str, Any] = {
    "hardship": Hardship,
    "disability": Disability,
    "tenure": Tenure,
    "level": Level,
}


def rules_shown(adaptation: Adaptation, *, on: dt.date) -> list[dict[str, Any]]:
    """As they stand today before the decision; afterwards as they stood when it was decided."""
    if adaptation.snapshot:
        return _remembered(adaptation.snapshot)
    if adaptation.state == State.DRAFT:
        return []
    return [
        {
            "title": str(result.rule),
            "plain": result.rule.plain_words,
            "clause": result.rule.clause,
            "value": _in_words(result.rule.parameter, result.value),
            "passes": result.passes,
            "is_known": result.is_known,
            "is_soft": result.rule.severity == "soft",
            "is_ground": result.rule.rule_set.code == FRAILTY,
            "version": result.rule.rule_set.version,
        }
        for result in decision_on(adaptation, on=on).all
    ]


def _remembered(kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
    codes = {(line["set"], line["rule"]) for line in kept}
    rows = Rule.objects.filter(rule_set__code__in=[s for s, _r in codes], code__in=[r for _s, r in codes])
    rules = {_key_of(rule): rule for rule in rows.select_related("rule_set")}
    shown = []
    for line in kept:
        rule = rules.get((line["set"], line["of_street"], line["version"], line["rule"]))
        english = (rule.title_en, rule.plain_en) if rule else ("", "")
        shown.append(
            {
                "title": in_reader_language(line["title"], english[0]),
                "plain": in_reader_language(line["plain"], english[1]),
                "clause": line["clause"],
                "value": _in_words(rule.parameter if rule else "", line["value"]),
                "passes": line["passes"],
                "is_known": line["is_known"],
                "is_soft": line["severity"] == "soft",
                "is_ground": line["set"] == FRAILTY,
                "version": line["version"],
            }
        )
    return shown


def _key_of(rule: Rule) -> tuple[Any, ...]:
    return (rule.rule_set.code, rule.rule_set.street_id, rule.rule_set.version, rule.code)


def _in_words(parameter: str, value: Any) -> str:
    if value is None:
        return _("不知道")
    if isinstance(value, bool):
        return _("是") if value else _("不是")
    if parameter in WORDS and value in WORDS[parameter].values:
        return str(WORDS[parameter](value).label)
    return str(value)
