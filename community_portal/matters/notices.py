"""Which message goes to whom about a matter, and whether it is still true: the same for every kind.

A service registers its own kinds of messages (its ``notices.py``) with the questions from here.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, gettext_noop, override
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.models import Matter
from community_portal.casework.notices import managers_of
from community_portal.matters.kinds import KINDS
from community_portal.outbox.actions import Recipient, queue_message, resident_recipients, staff_recipients
from community_portal.outbox.kinds import Kind, register_kinds
from community_portal.outbox.models import Message
from community_portal.people.models import User
from community_portal.web.spoken import plain_day, plain_when

StillTrue = Callable[[Message, dt.datetime], str]


def subject_of(matter: Matter) -> str:
    """What a message about it is found by."""
    return f"{matter.flow.name}:{matter.pk}"


def matter_of(message: Message) -> Any:
    """The matter that a message speaks of, as it is now; None when there is none any more."""
    flow, _colon, pk = message.subject.partition(":")
    kind = KINDS.get(flow)
    return kind.model.objects.filter(pk=int(pk)).first() if kind else None


def while_true(holds: Callable[[Any], bool]) -> StillTrue:
    """True while it holds of the matter; a reminder of anything else would confuse."""

    def untrue_because(message: Message, at: dt.datetime) -> str:
        matter = matter_of(message)
        return "" if matter is not None and holds(matter) else gettext_noop("情况已经变了")

    return untrue_because


def while_in(*states: str) -> StillTrue:
    """True while the matter is still in one of the states."""
    return while_true(lambda matter: matter.state in states)


while_under_way = while_true(lambda matter: matter.state in matter.flow.under_way)
while_it_waits = while_true(lambda matter: matter.spec.stops_clock)
until_decided = while_true(lambda matter: matter.extension_asked_days > 0)


def while_in_their_hands(message: Message, at: dt.datetime) -> str:
    """True while it is in this person's hands: it may be handed to somebody else before the message is read."""
    theirs = while_true(lambda matter: matter.handler_id == message.user_id and matter.state in matter.flow.under_way)
    return theirs(message, at)


register_kinds(
    Kind("matter_question", _("请您补充"), _("【%(hall)s】%(number)s 还需要您补充：%(words)s"), while_it_waits),
    Kind(
        "matter_extended",
        _("延长办理"),
        _("【%(hall)s】%(number)s 需要多一点时间，最迟 %(promised)s 前给您答复。"),
        while_under_way,
    ),
    Kind(
        "matter_assigned",
        _("派给您的事"),
        _("%(number)s“%(title)s”派给您了，%(due)s 前办。"),
        while_in_their_hands,
        for_staff=True,
    ),
    Kind(
        "matter_reopened",
        _("重新办理"),
        _("%(number)s“%(title)s”没有办好，回到您手上，%(due)s 前办。"),
        while_in_their_hands,
        for_staff=True,
    ),
    Kind(
        "matter_handed_over",
        _("同事转给您的事"),
        _("%(number)s“%(title)s”转给您接着办。"),
        while_in_their_hands,
        for_staff=True,
    ),
    Kind(
        "matter_extension_asked",
        _("申请延期"),
        _("%(number)s“%(title)s”申请延期 %(days)s 个工作日，请批。"),
        until_decided,
        for_staff=True,
    ),
)


def tell_resident(
    kind: str, matter: Matter, *, at: dt.datetime, words: str = "", once_per: str = "", **facts: Any
) -> None:
    """Who asked hears it, and the one it is about; each once, also when they share a phone. Of one ``version`` of the matter
    they hear it once, or once of whatever ``once_per`` names."""
    seen: set[str] = set()
    for person in (matter.case.asker, matter.case.resident):
        for recipient in resident_recipients(person) if person else []:
            key = recipient.address or f"user:{recipient.user}"
            if key not in seen:
                seen.add(key)
                _queue(kind, matter, recipient, at=at, words=words, facts=facts, once_per=once_per)


def tell_officer(kind: str, matter: Matter, officer: User, *, at: dt.datetime, **facts: Any) -> None:
    """Somebody of staff has something to do now: a new matter, one that came back, or one to go on with."""
    for recipient in staff_recipients(officer):
        _queue(kind, matter, recipient, at=at, facts=facts)


def tell_manager(kind: str, matter: Matter, *, at: dt.datetime, **facts: Any) -> None:
    """Something the community's manager has to know or decide."""
    for manager in managers_of(matter.community_id, on=clock.local(at).date()):
        tell_officer(kind, matter, manager, at=at, **facts)


def _queue(
    kind: str,
    matter: Matter,
    recipient: Recipient,
    *,
    at: dt.datetime,
    facts: dict[str, Any],
    words: str = "",
    once_per: str = "",
) -> None:
    """``facts`` are what this kind of message says beyond what any may."""
    case, community = matter.case, matter.community
    with override(recipient.language):
        hall = gettext("%(community)s会客厅") % {"community": community}
        due = plain_when(matter.due_at) if matter.due_at else ""
        promised = plain_day(clock.local(matter.promised_at).date()) if matter.promised_at else ""
    subject = subject_of(matter)
    queue_message(
        kind,
        to=recipient,
        at=at,
        dedupe=f"{kind}:{subject}:{once_per or matter.version}",
        context={
            "hall": hall,
            "number": case.number,
            "title": matter.own_subject,
            "officer": str(matter.handler or ""),
            "words": words[:120],
            "phone": community.phone,
            "url": f"{settings.PORTAL_URL}/look-up/ ",  # whatever follows it
            "due": due,
            "promised": promised,
        }
        | facts,
        subject=subject,
        version=matter.version,
        community_id=matter.community_id,
    )
