"""The flow of a drill: plan → approved by the street → announced → check-list → held → evaluated by somebody else → what was found
is put right → closed. A real alarm or an injury aborts it."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from community_portal import clock
from community_portal.casework.deadlines import Limit
from community_portal.casework.flow import Flow, StateSpec, Step, register_flow
from community_portal.matters.steps import standard
from community_portal.people.models import Role
from community_portal.rules.evaluation import limit_of
from safety.workflow import missing
from safety.workflow.states import BEFORE, ON_THE_DAY, PLANNED, PLANNERS, READERS, STREET, Drilling

LIMITS = "drill_limits"


def _limit(code: str, amount: int, rule: Any) -> Any:
    """So many days of work by the street's rule of this code, ``amount`` where none is published."""

    def limit(matter: Any) -> Limit:
        days = limit_of(LIMITS, code, street=matter.community.street, on=clock.today(), default=amount)
        return Limit(int(days), "days", rule, (str(_("演练")), "Drill"))

    return limit


STATES: dict[str, StateSpec] = {
    Drilling.DRAFT: StateSpec(
        Drilling.DRAFT.label,
        plain=_("在准备"),
        todo=_("写方案"),
        limit=_limit("plan_days", 10, _("写方案")),
    ),
    Drilling.APPROVING: StateSpec(
        Drilling.APPROVING.label,
        plain=_("在准备"),
        owner=Role.STREET_OFFICER,
        todo=_("批方案"),
        limit=_limit("approve_days", 5, _("批方案")),
        milestone=1,
    ),
    Drilling.APPROVED: StateSpec(Drilling.APPROVED.label, plain=_("在准备"), todo=_("发通知"), milestone=2),
    Drilling.NOTIFIED: StateSpec(Drilling.NOTIFIED.label, plain=_("可以报名"), todo=_("备齐检查单"), milestone=2),
    Drilling.READY: StateSpec(Drilling.READY.label, plain=_("可以报名"), todo=_("演练"), tone="ok", milestone=3),
    Drilling.RUNNING: StateSpec(
        Drilling.RUNNING.label, plain=_("正在演练"), todo=_("点齐人，结束"), tone="late", milestone=3
    ),
    Drilling.ENDED: StateSpec(
        Drilling.ENDED.label,
        plain=_("演练过了"),
        todo=_("评估"),
        limit=_limit("evaluate_days", 10, _("评估")),
        milestone=4,
    ),
    Drilling.ACTIONS: StateSpec(Drilling.ACTIONS.label, plain=_("演练过了"), todo=_("盯整改"), milestone=5),
    Drilling.CLOSED: StateSpec(Drilling.CLOSED.label, plain=_("演练过了"), tone="ok", milestone=6, is_end=True),
    Drilling.CANCELLED: StateSpec(Drilling.CANCELLED.label, plain=_("不办了"), tone="plain", is_end=True, gave_up=True),
    Drilling.ABORTED: StateSpec(
        Drilling.ABORTED.label, plain=_("中止了"), tone="late", milestone=3, is_end=True, gave_up=True
    ),
}


def _step(name: str, label: Any, past: Any, done: Any, sources: Any, roles: Any, **more: Any) -> Step:
    return Step(name, label, past=past, done=done, sources=frozenset(sources), roles=frozenset(roles), **more)


STEPS = (
    _step(
        "submit",
        _("送街道批"),
        _("把方案送街道批"),
        _("已送街道，批了会告诉您。"),
        {Drilling.DRAFT},
        PLANNERS,
        target=Drilling.APPROVING,
        tone="primary",
        missing_parts=missing.to_submit,
    ),
    _step(
        "approve",
        _("同意演练"),
        _("同意了演练"),
        _("已同意，社区可以发通知了。"),
        {Drilling.APPROVING},
        STREET,
        target=Drilling.APPROVED,
        tone="primary",
        missing_parts=missing.to_submit,
    ),
    _step(
        "send_back",
        _("退回修改"),
        _("把方案退回修改"),
        _("已退回，社区会看到为什么。"),
        {Drilling.APPROVING},
        STREET,
        target=Drilling.DRAFT,
        needs_words=True,
        words_label=_("要改什么"),
    ),
    _step(
        "notify",
        _("发通知，开始报名"),
        _("发了通知，开始报名"),
        _("通知发出了，居民可以报名，海报可以打印。"),
        {Drilling.APPROVED},
        PLANNERS,
        target=Drilling.NOTIFIED,
        tone="primary",
        missing_parts=missing.to_notify,
    ),
    _step(
        "make_ready",
        _("都备好了"),
        _("备好了"),
        _("都备好了，到时候打开现场屏就行。"),
        {Drilling.NOTIFIED},
        PLANNERS,
        target=Drilling.READY,
        tone="primary",
        missing_parts=missing.to_be_ready,
    ),
    _step(
        "start",
        _("拉响警报"),
        _("拉响了警报"),
        _("演练开始了。"),
        {Drilling.READY},
        READERS,
        target=Drilling.RUNNING,
        panel="day",
    ),
    _step(
        "end",
        _("点齐人，结束"),
        _("点齐人，结束了演练"),
        _("演练结束了，请评估人评估。"),
        {Drilling.RUNNING},
        READERS,
        target=Drilling.ENDED,
        panel="day",
        words_label=_("还没撤空、没点人的，写为什么"),
    ),
    _step(
        "abort",
        _("真有火、有人受伤：中止演练"),
        _("中止了演练"),
        _("演练中止了，报名的人和各组都会收到。"),
        ON_THE_DAY,
        READERS,
        target=Drilling.ABORTED,
        tone="danger",
        needs_words=True,
        words_label=_("出了什么事"),
        panel="day",
        works_offline=True,
    ),
    _step(
        "evaluate",
        _("评估好了"),
        _("评估了演练"),
        _("评估交了，接着盯整改。"),
        {Drilling.ENDED},
        READERS,
        target=Drilling.ACTIONS,
        tone="primary",
        words_label=_("总结几句"),
        only_handler=True,
        missing_parts=missing.to_evaluate,
    ),
    _step(
        "close",
        pgettext_lazy("step", "办结"),
        _("办结了"),
        _("已办结。"),
        {Drilling.ACTIONS},
        PLANNERS | STREET,
        target=Drilling.CLOSED,
        tone="primary",
        missing_parts=missing.to_close,
    ),
    _step(
        "postpone",
        _("改期"),
        _("改了期"),
        _("已改期，报名的人会收到。方案改好日期再送街道批。"),
        PLANNED,
        PLANNERS,
        target=Drilling.DRAFT,
        needs_words=True,
        words_label=_("为什么改期"),
    ),
    _step(
        "cancel",
        _("不办了"),
        _("取消了演练"),
        _("已取消，报名的人会收到。"),
        BEFORE,
        PLANNERS | STREET,
        target=Drilling.CANCELLED,
        tone="danger",
        needs_words=True,
        words_label=_("为什么不办"),
    ),
    standard("hand_over", sources={Drilling.DRAFT, *PLANNED}, roles=PLANNERS),
)

DRILL = register_flow(
    Flow(
        name="drill",
        label=_("演练"),
        hue="vermilion",
        icon="megaphone",
        url_name="drill",
        states=STATES,
        steps=STEPS,
        milestones=(_("方案"), _("批准"), _("通知"), _("演练"), _("评估"), _("整改"), _("办结")),
        lines={
            "opened": _("开始筹划演练"),
            "planned": _("改了方案：%(what)s"),
            "checked": _("检查单：%(what)s"),
            "helper": _("定了帮扶人"),
            "mark_corrected": _("改正了“%(what)s”"),
            "counted": _("%(point)s 点到 %(present)s 人"),
            "rated": _("评了目标"),
            "observed": _("记了一条观察"),
            "practised": _("%(what)s练了 %(n)s 人次"),
        },
        pool=Role.SAFETY,
        readers=READERS,
        openers=PLANNERS,
    )
)
