"""What times were agreed for: each service whose matters have such times registers how it finds them and what it makes of news.

Whoever gives a time up, by the link, on their own page or at the desk, need not know for what it was agreed.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

from django.db.models import Q

from community_portal import clock
from community_portal.bookings.models import READERS, Booking
from community_portal.bookings.reading import READINGS, Reading
from community_portal.people.models import Resident, User
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


class Agreements(Reading, Protocol):
    """The times agreed for one kind of matter (an app's ``agreements.py``)."""

    def purposes(self, bookings: list[int]) -> dict[int, Purpose]:
        """Of these bookings those agreed for such a matter."""

    def of_matters_of(self, user: User) -> Iterable[int]:
        """Bookings agreed for matters that this person raised, or that are about people they may read for."""

    def lock(self, booking: Booking) -> AgreedMatter | None:
        """The matter that it was agreed for, locked; None when it is not of this kind."""


AGREEMENTS: list[Agreements] = []


def register_agreements(agreements: Agreements) -> None:
    """Makes them known; an app's ``agreements.py`` calls it when Django starts."""
    AGREEMENTS.append(agreements)
    READINGS.append(agreements)


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


def urls_of_visits(bookings: Iterable[Booking]) -> dict[int, str]:
    """The page of the matter that each booking was agreed for, by booking."""
    return {pk: purpose.url for pk, purpose in purposes_of(bookings).items()}


def bookings_concerning(user: Any) -> Any:
    """Bookings of the user and of those they may book or read for, and the visits agreed for their matters.

    Plain numbers, because PostgreSQL would read every booking to answer "one of these people or one of these visits".
    """
    if not user.is_authenticated:
        return Booking.objects.none()
    people = Resident.objects.acted_for_by(user, on=clock.today(), scopes=READERS)
    mine = Q(resident__in=list(people.values_list("pk", flat=True))) | Q(pk__in=agreed_for_matters_of(user))
    return Booking.objects.filter(mine)


def agreed_for_matters_of(user: User) -> list[int]:
    """Bookings agreed for matters that this person raised, or that are about people they may read for."""
    return [pk for agreements in AGREEMENTS for pk in agreements.of_matters_of(user)]


def purpose_told(booking: Booking, user: User) -> Purpose | None:
    """What the time was agreed for, to a party of that matter; who may only book for them reads nothing of it."""
    if not booking.session.is_agreed or booking.pk not in agreed_for_matters_of(user):
        return None
    return purposes_of([booking]).get(booking.pk)
