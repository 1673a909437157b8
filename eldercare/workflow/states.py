"""Where a home adaptation can be, who then has it and for how long. Limits are rule data (rulebook/adaptation_limits.json), with
what stands here where none is published.
"""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.deadlines import Limit
from community_portal.casework.flow import StateSpec
from community_portal.people.models import Role
from community_portal.rules.evaluation import limit_of

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
