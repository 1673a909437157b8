"""What somebody's own calendar shows: their bookings and those of people they act for, and what they have to do as staff.

It is read by foreign servers, so it says what, when and where, and for staff the number of the matter: no name of a resident,
no door, no words of what it is about.
"""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext

from community_portal import clock
from community_portal.bookings.agreements import Purpose, bookings_concerning, purposes_of
from community_portal.bookings.calendars import (
    History,
    bookings_shown,
    entry_of_booking,
    entry_of_session,
    histories_of,
    hosted_by,
    place_of,
)
from community_portal.bookings.ical import Entry
from community_portal.bookings.models import Booking, Channel, Session
from community_portal.people.models import Resident, User


def calendar_of(user: User, *, at: dt.datetime) -> list[Entry]:
    """Each event once: a visit to one's own family stands there as work."""
    return list({entry.uid: entry for entry in (*_own(user, at=at), *_work(user, at=at))}.values())


def _own(user: User, *, at: dt.datetime) -> list[Entry]:
    bookings = bookings_shown(bookings_concerning(user), at=at)
    histories = histories_of(bookings)
    my_files = Resident.objects.file_ids_of([user.resident_id]) if user.resident_id else []
    return [
        _own_entry(booking, histories[booking.pk], is_mine=booking.resident_id in my_files) for booking in bookings
    ]  # fmt: skip


def _own_entry(booking: Booking, history: History, *, is_mine: bool) -> Entry:
    session, what = booking.session, booking.session.subject
    is_here = session.channel == Channel.CENTRE
    return entry_of_booking(
        booking,
        history,
        summary=what if is_mine else gettext("%(what)s（家人的）") % {"what": what},
        place=place_of(session) if is_here else session.get_channel_display(),
        url=reverse("booking", args=[booking.pk]),
    )


def _work(user: User, *, at: dt.datetime) -> list[Entry]:
    sessions = hosted_by(user, at=at)
    of_agreed = Booking.objects.filter(session__in=[session.pk for session in sessions if session.is_agreed])
    visits = bookings_shown(of_agreed, at=at)
    histories = histories_of(visits)
    purposes = purposes_of(visits)
    return [
        *(_hosted_entry(session) for session in sessions if not session.is_agreed),
        *(_visit_entry(visit, histories[visit.pk], purposes.get(visit.pk)) for visit in visits),
    ]


def _hosted_entry(session: Session) -> Entry:
    return entry_of_session(session, url=f"{reverse('visits_today')}?day={clock.local(session.starts_at).date()}")


def _visit_entry(visit: Booking, history: History, purpose: Purpose | None) -> Entry:
    """A visit agreed for a matter; when another was agreed since, the matter no longer knows of this one."""
    number = purpose.number if purpose else ""
    return entry_of_booking(
        visit,
        history,
        summary=f"{visit.session.subject} {number}".strip(),
        place=place_of(visit.session, purpose.grid if purpose else None),
        url=purpose.url if purpose else reverse("visits_today"),
    )
