"""What a booking says to people: confirmed, the day before, two hours before, moved, cancelled.

The rows of a new booking are written by the statement that takes the place (bookings/seats.py), so this module only
composes them; everything later goes through outbox/actions.py.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.bookings.models import Booking, BookingState, Channel, Session
from community_portal.outbox.actions import Recipient, cancel_unsent, queue_message, resident_recipients
from community_portal.outbox.kinds import Kind, register_kinds
from community_portal.outbox.models import Channel as MessageChannel
from community_portal.outbox.models import Message, MessageState
from community_portal.people.models import Resident, User

REMINDERS = (("booking_reminder_day", dt.timedelta(days=1)), ("booking_reminder_hours", dt.timedelta(hours=2)))
# A third of wrong cancellations are corrected within a minute: an undone one says nothing.
UNDO_WINDOW = dt.timedelta(minutes=2)
WITHDRAWN = gettext_noop("预约取消或改期了")


def subject_of(booking_id: int) -> str:
    """What messages of a booking are found by."""
    return f"booking:{booking_id}"


def recipients_of(resident: Resident, *, by: User | None) -> list[Recipient]:
    """The resident, and the family member who acts for him: on the screen, or by SMS when the resident has no phone."""
    found = resident_recipients(resident)
    if by is None or by.resident_id == resident.pk or by.is_portal_staff:
        return found
    if by.phone and not any(one.channel == MessageChannel.SMS for one in found):
        found.append(Recipient(MessageChannel.SMS, by.phone, by, resident, by.language))
    return [*found, Recipient(MessageChannel.SCREEN, "", by, resident, by.language)]


def rows_for(
    kind: str, *, session: Session, to: list[Recipient], token: str, at: dt.datetime, party_size: int
) -> list[dict[str, Any]]:
    """Rows for ``seats.take_seats``: the answer now and the reminders that still lie ahead."""
    due = [(kind, at)]
    due += [(name, session.starts_at - before) for name, before in REMINDERS if session.starts_at - before > at]
    words = {one.language: context_of(session, language=one.language, token=token) for one in to}
    return [
        {
            "kind": name,
            "channel": one.channel,
            "user_id": one.user.pk if one.user else None,
            "resident_id": one.resident.pk if one.resident else None,
            "address": one.address,
            "language": one.language,
            "context": words[one.language] | {"people": party_size},
            "whom": f"{one.channel}:{one.address or (one.user.pk if one.user else 0)}",
            "due_at": moment.isoformat(),
            "expires_at": session.starts_at.isoformat(),
            "is_urgent": False,
        }
        for name, moment in due
        for one in to
    ]


def queue_rows(
    rows: list[dict[str, Any]], *, booking_id: int, version: int, community_id: int, at: dt.datetime
) -> None:
    """Writes rows of ``rows_for`` for a booking that already has its number (a confirmed hold)."""
    Message.objects.bulk_create(
        [
            Message(
                **{name: value for name, value in row.items() if name not in ("whom", "due_at", "expires_at")},
                due_at=dt.datetime.fromisoformat(row["due_at"]),
                expires_at=dt.datetime.fromisoformat(row["expires_at"]),
                subject=subject_of(booking_id),
                subject_version=version,
                dedupe_key=f"{row['kind']}:{booking_id}:{version}:{row['whom']}"[:120],
                community_id=community_id,
                created_at=at,
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )


def context_of(session: Session, *, language: str, token: str = "") -> dict[str, Any]:
    """The facts of a session in words of a language: ``what``, ``when``, ``where``, ``bring``, ``phone``, ``link``."""
    with translation.override(language):
        service, community = session.service, session.community
        papers = service.papers_to_bring if service else []
        return {
            "what": session.subject,
            "when": date_format(clock.local(session.starts_at), gettext("n月j日 H:i")),
            "where": where_of(session),
            "bring": gettext("请带：%(papers)s。") % {"papers": gettext("、").join(papers)} if papers else "",
            "phone": community.phone,
            "link": settings.PORTAL_URL + reverse("booking_link", args=[token]) if token else "",
        }


def where_of(session: Session) -> str:
    """Where to be, in the language in force."""
    if session.channel == Channel.HOME:
        return gettext("我们到您家")
    if session.channel == Channel.PHONE:
        return gettext("我们给您打电话")
    place = str(session.community)
    return f"{place} {session.room}" if session.room_id else place


def withdraw(booking_id: int) -> None:
    """Nothing more is said about the booking as it was."""
    cancel_unsent(subject_of(booking_id), reason=WITHDRAWN)


def restore(booking: Booking) -> None:
    """After an undone cancellation: what was withdrawn waits again, the word of the cancellation does not."""
    cancel_unsent(subject_of(booking.pk), reason=gettext_noop("取消又撤回了"))
    Message.objects.filter(subject=subject_of(booking.pk), state=MessageState.CANCELLED, reason=WITHDRAWN).update(
        state=MessageState.WAITING, reason="", subject_version=booking.version
    )


def keep_true(booking: Booking) -> None:
    """The booking changed in a way that its messages do not speak of: they stay true."""
    Message.objects.filter(subject=subject_of(booking.pk), state=MessageState.WAITING).update(
        subject_version=booking.version
    )


def queue_cancelled(booking: Booking, *, to: list[Recipient], at: dt.datetime, by_house: bool = False) -> None:
    """The word of a cancellation, late enough to be undone; nobody needs it after the visit would have begun."""
    for one in to:
        queue_message(
            "booking_cancelled_by_house" if by_house else "booking_cancelled",
            to=one,
            at=at,
            due_at=at if by_house else at + UNDO_WINDOW,
            expires_at=booking.ends_at,
            dedupe=f"booking_cancelled:{booking.pk}:{booking.version}",
            subject=subject_of(booking.pk),
            version=booking.version,
            community_id=booking.community_id,
            context=context_of(booking.session, language=one.language),
        )


def _untrue_because(message: Message, at: dt.datetime, *, state: str) -> str:
    booking = Booking.objects.filter(pk=int(message.subject.partition(":")[2])).first()
    if booking is None or booking.state != state:
        return gettext_noop("预约已经不是这样了")
    if booking.version != message.subject_version:
        return gettext_noop("预约改过了")
    return gettext_noop("已经开始了") if booking.starts_at <= at and state == BookingState.BOOKED else ""


def still_booked(message: Message, at: dt.datetime) -> str:
    """True while the booking stands as it was and lies ahead."""
    return _untrue_because(message, at, state=BookingState.BOOKED)


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
)
