"""The only reader of the system clock.

Everything else takes ``at=`` so that demo data can be told in the past and tests can stand still.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return timezone.now()


def today() -> dt.date:
    """Today's date in Shanghai, whatever zone the server runs in."""
    return local(now()).date()


def read_day(text: str) -> dt.date | None:
    """A day as an address has it (2026-11-24); None for anything else, and for years that no calendar here reaches."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None


def local(moment: dt.datetime) -> dt.datetime:
    """The same moment on a wall clock in Shanghai."""
    return moment.astimezone(SHANGHAI)


def at_wall(day: dt.date, time: dt.time) -> dt.datetime:
    """The moment at which clocks in Shanghai show ``time`` on ``day``."""
    return dt.datetime.combine(day, time, tzinfo=SHANGHAI)


def day_bounds(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Start (included) and end (excluded) of a day in Shanghai."""
    return at_wall(day, dt.time.min), at_wall(day + dt.timedelta(days=1), dt.time.min)
