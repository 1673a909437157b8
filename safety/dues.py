"""What comes due for premises again and again. A drill settles what bears its tags, several at once; the rest is ticked off with words."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal.dues.actions import put_turns, take_back
from community_portal.dues.kinds import DueKind, Last, Subject, Turn, each_period, register_dues
from community_portal.people.models import Role
from safety.duties import rules_on, term_of
from safety.equipment_dues import EQUIPMENT_DUES, follow_places
from safety.equipment_rules import rules_by_street
from safety.managed import subject_of, with_company
from safety.models import Premises
from safety.retrofit_dues import CHECKS
from safety.workflow.states import READERS


def in_force(on: dt.date) -> Any:
    rows = Premises.objects.filter(Q(until__isnull=True) | Q(until__gte=on), since__lte=on)
    return with_company(rows, on=on).order_by("pk")


def _all(duty: str, on: dt.date) -> Iterator[Subject]:
    rules = rules_on(on)
    for premises in in_force(on).iterator(2000):
        if term := term_of(premises, duty, rules=rules(premises.community.street_id)):
            yield subject_of(premises, term)


def _next(subject: Subject, last: Last | None, on: dt.date) -> Turn | None:
    return each_period(subject.terms["months"], clause=subject.terms["clause"])(subject, last, on)


def _page(_ref: str) -> str:
    return ""


def _plan(drilled: str, ref: str) -> str:
    """A plan that knows already where and what: of these premises, of this kind."""
    return f"{reverse('plan_new_drill')}?premises={ref.partition(':')[2]}&kind={drilled}"


def _kind(
    duty: str, label: Any, icon: str, *, tags: tuple[str, ...] = (), url: Callable[[str], str] = _page
) -> DueKind:
    return DueKind(
        name=f"safety_{duty}",
        label=label,
        icon=icon,
        role=Role.SAFETY,
        subjects=partial(_all, duty),
        next_turn=_next,
        url=url,
        tags=frozenset(tags),
        by_hand=not tags,
        readers=READERS | {Role.PROPERTY},
        hue="vermilion",
    )


DUTIES: dict[str, DueKind] = {
    "drill": _kind(
        "drill", _("疏散演练"), "megaphone", tags=("drill_evacuation", "drill_full"), url=partial(_plan, "evacuation")
    ),
    "ebike_drill": _kind(
        "ebike_drill",
        _("电动自行车火灾演练"),
        "bicycle",
        tags=("drill_ebike", "skill_ebike"),
        url=partial(_plan, "ebike"),
    ),
    "training": _kind("training", _("消防培训"), "book", tags=("training",), url=partial(_plan, "extinguishing")),
    "fire_check": _kind("fire_check", _("防火检查"), "clipboard-check"),
    "full_test": _kind("full_test", _("消防设施全面检测"), "wrench-adjustable"),
    "frail_list": _kind("frail_list", _("行动不便住户名单核对"), "person-wheelchair"),
}
register_dues(*DUTIES.values(), *EQUIPMENT_DUES, CHECKS)


def follow_premises(premises: Premises, *, on: dt.date, at: dt.datetime) -> None:
    """New or changed, or managed by others: what is due for it follows at once; what is asked no more is taken back."""
    premises = with_company(Premises.objects.all(), on=on).get(pk=premises.pk)
    rules = rules_on(on)(premises.community.street_id)
    stands = premises.since <= on and (premises.until is None or premises.until >= on)
    for duty, kind in DUTIES.items():
        term = term_of(premises, duty, rules=rules) if stands else None
        if term:
            put_turns(kind, [subject_of(premises, term)], on=on, at=at)
        else:
            take_back(refs=[premises.ref], kinds=[kind.name], at=at)
    follow_places([premises.pk], rules_by_street(on)(premises.community.street_id), on=on, at=at)
