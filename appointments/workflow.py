"""The flow of a help request: registered → officer of the address → home verification → what is done → call-back.

States and steps are the whole truth about who may do what when; pages, API, documentation and tests read them from here.
"""

import datetime as dt
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from community_portal.casework.deadlines import Limit, deadline_of
from community_portal.casework.flow import Flow, StateSpec, Step, register_flow
from community_portal.matters.steps import standard
from community_portal.people.models import HOUSE_STAFF


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


BEFORE_VERIFIED = frozenset({State.ASSIGNED, State.VISITING})

DESK = frozenset({"receptionist", "manager"})
FIELD = frozenset({"grid_officer", "receptionist", "manager"})
# Who carries requests to their end reads them; a specialist those of the categories that name them (Category.readers).
READERS = frozenset({*FIELD, "street_officer"})
MANAGER = frozenset({"manager"})
STREET = frozenset({"street_officer"})


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
        State.REGISTERED.label,
        plain=_("已收到，正在安排人员"),
        owner="receptionist",
        todo=_("派网格员"),
        tone="warn",
        limit=_urgent_first,
    ),
    State.ASSIGNED: StateSpec(
        State.ASSIGNED.label,
        plain=_("网格员会上门了解情况"),
        todo=_("上门核实"),
        limit=_days("visit_days", _("上门核实")),
        milestone=1,
    ),
    State.VISITING: StateSpec(
        State.VISITING.label,
        plain=_("网格员正在上门"),
        todo=_("记录核实结果"),
        limit=_days("visit_days", _("上门核实")),
        milestone=1,
    ),
    State.VERIFIED: StateSpec(
        State.VERIFIED.label,
        plain=_("情况已核实，正在安排办理"),
        owner="receptionist",
        todo=_("决定怎么办"),
        tone="warn",
        limit=_days("decide_days", _("核实后答复")),
        milestone=2,
    ),
    State.APPLYING: StateSpec(
        State.APPLYING.label,
        plain=_("正在替您申请"),
        todo=_("代办申请"),
        limit=_days("apply_days", _("代办申请")),
        milestone=2,
    ),
    State.HANDLING: StateSpec(
        State.HANDLING.label, plain=_("社区正在办"), todo=_("办理"), limit=_handling, milestone=2
    ),
    State.STREET: StateSpec(
        State.STREET.label,
        plain=_("已报街道办理"),
        owner="street_officer",
        todo=_("街道办理"),
        limit=_days("street_days", _("街道办理")),
        milestone=2,
    ),
    State.WAITING: StateSpec(
        State.WAITING.label,
        plain=_("需要您补充一点情况"),
        todo=_("等居民补充"),
        tone="plain",
        milestone=2,
        stops_clock=True,
    ),
    State.NOT_ELIGIBLE: StateSpec(
        State.NOT_ELIGIBLE.label,
        plain=_("暂时不符合条件，原因见下"),
        owner="receptionist",
        todo=_("回访说明"),
        tone="warn",
        limit=_days("call_back_days", _("回访")),
        milestone=4,
        is_done=True,
    ),
    State.RESOLVED: StateSpec(
        State.RESOLVED.label,
        plain=_("已经办好，我们会给您打电话回访"),
        owner="receptionist",
        todo=_("电话回访"),
        tone="ok",
        limit=_days("call_back_days", _("回访")),
        milestone=4,
        is_done=True,
    ),
    State.CLOSED: StateSpec(State.CLOSED.label, plain=_("已办结"), tone="ok", milestone=5, is_end=True),
    State.WITHDRAWN: StateSpec(
        State.WITHDRAWN.label, plain=_("您已撤回"), tone="plain", milestone=5, is_end=True, gave_up=True
    ),
}
WORKING_STATES = frozenset(name for name, spec in STATES.items() if not spec.is_end and not spec.is_done)
UNDER_TREATMENT = frozenset({State.VERIFIED, State.APPLYING, State.HANDLING, State.STREET})

STEPS = (
    standard(
        "assign",
        sources={State.REGISTERED, *BEFORE_VERIFIED},
        target=State.ASSIGNED,
        roles=DESK,
        label=_("派网格员"),
        past=_("派了网格员"),
        done=_("已派出，网格员会收到提醒。"),
    ),
    standard("plan_visit", sources={State.ASSIGNED}, roles=FIELD),
    standard("call_off_visit", sources=BEFORE_VERIFIED, roles=FIELD),
    Step(
        "set_out",
        _("出发上门"),
        past=_("出发上门了"),
        done=_("已告诉居民您在路上。"),
        sources=frozenset({State.ASSIGNED}),
        target=State.VISITING,
        roles=FIELD,
        tone="primary",
        notices=("help_officer_on_the_way",),
    ),
    Step(
        "not_home",
        _("家里没人"),
        past=_("上门没见到人"),
        done=_("已记下一次没见到人，时限重新计算。"),
        sources=BEFORE_VERIFIED,
        target=State.ASSIGNED,
        roles=FIELD,
        works_offline=True,
    ),
    Step(
        "verify",
        _("记录核实结果"),
        past=_("上门核实了情况"),
        done=_("核实结果已记下。"),
        sources=BEFORE_VERIFIED,
        target=State.VERIFIED,
        roles=FIELD,
        tone="primary",
        needs_words=True,
        words_label=_("看到、听到的"),
        is_public=False,
        works_offline=True,
    ),
    Step(
        "return_to_desk",
        _("退回"),
        past=_("退回了接待台"),
        done=_("已退回接待台。"),
        sources=BEFORE_VERIFIED,
        target=State.REGISTERED,
        roles=FIELD,
        needs_words=True,
        is_public=False,
    ),
    Step(
        "apply",
        _("代办申请"),
        past=_("开始代办申请"),
        done=_("已开始代办，材料清单在下面。"),
        sources=frozenset({State.VERIFIED}),
        target=State.APPLYING,
        roles=FIELD,
        tone="primary",
    ),
    Step(
        "handle",
        _("社区办理"),
        past=_("转由社区办理"),
        done=_("已由社区办理。"),
        sources=frozenset({State.REGISTERED, State.VERIFIED}),
        target=State.HANDLING,
        roles=FIELD,
        tone="primary",
    ),
    Step(
        "pass_to_street",
        _("上报街道"),
        past=_("上报了街道"),
        done=_("已上报街道。"),
        sources=UNDER_TREATMENT - {State.STREET},
        target=State.STREET,
        roles=DESK,
        needs_words=True,
    ),
    standard("hand_over", sources={State.APPLYING, State.HANDLING, State.WAITING}, roles=DESK),
    Step(
        "return_to_community",
        _("退回社区"),
        past=_("退回了社区"),
        done=_("已退回社区。"),
        sources=frozenset({State.STREET}),
        target=State.HANDLING,
        roles=STREET,
        needs_words=True,
        is_public=False,
    ),
    Step(
        "find_not_eligible",
        _("不符合条件"),
        past=_("核定不符合条件"),
        done=_("已记下原因，会告诉居民。"),
        sources=UNDER_TREATMENT - {State.HANDLING},
        target=State.NOT_ELIGIBLE,
        roles=DESK | STREET,
        tone="danger",
        needs_words=True,
        notices=("help_not_eligible",),
    ),
    standard("ask_resident", sources=UNDER_TREATMENT, target=State.WAITING, roles=FIELD | STREET),
    standard("answer", sources={State.WAITING}, roles=FIELD | STREET | {"resident"}),
    standard("ask_extension", sources=UNDER_TREATMENT, roles=FIELD | STREET),
    standard("grant_extension", sources=UNDER_TREATMENT, roles=MANAGER),
    standard("refuse_extension", sources=UNDER_TREATMENT, roles=MANAGER),
    Step(
        "resolve",
        _("办好了"),
        past=_("办好了这件事"),
        done=_("已办好，接下来回访。"),
        sources=UNDER_TREATMENT - {State.VERIFIED},
        target=State.RESOLVED,
        roles=FIELD | STREET,
        tone="primary",
        needs_words=True,
        words_label=_("告诉居民"),
        notices=("help_resolved",),
    ),
    standard("call_back", sources={State.RESOLVED, State.NOT_ELIGIBLE}, target=State.CLOSED, roles=DESK),
    standard(
        "reopen",
        sources={State.RESOLVED, State.NOT_ELIGIBLE, State.CLOSED},
        target=State.HANDLING,
        roles=DESK | {"resident"},
    ),
    standard(
        "withdraw",
        sources=WORKING_STATES,
        target=State.WITHDRAWN,
        roles=DESK | {"resident"},
        label=_("撤回求助"),
        past=_("撤回了求助"),
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
        lines={"opened": _("登记了求助"), "paper": _("更新了材料")},
        said_by_the_portal=frozenset({"paper"}),
        to_decide=_("批延期"),
        readers=READERS,
        openers=frozenset(HOUSE_STAFF),
        reached_by={
            1: frozenset({"verify"}),
            2: frozenset({"resolve", "find_not_eligible"}),
            3: frozenset({"resolve"}),
            4: frozenset({"call_back"}),
        },
    )
)
HANDLED = HELP.handled
