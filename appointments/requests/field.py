"""The grid officer on the doorstep, on a phone: who waits for him today by the hour, then the doors without a time."""

import datetime as dt
from typing import Any

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from appointments.models import HelpRequest
from appointments.requests.queries import urls_of_visits
from appointments.workflow import BEFORE_VERIFIED, HELP
from community_portal import clock
from community_portal.bookings.models import Booking, BookingState
from community_portal.bookings.queries import visits_on
from community_portal.casework.models import Task
from community_portal.casework.queries import due_words, inbox_rows
from community_portal.people.models import Resident, Role
from community_portal.places.calendar import guessed_among
from community_portal.web.access import for_staff
from community_portal.web.pages import render_page

MOST = 60


@for_staff(Role.GRID_OFFICER, Role.MANAGER, Role.RECEPTIONIST)
def field(request: HttpRequest) -> HttpResponse:
    """Today's agreed visits in order of time, doors to knock on, those agreed for later, then what else is on my desk."""
    now, today = clock.now(), clock.today()
    mine = (
        HelpRequest.objects.filter(handler=request.user.pk, state__in=BEFORE_VERIFIED)
        .select_related("case__resident__household__building__estate", "category", "planned_visit")
        .prefetch_related("case__resident__contacts")
        .order_by(F("planned_visit__starts_at").asc(nulls_last=True), "due_at", "id")[: MOST + 1]
    )
    doors = sorted((_door(found, now) for found in mine[:MOST]), key=lambda row: row["limit"])
    others = list(_other_tasks(request.user)[: MOST + 1])
    visits = visits_on(request.user, today).filter(  # type: ignore[arg-type]
        session__channel="home", helprequest__isnull=True, state__in=[BookingState.BOOKED, BookingState.ARRIVED]
    )
    booked = list(visits.prefetch_related("resident__contacts")[:MOST])
    urls = urls_of_visits(booked)
    waiting = [_visit(booking, urls.get(booking.pk, "")) for booking in booked]
    waiting += [row for row in doors if row["time"] and row["day"] <= today]
    context = {
        "waiting": sorted(waiting, key=lambda row: row["time"]),
        "doors": [row for row in doors if not row["time"]],
        "later": sorted((row for row in doors if row["time"] and row["day"] > today), key=lambda row: row["time"]),
        "others": inbox_rows(others[:MOST], user=request.user, at=now),
        "guessed": guessed_among(
            [*(found.limit_now for found in mine), *(row["time"] for row in doors), *(task.due_at for task in others)]
        ),
        "today": today,
        "has_more": len(mine) > MOST or len(others) > MOST,
    }
    return render_page(request, "appointments/field.html", context)


def _person(resident: Resident | None) -> dict[str, Any]:
    contacts = list(resident.contacts.all()) if resident else []
    return {
        "resident": resident,
        "address": resident.line if resident else "",
        "phone": contacts[0].phone if contacts else "",
    }


def _other_tasks(user: Any) -> Any:
    """Whatever else he has in hand, of any service."""
    doors = Q(flow=HELP.name, state__in=BEFORE_VERIFIED)
    tasks = Task.objects.open().filter(assignee=user.pk).exclude(doors)
    return tasks.select_related("case__resident").order_by("due_at", "id")


def _visit(booking: Booking, url: str) -> dict[str, Any]:
    """Somebody who booked this officer himself; or for whose matter the visit was agreed (``url``), which is where it is told."""
    return {
        **_person(booking.resident),
        "booking": booking,
        "url": url,
        "title": booking.session.title,
        "label": booking.get_state_display(),
        "time": booking.starts_at,
        "day": clock.local(booking.starts_at).date(),
    }


def _door(found: HelpRequest, now: dt.datetime) -> dict[str, Any]:
    due, tone = due_words(found.limit_now, at=now)
    agreed = found.planned_visit
    time = agreed.starts_at if agreed and agreed.state == BookingState.BOOKED else None
    return {
        **_person(found.case.resident),
        "number": found.case.number,
        "url": reverse(HELP.url_name, args=[found.case.number]),
        "title": found.case.title,
        "state": found.state,
        "label": HELP.states[found.state].label,
        "limit": found.due_at or now,
        "due": due,
        "tone": tone,
        "version": found.version,
        "not_home": found.not_home_count,
        "time": time,
        "day": clock.local(time).date() if time else None,
    }
