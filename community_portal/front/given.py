"""A time that a third party agrees for what it was given: the house chose the firm, the firm says when it comes and who."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from community_portal.bookings.models import BookingState
from community_portal.casework.models import Commission, Task
from community_portal.matters import pages
from community_portal.matters.kinds import KINDS, MatterKind
from community_portal.people.models import THIRD_PARTIES, User
from community_portal.people.once import once
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.spoken import short_when

TIMES = ("plan_visit", "call_off_visit")


@for_staff(*THIRD_PARTIES)
@once
def given_time(request: StaffRequest, flow: str, number: str, step: str) -> HttpResponse:
    """Agrees a time or calls it off, as the step table of that kind lets their role; of what was given to their organisation alone."""
    kind = KINDS.get(flow)
    if kind is None or step not in TIMES:
        raise Http404
    given = Commission.objects.held_by(request.user).filter(flow=flow).values("matter_id")
    matter = get_object_or_404(kind.read().filter(pk__in=given), case__number=number)
    return pages.answer_step(request, matter, step, back="workbench")


def times_of(user: User, tasks: list[Task]) -> dict[int, dict[str, Any]]:
    """By task, of those whose kind lets their role agree a time now: where, and what is agreed so far. One query for each kind."""
    roles = frozenset(role for role, _organisation in user.organisation_posts)
    may = [task for task in tasks if roles & _who_agrees(task)]
    agreed = {flow: _agreed(KINDS[flow], may) for flow in {task.flow for task in may}}
    return {
        task.pk: {
            "url": reverse("given_time", args=[task.flow, task.case.number, TIMES[0]]),
            "agreed": agreed[task.flow].get(task.matter_id, ""),
        }
        for task in may
    }


def _who_agrees(task: Task) -> frozenset[str]:
    kind = KINDS.get(task.flow)
    steps = kind.flow.steps_from(task.state) if kind and kind.is_visited else []
    return frozenset().union(*(step.roles for step in steps if step.name == TIMES[0]))


def _agreed(kind: MatterKind, tasks: list[Task]) -> dict[int, str]:
    ids = [task.matter_id for task in tasks if task.flow == kind.flow.name]
    rows: Any = kind.model.objects
    standing = rows.filter(pk__in=ids, planned_visit__state=BookingState.BOOKED)
    return {pk: short_when(at) for pk, at in standing.values_list("pk", "planned_visit__starts_at")}
