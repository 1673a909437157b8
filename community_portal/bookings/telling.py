"""Who hears what about a booking, and what of it is withdrawn, restored or said anew; the kinds of messages: notices.py.

The rows of a new booking are written by the statement that takes the place (bookings/seats.py), so this module only
composes them; everything later goes through outbox/actions.py.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop

from community_portal import clock
from community_portal.bookings.models import Booking, Channel, Session
from community_portal.outbox.actions import (
    Recipient,
    cancel_unsent,
    queue_message,
    resident_recipients,
    staff_recipients,
)
from community_portal.outbox.models import Channel as MessageChannel
from community_portal.outbox.models import Message, MessageState
from community_portal.people.links import sealed
from community_portal.people.models import STAFF, Contact, Resident, Role, User
from community_portal.people.reach import works_at
from community_portal.people.staff.memberships import managers_of

REMINDERS = (("booking_reminder_day", dt.timedelta(days=1)), ("booking_reminder_hours", dt.timedelta(hours=2)))


# A third of wrong cancellations are corrected within a minute: an undone one says nothing.
UNDO_WINDOW = dt.timedelta(minutes=2)


WITHDRAWN = gettext_noop("预约取消或改期了")


# Who comes to the door says other words than who is waited for; and the one who goes there is told as well.
AT_HOME = {
    "booking_confirmed": "home_visit_agreed",
    "booking_moved": "home_visit_moved",
    "booking_reminder_day": "home_visit_reminder_day",
    "booking_reminder_hours": "home_visit_reminder_hours",
    "booking_cancelled": "home_visit_cancelled",
    "booking_cancelled_by_house": "home_visit_called_off",
}


FOR_HOST = {
    "booking_confirmed": "host_visit_agreed",
    "booking_moved": "host_visit_moved",
    "booking_reminder_day": "host_reminder_day",
    "booking_reminder_hours": "host_reminder_hours",
    "booking_cancelled": "host_visit_cancelled",
    "booking_cancelled_by_house": "host_visit_cancelled",
}


# By which somebody who booked hears that it is off.
_ENDS = (
    "booking_cancelled",
    "booking_cancelled_by_house",
    "booking_no_more",
    AT_HOME["booking_cancelled"],
    AT_HOME["booking_cancelled_by_house"],
)


def subject_of(booking_id: int) -> str:
    """What messages of a booking are found by."""
    return f"booking:{booking_id}"


def recipients_of(resident: Resident, *, by: User | None) -> list[Recipient]:
    """The resident, and the family member who acts for them: on the screen, or by SMS when the resident has no phone."""
    found = resident_recipients(resident)
    if by is None or by.resident_id == resident.pk or works_at(by, resident.community_id):
        return found
    if by.phone and not any(one.channel == MessageChannel.SMS for one in found):
        found.append(Recipient(MessageChannel.SMS, by.phone, by, resident, by.language))
    return [*found, Recipient(MessageChannel.SCREEN, "", by, resident, by.language)]


def audience(
    resident: Resident, *, by: User | None, tell: Sequence[Resident] = (), since: Booking | None = None
) -> list[Recipient]:
    """``recipients_of``, others to ``tell``, and whoever heard of the booking ``since``: each once, where they are reached now."""
    users, people = _heard_of(since) if since else ([], [])
    found = recipients_of(resident, by=by)
    for person in (*tell, *people):
        found += resident_recipients(person)
    for user in users:
        found += recipients_of(resident, by=user)
    once: dict[tuple[Any, ...], Recipient] = {}
    for one in found:
        once.setdefault((one.channel, one.address, one.user.pk if one.user else None), one)
    return list(once.values())


def audience_of(booking: Booking, *, by: User | None) -> list[Recipient]:
    """Whoever is told what becomes of a booking: of a group whoever answers its telephone."""
    if booking.resident:
        return audience(booking.resident, by=by, since=booking)
    return group_recipients(booking.group_phone)


def group_recipients(phone: str) -> list[Recipient]:
    """Who speaks for a company or a class, when they left a number."""
    return [Recipient(MessageChannel.SMS, phone)] if phone else []


def _heard_of(booking: Booking) -> tuple[list[User], list[Resident]]:
    """Who was told of it: family members who act for its resident, and others in their own right."""
    said = Message.objects.filter(subject=subject_of(booking.pk)).exclude(kind__in=FOR_HOST.values())
    told = list(said.select_related("user", "resident").order_by("id"))
    people = {m.resident: None for m in told if m.resident and m.resident != booking.resident}
    users = {m.user: None for m in told if m.user and m.user.resident not in people}
    return list(users), list(people)


def is_known_tail(booking: Booking, tail: str) -> bool:
    """Whether four digits end a phone of its resident, or of somebody who heard of it in their own right, such as who asked
    for them. The phones they have now: a number given up, or a delegation taken back, opens nothing."""
    if booking.group_phone and booking.group_phone.endswith(tail):
        return True
    _users, people = _heard_of(booking)
    return Contact.objects.filter(tail=tail, resident__in=[one for one in (booking.resident, *people) if one]).exists()


def rows_for(
    kind: str,
    *,
    session: Session,
    resident: Resident | None,
    to: list[Recipient],
    token: str,
    by: User | None,
    at: dt.datetime,
    party_size: int,
) -> list[dict[str, Any]]:
    """Rows for ``seats.take_seats``: the answer now and the reminders that still lie ahead."""
    due = [(kind, at)]
    due += [(name, session.starts_at - before) for name, before in REMINDERS if session.starts_at - before > at]
    words = {one.language: context_of(session, language=one.language, token=token) for one in to}
    rows = [
        _row(_worded(name, session), one, words[one.language] | {"people": party_size}, due_at=moment, session=session)
        for name, moment in due
        for one in to
    ]
    if session.host is None or session.channel != Channel.HOME or resident is None:
        return rows
    return rows + [
        _row(FOR_HOST[name], one, _context_for_host(session, resident, one.language), due_at=moment, session=session)
        for name, moment in due
        if name != kind or by != session.host  # they need not be told what they have just done
        for one in staff_recipients(session.host)
    ]


def _worded(kind: str, session: Session) -> str:
    return AT_HOME[kind] if session.channel == Channel.HOME and session.host_id else kind


def _row(
    kind: str, one: Recipient, context: dict[str, Any], *, due_at: dt.datetime, session: Session
) -> dict[str, Any]:
    return {
        "kind": kind,
        "channel": one.channel,
        "user_id": one.user.pk if one.user else None,
        "resident_id": one.resident.pk if one.resident else None,
        "address": one.address,
        "language": one.language,
        "context": context,
        "whom": f"{one.channel}:{one.address or (one.user.pk if one.user else 0)}",
        "due_at": due_at.isoformat(),
        "expires_at": session.starts_at.isoformat(),
        "is_urgent": False,
    }


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
            "who": who_comes(session),
            "note": gettext("留言：%(words)s。") % {"words": session.note.rstrip("。")} if session.note else "",
            "bring": gettext("请带：%(papers)s。") % {"papers": gettext("、").join(papers)} if papers else "",
            "phone": community.phone,
            "link": settings.PORTAL_URL + reverse("booking_link", args=[sealed(token)]) if token else "",
        }


def where_of(session: Session) -> str:
    """Where to be, in the language in force."""
    if session.channel == Channel.HOME:
        return gettext("%(who)s到您家") % {"who": who_comes(session)} if session.host_id else gettext("我们到您家")
    if session.channel == Channel.PHONE:
        return gettext("我们给您打电话")
    return session.place


def who_comes(session: Session) -> str:
    """网格员周敏, in the language in force; empty when nobody is named."""
    return gettext("%(role)s%(name)s") % {"role": role_of_host(session), "name": session.host} if session.host else ""


def role_of_host(session: Session) -> str:
    """As what the host comes: the field officer first, whatever else they are at that place; of a third party from which firm."""
    host = session.host
    roles = (Role.GRID_OFFICER, *(role for role in Role if role in STAFF))
    held = (role for role in roles if host and session.community_id in host.communities_as(role))
    firm = next((one.organisation for one in host.memberships_now if one.organisation), "") if host else ""
    return str(next((role.label for role in held), firm))


def _context_for_host(session: Session, resident: Resident, language: str) -> dict[str, Any]:
    with translation.override(language):
        return {
            "what": session.subject,
            "when": date_format(clock.local(session.starts_at), gettext("n月j日 H:i")),
            "resident": resident.name,
            "door": resident.line,
        }


def withdraw(booking_id: int) -> None:
    """Nothing more is said about the booking as it was."""
    cancel_unsent(subject_of(booking_id), reason=WITHDRAWN)


def restore(booking: Booking) -> None:
    """After an undone cancellation: what was withdrawn waits again, the word of the cancellation does not."""
    cancel_unsent(subject_of(booking.pk), reason=gettext_noop("取消又撤回了"))
    Message.objects.filter(subject=subject_of(booking.pk), state=MessageState.CANCELLED, reason=WITHDRAWN).update(
        state=MessageState.WAITING, reason="", subject_version=booking.version
    )
    reword([booking], Session.objects.get(pk=booking.session_id))  # read again: the room may be another by now


def keep_true(booking: Booking) -> None:
    """The booking changed in a way that its messages do not speak of: they stay true."""
    Message.objects.filter(subject=subject_of(booking.pk), state=MessageState.WAITING).update(
        subject_version=booking.version
    )


def reword(bookings: Sequence[Booking], session: Session) -> None:
    """What still waits to be said of these bookings speaks of the session as it is now.

    What a worker takes in hand meanwhile keeps the words that it says: the lock waits for it and then passes it over.
    """
    subjects = [subject_of(one.pk) for one in bookings]
    waiting = list(
        Message.objects.select_for_update().filter(subject__in=subjects, state=MessageState.WAITING).order_by("id")
    )
    words = {language: context_of(session, language=language) for language in {m.language for m in waiting}}
    for message in waiting:
        now = words[message.language]
        message.context |= {name: now[name] for name in ("what", "where", "note")}
        if message.kind in AT_HOME.values():
            message.context["who"] = now["who"] or _somebody_of_us(message.language)
    Message.objects.bulk_update(waiting, ["context"], batch_size=500)


def _somebody_of_us(language: str) -> str:
    with translation.override(language):
        return gettext("我们的同事")


def queue_other_person(booking: Booking, *, before: User, at: dt.datetime) -> None:
    """Who was to come to the door does not: whoever knows of the booking hears it, and nothing names that person any more."""
    session = Session.objects.get(pk=booking.session_id)
    reword([booking], session)
    if session.channel != Channel.HOME or booking.resident is None:
        return
    for one in audience(booking.resident, by=None, since=booking):
        queue_message(
            "home_visit_other_person",
            to=one,
            at=at,
            expires_at=session.starts_at,
            dedupe=f"home_visit_other_person:{booking.pk}:{session.version}",
            subject=subject_of(booking.pk),
            version=booking.version,
            community_id=booking.community_id,
            context=context_of(session, language=one.language) | {"before": str(before)},
        )


def was_told_of_the_end(booking: Booking) -> bool:
    """Somebody other than who was to come has read that it is off."""
    told = Message.objects.filter(subject=subject_of(booking.pk), subject_version=booking.version)
    return told.filter(kind__in=_ENDS, state__in=[MessageState.SENT, MessageState.UNSURE]).exists()


def tell_host_again(booking: Booking, *, by: User | None, at: dt.datetime) -> None:
    """Who was to come and has read that it is off hears that it stands again."""
    host, session = booking.session.host, booking.session
    read = Message.objects.filter(subject=subject_of(booking.pk), kind=FOR_HOST["booking_cancelled"], user=host)
    if host is None or host == by or booking.resident is None or not read.filter(state=MessageState.SENT).exists():
        return
    for one in staff_recipients(host):
        queue_message(
            FOR_HOST["booking_confirmed"],
            to=one,
            at=at,
            expires_at=session.starts_at,
            dedupe=f"host_visit_again:{booking.pk}:{booking.version}",
            subject=subject_of(booking.pk),
            version=booking.version,
            community_id=booking.community_id,
            context=_context_for_host(session, booking.resident, one.language),
        )


def tell_of_hosts(
    user: User, community_id: int, *, visits: int, sessions: int, by: User | None, at: dt.datetime
) -> None:
    """The managers, but for who has just done it and reads it on the page."""
    today = clock.local(at).date()
    for manager in managers_of(community_id, on=today):
        for one in staff_recipients(manager) if manager != by else ():
            queue_message(
                "hosts_left",
                to=one,
                at=at,
                dedupe=f"hosts_left:{community_id}:{user.pk}:{today}:{manager.pk}",
                community_id=community_id,
                context={"who": str(user), "visits": visits, "sessions": sessions},
            )


def queue_other_room(booking: Booking, session: Session, *, by: User | None, at: dt.datetime) -> None:
    """Whoever knows of the booking hears where it is now; a word of the room before that waits is not said any more."""
    earlier = Message.objects.filter(subject=subject_of(booking.pk), kind="session_other_room")
    earlier.filter(state=MessageState.WAITING).update(state=MessageState.CANCELLED, reason=gettext_noop("地点又改了"))
    for one in audience_of(booking, by=by):
        queue_message(
            "session_other_room",
            to=one,
            at=at,
            expires_at=session.starts_at,
            dedupe=f"session_other_room:{booking.pk}:{session.version}",
            subject=subject_of(booking.pk),
            version=booking.version,
            community_id=booking.community_id,
            context=context_of(session, language=one.language),
        )


def queue_waiting_off(waiting_id: int, session: Session, *, to: list[Recipient], at: dt.datetime) -> None:
    """What somebody waited for does not take place."""
    for one in to:
        queue_message(
            "waiting_off",
            to=one,
            at=at,
            expires_at=session.starts_at,
            dedupe=f"waiting_off:{waiting_id}",
            subject=f"waiting:{waiting_id}",
            community_id=session.community_id,
            context=context_of(session, language=one.language),
        )


def queue_cancelled(
    booking: Booking,
    *,
    to: list[Recipient],
    by: User | None,
    at: dt.datetime,
    by_house: bool = False,
    for_good: bool = False,
) -> None:
    """The word of a cancellation, late enough to be undone; nobody needs it after the visit would have begun. ``for_good``:
    what they had booked is not offered any more."""
    session, kind = booking.session, "booking_cancelled_by_house" if by_house else "booking_cancelled"
    words = [
        ("booking_no_more" if for_good else _worded(kind, session), one, context_of(session, language=one.language))
        for one in to
    ]
    if session.host and session.channel == Channel.HOME and session.host != by and booking.resident:
        words += [
            (FOR_HOST[kind], one, _context_for_host(session, booking.resident, one.language))
            for one in staff_recipients(session.host)
        ]
    for name, one, context in words:
        queue_message(
            name,
            to=one,
            at=at,
            due_at=at if by_house else at + UNDO_WINDOW,
            expires_at=booking.ends_at,
            dedupe=f"booking_cancelled:{booking.pk}:{booking.version}",
            subject=subject_of(booking.pk),
            version=booking.version,
            community_id=booking.community_id,
            context=context,
        )
