"""The flow of a help request: registered → officer of the address → home verification → what is done → call-back.

States and steps are the whole truth about who may do what when; pages, API, documentation and tests read them from here.
"""

import datetime as dt
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from community_portal.casework.deadlines import Limit, deadline_of
from community_portal.casework.flow import RESUME, Flow, StateSpec, Step, register_flow


class State(TextChoices):
    REGISTERED = "registered", _("已登记")
    ASSIGNED = "assigned", _("已派网格员")
    VISITING = "visiting", _("上门核实中")
    VERIFIED = "verified", _("已核实")
    APPLYING = "applying", _("代办申请中")
    HANDLING = "handling", _("社区办理中")
    STREET = "street", _("街道办理中")
    WAITING = "waiting", _("待补充")
    NOT_ELIGIBLE = "not_eligible", _("不符合条件")
    RESOLVED = "resolved", _("已办好")
    CLOSED = "closed", _("已办结")
    WITHDRAWN = "withdrawn", _("已撤回")


OPEN_STATES = frozenset(State) - {State.CLOSED, State.WITHDRAWN}
BEFORE_VERIFIED = frozenset({State.ASSIGNED, State.VISITING})
WORKING_STATES = OPEN_STATES - {State.RESOLVED, State.NOT_ELIGIBLE}

DESK = frozenset({"receptionist", "manager"})
FIELD = frozenset({"grid_officer", "receptionist", "manager"})
MANAGER = frozenset({"manager"})


def _days(field: str, rule: Any) -> Any:
    """A limit of so many working days, taken from the category of the request."""

    def limit(request: Any) -> Limit:
        return Limit(getattr(request.category, field), "days", rule, _names(request))

    return limit


def _urgent_first(request: Any) -> Limit:
    """An urgent request is assigned within one working hour, whatever its category says."""
    hours = 1 if request.urgency == "now" else request.category.assign_hours
    return Limit(hours, "hours", _("派单"), _names(request))


def _handling(request: Any) -> Limit:
    """What comes back is handled anew, and its limit says so."""
    rule = _("再次办理") if request.reopened_count else _("社区办理")
    return Limit(request.category.handle_days, "days", rule, _names(request))


def promise_of(category: Any, *, at: dt.datetime) -> dt.datetime:
    """Until when the whole of it is done, if it comes in or comes back at ``at``."""
    return deadline_of(Limit(category.promise_days, "days"), since=at).at


def _names(request: Any) -> tuple[str, str]:
    return request.category.name, request.category.name_en


STATES: dict[str, StateSpec] = {
    State.REGISTERED: StateSpec(
        State.REGISTERED.label, _("已收到，正在安排人员"), "receptionist", _("派网格员"), "warn", _urgent_first, 0
    ),
    State.ASSIGNED: StateSpec(
        State.ASSIGNED.label,
        _("网格员会上门了解情况"),
        "handler",
        _("上门核实"),
        "info",
        _days("visit_days", _("上门核实")),
        1,
    ),
    State.VISITING: StateSpec(
        State.VISITING.label,
        _("网格员正在上门"),
        "handler",
        _("记录核实结果"),
        "info",
        _days("visit_days", _("上门核实")),
        1,
    ),
    State.VERIFIED: StateSpec(
        State.VERIFIED.label,
        _("情况已核实，正在安排办理"),
        "receptionist",
        _("决定怎么办"),
        "warn",
        _days("decide_days", _("核实后答复")),
        2,
    ),
    State.APPLYING: StateSpec(
        State.APPLYING.label, _("正在替您申请"), "handler", _("代办申请"), "info", _days("apply_days", _("代办申请")), 2
    ),
    State.HANDLING: StateSpec(State.HANDLING.label, _("社区正在办"), "handler", _("办理"), "info", _handling, 2),
    State.STREET: StateSpec(
        State.STREET.label,
        _("已报街道办理"),
        "street_officer",
        _("街道办理"),
        "info",
        _days("street_days", _("街道办理")),
        2,
    ),
    State.WAITING: StateSpec(
        State.WAITING.label, _("需要您补充一点情况"), "handler", _("等居民补充"), "plain", milestone=2, stops_clock=True
    ),
    State.NOT_ELIGIBLE: StateSpec(
        State.NOT_ELIGIBLE.label,
        _("暂时不符合条件，原因见下"),
        "receptionist",
        _("回访说明"),
        "warn",
        _days("call_back_days", _("回访")),
        4,
    ),
    State.RESOLVED: StateSpec(
        State.RESOLVED.label,
        _("已经办好，我们会给您打电话回访"),
        "receptionist",
        _("电话回访"),
        "ok",
        _days("call_back_days", _("回访")),
        4,
    ),
    State.CLOSED: StateSpec(State.CLOSED.label, _("已办结"), tone="ok", milestone=5, is_end=True),
    State.WITHDRAWN: StateSpec(
        State.WITHDRAWN.label, _("您已撤回"), tone="plain", milestone=5, is_end=True, gave_up=True
    ),
}

STEPS = (
    Step(
        "assign",
        _("派网格员"),
        _("派了网格员"),
        frozenset({State.REGISTERED, State.ASSIGNED, State.VISITING}),
        State.ASSIGNED,
        DESK,
        _("已派出，网格员会收到提醒。"),
        "primary",
    ),
    Step(
        "plan_visit",
        _("约好上门时间"),
        _("约好了上门时间"),
        frozenset({State.ASSIGNED}),
        None,
        FIELD,
        _("上门时间约好了，会告诉居民。"),
        "quiet",
    ),
    Step(
        "call_off_visit",
        _("取消约好的上门"),
        _("取消了约好的上门"),
        frozenset({State.ASSIGNED, State.VISITING}),
        None,
        FIELD,
        _("约好的上门取消了，会告诉居民。"),
        "quiet",
        needs_words=True,
    ),
    Step(
        "set_out",
        _("出发上门"),
        _("出发上门了"),
        frozenset({State.ASSIGNED}),
        State.VISITING,
        FIELD,
        _("已告诉居民您在路上。"),
        "primary",
        notices=("help_officer_on_the_way",),
    ),
    Step(
        "not_home",
        _("家里没人"),
        _("上门没见到人"),
        frozenset({State.ASSIGNED, State.VISITING}),
        State.ASSIGNED,
        FIELD,
        _("已记下一次没见到人，时限重新计算。"),
        "quiet",
    ),
    Step(
        "verify",
        _("记录核实结果"),
        _("上门核实了情况"),
        frozenset({State.ASSIGNED, State.VISITING}),
        State.VERIFIED,
        FIELD,
        _("核实结果已记下。"),
        "primary",
        needs_words=True,
        is_public=False,
    ),
    Step(
        "return_to_desk",
        _("退回"),
        _("退回了接待台"),
        frozenset({State.ASSIGNED, State.VISITING}),
        State.REGISTERED,
        FIELD,
        _("已退回接待台。"),
        "quiet",
        needs_words=True,
        is_public=False,
    ),
    Step(
        "apply",
        _("代办申请"),
        _("开始代办申请"),
        frozenset({State.VERIFIED}),
        State.APPLYING,
        FIELD,
        _("已开始代办，材料清单在下面。"),
        "primary",
    ),
    Step(
        "handle",
        _("社区办理"),
        _("转由社区办理"),
        frozenset({State.REGISTERED, State.VERIFIED}),
        State.HANDLING,
        FIELD,
        _("已由社区办理。"),
        "primary",
    ),
    Step(
        "pass_to_street",
        _("上报街道"),
        _("上报了街道"),
        frozenset({State.VERIFIED, State.HANDLING, State.APPLYING}),
        State.STREET,
        DESK,
        _("已上报街道。"),
        "quiet",
        needs_words=True,
    ),
    Step(
        "hand_over",
        _("转交同事"),
        _("转交给了同事"),
        frozenset({State.APPLYING, State.HANDLING, State.WAITING}),
        None,
        DESK,
        _("已转交，同事会收到提醒。"),
        "quiet",
        is_public=False,
    ),
    Step(
        "return_to_community",
        _("退回社区"),
        _("退回了社区"),
        frozenset({State.STREET}),
        State.HANDLING,
        frozenset({"street_officer"}),
        _("已退回社区。"),
        "quiet",
        needs_words=True,
        is_public=False,
    ),
    Step(
        "find_not_eligible",
        _("不符合条件"),
        _("核定不符合条件"),
        frozenset({State.VERIFIED, State.APPLYING, State.STREET}),
        State.NOT_ELIGIBLE,
        DESK | {"street_officer"},
        _("已记下原因，会告诉居民。"),
        "danger",
        needs_words=True,
        notices=("help_not_eligible",),
    ),
    Step(
        "ask_resident",
        _("请居民补充"),
        _("请居民补充情况"),
        frozenset({State.VERIFIED, State.APPLYING, State.HANDLING, State.STREET}),
        State.WAITING,
        FIELD | {"street_officer"},
        _("已告诉居民要补充什么，等待期间不计时。"),
        "quiet",
        needs_words=True,
        notices=("help_question",),
    ),
    Step(
        "answer",
        _("补充说明"),
        _("补充了情况"),
        frozenset({State.WAITING}),
        RESUME,
        FIELD | {"resident", "street_officer"},
        _("已补充，接着办。"),
        "primary",
        needs_words=True,
    ),
    Step(
        "ask_extension",
        _("申请延期"),
        _("申请了延期"),
        frozenset({State.APPLYING, State.HANDLING, State.STREET, State.VERIFIED}),
        None,
        FIELD | {"street_officer"},
        _("已提交延期申请，等书记批准。"),
        "quiet",
        needs_words=True,
        is_public=False,
    ),
    Step(
        "grant_extension",
        _("同意延期"),
        _("同意了延期"),
        frozenset({State.APPLYING, State.HANDLING, State.STREET, State.VERIFIED}),
        None,
        MANAGER,
        _("已同意延期。"),
        "primary",
        notices=("help_extended",),
    ),
    Step(
        "refuse_extension",
        _("不同意延期"),
        _("没有同意延期"),
        frozenset({State.APPLYING, State.HANDLING, State.STREET, State.VERIFIED}),
        None,
        MANAGER,
        _("已退回延期申请。"),
        "quiet",
        needs_words=True,
        is_public=False,
    ),
    Step(
        "resolve",
        _("办好了"),
        _("办好了这件事"),
        frozenset({State.APPLYING, State.HANDLING, State.STREET}),
        State.RESOLVED,
        FIELD | {"street_officer"},
        _("已办好，接下来回访。"),
        "primary",
        needs_words=True,
        notices=("help_resolved",),
    ),
    Step(
        "call_back",
        _("回访并办结"),
        _("回访并办结了"),
        frozenset({State.RESOLVED, State.NOT_ELIGIBLE}),
        State.CLOSED,
        DESK,
        _("已回访，这件事办结了。"),
        "primary",
        is_public=False,
    ),
    Step(
        "reopen",
        _("重新办理"),
        _("要求重新办理"),
        frozenset({State.RESOLVED, State.NOT_ELIGIBLE, State.CLOSED}),
        State.HANDLING,
        DESK | {"resident"},
        _("已重新办理，回到经办人手上。"),
        "quiet",
        needs_words=True,
    ),
    Step(
        "withdraw",
        _("撤回求助"),
        _("撤回了求助"),
        frozenset(WORKING_STATES),
        State.WITHDRAWN,
        DESK | {"resident"},
        _("已撤回。"),
        "danger",
        needs_words=True,
    ),
)

HELP = register_flow(
    Flow(
        name="help_request",
        label=_("求助"),
        hue="plum",
        icon="chat-heart",
        url_name="help_request",
        states=STATES,
        steps=STEPS,
        milestones=(_("登记"), _("上门核实"), _("办理"), _("办好"), _("回访"), _("办结")),
        lines={
            "opened": _("登记了求助"),
            "routed": _("自动派单"),
            "paper": _("更新了材料"),
            "rated": _("评了 %(score)s 分"),
            "appointment_cancelled": _("取消了约好的时间"),
            "appointment_stands": _("撤回取消，约好的时间不变"),
            "appointment_called_off": _("约好的时间取消了"),
        },
        said_by_the_portal=frozenset({"paper", "appointment_cancelled"}),
        to_decide=_("批延期"),
        reached_by={
            1: frozenset({"verify"}),
            2: frozenset({"resolve", "find_not_eligible"}),
            3: frozenset({"resolve"}),
            4: frozenset({"call_back"}),
        },
    )
)
HANDLED = HELP.handled
