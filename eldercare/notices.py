"""What is said about a home adaptation beyond what is said about any matter (matters/notices.py)."""

from django.utils.translation import gettext_lazy as _

from community_portal.matters.notices import while_in
from community_portal.outbox.kinds import Kind, register_kinds
from eldercare.workflow.adaptation import State

register_kinds(
    Kind(
        "adapt_registered",
        _("适老化改造已申请"),
        _("【%(hall)s】适老化改造申请已登记，编号 %(number)s。查进度：%(url)s，编号加手机后四位。电话 %(phone)s。"),
    ),
    Kind(
        "adapt_rejected",
        _("不符合改造条件"),
        _("【%(hall)s】%(number)s 这次不符合条件：%(words)s 有疑问请打 %(phone)s。"),
        while_in(State.REJECTED),
    ),
    Kind(
        "adapt_sign_please",
        _("请看方案、签字"),
        _("【%(hall)s】%(number)s 的改造方案做好了，请看看、签字。有疑问请打 %(phone)s。"),
        while_in(State.CONFIRMING),
    ),
    Kind(
        "adapt_works_begin",
        _("改造要开工了"),
        _("【%(hall)s】%(number)s 施工单位已接单，开工前会和您约时间。电话 %(phone)s。"),
        while_in(State.WORKS),
    ),
    Kind(
        "adapt_done",
        _("改造验收通过"),
        _("【%(hall)s】%(number)s 的改造验收通过了。用着不合适请打 %(phone)s。"),
        while_in(State.ACCEPTED, State.FOLLOW_UP, State.CLOSED),
    ),
    Kind(
        "adapt_rectify",
        _("有几处要整改"),
        _("%(number)s 验收没有全过，请按单子整改。"),
        while_in(State.RECTIFYING),
        for_staff=True,
    ),
)
