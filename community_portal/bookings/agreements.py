"""What times were agreed for: each service whose matters have such times registers how it finds them and what it makes of news.

Whoever gives a time up, by the link, on his own page or at the desk, need not know for what it was agreed.
"""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from community_portal.bookings.models import Booking
from community_portal.people.models import User
from community_portal.places.models import Grid


class Purpose(NamedTuple):
    """The matter that a time was agreed for, as lists and calendars show it; ``my_url`` and ``title`` are for its resident."""

    number: str
    url: str
    grid: Grid | None
    my_url: str
    title: str


class AgreedMatter(Protocol):
    """A matter with the time agreed for it; nobody else changes it until the end of the transaction."""

    def still_waits(self) -> bool:
        """May a time that was given up stand again, or went the matter another way?"""

    def write(self, kind: str, *, authority: str, by: User | None, at: dt.datetime, reason: str = "") -> None:
        """``appointment_cancelled`` (with its CancelReason), ``appointment_called_off`` or ``appointment_stands``, in its
        journal."""


class Agreements(Protocol):
    """The times agreed for one kind of matter (an app's ``agreements.py``)."""

    def purposes(self, bookings: list[int]) -> dict[int, Purpose]:
        """Of these bookings those agreed for such a matter."""

    def of_matters_of(self, user: User) -> Iterable[int]:
        """Bookings agreed for matters that this person raised, or that are about people he may read for."""

    def lock(self, booking: Booking) -> AgreedMatter | None:
        """The matter that it was agreed for, locked; None when it is not of this kind."""


AGREEMENTS: list[Agreements] = []


def register_agreements(agreements: Agreements) -> None:
    """Makes them known; an app's ``agreements.py`` calls it when Django starts."""
    AGREEMENTS.append(agreements)


def purposes_of(bookings: Iterable[Booking]) -> dict[int, Purpose]:
    """What each of these was agreed for, by booking; when another time was agreed since, the matter no longer knows of it."""
    agreed = [booking.pk for booking in bookings if booking.session.is_agreed]
    found: dict[int, Purpose] = {}
    for agreements in AGREEMENTS if agreed else ():
        found |= agreements.purposes(agreed)
    return found


def lock_matter_of(booking: Booking) -> AgreedMatter | None:
    """The matter that it was agreed for, before session and booking (lock order of seats.py); None for any other booking."""
    matters = (agreements.lock(booking) for agreements in AGREEMENTS) if booking.session.is_agreed else ()
    return next(filter(None, matters), None)
