"""The states of a drill and of what it leaves to be done, and who does what."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from community_portal.people.models import Role

PLANNERS = frozenset({Role.SAFETY, Role.MANAGER})
STREET = frozenset({Role.STREET_OFFICER})
LEADERS = PLANNERS | STREET
READERS = LEADERS | {Role.GRID_OFFICER}


class Drilling(TextChoices):
    DRAFT = "draft", _("在写方案")
    APPROVING = "approving", _("待街道批")
    APPROVED = "approved", _("批了，待发通知")
    NOTIFIED = "notified", _("通知了，在报名")
    READY = "ready", _("都备好了")
    RUNNING = "running", _("正在演练")
    ENDED = "ended", _("结束，待评估")
    ACTIONS = "actions", _("评估过，在整改")
    CLOSED = "closed", _("已办结")
    CANCELLED = "cancelled", _("不办了")
    ABORTED = "aborted", _("中止")


class Putting(TextChoices):
    OPEN = "open", _("待整改")
    PROOF = "proof", _("待查看")
    CHECKED = "checked", _("改好了")
    RETESTED = "retested", _("下次演练验过")


PLANNED = frozenset({Drilling.APPROVED, Drilling.NOTIFIED, Drilling.READY})
BEFORE = frozenset({Drilling.DRAFT, Drilling.APPROVING}) | PLANNED
ANNOUNCED = frozenset({Drilling.NOTIFIED, Drilling.READY})
ON_THE_DAY = frozenset({Drilling.READY, Drilling.RUNNING})
HELD = frozenset({Drilling.ENDED, Drilling.ACTIONS, Drilling.CLOSED})
LEFT_TO_DO = frozenset({Putting.OPEN, Putting.PROOF})


class Campaigning(TextChoices):
    PLANNED = "planned", _("定了，等对方确认")
    CONFIRMED = "confirmed", _("对方确认了")
    HELD = "held", _("办过了，待写总结")
    REPORTED = "reported", _("总结好了")
    NO_SHOW = "no_show", _("去了没办成")
    CANCELLED = "cancelled", _("取消了")


CROWDED = 1.2  # more people than this part of the places is a slip of the hand, or somebody says how they fitted in


class Hazarding(TextChoices):
    REPORTED = "reported", _("新报的，待核实")
    VERIFIED = "verified", _("核实了，待派单")
    ASSIGNED = "assigned", _("派了，待整改")
    IN_PROGRESS = "in_progress", _("在整改")
    TRANSFERRED = "transferred", _("转出去了，等答复")
    FIXED = "fixed", _("当场改了，待复查")
    SUBMITTED = "submitted", _("改好了，待复查")
    CLOSED = "closed", _("已销号")
    NOT_HAZARD = "not_hazard", _("不是隐患")
    DUPLICATE = "duplicate", _("和另一件重复")
    PASSED_ON = "passed_on", _("转给充电办")


HAZARD_TO_FIX = frozenset({Hazarding.VERIFIED, Hazarding.ASSIGNED, Hazarding.IN_PROGRESS})
HAZARD_GIVEN = frozenset({Hazarding.ASSIGNED, Hazarding.IN_PROGRESS})
HAZARD_TO_REINSPECT = frozenset({Hazarding.FIXED, Hazarding.SUBMITTED})
HAZARD_OPEN = HAZARD_TO_FIX | HAZARD_TO_REINSPECT | {Hazarding.REPORTED, Hazarding.TRANSFERRED}
