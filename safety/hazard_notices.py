"""What is said about hazards, each while it is still true."""

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from community_portal.matters.notices import matter_of, while_in, while_in_their_hands, while_true
from community_portal.outbox.kinds import Kind
from community_portal.outbox.models import Message
from safety.models import HazardTransfer
from safety.workflow.states import HAZARD_GIVEN, HAZARD_TO_FIX, HAZARD_TO_REINSPECT, Hazarding


def while_given_to_them(message: Message, at: dt.datetime) -> str:
    """True while it is to be mended, and theirs to mend: by an organisation of theirs, or in their hands."""
    hazard = matter_of(message)
    theirs = hazard is not None and message.user is not None and bool(hazard.roles_given(message.user))
    stands = theirs and hazard.state in HAZARD_GIVEN
    return "" if stands else gettext_noop("情况已经变了")


def while_extended(message: Message, at: dt.datetime) -> str:
    hazard = matter_of(message)
    return "" if hazard is not None and hazard.state in HAZARD_GIVEN else gettext_noop("情况已经变了")


def while_it_waits_for_them(message: Message, at: dt.datetime) -> str:
    """True while nobody has answered, and it still waits."""
    row = HazardTransfer.objects.filter(pk=message.context.get("transfer"), answered_at=None).select_related("hazard")
    waits = any(one.hazard.state == Hazarding.TRANSFERRED for one in row)
    return "" if waits else gettext_noop("情况已经变了")


HAZARDS = (
    Kind(
        "hazard_verified",
        _("您报的隐患核实了"),
        _("【%(hall)s】您报的“%(title)s”去看过了，是隐患，正在定谁来改。编号 %(number)s，查进度：%(url)s"),
        while_in(*map(str, HAZARD_TO_FIX)),
    ),
    Kind(
        "hazard_fixed",
        _("您报的隐患改了"),
        _("【%(hall)s】您报的“%(title)s”说是改好了，还会有人去复查。编号 %(number)s，查进度：%(url)s"),
        while_in(*map(str, HAZARD_TO_REINSPECT)),
    ),
    Kind(
        "hazard_closed",
        _("您报的隐患销号了"),
        _("【%(hall)s】您报的“%(title)s”改好了，复查过了。整改后的照片：%(url)s编号 %(number)s。%(words)s"),
        while_in(Hazarding.CLOSED, Hazarding.DUPLICATE),
    ),
    Kind(
        "hazard_not_one",
        _("您报的不是隐患"),
        _("【%(hall)s】您报的“%(title)s”去看过，不是隐患：%(words)s 有疑问请打 %(phone)s。"),
        while_in(Hazarding.NOT_HAZARD),
    ),
    Kind(
        "hazard_transferred",
        _("您报的隐患转给了管的单位"),
        _("【%(hall)s】您报的“%(title)s”要由别的单位处理，已经转去，有答复会告诉您。编号 %(number)s，查进度：%(url)s"),
        while_in(Hazarding.TRANSFERRED),
    ),
    Kind(
        "hazard_assigned",
        _("派给您的隐患"),
        _("%(number)s“%(title)s”派给您整改，%(due)s 前改好。"),
        while_in_their_hands,
        for_staff=True,
    ),
    Kind(
        "hazard_given",
        _("请你们整改的隐患"),
        _("%(number)s“%(title)s”请你们整改，%(due)s 前改好，交照片。"),
        while_given_to_them,
        for_staff=True,
    ),
    Kind(
        "hazard_extended",
        _("隐患整改同意延期"),
        _("%(number)s“%(title)s”同意延到 %(day)s。"),
        while_extended,
        for_staff=True,
    ),
    Kind(
        "hazard_asks_body",
        _("请答复一处隐患"),
        _("【%(hall)s】%(number)s“%(title)s”请你们处理，请点 %(url)s 答复。有事打 %(phone)s。"),
        while_it_waits_for_them,
    ),
    Kind(
        "hazard_body_answered",
        _("转出去的隐患有答复了"),
        _("%(number)s“%(title)s”：%(body)s答复“%(words)s”。"),
        while_true(lambda hazard: hazard.state in HAZARD_TO_FIX),
        for_staff=True,
    ),
)
