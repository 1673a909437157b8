"""The flow of a warranty ticket: reported → given to the builder → found → repaired → confirmed. Under warranty it begins with the
builder; else eldercare decides who repairs it, or that nobody does.
"""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from community_portal import clock
from community_portal.casework.deadlines import Limit
from community_portal.casework.flow import Flow, StateSpec, Step, register_flow
from community_portal.matters.steps import standard
from community_portal.people.models import Role
from community_portal.rules.evaluation import limit_of
from eldercare.workflow.states import CARE, CONTRACTOR, READERS, RESIDENT

LIMITS = "warranty_limits"


class Fixing(TextChoices):
    REPORTED = "reported", _("待定谁来修")
    SENT = "sent", _("已派上门")
    FOUND = "found", _("查到毛病")
    REPAIRED = "repaired", _("修好待确认")
    CLOSED = "closed", _("已办结")
    DECLINED = "declined", _("不修")
    WITHDRAWN = "withdrawn", _("已撤回")


WITH_BUILDER = frozenset({Fixing.SENT, Fixing.FOUND})
UNDER_WAY = frozenset({Fixing.REPORTED, Fixing.REPAIRED}) | WITH_BUILDER


def _limit(code: str, amount: int, rule: Any) -> Any:
    """So many days of work by the street's rule of this code, ``amount`` where none is published."""

    def limit(matter: Any) -> Limit:
        days = limit_of(LIMITS, code, street=matter.community.street, on=clock.today(), default=amount)
        return Limit(int(days), "days", rule, (str(_("报修")), "Repair"))

    return limit


STATES: dict[str, StateSpec] = {
    Fixing.REPORTED: StateSpec(
        Fixing.REPORTED.label,
        plain=_("已收到报修，正在定谁来修"),
        owner=Role.ELDERCARE,
        todo=_("定谁来修"),
        limit=_limit("decide_days", 2, _("定谁来修")),
    ),
    Fixing.SENT: StateSpec(
        Fixing.SENT.label,
        plain=_("已派施工单位，会和您约时间来看"),
        owner=Role.CONTRACTOR,
        todo=_("上门看毛病"),
        limit=_limit("look_days", 2, _("上门看毛病")),
        milestone=1,
    ),
    Fixing.FOUND: StateSpec(
        Fixing.FOUND.label,
        plain=_("毛病查到了，正在修"),
        owner=Role.CONTRACTOR,
        todo=_("修好"),
        limit=_limit("repair_days", 5, _("修好")),
        milestone=2,
    ),
    Fixing.REPAIRED: StateSpec(
        Fixing.REPAIRED.label,
        plain=_("说是修好了，您用用看"),
        owner=Role.ELDERCARE,
        todo=_("问问家里修好没有"),
        tone="ok",
        limit=_limit("confirm_days", 5, _("问问家里修好没有")),
        milestone=3,
        is_done=True,
    ),
    Fixing.CLOSED: StateSpec(Fixing.CLOSED.label, plain=_("修好了"), tone="ok", milestone=4, is_end=True),
    Fixing.DECLINED: StateSpec(
        Fixing.DECLINED.label, plain=_("这次不能修，原因见下"), tone="plain", milestone=4, is_end=True, gave_up=True
    ),
    Fixing.WITHDRAWN: StateSpec(
        Fixing.WITHDRAWN.label, plain=_("您已撤回"), tone="plain", milestone=4, is_end=True, gave_up=True
    ),
}


def _step(
    name: str, label: Any, past: Any, done: Any, sources: frozenset[Any], roles: frozenset[Any], **more: Any
) -> Step:
    return Step(name, label, past=past, done=done, sources=sources, roles=roles, **more)


STEPS = (
    _step(
        "send_out",
        _("派人去修"),
        _("派了人去修"),
        _("已派出，施工单位会收到提醒。"),
        frozenset({Fixing.REPORTED}),
        CARE,
        target=Fixing.SENT,
        tone="primary",
        words_label=_("交代几句"),
    ),
    _step(
        "decline",
        _("不修"),
        _("定了不修"),
        _("已告诉家里不修和原因。"),
        frozenset({Fixing.REPORTED}),
        CARE,
        target=Fixing.DECLINED,
        tone="danger",
        needs_words=True,
        words_label=_("为什么不修"),
        notices=("warranty_declined",),
    ),
    _step(
        "find_fault",
        _("查到毛病"),
        _("查到了毛病"),
        _("已记下，修好了再来上报。"),
        frozenset({Fixing.SENT}),
        CONTRACTOR,
        target=Fixing.FOUND,
        tone="primary",
        needs_words=True,
        words_label=_("是什么毛病"),
    ),
    _step(
        "repair",
        _("修好了"),
        _("上报修好了"),
        _("已上报，等家里确认。"),
        frozenset({Fixing.FOUND}),
        CONTRACTOR,
        target=Fixing.REPAIRED,
        tone="primary",
        needs_words=True,
        words_label=_("怎么修的"),
        notices=("warranty_repaired",),
    ),
    _step(
        "give_back",
        _("退回社区"),
        _("退回给社区"),
        _("已退回，由社区再定。"),
        WITH_BUILDER,
        CONTRACTOR,
        target=Fixing.REPORTED,
        needs_words=True,
        words_label=_("为什么退回"),
    ),
    _step(
        "confirm",
        _("确实修好了"),
        _("确认修好了"),
        _("谢谢您，这件事办结了。"),
        frozenset({Fixing.REPAIRED}),
        RESIDENT,
        target=Fixing.CLOSED,
        tone="primary",
    ),
    _step(
        "close",
        pgettext_lazy("step", "办结"),
        _("办结了"),
        _("已办结。"),
        frozenset({Fixing.REPAIRED}),
        CARE,
        target=Fixing.CLOSED,
        tone="primary",
        words_label=_("家里怎么说"),
    ),
    _step(
        "not_fixed",
        _("还没修好"),
        _("说还没修好"),
        _("已告诉施工单位，会再来看。"),
        frozenset({Fixing.REPAIRED}),
        RESIDENT | CARE,
        target=Fixing.SENT,
        needs_words=True,
        words_label=_("哪里还不行"),
    ),
    standard(
        "withdraw",
        sources={Fixing.REPORTED, *WITH_BUILDER},
        target=Fixing.WITHDRAWN,
        roles=RESIDENT | CARE,
    ),
)

WARRANTY = register_flow(
    Flow(
        name="warranty",
        label=_("报修"),
        hue="vermilion",
        icon="tools",
        url_name="warranty",
        states=STATES,
        steps=STEPS,
        milestones=(_("报修"), _("派人"), _("查毛病"), _("修好"), _("确认")),
        lines={"opened": _("报修")},
        pool=Role.ELDERCARE,
        readers=READERS,
        openers=READERS,
    )
)
