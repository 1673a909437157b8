"""The last look before sending: is it still true, still wanted, decent at this hour, and not too much for one day?"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_noop as _

from community_portal import clock
from community_portal.composed import Composed, Later
from community_portal.outbox.kinds import Kind
from community_portal.outbox.models import Channel, Message, MessageState
from community_portal.people.models import STAFF, Delegation, Resident
from community_portal.people.own_account.consents import numbers_for_messages

IN_THE_MORNING, TOO_LATE_BY_MORNING = _("早上再发"), _("到早上已过时")


@dataclass(frozen=True)
class NotNow:
    """Why a message does not go out, in the words of the source (``Message.why``); ``until`` None means never."""

    reason: str
    until: dt.datetime | None = None


def last_look(message: Message, kind: Kind, *, at: dt.datetime) -> NotNow | None:
    """None: send it, to ``message.address``, which becomes the person's present number when the old one was taken away.

    The row must be in hand already (``handed_at``): workers that write to one number at once then count each other, so
    the cap may hold one back too early but is never exceeded.
    """
    if message.expires_at and message.expires_at <= at:
        return NotNow(_("已经过时"))
    reason = kind.untrue_because(message, at) or _unwanted_because(message, at) or _left_because(message, kind)
    if reason:
        return NotNow(reason)
    if message.is_urgent or message.channel == Channel.SCREEN:
        return None
    morning = end_of_quiet(at)
    if morning:
        return _in_the_morning(message, morning, _("夜里不打扰"))
    if _had_enough(message, at):
        # Tomorrow, not never: what is still true then is still worth knowing.
        morning = clock.at_wall(clock.local(at).date() + dt.timedelta(days=1), settings.QUIET_HOURS[1])
        return _in_the_morning(message, morning, _("这个号码今天收到的消息已经够多"))
    return None


def _in_the_morning(message: Message, morning: dt.datetime, why: str) -> NotNow:
    if message.expires_at and message.expires_at <= morning:
        return NotNow(f"{why}，{TOO_LATE_BY_MORNING}")
    return NotNow(f"{why}，{IN_THE_MORNING}", morning)


def end_of_quiet(at: dt.datetime) -> dt.datetime | None:
    """When the night is over, if ``at`` is in it (21:00–8:00 in Shanghai)."""
    local, (begins, ends) = clock.local(at), settings.QUIET_HOURS
    if local.time() >= begins:
        return clock.at_wall(local.date() + dt.timedelta(days=1), ends)
    return clock.at_wall(local.date(), ends) if local.time() < ends else None


def _had_enough(message: Message, at: dt.datetime) -> bool:
    start, end = clock.day_bounds(clock.local(at).date())
    others = _TOLD(message=message.pk, address=message.address, start=start, end=end)
    return len(others) >= settings.MESSAGES_PER_PERSON_PER_DAY


def _told() -> QuerySet[Message]:
    """What else the address heard that day. A refused one was never read; one that waits again is counted when it goes."""
    that_day = Message.objects.filter(
        address=Later("address"), handed_at__gte=Later("start"), handed_at__lt=Later("end"), is_urgent=False
    ).exclude(pk=Later("message"))
    told = that_day.filter(state__in=[MessageState.CLAIMED, MessageState.SENT, MessageState.UNSURE])
    return told.only("pk").order_by()


_TOLD = Composed(_told)


def _unwanted_because(message: Message, at: dt.datetime) -> str:
    """Disabled accounts, the dead, revoked delegations and numbers that want no messages hear nothing more."""
    user, person = message.user, message.resident.present_file if message.resident else None
    if user is not None and not user.is_active:
        return _("账号已停用")
    if person is None:
        return ""
    if user is not None:
        own = user.resident_id in (person.pk, message.resident_id)
        return "" if own or _acts_for(message, person, at) else _("委托已结束")
    if person.deceased_on is not None:
        return _("居民已去世")
    return "" if message.channel != Channel.SMS or _has_number(message, person) else _("居民不再接收短信")


def _left_because(message: Message, kind: Kind) -> str:
    """What is for staff is for those who still work there, or for an organisation."""
    user, place = message.user, message.community_id
    if not kind.for_staff or user is None or place is None:
        return ""
    return "" if user.has_role_at(place, *STAFF) or user.organisation_posts else _("已经不在这个岗位")


def _acts_for(message: Message, person: Resident, at: dt.datetime) -> bool:
    in_force = Delegation.objects.in_force(on=clock.local(at).date())
    return in_force.filter(agent_id=message.user_id, principal__in={person.pk, message.resident_id}).exists()


def _has_number(message: Message, person: Resident) -> bool:
    """Turns the message to the number that counts now; a reminder to a number given up reaches a stranger."""
    numbers = numbers_for_messages(person)
    if message.address not in numbers and numbers:
        message.address = numbers[0]
    return bool(numbers)
