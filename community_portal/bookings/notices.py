"""What a booking says to people: confirmed, the day before, two hours before, moved, cancelled; and while each is true.
Who hears it: telling.py.
"""

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from community_portal.bookings.models import Booking, BookingState, Session
from community_portal.composed import Composed, Later
from community_portal.outbox.kinds import Kind, register_kinds
from community_portal.outbox.models import Message
from community_portal.people.models import STAFF

_BOOKING = Composed(lambda: Booking.objects.filter(pk=Later("booking")).order_by())


def _untrue_because(message: Message, at: dt.datetime, *, state: str) -> str:
    found = _BOOKING(booking=int(message.subject.partition(":")[2]))
    if not found or found[0].state != state:
        return gettext_noop("预约已经不是这样了")
    booking = found[0]
    if booking.version != message.subject_version:
        return gettext_noop("预约改过了")
    return gettext_noop("已经开始了") if booking.starts_at <= at and state == BookingState.BOOKED else ""


def still_booked(message: Message, at: dt.datetime) -> str:
    """True while the booking stands as it was and lies ahead."""
    return _untrue_because(message, at, state=BookingState.BOOKED)


def still_comes(message: Message, at: dt.datetime) -> str:
    """As ``still_booked``, and who is said to come still works there."""
    reason = still_booked(message, at)
    if reason:
        return reason
    session = Session.objects.select_related("host").get(bookings=int(message.subject.partition(":")[2]))
    host = session.host
    if host is None or (host.is_active and (host.has_role_at(session.community_id, *STAFF) or host.organisation_posts)):
        return ""
    return gettext_noop("上门的人不在岗了")


def still_cancelled(message: Message, at: dt.datetime) -> str:
    """True while the cancellation was not undone."""
    return _untrue_because(message, at, state=BookingState.CANCELLED)


register_kinds(
    Kind(
        "booking_confirmed",
        _("预约成功"),
        _("已为您约好：%(what)s，%(when)s，%(where)s。%(bring)s要改期或取消请点 %(link)s"),
        still_booked,
    ),
    Kind(
        "booking_reminder_day",
        _("前一天提醒"),
        _("提醒您：%(what)s，%(when)s，%(where)s。%(bring)s来不了请点 %(link)s"),
        still_booked,
    ),
    Kind(
        "booking_reminder_hours",
        _("两小时前提醒"),
        _("再过一会儿就到时间了：%(what)s，%(when)s，%(where)s。%(bring)s"),
        still_booked,
    ),
    Kind(
        "booking_moved",
        _("改期成功"),
        _("已改到：%(what)s，%(when)s，%(where)s。%(bring)s再要改请点 %(link)s"),
        still_booked,
    ),
    Kind(
        "session_other_room",
        _("地点有变"),
        _("地点有变：%(what)s，%(when)s，改在%(where)s。有事请打 %(phone)s。"),
        still_booked,
    ),
    Kind(
        "place_free",
        _("补上了名额"),
        _("您排队的%(what)s有名额了，已经替您报上：%(when)s，%(where)s。来不了请点 %(link)s，好让给后面的人"),
        still_booked,
    ),
    Kind(
        "waiting_off",
        _("排队的活动取消"),
        _("很抱歉，您排队等的%(what)s（%(when)s）取消了。有事请打 %(phone)s。"),
    ),
    Kind(
        "booking_cancelled",
        _("预约取消"),
        _("已取消：%(what)s，%(when)s。需要时欢迎再约，电话 %(phone)s。"),
        still_cancelled,
    ),
    Kind(
        "booking_cancelled_by_house",
        _("会客厅取消预约"),
        _("很抱歉，会客厅临时有安排，%(when)s 的%(what)s取消了。请另约时间，或打 %(phone)s。"),
        still_cancelled,
        is_urgent=True,
    ),
    Kind(
        "booking_no_more",
        _("不再办理"),
        _("很抱歉，您约的%(what)s（%(when)s）取消了，以后这里不再办。有事请打 %(phone)s。"),
        still_cancelled,
        is_urgent=True,
    ),
    Kind(
        "home_visit_other_person",
        _("上门的人有变"),
        _("上门的人有变：%(when)s 的%(what)s，%(before)s不来了，换一位同事来，进门先出示工作证。有事请打 %(phone)s。"),
        still_booked,
    ),
    Kind(
        "hosts_left",
        _("有人离岗"),
        _("%(who)s不在岗了：约好的上门取消了 %(visits)s 个，已经告诉居民；没有人主持的有 %(sessions)s 场，请安排。"),
        for_staff=True,
    ),
    Kind(
        "home_visit_agreed",
        _("上门约好了"),
        _("约好了：%(who)s %(when)s 到您家，%(what)s。%(note)s不方便请点 %(link)s 取消，改时间请打 %(phone)s。"),
        still_comes,
    ),
    Kind(
        "home_visit_moved",
        _("上门改了时间"),
        _("上门改了时间：%(who)s %(when)s 到您家，%(what)s。%(note)s不方便请点 %(link)s 取消，或打 %(phone)s。"),
        still_comes,
    ),
    Kind(
        "home_visit_reminder_day",
        _("上门前一天提醒"),
        _("提醒您：%(who)s %(when)s 到您家，%(what)s。%(note)s不方便请点 %(link)s 取消，或打 %(phone)s。"),
        still_comes,
    ),
    Kind(
        "home_visit_reminder_hours",
        _("上门前两小时提醒"),
        _("再过一会儿，%(who)s %(when)s 到您家，%(what)s。请留意敲门，有事请打 %(phone)s。"),
        still_comes,
    ),
    Kind(
        "home_visit_cancelled",
        _("上门取消"),
        _("已取消：%(who)s %(when)s 不到您家了。需要时请打 %(phone)s 另约。"),
        still_cancelled,
    ),
    Kind(
        "home_visit_called_off",
        _("上门临时取消"),
        _("很抱歉，%(who)s %(when)s 来不了了。我们会再跟您约时间，有事请打 %(phone)s。"),
        still_cancelled,
        is_urgent=True,
    ),
    Kind(
        "host_visit_agreed",
        _("替您约好了上门"),
        _("替您约好了：%(when)s 到%(resident)s家（%(door)s），%(what)s。"),
        still_booked,
        for_staff=True,
    ),
    Kind(
        "host_visit_moved",
        _("上门改了时间"),
        _("改了时间：%(when)s 到%(resident)s家（%(door)s），%(what)s。"),
        still_booked,
        for_staff=True,
    ),
    Kind(
        "host_reminder_day",
        _("上门前一天提醒"),
        _("要上门：%(when)s 到%(resident)s家（%(door)s），%(what)s。"),
        still_booked,
        for_staff=True,
    ),
    Kind(
        "host_reminder_hours",
        _("快要上门了"),
        _("快要上门了：%(when)s 到%(resident)s家（%(door)s），%(what)s。"),
        still_booked,
        for_staff=True,
    ),
    Kind(
        "host_visit_cancelled",
        _("约好的上门取消了"),
        _("%(when)s 到%(resident)s家的上门取消了。"),
        still_cancelled,
        for_staff=True,
    ),
)
