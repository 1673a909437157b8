"""What is in force, for the pages of the rules."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal.places.models import Street
from community_portal.rules.drafts import Change, Draft
from community_portal.rules.evaluation import rules_in_force
from community_portal.rules.models import Operator, Rule, RuleSet, Severity, Waiver

# A draft's columns as the page calls them.
NAMES = {
    "code": _("编号"), "title": _("规则"), "title_en": _("英文名称"), "plain": _("一句话说明"), "plain_en": _("英文说明"),
    "parameter": _("看哪一项"), "operator": _("怎么比"), "limit": _("限值"), "unit": _("单位"), "severity": _("轻重"),
    "waiver": _("豁免"), "clause": _("条款"), "applies": _("适用条件"),
}  # fmt: skip
CHOICES = {"operator": Operator, "severity": Severity, "waiver": Waiver}


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


def limit_words(rule: Rule | Draft) -> str:
    """≤ 20 辆; empty for a rule that is a plain yes or no."""
    if rule.operator == Operator.TRUE:
        return ""
    return " ".join(filter(None, [str(Operator(rule.operator).label), shown(rule.limit), rule.unit]))


def in_words(change: Change) -> dict[str, Any]:
    """A line of a dry run as people read it: no names of columns, no codes of choices."""
    labels = {"new": (_("新增"), "ok"), "gone": (_("去掉"), "late"), "changed": (_("改动"), "warn")}
    word, tone = labels[change.kind]
    draft = change.draft
    return {
        "word": word,
        "tone": tone,
        "code": draft.code,
        "title": draft.title,
        "says": " · ".join(filter(None, [limit_words(draft), draft.plain, draft.clause])),
        "fields": [(NAMES[name], _value(name, before), _value(name, after)) for name, before, after in change.fields],
    }


def _value(name: str, value: Any) -> str:
    choices: Any = CHOICES.get(name)
    if choices:
        return str(choices(value).label)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else shown(value)


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
