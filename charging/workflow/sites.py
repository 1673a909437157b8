"""The flow of a charging site: an idea → measured → the utilities asked → talked over → made public → approved → built → accepted
→ in service; or given up in plain words, and another place chosen."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from charging.workflow import missing
from charging.workflow.roles import CHARGE, CONTRACTOR, PROPERTY, SITE_READERS, STREET, limit_by_rule
from community_portal.casework.deadlines import Limit
from community_portal.casework.flow import Flow, Rung, StateSpec, Step, register_flow
from community_portal.people.models import Role


class State(TextChoices):
    CANDIDATE = "candidate", _("选址")
    SURVEYED = "surveyed", _("已勘测")
    CHECKING = "checking", _("问管线")
    CONSULTING = "consulting", _("征求意见")
    NOTICING = "noticing", _("公示中")
    APPROVED = "approved", _("已批准")
    BUILDING = "building", _("施工中")
    ACCEPTING = "accepting", _("待验收")
    IN_SERVICE = "in_service", _("能用")
    SUSPENDED = "suspended", _("停用")
    REMOVED = "removed", _("已拆")
    REJECTED = "rejected", _("不装")


S = State
BEFORE_WORKS = frozenset({S.CANDIDATE, S.SURVEYED, S.CHECKING, S.CONSULTING, S.NOTICING, S.APPROVED})
# Into these nobody gets with a blocked utility or a hard rule that fails: the trigger ``site_is_clear`` stands before them.
CLEAR = frozenset({S.APPROVED, S.BUILDING, S.ACCEPTING, S.IN_SERVICE})
BUILT = frozenset({S.IN_SERVICE, S.SUSPENDED})
ASKED = frozenset({S.CHECKING, S.CONSULTING, S.NOTICING, S.APPROVED})
# Who was asked and has not answered is telephoned on the third, seventh and fourteenth day.
CHASE = tuple(Rung(Limit(days, "calendar_days"), Role.CHARGING, "site_chase") for days in (3, 7, 14))

STATES: dict[str, StateSpec] = {
    S.CANDIDATE: StateSpec(
        S.CANDIDATE.label,
        plain=_("在看这里能不能装"),
        owner=Role.CHARGING,
        todo=_("去现场量"),
        limit=limit_by_rule("candidate_days", 10, "days", _("去现场量")),
    ),
    S.SURVEYED: StateSpec(
        S.SURVEYED.label,
        plain=_("量过了，接着问管线单位"),
        owner=Role.CHARGING,
        todo=_("问管线单位"),
        limit=limit_by_rule("survey_days", 5, "days", _("问管线单位")),
        milestone=1,
    ),
    S.CHECKING: StateSpec(
        S.CHECKING.label,
        plain=_("在等燃气、供电等单位答复"),
        owner=Role.CHARGING,
        todo=_("等管线单位答复"),
        tone="plain",
        stops_clock=True,
        silence_days=0,
        escalation=CHASE,
        milestone=2,
    ),
    S.CONSULTING: StateSpec(
        S.CONSULTING.label,
        plain=_("在听大家的意见"),
        owner=Role.CHARGING,
        todo=_("听大家的意见"),
        limit=limit_by_rule("consult_days", 20, "days", _("听大家的意见")),
        milestone=3,
    ),
    S.NOTICING: StateSpec(
        S.NOTICING.label,
        plain=_("正在公示，有意见可以提"),
        owner=Role.STREET_OFFICER,
        todo=_("公示期满后批准"),
        limit=limit_by_rule("approve_days", 12, "calendar_days", _("公示和批准")),
        milestone=4,
    ),
    S.APPROVED: StateSpec(
        S.APPROVED.label,
        plain=_("街道批准了，准备施工"),
        owner=Role.CHARGING,
        todo=_("派施工单位"),
        limit=limit_by_rule("order_days", 5, "days", _("派施工单位")),
        milestone=5,
    ),
    S.BUILDING: StateSpec(
        S.BUILDING.label,
        plain=_("正在施工"),
        owner=Role.CONTRACTOR,
        todo=_("施工"),
        limit=limit_by_rule("build_days", 30, "calendar_days", _("施工")),
        milestone=6,
    ),
    S.ACCEPTING: StateSpec(
        S.ACCEPTING.label,
        plain=_("装好了，等验收"),
        owner=Role.STREET_OFFICER,
        todo=_("组织验收"),
        tone="warn",
        limit=limit_by_rule("accept_days", 5, "days", _("验收")),
        milestone=7,
    ),
    S.IN_SERVICE: StateSpec(
        S.IN_SERVICE.label, plain=_("可以充电了"), owner=Role.CHARGING, tone="ok", milestone=8, is_done=True
    ),
    S.SUSPENDED: StateSpec(
        S.SUSPENDED.label, plain=_("暂时停用"), owner=Role.CHARGING, todo=_("查清楚再开"), milestone=8, is_done=True
    ),
    S.REMOVED: StateSpec(S.REMOVED.label, plain=_("已经拆了"), tone="plain", milestone=8, is_end=True, gave_up=True),
    S.REJECTED: StateSpec(
        S.REJECTED.label, plain=_("这里不能装，原因见下"), tone="late", milestone=8, is_end=True, gave_up=True
    ),
}


def step(name: str, label: Any, sources: Any, target: str | None, roles: frozenset[str], **told: Any) -> Step:
    return Step(name, label, sources=frozenset(sources), target=target, roles=roles, **told)


STEPS = (
    step(
        "survey",
        _("量好了"),
        {S.CANDIDATE},
        S.SURVEYED,
        CHARGE | PROPERTY,
        past=_("去现场量好了"),
        done=_("勘测记下了。"),
        tone="primary",
    ),
    step(
        "ask_utilities",
        _("问管线单位"),
        {S.SURVEYED},
        S.CHECKING,
        CHARGE,
        past=_("开始问管线单位"),
        done=_("接着在五张卡片上一家一家问。"),
        tone="primary",
        missing_parts=missing.to_ask,
    ),
    step(
        "ready",
        _("管线和规定都没问题，听意见"),
        {S.CHECKING},
        S.CONSULTING,
        CHARGE,
        past=_("管线和规定都查过了，开始听意见"),
        done=_("接着听大家的意见。"),
        tone="primary",
        missing_parts=missing.to_be_clear,
    ),
    step(
        "publish",
        _("开始公示"),
        {S.CONSULTING},
        S.NOTICING,
        CHARGE,
        past=_("意见听过了，开始公示"),
        done=_("公示开始了。"),
        tone="primary",
        missing_parts=missing.to_publish,
    ),
    step(
        "approve",
        _("街道批准"),
        {S.NOTICING},
        S.APPROVED,
        STREET,
        past=_("批准在这里装"),
        done=_("已批准，等派施工单位。"),
        tone="primary",
        missing_parts=missing.to_approve,
    ),
    step(
        "reject",
        _("这里不装了"),
        BEFORE_WORKS,
        S.REJECTED,
        CHARGE | STREET,
        past=_("决定这里不装"),
        done=_("已停下，附近报过飞线的人会知道原因。"),
        tone="danger",
    ),
    step(
        "re_site",
        _("换个地方"),
        {S.REJECTED},
        None,
        CHARGE,
        past=_("换了个地方接着选"),
        done=_("新的位置登记好了，这里量过的可以接着用。"),
        tone="primary",
        when=lambda site: not hasattr(site, "replaced_by"),
        not_now=_("已经换到别的地方了。"),
    ),
    step(
        "order",
        _("派给施工单位"),
        {S.APPROVED},
        S.BUILDING,
        CHARGE,
        past=_("派给了施工单位"),
        done=_("已派单。"),
        tone="primary",
        missing_parts=missing.to_order,
    ),
    step(
        "report_done",
        _("完工上报"),
        {S.BUILDING},
        S.ACCEPTING,
        CONTRACTOR,
        past=_("上报完工"),
        done=_("已上报，等验收。"),
        tone="primary",
        missing_parts=missing.to_report_done,
    ),
    step(
        "accept",
        _("验收通过"),
        {S.ACCEPTING},
        S.IN_SERVICE,
        STREET,
        past=_("验收通过，可以用了"),
        done=_("验收通过，附近报过飞线的人会知道。"),
        tone="primary",
        missing_parts=missing.to_accept,
    ),
    step(
        "send_back",
        _("退回整改"),
        {S.ACCEPTING},
        S.BUILDING,
        STREET,
        past=_("退回去整改了"),
        done=_("已退回，施工单位会知道要改哪几处。"),
        needs_words=True,
        words_label=_("交代几句"),
    ),
    step(
        "suspend",
        _("停用"),
        {S.IN_SERVICE},
        S.SUSPENDED,
        CHARGE,
        past=_("停用了"),
        done=_("已停用。"),
        needs_words=True,
        words_label=_("为什么停"),
    ),
    step(
        "resume",
        _("恢复使用"),
        {S.SUSPENDED},
        S.IN_SERVICE,
        CHARGE,
        past=_("恢复使用了"),
        done=_("恢复使用了。"),
        tone="primary",
        missing_parts=missing.to_resume,
    ),
    step(
        "remove",
        _("拆了"),
        {S.IN_SERVICE, S.SUSPENDED},
        S.REMOVED,
        CHARGE,
        past=_("拆掉了"),
        done=_("已记下。"),
        tone="danger",
        needs_words=True,
        words_label=_("为什么拆"),
    ),
)

SITE = register_flow(
    Flow(
        name="site",
        label=_("充电选址"),
        hue="amber",
        icon="ev-station",
        url_name="charge_site",
        states=STATES,
        steps=STEPS,
        milestones=(
            _("选址"),
            _("勘测"),
            _("问管线"),
            _("征求意见"),
            _("公示"),
            _("街道批准"),
            _("施工"),
            _("验收"),
            _("能用"),
        ),
        lines={
            "opened": _("选了一个位置"),
            "patrolled": _("去巡查了"),
            "measured": _("量了%(what)s"),
            "utility_asked": _("问了%(utility)s"),
            "utility_chased": _("催了%(utility)s"),
            "utility_answered": _("%(utility)s答复了%(said)s"),
            "rule_waived": _("街道书面同意%(rule)s"),
            "gas_plan": _("交了燃气保护方案"),
            "part_looked_at": _("验了一项%(what)s"),
            "acceptance_signed": _("验收签了字%(what)s"),
            "planned": _("改了位置和个数"),
            "moved": _("图上的点从 %(before)s 改到 %(after)s"),
        },
        pool=Role.CHARGING,
        readers=SITE_READERS,
        openers=CHARGE | PROPERTY,
    )
)
