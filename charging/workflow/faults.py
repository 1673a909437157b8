"""The flow of a fault of a socket: reported → with the operator, day and night → repaired → it charges again, or somebody scans it
and says so."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from charging.workflow.roles import CHARGE, WIRE_READERS
from community_portal import clock
from community_portal.casework.deadlines import Limit
from community_portal.casework.flow import Flow, StateSpec, Step, register_flow
from community_portal.people.models import Role
from community_portal.rules.evaluation import limit_of

RULES = "charging_ports"
OPERATOR = frozenset({Role.OPERATOR})


class Mending(TextChoices):
    REPORTED = "reported", _("待定谁来修")
    WITH_OPERATOR = "with_operator", _("运营商在修")
    REPAIRED = "repaired", _("修好待确认")
    CONFIRMED = "confirmed", _("确认好了")
    NOT_FOUND = "not_found", _("没有查到毛病")


TO_REPAIR = frozenset({Mending.REPORTED, Mending.WITH_OPERATOR})
OPEN = TO_REPAIR | {Mending.REPAIRED}


def _limit(code: str, amount: int, unit: str, rule: Any, rule_en: str) -> Any:
    """So much by the street's rule of this code, ``amount`` where none is published."""

    def limit(matter: Any) -> Limit:
        found = limit_of(RULES, code, street=matter.community.street, on=clock.today(), default=amount)
        return Limit(int(found), unit, rule, (str(rule), rule_en))

    return limit


REPAIR = _limit("fault_hours", 24, "hours", _("修好插座"), "Repair of a socket")
STATES: dict[str, StateSpec] = {
    Mending.REPORTED: StateSpec(
        Mending.REPORTED.label,
        plain=_("已收到，正在定谁来修"),
        owner=Role.CHARGING,
        todo=_("定谁来修插座"),
        limit=REPAIR,
        round_the_clock=True,
    ),
    Mending.WITH_OPERATOR: StateSpec(
        Mending.WITH_OPERATOR.label,
        plain=_("运营商在修"),
        owner=Role.OPERATOR,
        todo=_("修好插座"),
        limit=REPAIR,
        round_the_clock=True,
        milestone=1,
    ),
    Mending.REPAIRED: StateSpec(
        Mending.REPAIRED.label,
        plain=_("说是修好了，充一次电或扫码试试"),
        owner=Role.CHARGING,
        todo=_("看看修好没有"),
        tone="ok",
        limit=_limit("confirm_days", 5, "days", _("看看修好没有"), "Check of a repair"),
        milestone=2,
        is_done=True,
    ),
    Mending.CONFIRMED: StateSpec(Mending.CONFIRMED.label, plain=_("修好了"), tone="ok", milestone=3, is_end=True),
    Mending.NOT_FOUND: StateSpec(
        Mending.NOT_FOUND.label, plain=_("去看没有查到毛病"), tone="plain", milestone=3, is_end=True, gave_up=True
    ),
}
STEPS = (
    Step(
        "send_out",
        _("交运营商修"),
        past=_("交给运营商修"),
        done=_("已交运营商，他们会收到提醒。"),
        sources=frozenset({Mending.REPORTED}),
        target=Mending.WITH_OPERATOR,
        roles=CHARGE,
        tone="primary",
        words_label=_("交代几句"),
    ),
    Step(
        "repair",
        _("修好了"),
        past=_("说修好了"),
        done=_("已记下，等人充电或扫码确认。"),
        sources=TO_REPAIR,
        target=Mending.REPAIRED,
        roles=OPERATOR | CHARGE,
        tone="primary",
        needs_words=True,
        words_label=_("怎么修的"),
    ),
    Step(
        "not_found",
        _("没有查到毛病"),
        past=_("去看没有查到毛病"),
        done=_("已记下，报的人会知道。"),
        sources=TO_REPAIR,
        target=Mending.NOT_FOUND,
        roles=OPERATOR | CHARGE,
        tone="danger",
        needs_words=True,
        words_label=_("看到什么"),
    ),
    Step(
        "confirm",
        _("确实好了"),
        past=_("确认修好了"),
        done=_("已办结。"),
        sources=frozenset({Mending.REPAIRED}),
        target=Mending.CONFIRMED,
        roles=CHARGE,
        tone="primary",
    ),
    Step(
        "still_broken",
        _("还是坏的"),
        past=_("说还是坏的"),
        done=_("已告诉运营商。"),
        sources=frozenset({Mending.REPAIRED}),
        target=Mending.WITH_OPERATOR,
        roles=CHARGE,
        needs_words=True,
        words_label=_("哪里还不行"),
    ),
)

FAULT = register_flow(
    Flow(
        name="port_fault",
        label=_("插座报修"),
        hue="amber",
        icon="plug",
        url_name="port_fault",
        states=STATES,
        steps=STEPS,
        milestones=(_("报修"), _("在修"), _("修好"), _("确认")),
        lines={"opened": _("报修插座"), "joined_by": _("又有人报了这个插座")},
        said_by_the_portal=frozenset({"opened", "joined_by"}),
        pool=Role.CHARGING,
        readers=WIRE_READERS,
        openers=WIRE_READERS,
    )
)
