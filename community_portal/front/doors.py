"""The doors an officer goes to: matters that wait for somebody to come, and whoever booked a visit at home.

A service declares the doors of its flow (``register_doors`` in its ``entries.py``), and what can be done with a booking there.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.bookings.agreements import urls_of_visits
from community_portal.bookings.models import Booking, BookingState, Channel
from community_portal.bookings.visits import visits_on
from community_portal.casework.flow import Flow
from community_portal.casework.models import Matter
from community_portal.casework.queries import due_words, told_elsewhere
from community_portal.matters.kinds import KINDS, MatterKind
from community_portal.matters.models import Visited
from community_portal.people.models import Resident, User


@dataclass(frozen=True)
class DoorDeed:
    """What can be done at a door: a page to open, or a form of nothing but hidden ``fields`` to send."""

    label: str | Promise
    icon: str
    url: str
    tone: str = "quiet"
    fields: dict[str, Any] | None = None


def step_at_door(matter: Matter, step: str, icon: str, *, label: str | Promise = "", tone: str = "quiet") -> DoorDeed:
    """The page of a step, which leads back to the doors; ``label`` where its own is too long for a door."""
    url = f"{KINDS[matter.flow.name].url_of(matter.case.number)}{step}/?from=field"
    return DoorDeed(label or matter.flow.by_name[step].label, icon, url, tone)


@dataclass(frozen=True)
class Doors:
    """The matters of one flow for which somebody goes to a door, while they are in ``states``: ``deeds`` are what the officer
    may do there, ``note`` what they should know beforehand."""

    flow: Flow
    states: frozenset[str]
    deeds: Callable[[Any], list[DoorDeed]]
    note: Callable[[Any], str] = lambda matter: ""

    @property
    def kind(self) -> MatterKind:
        return KINDS[self.flow.name]

    def of(self, user: User) -> QuerySet[Any]:
        """The officer's own, the agreed ones by their time, then the most urgent; with the doors and numbers of residents."""
        mine = self.kind.read().visible_to(user).filter(handler=user.pk, state__in=self.states)
        times = [F("planned_visit__starts_at").asc(nulls_last=True)] if self.kind.is_visited else []
        with_doors = mine.select_related("case__resident__household__building__estate")
        return with_doors.prefetch_related("case__resident__contacts").order_by(*times, "due_at", "id")


@dataclass(frozen=True)
class Door:
    """One door as the page shows it; ``time`` when somebody waits there for the officer, ``limit`` of all others."""

    key: Any
    resident: Resident | None
    title: str
    label: str
    url: str
    time: dt.datetime | None
    limit: dt.datetime | None = None
    chip: str = ""
    tone: str = "plain"
    note: str = ""
    deeds: list[DoorDeed] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.resident.line if self.resident else ""

    @property
    def phone(self) -> str:
        contacts = list(self.resident.contacts.all()) if self.resident else []
        return contacts[0].phone if contacts else ""

    def waits_by(self, day: dt.date) -> bool:
        """Was the officer to come on that day or before?"""
        return self.time is not None and clock.local(self.time).date() <= day


FurtherDoors = Callable[..., list[Door]]
DOORS: list[Doors] = []
FURTHER_DOORS: list[FurtherDoors] = []
VISIT_DEEDS: list[Callable[[Booking], list[DoorDeed]]] = []


def register_doors(*doors: Doors) -> None:
    """Makes the doors of a flow known."""
    DOORS.extend(doors)


def register_further_doors(doors: FurtherDoors) -> None:
    """Makes doors known behind which no matter waits, as where somebody should look in: ``doors(user, at=, most=)``."""
    FURTHER_DOORS.append(doors)


def register_visit_deeds(deeds: Callable[[Booking], list[DoorDeed]]) -> None:
    """Makes known what the officer may do with somebody who booked them."""
    VISIT_DEEDS.append(deeds)


def time_of(matter: Matter) -> dt.datetime | None:
    """When somebody waits for the officer there; None while nothing is agreed that stands."""
    return matter.planned_visit.starts_at if isinstance(matter, Visited) and matter.visit_stands else None  # type: ignore[union-attr]


def by_time(doors: Iterable[Door]) -> list[Door]:
    """Those with a time, by the hour."""
    timed = [(door.time, door) for door in doors if door.time]
    return [door for _time, door in sorted(timed, key=lambda pair: pair[0])]


def doors_of(user: User, *, at: dt.datetime, most: int) -> tuple[list[Door], bool]:
    """At most so many doors of every kind, the most urgent first, and whether there are more of one."""
    found = [(kind, list(kind.of(user)[: most + 1])) for kind in DOORS]
    untold = told_elsewhere((matter.case for _kind, mine in found for matter in mine), user)
    doors = [_door(kind, matter, at, untold) for kind, mine in found for matter in mine[:most]]
    further = [further(user, at=at, most=most + 1) for further in FURTHER_DOORS]
    are_more = any(len(mine) > most for mine in (*(mine for _kind, mine in found), *further))
    doors += [door for mine in further for door in mine[:most]]
    return sorted(doors, key=lambda door: door.limit or at), are_more


def _door(kind: Doors, matter: Matter, at: dt.datetime, untold: set[int]) -> Door:
    time = time_of(matter)
    due, tone = due_words(matter.limit_now, at=at)
    return Door(
        key=matter.case.number,
        resident=matter.case.resident,
        title=str(kind.flow.label) if matter.case_id in untold else matter.case.title,
        label=str(kind.flow.states[matter.state].label),
        url=reverse(kind.flow.url_name, args=[matter.case.number]),
        time=time,
        limit=matter.limit_now,
        chip="" if time else due,
        tone=tone,
        note=kind.note(matter),
        deeds=kind.deeds(matter),
    )


def visits_at_home(user: User, day: dt.date, *, most: int) -> list[Door]:
    """Who booked a visit at home for that day; what was agreed for a matter with a door of its own stands there alone."""
    found = visits_on(user, day).filter(
        session__channel=Channel.HOME, state__in=[BookingState.BOOKED, BookingState.ARRIVED]
    )
    for doors in DOORS:
        if doors.kind.is_visited:
            found = found.exclude(Exists(doors.kind.read().filter(planned_visit=OuterRef("pk"))))
    booked = list(found.prefetch_related("resident__contacts")[:most])
    urls = urls_of_visits(booked)
    return [_visit(booking, urls.get(booking.pk, "")) for booking in booked]


def _visit(booking: Booking, url: str) -> Door:
    """Somebody who booked this officer in person; or for whose matter the visit was agreed (``url``), which is where it is told."""
    told_there = [DoorDeed(_("记录"), "pen", url, "primary")]
    label = str(booking.get_state_display())
    return Door(
        key=booking.pk,
        resident=booking.resident,
        title=booking.session.title,
        label=label,
        url=url,
        time=booking.starts_at,
        chip=label,
        deeds=told_there if url else [deed for deeds in VISIT_DEEDS for deed in deeds(booking)],
    )


def standing_at_doors() -> Q:
    """The tasks of matters that are shown as doors."""
    found = Q(pk__in=[])
    for kind in DOORS:
        found |= Q(flow=kind.flow.name, state__in=kind.states)
    return found
