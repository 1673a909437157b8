"""Who hears what about a drill: the street that approves, those with a task, the helpers, and whoever signed up."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override

from community_portal import clock
from community_portal.bookings.models import BookingState
from community_portal.bookings.telling import group_recipients
from community_portal.matters.notices import subject_of
from community_portal.outbox.actions import Recipient, queue_message, resident_recipients, staff_recipients
from community_portal.outbox.models import Channel
from community_portal.people.models import Role, User
from community_portal.people.staff.memberships import staff_at
from community_portal.web.spoken import plain_when
from safety.models import CorrectiveAction, Drill, Helper

CAME = (BookingState.ARRIVED, BookingState.SERVED)


def _queue(kind: str, drill: Drill, to: Iterable[Recipient], *, at: dt.datetime, about: str = "", **facts: Any) -> None:
    for recipient in to:
        with override(recipient.language):
            told = {
                "hall": gettext("%(community)s会客厅") % {"community": drill.community},
                "title": drill.title,
                "number": drill.case.number,
                "when": str(plain_when(drill.starts_at)),
                "place": drill.place,
                "phone": drill.community.phone,
            }
        queue_message(
            kind,
            to=recipient,
            at=at,
            dedupe=f"{kind}:{drill.pk}:{about or drill.version}",
            context=told | facts,
            subject=subject_of(drill),
            version=drill.version,
            community_id=drill.community_id,
        )


def tell_street(drill: Drill, *, at: dt.datetime) -> None:
    for officer in staff_at(drill.community_id, Role.STREET_OFFICER, on=clock.local(at).date()):
        _queue("drill_to_approve", drill, staff_recipients(officer), at=at)


def tell_evaluator(drill: Drill, *, at: dt.datetime) -> None:
    if drill.evaluator:
        _queue("drill_to_evaluate", drill, staff_recipients(drill.evaluator), at=at)


def _team(drill: Drill) -> list[Recipient]:
    """Each account once, then the telephones of members who have none."""
    users: dict[int, User] = {}
    phones: dict[str, Recipient] = {}
    for person in (drill.commander, drill.deputy, drill.evaluator):
        if person:
            users[person.pk] = person
    for member in drill.members.select_related("user"):
        if member.user:
            users[member.user.pk] = member.user
        elif member.phone:
            phones[member.phone] = Recipient(Channel.SMS, member.phone)
    return [one for user in users.values() for one in staff_recipients(user)] + list(phones.values())


def tell_team(kind: str, drill: Drill, *, at: dt.datetime, words: str = "") -> None:
    _queue(kind, drill, _team(drill), at=at, words=words[:120])


def tell_everybody(kind: str, drill: Drill, *, at: dt.datetime, words: str = "") -> None:
    """Those with a task, helpers, and all who signed up."""
    tell_team(kind, drill, at=at, words=words)
    helpers = [
        Recipient(Channel.SMS, phone) for phone in drill.helpers.exclude(phone="").values_list("phone", flat=True)
    ]
    _queue(kind, drill, helpers, at=at, words=words[:120])
    for booking in _signed_up(drill, BookingState.BOOKED, *CAME):
        _queue(kind, drill, resident_recipients(booking.resident), at=at, words=words[:120])
    _queue(kind, drill, _companies(drill), at=at, words=words[:120])


def _signed_up(drill: Drill, *states: str) -> Any:
    if drill.session is None:
        return []
    return drill.session.bookings.filter(state__in=states, resident__isnull=False).select_related("resident")


def _companies(drill: Drill) -> list[Recipient]:
    """Those that signed up whole: whoever answers their telephone."""
    rows = drill.session.bookings.filter(state__in=(BookingState.BOOKED, *CAME)) if drill.session else []
    return [one for row in rows if row.resident_id is None for one in group_recipients(row.group_phone)]


def tell_helper(helper: Helper, *, at: dt.datetime) -> None:
    drill = helper.drill
    to = staff_recipients(helper.user) if helper.user else [Recipient(Channel.SMS, helper.phone)]
    facts = {"helper": helper.pk, "name": helper.name, "whom": helper.resident.name, "where": helper.where}
    _queue("drill_helper", drill, to, at=at, about=f"{helper.pk}:{helper.name}", **facts)


def remind_owner(action: CorrectiveAction, *, at: dt.datetime) -> None:
    """Three days before the day that was agreed, and on it."""
    for days in (3, 0):
        moment = clock.at_wall(action.due_on - dt.timedelta(days=days), dt.time(9))
        if moment <= at or action.handler is None:
            continue
        for recipient in staff_recipients(action.handler):
            queue_message(
                "action_due",
                to=recipient,
                at=at,
                due_at=moment,
                dedupe=f"action_due:{action.pk}:{action.due_on}:{days}",
                context={
                    "number": action.case.number,
                    "title": action.case.title,
                    "day": f"{action.due_on:%m-%d}",
                    "due_on": action.due_on.isoformat(),
                },
                subject=subject_of(action),
                version=action.version,
                community_id=action.community_id,
            )


def thank_all(drill: Drill, *, at: dt.datetime) -> None:
    """Whoever came gets their certificate."""
    for booking in _signed_up(drill, *CAME):
        url = settings.PORTAL_URL + reverse("drill_certificate", args=[booking.pk])
        _queue(
            "drill_thanks", drill, resident_recipients(booking.resident), at=at, about=str(booking.pk), url=f"{url} "
        )
