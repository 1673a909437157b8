"""What is said about drills beyond what bookings say of the sign-up, each while it is still true."""

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from community_portal.matters.notices import matter_of, while_in, while_in_their_hands, while_true
from community_portal.outbox.kinds import Kind, register_kinds
from community_portal.outbox.models import Message
from community_portal.web.spoken import short_when
from safety.equipment_notices import EQUIPMENT
from safety.hazard_notices import HAZARDS
from safety.models import Helper
from safety.retrofit_notices import RETROFIT_NOTICES
from safety.workflow.states import HELD, PLANNED, Campaigning, Drilling, Putting


def while_they_help(message: Message, at: dt.datetime) -> str:
    """True while this helper is still theirs and the drill lies ahead."""
    row = Helper.objects.filter(pk=message.context.get("helper")).select_related("drill").first()
    helps = row is not None and row.name == message.context.get("name")
    ahead = row is not None and row.drill.state not in (Drilling.CANCELLED, Drilling.ABORTED, *HELD)
    return "" if helps and ahead else gettext_noop("情况已经变了")


def while_it_is_due(message: Message, at: dt.datetime) -> str:
    """True while it is open, in this person's hands, and due on that day."""
    action = matter_of(message)
    due = action is not None and f"{action.due_on}" == message.context.get("due_on") and action.state == Putting.OPEN
    return "" if due and action.handler_id == message.user_id else gettext_noop("情况已经变了")


def while_at_that_time(message: Message, at: dt.datetime) -> str:
    """True while the session is confirmed, and at the time that the message says."""
    session = matter_of(message)
    stands = session is not None and session.state == Campaigning.CONFIRMED
    same = stands and str(short_when(session.starts_at)) == message.context.get("when")
    return "" if same else gettext_noop("情况已经变了")


register_kinds(
    Kind(
        "session_confirm",
        _("请确认宣传时间"),
        _("【%(hall)s】%(what)s想到%(place)s来办，%(when)s。方便吗？请点 %(url)s 有事打 %(phone)s。"),
        while_in(Campaigning.PLANNED),
    ),
    Kind(
        "session_ahead",
        _("宣传提醒"),
        _("【%(hall)s】提醒您：%(when)s，%(what)s，在%(place)s。有变动请打 %(phone)s。"),
        while_at_that_time,
    ),
    Kind(
        "session_called_off",
        _("宣传取消"),
        _("【%(hall)s】很抱歉，%(when)s 到%(place)s的%(what)s取消了。有事请打 %(phone)s。"),
        while_in(Campaigning.CANCELLED),
    ),
    Kind(
        "session_answered",
        _("对方回了宣传的事"),
        _("%(number)s“%(title)s”：对方回了“%(words)s”。"),
        while_in_their_hands,
        for_staff=True,
    ),
    Kind(
        "drill_to_approve",
        _("待批的演练方案"),
        _("%(number)s“%(title)s”（%(when)s）的方案请批。"),
        while_in(Drilling.APPROVING),
        for_staff=True,
    ),
    Kind(
        "drill_task",
        _("演练里您有任务"),
        _("【%(hall)s】%(when)s“%(title)s”，在%(place)s。您在演练组里，请准时到。电话 %(phone)s。"),
        while_in(*map(str, PLANNED)),
    ),
    Kind(
        "drill_helper",
        _("请您帮一位邻居撤离"),
        _("【%(hall)s】%(when)s“%(title)s”，请您到 %(where)s 陪 %(whom)s 一起下楼。不方便请打 %(phone)s。"),
        while_they_help,
    ),
    Kind(
        "drill_moved",
        _("演练改期"),
        _("【%(hall)s】“%(title)s”改期了：%(words)s 定了新时间再告诉您。电话 %(phone)s。"),
        while_true(lambda one: one.state in (Drilling.DRAFT, Drilling.APPROVING)),
    ),
    Kind(
        "drill_called_off",
        _("演练不办了"),
        _("【%(hall)s】“%(title)s”不办了：%(words)s 电话 %(phone)s。"),
        while_in(Drilling.CANCELLED),
    ),
    Kind(
        "drill_aborted",
        _("演练中止"),
        _("【%(hall)s】“%(title)s”中止了，不是演习：%(words)s 请听现场指挥。电话 %(phone)s。"),
        while_in(Drilling.ABORTED),
        is_urgent=True,
    ),
    Kind(
        "drill_to_evaluate",
        _("请评估演练"),
        _("%(number)s“%(title)s”办完了，请评估。"),
        while_in(Drilling.ENDED),
        for_staff=True,
    ),
    Kind(
        "drill_thanks",
        _("谢谢您参加演练"),
        _("【%(hall)s】谢谢您参加“%(title)s”。您的证书：%(url)s"),
        while_in(*map(str, HELD)),
    ),
    Kind("action_due", _("整改快到期"), _("%(number)s“%(title)s”%(day)s 前要改好。"), while_it_is_due, for_staff=True),
    Kind(
        "action_yours",
        _("演练后要改的"),
        _("%(number)s“%(title)s”由您负责，%(due)s 前改好。"),
        while_in_their_hands,
        for_staff=True,
    ),
)
register_kinds(*RETROFIT_NOTICES)
register_kinds(*HAZARDS)
register_kinds(*EQUIPMENT)
