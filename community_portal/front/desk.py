"""The first page of everybody who works in the house, and of third parties: what waits for them, and what services put there."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.casework.flow import FLOWS
from community_portal.casework.models import Commission, Task
from community_portal.casework.queries import inbox_rows, told_elsewhere
from community_portal.front.given import times_of
from community_portal.front.parts import DESK_BUTTONS, Reader, Spot, offered, parts_at
from community_portal.people.models import SPECIALISTS, STAFF, THIRD_PARTIES
from community_portal.places.calendar import guessed_among
from community_portal.places.models import Community
from community_portal.places.working_time import WorkCalendar
from community_portal.web.access import Access, StaffRequest, for_staff
from community_portal.web.pages import render_page

TASKS, ALL_TASKS = 6, 30
PARTNER_TASKS = 100
STAFF_ROOM = Access("staff", frozenset(map(str, STAFF)))


@for_staff()
def workbench(request: StaffRequest) -> HttpResponse:
    """The day on one page: who comes, what is due, and what can be begun. A coordinator's begins with what waits for them;
    third parties get a page of their own, with what they were given to do."""
    reader = Reader(request)
    if not STAFF_ROOM.admits(reader.user):
        return _partner(reader)
    coordinates = bool(reader.user.roles) and reader.user.roles <= SPECIALISTS | THIRD_PARTIES
    tasks = list(_waiting_for(reader)[: ALL_TASKS if coordinates else TASKS])
    parts = parts_at(Spot.DESK, reader)
    today = clock.local(reader.at).date()
    context = {
        "greeting": _greeting(reader),
        "today": today,
        "is_working_day": WorkCalendar.load(today, today).is_working(today),
        "guessed": guessed_among([today, *(task.due_at for task in tasks)]),
        "facts": [part.values["fact"] for part in parts if "fact" in part.values],
        "due_today": Task.objects.inbox_of(reader.user).filter(due_at__lt=clock.day_bounds(today)[1]).count(),
        "tasks": inbox_rows(tasks, user=reader.user, at=reader.at),
        "buttons": offered(DESK_BUTTONS, reader),
        "parts": parts,
        "side": parts_at(Spot.DESK_SIDE, reader),
    }
    return render_page(request, "front/coordinator.html" if coordinates else "front/workbench.html", context)


def _greeting(reader: Reader) -> str:
    hour = clock.local(reader.at).hour
    return _("上午好") if hour < 12 else _("下午好") if hour < 18 else _("晚上好")


def _waiting_for(reader: Reader) -> QuerySet[Task]:
    """What waits for this person, soonest first."""
    tasks = Task.objects.inbox_of(reader.user).select_related("case__resident", "community")
    return tasks.order_by("due_at", "id")


def _partner(reader: Reader) -> HttpResponse:
    """What a third party has to do, what else their organisation was given and others are at, and whom to call about it."""
    tasks = list(_waiting_for(reader)[:PARTNER_TASKS])
    elsewhere = list(_with_others(reader)[:PARTNER_TASKS])
    untold = told_elsewhere((task.case for task in elsewhere), reader.user)
    context = {
        "greeting": _greeting(reader),
        "memberships": [m for m in reader.user.memberships_now if m.organisation],
        "rows": _with_times(inbox_rows(tasks, user=reader.user, at=reader.at), reader.user, tasks),
        "overdue": sum(task.due_at is not None and task.due_at < reader.at for task in tasks),
        "elsewhere": [_where_it_stands(task, untold) for task in elsewhere],
        "houses": _whom_to_call(reader, [*tasks, *elsewhere]),
        "guessed": guessed_among(task.due_at for task in tasks) if tasks else [],
        "side": parts_at(Spot.DESK_SIDE, reader),
    }
    return render_page(reader.request, "front/partner.html", context)


def _with_times(rows: list[dict[str, Any]], user: Any, tasks: list[Task]) -> list[dict[str, Any]]:
    """Rows with the time that is agreed, and where to agree one."""
    times = times_of(user, tasks)
    return [row | {"time": times.get(row["pk"])} for row in rows]


def _whom_to_call(reader: Reader, tasks: list[Task]) -> list[Community]:
    """The communities that gave them something; before anybody did, the house they look at."""
    houses = {task.community for task in tasks} or ({reader.house} if reader.house else set())
    return sorted((house for house in houses if house.phone), key=lambda house: house.code)


def _with_others(reader: Reader) -> QuerySet[Task]:
    """Open matters that were given to an organisation of theirs and wait for somebody else, the newest first."""
    given = Commission.objects.held_by(reader.user).of_row(OuterRef("flow"), OuterRef("matter_id"))
    found = Task.objects.open().filter(Exists(given)).exclude(pk__in=Task.objects.inbox_of(reader.user).values("pk"))
    return found.select_related("case", "community").order_by("-opened_at", "-id")


def _where_it_stands(task: Task, untold: set[int]) -> dict[str, Any]:
    flow = FLOWS[task.flow]
    return {
        "url": reverse(flow.url_name, args=[task.case.number]),
        "title": flow.label if task.case_id in untold else task.case.title,
        "sub": f"{task.case.number} · {task.community}",
        "icon": flow.icon,
        "hue": flow.hue,
        "chip": flow.states[task.state].label,
        "tone": flow.states[task.state].tone,
    }
