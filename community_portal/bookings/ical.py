"""What a calendar is told, in the words of RFC 5545 and 7986. Times are written in UTC: right in whatever calendar reads them.

One event keeps one UID for ever, in the file of a single booking and in every feed; a booking that was moved is one event.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Alarm, Calendar, Event, Timezone, TimezoneStandard, vDuration

ASK_AGAIN = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Entry:
    """One event. ``takes_time``: its hour is not free for anything else; ``url`` is a page that asks who wants to see it."""

    uid: str
    sequence: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    summary: str
    place: str
    changed_at: dt.datetime
    url: str = ""
    words: str = ""
    is_cancelled: bool = False
    takes_time: bool = True


def uid_of_booking(first_id: int) -> str:
    """``first_id``: what it was moved from in the beginning (queries.first_of_moves)."""
    return f"booking-{first_id}@{_host()}"


def uid_of_session(session_id: int) -> str:
    return f"session-{session_id}@{_host()}"


def _host() -> str:
    """Two portals that somebody subscribes to do not overwrite each other's events."""
    return urlsplit(settings.PORTAL_URL).hostname or "portal"


def file_of(entry: Entry, *, rings_before: dt.timedelta) -> bytes:
    """One event to be taken into a calendar once; opened again after a cancellation it takes the event out."""
    calendar = _calendar()
    calendar.add("method", "CANCEL" if entry.is_cancelled else "PUBLISH")
    event = _event(entry)
    if not entry.is_cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.summary)
        alarm.add("trigger", -rings_before)
        event.add_component(alarm)
    calendar.add_component(event)
    return calendar.to_ical()


def feed_of(entries: Iterable[Entry], *, name: str) -> bytes:
    """A calendar to be asked again and again. Equal entries are equal bytes, so that who has them is told "not modified"."""
    calendar = _calendar()
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(ASK_AGAIN))
    for entry in sorted(entries, key=lambda entry: (entry.starts_at, entry.uid)):
        calendar.add_component(_event(entry))
    if not calendar.subcomponents:
        calendar.add_component(_zone())
    return calendar.to_ical()


def _zone() -> Timezone:
    """A calendar holds something, says the standard: strict readers refuse one without any event."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", settings.TIME_ZONE)
    standard.add("dtstart", dt.datetime(1991, 9, 15, 1))
    standard.add("tzoffsetfrom", dt.timedelta(hours=9))
    standard.add("tzoffsetto", dt.timedelta(hours=8))
    zone.add_component(standard)
    return zone


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//community portal//visits//")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.starts_at.astimezone(dt.UTC))
    event.add("dtend", entry.ends_at.astimezone(dt.UTC))
    event.add("summary", entry.summary)
    event.add("location", entry.place)
    if entry.words:
        event.add("description", entry.words)
    if entry.url:
        event.add("url", settings.PORTAL_URL + entry.url)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE" if entry.takes_time and not entry.is_cancelled else "TRANSPARENT")
    return event
