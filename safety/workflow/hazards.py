"""The flow of a hazard: 发现 → 登记 → 整改 → 复查 → 销号. What cannot be mended on the spot is somebody's, until a day; whoever mended
it does not say that it is gone. Overdue is no state but a mark."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.deadlines import Limit
from community_portal.casework.flow import RESUME, Flow, StateSpec, Step, register_flow
from community_portal.matters.passing import is_taken_by
from community_portal.matters.steps import standard
from community_portal.people.models import Role
from community_portal.places.working_time import WorkCalendar
from community_portal.rules.evaluation import limit_of
from safety.workflow.hazard_kinds import Level
from safety.workflow.states import (
    HAZARD_GIVEN,
    HAZARD_TO_FIX,
    HAZARD_TO_REINSPECT,
    LEADERS,
    READERS,
    Hazarding,
)

LIMITS = "hazard_limits"
RECTIFIERS = READERS | {Role.PROPERTY}
UNSURE = frozenset({Hazarding.REPORTED, Hazarding.VERIFIED})
FIX_DAYS = {Level.GENERAL: 3, Level.SERIOUS: 7, Level.MAJOR: 15}
WIRE = "wire"  # by this name a service takes over what is one, if any does


def limit_on(street: Any, code: str, amount: int, *, on: dt.date) -> int:
    return int(limit_of(LIMITS, code, street=street, on=on, default=amount))


def _limit(code: str, amount: int, rule: Any) -> Any:
    def limit(matter: Any) -> Limit:
        days = limit_on(matter.community.street, code, amount, on=clock.today())
        return Limit(days, "days", rule, (str(_("隐患")), "Hazard"))

    return limit


def _until_due(matter: Any) -> Limit:
    """By its own day, which was set when it was given to somebody."""
    days = (matter.due_on - clock.local(matter.state_since).date()).days
    return Limit(max(0, days), "calendar_days", _("整改"), (str(_("隐患")), "Hazard"))


def default_day(matter: Any) -> dt.date:
    """By its level: so many working days from today."""
    level = matter.level or Level.GENERAL
    days = limit_on(matter.community.street, f"fix_days_{level}", FIX_DAYS[level], on=clock.today())
    calendar = WorkCalendar.load(clock.today(), clock.today() + dt.timedelta(days=90))
    return clock.local(calendar.add_days(clock.at_wall(clock.today(), dt.time(12)), days)).date()


def is_in_time(matter: Any) -> bool:
    return matter.due_on is not None and matter.due_on >= clock.today()


def _may_be_extended(matter: Any) -> bool:
    return is_in_time(matter) and not (matter.extension_asked_days or matter.extension_count)


STATES: dict[str, StateSpec] = {
    Hazarding.REPORTED: StateSpec(
        Hazarding.REPORTED.label,
        plain=_("已收到，会有人去看"),
        owner=Role.SAFETY,
        todo=_("去现场核实"),
        limit=_limit("verify_days", 1, _("去现场核实")),
        milestone=1,
    ),
    Hazarding.VERIFIED: StateSpec(
        Hazarding.VERIFIED.label,
        plain=_("看过了，正在定谁来改"),
        owner=Role.SAFETY,
        todo=_("定谁来改、什么时候改好"),
        limit=_limit("assign_days", 1, _("定谁来改")),
        milestone=2,
    ),
    Hazarding.ASSIGNED: StateSpec(
        Hazarding.ASSIGNED.label, plain=_("定了人，就要改"), todo=_("整改"), limit=_until_due, milestone=2
    ),
    Hazarding.IN_PROGRESS: StateSpec(
        Hazarding.IN_PROGRESS.label, plain=_("正在改"), todo=_("改好，交照片"), limit=_until_due, milestone=2
    ),
    Hazarding.TRANSFERRED: StateSpec(
        Hazarding.TRANSFERRED.label,
        plain=_("不归社区管，已转给管的单位，在等答复"),
        owner=Role.SAFETY,
        todo=_("催答复"),
        milestone=2,
        stops_clock=True,
    ),
    Hazarding.FIXED: StateSpec(
        Hazarding.FIXED.label,
        plain=_("当场改好了，还要再看一次"),
        owner=Role.SAFETY,
        todo=_("复查"),
        limit=_limit("reinspect_days", 3, _("复查")),
        milestone=3,
    ),
    Hazarding.SUBMITTED: StateSpec(
        Hazarding.SUBMITTED.label,
        plain=_("说是改好了，有人会去看"),
        owner=Role.SAFETY,
        todo=_("复查"),
        limit=_limit("reinspect_days", 3, _("复查")),
        milestone=3,
    ),
    Hazarding.CLOSED: StateSpec(
        Hazarding.CLOSED.label, plain=_("改好了，复查过了"), tone="ok", milestone=4, is_end=True
    ),
    Hazarding.NOT_HAZARD: StateSpec(
        Hazarding.NOT_HAZARD.label, plain=_("去看过，不是隐患"), tone="plain", milestone=4, is_end=True, gave_up=True
    ),
    Hazarding.DUPLICATE: StateSpec(
        Hazarding.DUPLICATE.label,
        plain=_("和别人报的是同一处，一起办"),
        tone="plain",
        milestone=4,
        is_end=True,
        gave_up=True,
    ),
    Hazarding.PASSED_ON: StateSpec(
        Hazarding.PASSED_ON.label,
        plain=_("是飞线充电，由充电专员接着办"),
        tone="plain",
        milestone=4,
        is_end=True,
        gave_up=True,
    ),
}


def _step(name: str, label: Any, past: Any, done: Any, sources: Any, roles: Any = READERS, **more: Any) -> Step:
    return Step(name, label, past=past, done=done, sources=frozenset(sources), roles=frozenset(roles), **more)


STEPS = (
    _step(
        "verify", _("核实了，是隐患"), _("去现场核实了"), _("已记下，接着定谁来改。"), {Hazarding.REPORTED},
        target=Hazarding.VERIFIED, tone="primary", words_label=_("看到什么"), notices=("hazard_verified",),
    ),
    _step(
        "regrade", _("改级别"), _("改了级别"), _("级别改了。"), HAZARD_TO_FIX, words_label=_("为什么改"), is_public=False,
    ),
    _step(
        "fix", _("当场改好了"), _("把它当场改好了"), _("已记下，要请另一位同事复查。"), UNSURE, RECTIFIERS,
        target=Hazarding.FIXED, needs_words=True, words_label=_("怎么改的"), notices=("hazard_fixed",),
        works_offline=True,
    ),
    _step(
        "assign", _("派单整改"), _("派了整改"), _("已派出，责任人会收到。"), {Hazarding.VERIFIED}, LEADERS,
        target=Hazarding.ASSIGNED, tone="primary", words_label=_("要改成什么样"),
    ),
    _step(
        "begin", _("开始整改"), _("开始改了"), _("已记下，改好了交照片。"), {Hazarding.ASSIGNED}, RECTIFIERS,
        target=Hazarding.IN_PROGRESS,
    ),
    _step(
        "submit", _("改好了，交照片"), _("交了整改后的照片"), _("已交，会有人来复查。"), HAZARD_GIVEN, RECTIFIERS,
        target=Hazarding.SUBMITTED, tone="primary", needs_words=True, words_label=_("怎么改的"), notices=("hazard_fixed",),
        works_offline=True,
    ),
    _step(
        "pass", _("复查通过，签字销号"), _("复查通过，销号了"), _("已销号，报的人会看到整改后的照片。"), HAZARD_TO_REINSPECT,
        target=Hazarding.CLOSED, tone="primary", words_label=_("给报的人一句话"), panel="reinspect",
        notices=("hazard_closed",),
    ),
    _step(
        "fail", _("没改好，退回"), _("复查，还没改好"), _("已退回，责任人会收到。"), {Hazarding.SUBMITTED},
        target=Hazarding.IN_PROGRESS, needs_words=True, words_label=_("哪里没改好"), panel="reinspect",
    ),
    _step(
        "fail_spot", _("没改好，重新派"), _("复查，还没改好"), _("已退回，接着定谁来改。"), {Hazarding.FIXED},
        target=Hazarding.VERIFIED, needs_words=True, words_label=_("哪里没改好"), panel="reinspect",
    ),
    standard(
        "ask_extension", sources=HAZARD_GIVEN, roles=RECTIFIERS, when=_may_be_extended,
        not_now=_("过了期的不能再延，一件也只能延一次。"),
    ),
    standard("grant_extension", sources=HAZARD_GIVEN, roles={Role.MANAGER, Role.STREET_OFFICER}, notices=()),
    standard("refuse_extension", sources=HAZARD_GIVEN, roles={Role.MANAGER, Role.STREET_OFFICER}),
    _step(
        "transfer", _("转给管的单位"), _("转给了管的单位"), _("已转出，等答复期间不计时。"), HAZARD_TO_FIX, LEADERS,
        target=Hazarding.TRANSFERRED, needs_words=True, words_label=_("请对方做什么"), notices=("hazard_transferred",),
    ),
    _step(
        "chase", _("催一催"), _("催了答复"), _("又发了一次链接，旧的作废。"), {Hazarding.TRANSFERRED}, LEADERS,
        tone="primary", is_public=False,
    ),
    _step(
        "answered", _("登记答复"), _("对方答复了"), _("已登记，接着办。"), {Hazarding.TRANSFERRED}, LEADERS, target=RESUME,
        needs_words=True, words_label=_("对方怎么说"),
    ),
    _step(
        "pass_on", _("这是飞线，转给充电"), _("是飞线，转给了充电"), _("已转，充电专员接着办，编号不变。"), UNSURE,
        target=Hazarding.PASSED_ON, when=lambda matter: is_taken_by(WIRE), words_label=_("交代几句"),
        not_now=_("这里没有人接飞线，请按隐患办。"),
    ),
    _step(
        "duplicate", _("和另一件重复"), _("并到了另一件"), _("已并过去，报的人以后都会知道结果。"), UNSURE,
        target=Hazarding.DUPLICATE,
    ),
    _step(
        "not_hazard", _("不是隐患"), _("看过，不是隐患"), _("已办结，报的人会看到为什么。"), UNSURE,
        target=Hazarding.NOT_HAZARD, tone="danger", needs_words=True, words_label=_("为什么不是"),
        notices=("hazard_not_one",),
    ),
    standard("reopen", sources={Hazarding.CLOSED}, target=Hazarding.VERIFIED, roles=READERS | {"resident"}),
    standard("hand_over", sources=HAZARD_GIVEN, roles=LEADERS),
)  # fmt: skip

HAZARD = register_flow(
    Flow(
        name="hazard",
        label=_("隐患"),
        hue="vermilion",
        icon="exclamation-triangle",
        url_name="hazard",
        states=STATES,
        steps=STEPS,
        milestones=(_("发现"), _("登记"), _("整改"), _("复查"), _("销号")),
        lines={
            "opened": _("发现了隐患"),
            "duplicate_of_this": _("又有人报了这一处"),
            "first_closed": _("一起办的那一件销号了"),
            "answered_by_link": _("对方用链接答复了"),
        },
        pool=Role.SAFETY,
        to_decide=_("隐患整改想延期，请定"),
        readers=READERS,
        openers=READERS | {Role.PROPERTY},
    )
)
