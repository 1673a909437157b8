"""What is said about a home adaptation beyond what is said about any matter (matters/notices.py)."""

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from community_portal.matters.notices import matter_of, while_in, while_true
from community_portal.outbox.kinds import Kind, register_kinds
from community_portal.outbox.models import Message
from eldercare.queries.plans import plan_to_sign
from eldercare.workflow.states import State
from eldercare.workflow.warranty import Fixing


def while_that_version_waits(message: Message, at: dt.datetime) -> str:
    """True while the family is still asked for their name under the version that the message was about."""
    adaptation = matter_of(message)
    plan = plan_to_sign(adaptation) if adaptation else None
    waits = plan is not None and plan.version == message.context.get("plan")
    asks = waits and adaptation.state in (State.CONFIRMING, State.CHANGING)
    return "" if asks else gettext_noop("情况已经变了")


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
        _("【%(hall)s】%(number)s 的改造方案做好了，请看看、签字：%(url)s。有疑问请打 %(phone)s。"),
        while_that_version_waits,
    ),
    Kind(
        "adapt_order",
        _("新的改造单"),
        _("%(number)s 的改造派给你们了，%(due)s 前接单、定开工日期。"),
        while_true(lambda one: one.state == State.ORDERED and one.contractor_id is not None),
    ),
    Kind(
        "adapt_change_decided",
        _("变更定了"),
        _("%(number)s 的变更街道定了，请打开看。"),
        while_in(State.WORKS),
    ),
    Kind("adapt_cancelled", _("改造终止"), _("%(number)s 的改造终止了，不用再去。有疑问请打 %(phone)s。")),
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
    Kind(
        "warranty_recall",
        _("厂家召回"),
        _("【%(hall)s】%(number)s 家里装的东西厂家要召回：%(words)s 会有人来看，有疑问请打 %(phone)s。"),
        while_in(State.ACCEPTING, State.RECTIFYING, State.ACCEPTED, State.FOLLOW_UP, State.CLOSED),
    ),
    Kind(
        "recall_for_contractor",
        _("厂家召回，请上门"),
        _("%(number)s 家里装的东西厂家要召回，请上门看。"),
        while_in(State.ACCEPTING, State.RECTIFYING, State.ACCEPTED, State.FOLLOW_UP, State.CLOSED),
        for_staff=True,
    ),
    Kind(
        "warranty_reported",
        _("已报修"),
        _("【%(hall)s】报修已登记，编号 %(number)s。查进度：%(url)s，编号加手机后四位。电话 %(phone)s。"),
    ),
    Kind(
        "warranty_order",
        _("新的报修"),
        _("%(number)s“%(title)s”要你们上门看，%(due)s 前去。"),
        while_in(Fixing.SENT),
        for_staff=True,
    ),
    Kind(
        "warranty_repaired",
        _("说是修好了"),
        _("【%(hall)s】%(number)s 说是修好了，您用用看。还不行就告诉我们，电话 %(phone)s。"),
        while_in(Fixing.REPAIRED),
    ),
    Kind(
        "warranty_declined",
        _("这次不能修"),
        _("【%(hall)s】%(number)s 这次不能修：%(words)s 有疑问请打 %(phone)s。"),
        while_in(Fixing.DECLINED),
    ),
)
