"""The grid officer on the doorstep: today's doors on a phone, soonest first."""

from django.http import HttpRequest, HttpResponse

from appointments.models import HelpRequest
from appointments.workflow import HELP, State
from community_portal import clock
from community_portal.access import for_staff
from community_portal.bookings.queries import table_of, visits_on
from community_portal.casework.queries import due_words
from community_portal.pages import render_page
from community_portal.people.models import Role
from community_portal.places.calendar import guessed_among

DOORS = (State.VISITING, State.ASSIGNED)
MOST = 60


@for_staff(Role.GRID_OFFICER, Role.MANAGER, Role.RECEPTIONIST)
def field(request: HttpRequest) -> HttpResponse:
    """Doors to knock on, then what else is on my desk."""
    now = clock.now()
    mine = (
        HelpRequest.objects.open()
        .filter(handler=request.user.pk)
        .select_related("case__resident__household__building__estate", "category")
        .prefetch_related("case__resident__contacts")
        .order_by("due_at", "id")[:MOST]
    )
    rows = [_door(found, now) for found in mine]
    context = {
        "doors": [row for row in rows if row["is_door"]],
        "others": [row for row in rows if not row["is_door"]],
        "visits": table_of(visits_on(request.user, clock.today())[:12], sees_care=True, at=now),  # type: ignore[arg-type]
        "guessed": guessed_among(found.due_at for found in mine),
        "today": clock.today(),
    }
    return render_page(request, "appointments/field.html", context)


def _door(found: HelpRequest, now: object) -> dict[str, object]:
    resident = found.case.resident
    contacts = list(resident.contacts.all()) if resident else []
    due, tone = due_words(found.due_at, at=now)  # type: ignore[arg-type]
    return {
        "number": found.case.number,
        "title": found.case.title,
        "resident": resident,
        "address": resident.line if resident else "",
        "phone": contacts[0].phone if contacts else "",
        "state": found.state,
        "label": HELP.states[found.state].label,
        "todo": HELP.states[found.state].todo,
        "due": due,
        "tone": tone,
        "version": found.version,
        "not_home": found.not_home_count,
        "is_door": found.state in DOORS,
    }
