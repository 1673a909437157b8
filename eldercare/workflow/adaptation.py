"""The flow of a home adaptation: applied for → found eligible → made public → assessed → planned → signed → built → accepted by
three → settled → visited again. Limits are rule data (rulebook/adaptation_limits.json), with what stands here where none is published.
"""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.deadlines import Limit
from community_portal.casework.flow import RESUME, Flow, StateSpec, Step, register_flow
from community_portal.matters.steps import standard
from community_portal.people.models import Role
from community_portal.rules.evaluation import limit_of
from eldercare.workflow import missing

LIMITS = "adaptation_limits"


class State(TextChoices):
    DRAFT = "draft", _("填写中")
    SUBMITTED = "submitted", _("已申请")
    WAITING = "waiting", _("待补充")
    REVIEWED = "reviewed_home", _("已看过家")
    NOTICE = "notice", _("公示中")
    ASSESSING = "assessing", _("评估中")
    PLANNING = "planning", _("做方案")
    CONFIRMING = "confirming", _("等签字")
    ORDERED = "ordered", _("已派施工")
    WORKS = "works", _("施工中")
    CHANGING = "changing", _("变更待定")
    ACCEPTING = "accepting", _("待验收")
    RECTIFYING = "rectifying", _("整改中")
    ACCEPTED = "accepted", _("已验收")
    FOLLOW_UP = "follow_up", _("回访期")
    AWAY = "away", _("暂停（住院、外出）")
    CLOSED = "closed", _("已办结")
    REJECTED = "rejected", _("不符合条件")
    WITHDRAWN = "withdrawn", _("已撤回")
    CANCELLED = "cancelled", _("已终止")


DESK = frozenset({Role.ELDERCARE, Role.RECEPTIONIST, Role.MANAGER})
FIELD = frozenset({Role.ELDERCARE, Role.GRID_OFFICER})
CARE = frozenset({Role.ELDERCARE})
STREET = frozenset({Role.STREET_OFFICER})
ASSESSOR = frozenset({Role.ASSESSOR})
CONTRACTOR = frozenset({Role.CONTRACTOR})
RESIDENT = frozenset({"resident"})
READERS = frozenset({Role.RECEPTIONIST, Role.GRID_OFFICER, Role.MANAGER, Role.ELDERCARE, Role.STREET_OFFICER})

BEFORE_WORKS = frozenset(
    {State.DRAFT, State.SUBMITTED, State.WAITING, State.REVIEWED, State.NOTICE, State.ASSESSING, State.PLANNING}
    | {State.CONFIRMING}
)
AT_WORK = frozenset({State.ORDERED, State.WORKS, State.CHANGING, State.ACCEPTING, State.RECTIFYING})
OPEN = BEFORE_WORKS | AT_WORK | {State.ACCEPTED, State.FOLLOW_UP, State.AWAY}
# From here on a contractor has it, and money is bound.
BUILT = AT_WORK | {State.ACCEPTED, State.FOLLOW_UP, State.CLOSED}


def _limit(code: str, amount: int, unit: str, rule: Any) -> Any:
    """So many days by the street's rule of this code, ``amount`` where none is published."""

    def limit(matter: Any) -> Limit:
        days = limit_of(LIMITS, code, street=matter.community.street, on=clock.today(), default=amount)
        return Limit(int(days), unit, rule, (str(_("适老化改造")), "Home adaptation"))

    return limit


STATES: dict[str, StateSpec] = {
    State.DRAFT: StateSpec(
        State.DRAFT.label, plain=_("还没提交，材料齐了就能交"), owner="handler", todo=_("补齐并提交"), tone="warn"
    ),
    State.SUBMITTED: StateSpec(
        State.SUBMITTED.label,
        plain=_("已收到申请，会上门看看家里"),
        owner=Role.ELDERCARE,
        todo=_("上门看家里"),
        limit=_limit("submitted_days", 2, "days", _("上门看家里")),
    ),
    State.WAITING: StateSpec(
        State.WAITING.label,
        plain=_("需要您补充一点材料"),
        owner=Role.ELDERCARE,
        todo=_("等补充"),
        tone="plain",
        stops_clock=True,
    ),
    State.REVIEWED: StateSpec(
        State.REVIEWED.label,
        plain=_("家里看过了，街道正在核定"),
        owner=Role.STREET_OFFICER,
        todo=_("核定资格"),
        tone="warn",
        limit=_limit("review_days", 5, "days", _("核定资格")),
        milestone=1,
    ),
    State.NOTICE: StateSpec(
        State.NOTICE.label,
        plain=_("符合条件，正在公示"),
        owner=Role.STREET_OFFICER,
        todo=_("公示期满后结束公示"),
        limit=_limit("notice_days", 7, "calendar_days", _("公示")),
        milestone=1,
    ),
    State.ASSESSING: StateSpec(
        State.ASSESSING.label,
        plain=_("评估员会上门评估"),
        owner=Role.ASSESSOR,
        todo=_("上门评估"),
        limit=_limit("assess_days", 10, "days", _("评估")),
        milestone=2,
    ),
    State.PLANNING: StateSpec(
        State.PLANNING.label,
        plain=_("正在做一户一方案"),
        owner=Role.ELDERCARE,
        todo=_("做方案"),
        limit=_limit("plan_days", 5, "days", _("做方案")),
        milestone=3,
    ),
    State.CONFIRMING: StateSpec(
        State.CONFIRMING.label,
        plain=_("方案做好了，请您看看、签字"),
        owner=Role.ELDERCARE,
        todo=_("等家里签字"),
        tone="plain",
        stops_clock=True,
        milestone=3,
    ),
    State.ORDERED: StateSpec(
        State.ORDERED.label,
        plain=_("已派给施工单位，会约时间开工"),
        owner=Role.CONTRACTOR,
        todo=_("接单、约开工"),
        limit=_limit("order_days", 3, "days", _("接单")),
        milestone=4,
    ),
    State.WORKS: StateSpec(
        State.WORKS.label,
        plain=_("正在施工"),
        owner=Role.CONTRACTOR,
        todo=_("施工"),
        limit=_limit("works_days", 30, "calendar_days", _("施工")),
        milestone=4,
    ),
    State.CHANGING: StateSpec(
        State.CHANGING.label,
        plain=_("施工单位想改一处，等街道同意、您签字"),
        owner=Role.STREET_OFFICER,
        todo=_("定变更"),
        tone="warn",
        limit=_limit("change_days", 2, "days", _("定变更")),
        milestone=4,
    ),
    State.ACCEPTING: StateSpec(
        State.ACCEPTING.label,
        plain=_("做好了，三方会上门验收"),
        owner=Role.STREET_OFFICER,
        todo=_("组织验收"),
        tone="warn",
        limit=_limit("accept_days", 5, "days", _("验收")),
        milestone=5,
    ),
    State.RECTIFYING: StateSpec(
        State.RECTIFYING.label,
        plain=_("有几处没通过，施工单位正在整改"),
        owner=Role.CONTRACTOR,
        todo=_("整改"),
        tone="warn",
        limit=_limit("rectify_days", 10, "days", _("整改")),
        milestone=5,
    ),
    State.ACCEPTED: StateSpec(
        State.ACCEPTED.label,
        plain=_("验收通过了"),
        owner=Role.STREET_OFFICER,
        todo=_("结算"),
        tone="ok",
        limit=_limit("settle_days", 10, "days", _("结算")),
        milestone=6,
        is_done=True,
    ),
    State.FOLLOW_UP: StateSpec(
        State.FOLLOW_UP.label,
        plain=_("用着怎么样，我们会回访"),
        owner=Role.ELDERCARE,
        todo=_("按期回访"),
        tone="ok",
        milestone=6,
        is_done=True,
    ),
    State.AWAY: StateSpec(
        State.AWAY.label,
        plain=_("先停一停，等您回来再办"),
        owner=Role.ELDERCARE,
        todo=_("等回来"),
        tone="plain",
        stops_clock=True,
        milestone=3,
    ),
    State.CLOSED: StateSpec(State.CLOSED.label, plain=_("已办结"), tone="ok", milestone=7, is_end=True),
    State.REJECTED: StateSpec(
        State.REJECTED.label, plain=_("这次不符合条件，原因见下"), tone="plain", milestone=7, is_end=True, gave_up=True
    ),
    State.WITHDRAWN: StateSpec(
        State.WITHDRAWN.label, plain=_("您已撤回"), tone="plain", milestone=7, is_end=True, gave_up=True
    ),
    State.CANCELLED: StateSpec(
        State.CANCELLED.label, plain=_("已终止"), tone="plain", milestone=7, is_end=True, gave_up=True
    ),
}

STEPS = (
    Step(
        "submit",
        _("提交申请"),
        past=_("提交了申请"),
        done=_("申请已提交。"),
        sources=frozenset({State.DRAFT}),
        target=State.SUBMITTED,
        roles=DESK | FIELD | RESIDENT,
        tone="primary",
        missing_parts=missing.to_submit,
        notices=("adapt_registered",),
    ),
    standard(
        "ask_resident",
        sources={State.SUBMITTED, State.REVIEWED},
        target=State.WAITING,
        roles=DESK | FIELD | STREET,
        label=_("请补材料"),
    ),
    standard("answer", sources={State.WAITING}, roles=DESK | FIELD | RESIDENT),
    Step(
        "look_at_home",
        _("看过家里了"),
        past=_("上门看了家里"),
        done=_("已记下，等街道核定。"),
        sources=frozenset({State.SUBMITTED}),
        target=State.REVIEWED,
        roles=FIELD,
        tone="primary",
        needs_words=True,
        words_label=_("看到的"),
        missing_parts=missing.to_review,
        is_public=False,
    ),
    Step(
        "find_eligible",
        _("符合条件，开始公示"),
        past=_("核定符合条件，开始公示"),
        done=_("公示开始了。"),
        sources=frozenset({State.REVIEWED}),
        target=State.NOTICE,
        roles=STREET,
        tone="primary",
        missing_parts=missing.to_decide,
    ),
    Step(
        "reject",
        _("不符合条件"),
        past=_("核定不符合条件"),
        done=_("已记下原因，会告诉申请人。"),
        sources=frozenset({State.REVIEWED, State.NOTICE}),
        target=State.REJECTED,
        roles=STREET,
        tone="danger",
        needs_words=True,
        notices=("adapt_rejected",),
    ),
    Step(
        "end_notice",
        _("结束公示"),
        past=_("结束了公示"),
        done=_("公示结束，已交评估机构。"),
        sources=frozenset({State.NOTICE}),
        target=State.ASSESSING,
        roles=STREET,
        tone="primary",
        missing_parts=missing.to_end_notice,
    ),
    Step(
        "hand_in",
        _("交评估结果"),
        past=_("交了评估结果"),
        done=_("评估已交，接着做方案。"),
        sources=frozenset({State.ASSESSING}),
        target=State.PLANNING,
        roles=ASSESSOR | CARE,
        tone="primary",
        missing_parts=missing.to_hand_in,
    ),
    Step(
        "propose",
        _("方案做好了，请家里签字"),
        past=_("做好了方案，请家里签字"),
        done=_("已请家里看方案、签字。"),
        sources=frozenset({State.PLANNING}),
        target=State.CONFIRMING,
        roles=CARE | ASSESSOR,
        tone="primary",
        missing_parts=missing.to_propose,
    ),
    Step(
        "change_plan",
        _("改方案"),
        past=_("退回改方案"),
        done=_("已退回，改好再请家里签。"),
        sources=frozenset({State.CONFIRMING}),
        target=State.PLANNING,
        roles=CARE | RESIDENT,
        needs_words=True,
        words_label=_("想改什么"),
    ),
    Step(
        "order",
        _("派给施工单位"),
        past=_("派给了施工单位"),
        done=_("已派单。"),
        sources=frozenset({State.CONFIRMING, State.ORDERED}),
        target=State.ORDERED,
        roles=CARE | STREET,
        tone="primary",
        missing_parts=missing.to_order,
        leads_on=lambda matter: matter.contractor_id is None,
    ),
    Step(
        "take_order",
        _("接单"),
        past=_("接了单"),
        done=_("已接单，开工日期会告诉老人。"),
        sources=frozenset({State.ORDERED}),
        target=State.WORKS,
        roles=CONTRACTOR,
        tone="primary",
        missing_parts=missing.to_start,
        notices=("adapt_works_begin",),
    ),
    Step(
        "refuse_order",
        _("不接"),
        past=_("没有接单"),
        done=_("已退回，会另派施工单位。"),
        sources=frozenset({State.ORDERED}),
        target=State.ORDERED,
        roles=CONTRACTOR,
        needs_words=True,
        is_public=False,
    ),
    Step(
        "report_done",
        _("完工上报"),
        past=_("上报完工"),
        done=_("已上报，等验收。"),
        sources=frozenset({State.WORKS, State.RECTIFYING}),
        target=State.ACCEPTING,
        roles=CONTRACTOR,
        tone="primary",
        missing_parts=missing.to_report_done,
    ),
    Step(
        "ask_change",
        _("申请变更"),
        past=_("申请变更方案"),
        done=_("已报街道，同意并签字前照原方案做。"),
        sources=frozenset({State.WORKS}),
        target=State.CHANGING,
        roles=CONTRACTOR,
        needs_words=True,
        words_label=_("为什么要变"),
    ),
    Step(
        "grant_change",
        _("同意变更"),
        past=_("同意了变更"),
        done=_("已同意，按新方案施工。"),
        sources=frozenset({State.CHANGING}),
        target=State.WORKS,
        roles=STREET,
        tone="primary",
        missing_parts=missing.to_grant_change,
    ),
    Step(
        "refuse_change",
        _("不同意变更"),
        past=_("没有同意变更"),
        done=_("已退回，照原方案做。"),
        sources=frozenset({State.CHANGING}),
        target=State.WORKS,
        roles=STREET,
        needs_words=True,
    ),
    standard(
        "ask_extension",
        sources={State.WORKS, State.RECTIFYING},
        roles=CONTRACTOR,
        done=_("已提交延期申请，等街道批准。"),
    ),
    standard("grant_extension", sources={State.WORKS, State.RECTIFYING}, roles=STREET),
    standard("refuse_extension", sources={State.WORKS, State.RECTIFYING}, roles=STREET),
    standard("plan_visit", sources={State.SUBMITTED, State.ASSESSING, State.ACCEPTING}, roles=DESK | STREET | ASSESSOR),
    standard(
        "call_off_visit", sources={State.SUBMITTED, State.ASSESSING, State.ACCEPTING}, roles=DESK | STREET | ASSESSOR
    ),
    Step(
        "accept",
        _("验收通过"),
        past=_("验收通过"),
        done=_("验收通过，家里和施工单位都会知道。"),
        sources=frozenset({State.ACCEPTING}),
        target=State.ACCEPTED,
        roles=STREET,
        tone="primary",
        missing_parts=missing.to_accept,
        notices=("adapt_done",),
    ),
    Step(
        "send_back",
        _("退回整改"),
        past=_("退回整改"),
        done=_("已退回，施工单位只改没通过的几处。"),
        sources=frozenset({State.ACCEPTING}),
        target=State.RECTIFYING,
        roles=STREET,
        needs_words=True,
        words_label=_("交代几句"),
        missing_parts=missing.to_send_back,
    ),
    Step(
        "settle",
        _("结算"),
        past=_("结算了"),
        done=_("已结算，接下来按期回访。"),
        sources=frozenset({State.ACCEPTED}),
        target=State.FOLLOW_UP,
        roles=STREET,
        tone="primary",
        is_public=False,
    ),
    Step(
        "close",
        _("办结"),
        past=_("办结了"),
        done=_("已办结。"),
        sources=frozenset({State.FOLLOW_UP}),
        target=State.CLOSED,
        roles=CARE,
        tone="primary",
        missing_parts=missing.to_close,
    ),
    Step(
        "pause",
        _("暂停"),
        past=_("先停一停"),
        done=_("已暂停，期间不计时。"),
        sources=BEFORE_WORKS - {State.DRAFT, State.WAITING, State.CONFIRMING} | {State.ORDERED, State.WORKS},
        target=State.AWAY,
        roles=CARE,
        needs_words=True,
        words_label=_("为什么停（住院、外出）"),
    ),
    Step(
        "go_on",
        _("接着办"),
        past=_("接着办了"),
        done=_("接着办了。"),
        sources=frozenset({State.AWAY}),
        target=RESUME,
        roles=CARE,
        tone="primary",
    ),
    standard(
        "withdraw",
        sources=BEFORE_WORKS,
        target=State.WITHDRAWN,
        roles=CARE | {Role.RECEPTIONIST} | RESIDENT,
        label=_("撤回申请"),
        past=_("撤回了申请"),
    ),
    Step(
        "cancel",
        _("终止"),
        past=_("终止了"),
        done=_("已终止，施工单位会收到通知。"),
        sources=OPEN - {State.ACCEPTED, State.FOLLOW_UP},
        target=State.CANCELLED,
        roles=STREET | {Role.MANAGER},
        tone="danger",
        needs_words=True,
        words_label=_("为什么终止（搬走、卖房、去世）"),
    ),
)

ADAPTATION = register_flow(
    Flow(
        name="adaptation",
        label=_("适老化改造"),
        hue="vermilion",
        icon="house-heart-fill",
        url_name="adaptation",
        states=STATES,
        steps=STEPS,
        milestones=(_("申请"), _("核定"), _("评估"), _("方案"), _("施工"), _("验收"), _("回访"), _("办结")),
        lines={
            "opened": _("申请适老化改造"),
            "assessed": _("做完了能力评估，三方签了字"),
            "line_photo": _("拍了照片"),
            "product_recorded": _("核对了产品"),
            "line_accepted": _("验了一项"),
            "line_waived": _("免做一项"),
            "interviewed": _("听了家里人怎么说"),
            "joined_acceptance": _("参加验收"),
            "followed_up": _("回访了"),
            "recalled": _("通知了厂家召回"),
            "loan_came_back": _("收回了借出的东西"),
            "told_about_home": _("补充了家里的情况"),
            "consented": _("本人愿意改造"),
            "paper": _("收到材料"),
            "objected": _("公示期间有人提了异议"),
            "objection_answered": _("答复了异议"),
            "plan_line": _("方案里写了%(item)s"),
            "plan_line_dropped": _("方案里去掉了%(item)s"),
        },
        pool=Role.ELDERCARE,
        to_decide=_("批延期"),
        readers=READERS,
        openers=frozenset({Role.GRID_OFFICER, Role.RECEPTIONIST, Role.ELDERCARE, Role.MANAGER}),
        reached_by={
            1: frozenset({"find_eligible"}),
            2: frozenset({"hand_in"}),
            3: frozenset({"order"}),
            4: frozenset({"report_done"}),
            5: frozenset({"accept"}),
            6: frozenset({"settle"}),
        },
    )
)
