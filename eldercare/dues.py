"""What is due for elders again and again: somebody looks in, as often as their tier asks; the ability is assessed anew in time."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.dues.kinds import DueKind, Last, Subject, Turn, register_dues
from community_portal.people.models import Role
from community_portal.places.models import Street
from community_portal.rules.evaluation import rule_in_force
from eldercare.models import ElderProfile, Tier
from eldercare.workflow.states import READERS

VISITS = "welfare_visits"
# Where no rule is published: at least once a week, a month, a quarter.
DAYS = {Tier.HIGH: 7, Tier.KEY: 30, Tier.GENERAL: 91}
BEFORE_IT_ENDS = dt.timedelta(days=30)
_JOINS = ("resident__household__grid", "resident__community__street")


def days_and_clause(tier: str, *, street: Street, on: dt.date) -> tuple[int, str]:
    """How many days may pass between two visits of this tier, and by which clause, by the street's rule."""
    rule = rule_in_force(VISITS, tier, street=street, on=on)
    if rule is None or rule.limit is None:
        return DAYS[Tier(tier)], rule.clause if rule else ""
    return int(rule.limit), rule.clause


def to_visit(elder: ElderProfile, *, days: int, clause: str = "") -> Subject:
    """An elder as somebody to look in on."""
    return Subject(
        **_place_of(elder), since=clock.local(elder.opened_at).date(), terms={"days": days, "clause": clause}
    )


def to_reassess(elder: ElderProfile) -> Subject:
    """An elder whose level ends some day."""
    until = elder.level_until
    assert until is not None
    return Subject(**_place_of(elder), since=until - BEFORE_IT_ENDS, terms={"until": until})


def _place_of(elder: ElderProfile) -> dict[str, Any]:
    resident = elder.resident
    home = resident.household
    return {
        "ref": elder.ref,
        "label": resident.name,
        "community_id": resident.community_id,
        "grid_id": home.grid_id if home else None,
    }


def _elders() -> Any:
    return ElderProfile.objects.living_here().select_related(*_JOINS).order_by("pk")


def _all_to_visit(on: dt.date) -> Iterator[Subject]:
    terms = terms_on(on)
    for elder in _elders().iterator(2000):
        days, clause = terms(elder)
        yield to_visit(elder, days=days, clause=clause)


def terms_on(on: dt.date) -> Callable[[ElderProfile], tuple[int, str]]:
    """How often and by which clause, asked once for a street and a tier."""

    told: dict[tuple[int, str], tuple[int, str]] = {}

    def terms(elder: ElderProfile) -> tuple[int, str]:
        key = street, tier = elder.resident.community.street_id, elder.tier
        if key not in told:
            place = Street(pk=street)
            told[key] = days_and_clause(tier, street=place, on=on)
        return told[key]

    return terms


def _all_to_reassess(on: dt.date) -> Iterator[Subject]:
    for elder in _elders().filter(level_until__isnull=False).iterator(2000):
        yield to_reassess(elder)


def _next_visit(subject: Subject, last: Last | None, _on: dt.date) -> Turn:
    """So many days after the last one; of two on one day the second begins on the next."""
    starts = subject.since if last is None else last.starts_on
    if last and last.done_on:
        starts = max(last.done_on, last.starts_on + dt.timedelta(days=1))
    due = starts + dt.timedelta(days=subject.terms["days"])
    return Turn(starts, starts, due, subject.terms["clause"])


def _next_assessment(subject: Subject, _last: Last | None, _on: dt.date) -> Turn:
    """From thirty days before the level ends."""
    return Turn(subject.since, subject.since, subject.terms["until"])


def _number(ref: str) -> int:
    return int(ref.partition(":")[2])


WELFARE_VISIT = DueKind(
    name="welfare_visit",
    label=_("探访老人"),
    icon="door-open",
    role=Role.GRID_OFFICER,
    subjects=_all_to_visit,
    next_turn=_next_visit,
    url=lambda ref: reverse("record_welfare_visit", args=[_number(ref)]),
    tags=frozenset({"welfare_visit"}),
    readers=READERS,
    hue="green",
)
REASSESSMENT = DueKind(
    name="reassessment",
    label=_("能力评估到期"),
    icon="clipboard-check",
    role=Role.ELDERCARE,
    subjects=_all_to_reassess,
    next_turn=_next_assessment,
    url=lambda ref: reverse("elder_file", args=[_number(ref)]),
    tags=frozenset({"assessment"}),
    readers=READERS,
    hue="green",
)
register_dues(WELFARE_VISIT, REASSESSMENT)
