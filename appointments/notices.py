"""Which message goes to whom about a help request."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, gettext_noop, override
from django.utils.translation import gettext_lazy as _

from appointments.models import HelpRequest
from appointments.workflow import WORKING_STATES, State
from community_portal import clock
from community_portal.casework.notices import managers_of
from community_portal.outbox.actions import Recipient, queue_message, resident_recipients, staff_recipients
from community_portal.outbox.kinds import Kind, register_kinds
from community_portal.outbox.models import Message
from community_portal.people.models import User
from community_portal.web.spoken import plain_day, plain_when


def _while_in(*states: str) -> Any:
    """True while the request is still in one of the states; a reminder of anything else would confuse."""

    def untrue_because(message: Message, at: dt.datetime) -> str:
        request = HelpRequest.objects.filter(pk=int(message.subject.partition(":")[2])).first()
        return "" if request and request.state in states else gettext_noop("情况已经变了")

    return untrue_because


def _not_his_any_more(message: Message, at: dt.datetime) -> str:
    """True while the request is in this person's hands: it may be handed to somebody else before the message is read."""
    request = HelpRequest.objects.filter(pk=int(message.subject.partition(":")[2])).first()
    is_his = request and request.handler_id == message.user_id and request.state in WORKING_STATES
    return "" if is_his else gettext_noop("情况已经变了")


def _extension_is_decided(message: Message, at: dt.datetime) -> str:
    open_asks = HelpRequest.objects.filter(pk=int(message.subject.partition(":")[2]), extension_asked_days__gt=0)
    return "" if open_asks.exists() else gettext_noop("情况已经变了")


register_kinds(
    Kind(
        "help_registered",
        _("求助已登记"),
        _("【%(hall)s】您的求助已登记，编号 %(number)s。查进度：%(url)s，编号加手机后四位。电话 %(phone)s。"),
    ),
    Kind(
        "help_officer_on_the_way",
        _("网格员出发了"),
        _("【%(hall)s】网格员 %(officer)s 正在去您家的路上，了解“%(title)s”。请留意敲门。"),
        _while_in(State.VISITING),
        is_urgent=True,
    ),
    Kind("help_question", _("请您补充"), _("【%(hall)s】%(number)s 还需要您补充：%(words)s"), _while_in(State.WAITING)),
    Kind(
        "help_extended",
        _("延长办理"),
        _("【%(hall)s】%(number)s 需要多一点时间，最迟 %(promised)s 前给您答复。"),
        _while_in(*WORKING_STATES),
    ),
    Kind(
        "help_not_eligible",
        _("暂不符合条件"),
        _("【%(hall)s】%(number)s 暂时不符合条件：%(words)s 有疑问请打 %(phone)s。"),
        _while_in(State.NOT_ELIGIBLE, State.CLOSED),
    ),
    Kind(
        "help_resolved",
        _("办好了"),
        _("【%(hall)s】%(number)s “%(title)s”：%(words)s 我们会打电话回访。"),
        _while_in(State.RESOLVED, State.CLOSED),
    ),
    Kind(
        "help_assigned",
        _("新的上门任务"),
        _("%(number)s“%(title)s”派给您了，%(due)s 前上门。"),
        _not_his_any_more,
        for_staff=True,
    ),
    Kind(
        "help_reopened",
        _("重新办理"),
        _("%(number)s“%(title)s”没有办好，回到您手上，%(due)s 前办。"),
        _not_his_any_more,
        for_staff=True,
    ),
    Kind(
        "help_handed_over",
        _("同事转给您的事"),
        _("%(number)s“%(title)s”转给您接着办。"),
        _not_his_any_more,
        for_staff=True,
    ),
    Kind("help_never_home", _("几次没见到人"), _("%(number)s“%(title)s”上门 %(count)s 次没见到人。"), for_staff=True),
    Kind(
        "help_extension_asked",
        _("申请延期"),
        _("%(number)s“%(title)s”申请延期 %(days)s 个工作日，请批。"),
        _extension_is_decided,
        for_staff=True,
    ),
)


def tell_resident(kind: str, request: HelpRequest, *, at: dt.datetime, words: str = "") -> None:
    """Who asked hears it, and the one it is about; each once, also when they share a phone."""
    case = request.case
    seen: set[str] = set()
    for person in (case.asker, case.resident):
        for recipient in resident_recipients(person) if person else []:
            key = recipient.address or f"user:{recipient.user}"
            if key not in seen:
                seen.add(key)
                _queue(kind, request, recipient, at=at, words=words)


def tell_officer(request: HelpRequest, officer: User, *, at: dt.datetime, kind: str = "help_assigned") -> None:
    """A new door to knock on, one to go back to (``help_reopened``), or to go on with (``help_handed_over``)."""
    for recipient in staff_recipients(officer):
        _queue(kind, request, recipient, at=at)


def tell_manager(kind: str, request: HelpRequest, *, at: dt.datetime) -> None:
    """Something the community's manager has to know or decide."""
    for manager in managers_of(request.community_id, on=clock.local(at).date()):
        for recipient in staff_recipients(manager):
            _queue(kind, request, recipient, at=at)


def _queue(kind: str, request: HelpRequest, recipient: Recipient, *, at: dt.datetime, words: str = "") -> None:
    case, community = request.case, request.community
    with override(recipient.language):
        hall = gettext("%(community)s会客厅") % {"community": community}
        due = plain_when(request.due_at) if request.due_at else ""
        promised = plain_day(clock.local(request.promised_at).date()) if request.promised_at else ""
    queue_message(
        kind,
        to=recipient,
        at=at,
        dedupe=f"{kind}:{request.pk}:{request.version}",
        context={
            "hall": hall,
            "number": case.number,
            "title": case.title,
            "officer": str(request.handler or ""),
            "words": words[:120],
            "phone": community.phone,
            "url": f"{settings.PORTAL_URL}/look-up/",
            "due": due,
            "promised": promised,
            "count": request.not_home_count,
            "days": request.extension_asked_days,
        },
        subject=f"help:{request.pk}",
        version=request.version,
        community_id=request.community_id,
    )
