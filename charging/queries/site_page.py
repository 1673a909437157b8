"""What the page of a place shows: its rules held against what was measured, its utilities, its chain, its objections."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charging.models import Measurement, Site, SiteKind
from charging.queries.drawing import drawing_of
from charging.queries.near import wires_near
from charging.workflow.clearance import (
    Standing,
    day_of,
    is_a_truth,
    results_of,
    standings_of,
    waived_at,
)
from charging.workflow.sites import ASKED, BEFORE_WORKS, State
from community_portal.rules.evaluation import Result
from community_portal.rules.models import RuleSet
from community_portal.rules.queries import limit_words


@dataclass(frozen=True)
class RuleLine:
    """One rule as a line of the table."""

    code: str
    title: str
    plain: str
    clause: str
    wanted: str
    found: str
    may_be_waived: str
    word: str
    tone: str
    asks_for_waiver: bool
    waived: str


def rule_lines(site: Site) -> list[RuleLine]:
    """What stands in the way first, and of that what nobody may waive."""
    newest = {one.parameter: one for one in site.measurements.all()}
    waived = waived_at(site)
    results = sorted(results_of(site), key=lambda one: (_is_met(one, waived), one.rule.severity != "hard"))
    return [_rule_line(one, newest.get(one.rule.parameter), waived.get(one.rule.code, "")) for one in results]


def _is_met(result: Result, waived: dict[str, str]) -> bool:
    return result.passes or result.rule.code in waived


def _rule_line(result: Result, measured: Measurement | None, waived: str) -> RuleLine:
    rule, can = result.rule, result.rule.waiver == "street"
    word, tone = _verdict(result, waived)
    return RuleLine(
        code=rule.code,
        title=str(rule),
        plain=rule.plain_words,
        clause=rule.clause,
        wanted=limit_words(rule) if not is_a_truth(rule) else _("符合"),
        found=_found(result, measured),
        may_be_waived=_("街道可批") if can else _("不能") if rule.severity == "hard" else _("可以说明"),
        word=word,
        tone=tone,
        asks_for_waiver=can and not result.passes and not waived,
        waived=waived,
    )


def _verdict(result: Result, waived: str) -> tuple[str, str]:
    if result.passes:
        return _("合格"), "ok"
    if waived:
        return _("街道批了"), "info"
    return (_("不合格"), "late") if result.is_known else (_("没量"), "warn")


def _found(result: Result, measured: Measurement | None) -> str:
    if not result.is_known:
        return "—"
    if is_a_truth(result.rule):
        value = _("符合") if result.passes else _("不符合")
    else:
        value = f"{result.value} {result.rule.unit}".strip()
    how = str(measured.get_how_display()) if measured else _("算得")
    note = measured.note if measured else ""
    return " · ".join(filter(None, [value, how, note]))


@dataclass(frozen=True)
class Card:
    """One utility as a card; ``no`` is the row that says no, also of the place that was given up for this one."""

    standing: Standing
    label: str
    icon: str
    word: str
    tone: str
    words: str
    may_ask: bool
    may_chase: bool
    no: Any


ICONS = {"gas": "fire", "power": "lightning-charge", "water": "droplet", "telecom": "telephone", "heat": "sun"}


def utility_cards(site: Site) -> list[Card]:
    before = (
        {one.utility: one for one in site.replaces.answers.all() if one.answer == "blocked"} if site.replaces else {}
    )
    return [_card(site, one, before.get(one.utility)) for one in standings_of(site)]


WORDS = {
    "not_asked": (gettext_lazy("没问过"), "plain"),
    "waiting": (gettext_lazy("没答复"), "warn"),
    "ok": (gettext_lazy("可以"), "ok"),
    "conditions": (gettext_lazy("有条件"), "warn"),
    "blocked": (gettext_lazy("不可以"), "late"),
    "lapsed": (gettext_lazy("过期"), "late"),
}


def _card(site: Site, one: Standing, before: Any) -> Card:
    word, tone = WORDS[one.code]
    is_open = site.state in ASKED
    return Card(
        standing=one,
        label=str(one.label),
        icon=ICONS.get(one.utility, "question-circle"),
        word=str(word),
        tone=tone,
        words=_waits(one, day_of(site)) if one.code == "waiting" else _said(one),
        may_ask=is_open and one.open is None,
        may_chase=is_open and one.open is not None,
        no=before,
    )


def _said(one: Standing) -> str:
    answer = one.answer
    if answer is None:
        return ""
    distance = _("离管线 %(n)s 米") % {"n": answer.distance} if answer.distance is not None else ""
    return "；".join(filter(None, [answer.conditions, distance, answer.words]))


def _waits(one: Standing, today: dt.date) -> str:
    days = (today - one.open.asked_at.date()).days
    said = _("问了%(who)s，等了 %(n)s 天") % {"who": one.open.asked_of, "n": days}
    return said + (_("，催过 %(n)s 次") % {"n": one.open.chased_count} if one.open.chased_count else "")


def rule_source(site: Site) -> list[RuleSet]:
    """The sets by which it is judged, each named once."""
    found = {one.rule.rule_set_id: one.rule.rule_set for one in results_of(site)}
    return list(found.values())


def page_of_site(site: Site) -> dict[str, Any]:
    """The context of its own panels."""
    order, acceptance = site.orders.select_related("contractor").first(), site.acceptances.last()
    return {
        "site": site,
        "kind_label": SiteKind(site.kind).label,
        "rules": rule_lines(site),
        "rule_sets": rule_source(site),
        "cards": utility_cards(site),
        "chain": site.chain,
        "drawing": drawing_of(site),
        "measured": site.measurements.count(),
        "near": len(wires_near(site, on=day_of(site))),
        "order": order,
        "acceptance": acceptance,
        "parts": acceptance.parts.all() if acceptance else [],
        "signers": acceptance.signers.select_related("organisation") if acceptance else [],
        "gas_form": None,  # but where what was sent was refused
        "is_planned": site.state in BEFORE_WORKS,
        "is_accepting": site.state == State.ACCEPTING,
        "is_building": site.state == State.BUILDING,
        "is_noticing": site.state == State.NOTICING,
        "is_over": site.notice_until is not None and day_of(site) > site.notice_until,
    }
