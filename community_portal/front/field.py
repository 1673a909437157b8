"""The officer on the doorstep, on a phone: who waits for them today by the hour, then the doors without a time."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse

from community_portal import clock
from community_portal.casework.models import Task
from community_portal.casework.queries import inbox_rows
from community_portal.front.doors import by_time, doors_of, standing_at_doors, visits_at_home
from community_portal.front.parts import Reader, Spot, parts_at
from community_portal.people.models import Role
from community_portal.places.calendar import guessed_among
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.pages import render_page

MOST = 60


@for_staff(Role.GRID_OFFICER, Role.MANAGER, Role.RECEPTIONIST)
def field(request: StaffRequest) -> HttpResponse:
    """Today's agreed visits in order of time, doors to knock on, those agreed for later, then what else is on my desk."""
    now, today, user = clock.now(), clock.today(), request.user
    doors, are_more = doors_of(user, at=now, most=MOST)
    others = list(_other_tasks(user)[: MOST + 1])
    waiting = [*visits_at_home(user, today, most=MOST), *(door for door in doors if door.waits_by(today))]
    context = {
        "waiting": by_time(waiting),
        "doors": [door for door in doors if not door.time],
        "later": by_time(door for door in doors if not door.waits_by(today)),
        "others": inbox_rows(others[:MOST], user=user, at=now),
        "guessed": guessed_among(
            [*(day for door in doors for day in (door.limit, door.time)), *(task.due_at for task in others)]
        ),
        "today": today,
        "has_more": are_more or len(others) > MOST,
        "parts": parts_at(Spot.FIELD, Reader(request)),
    }
    return render_page(request, "front/field.html", context)


def _other_tasks(user: Any) -> QuerySet[Task]:
    """Whatever else they have in hand, of any service."""
    tasks = Task.objects.open().filter(assignee=user.pk).exclude(standing_at_doors())
    return tasks.select_related("case__resident").order_by("due_at", "id")
