"""Requests for help, for tests of their service and of what stands across services (tests of the floor alone take loans)."""

from typing import Any

from appointments.models import HelpRequest, Outcome
from appointments.requests.actions import steps
from appointments.requests.actions.intake import register_request
from appointments.workflow import State
from community_portal.casework.models import Task
from community_portal.matters.actions.steps import take
from community_portal.people.models import User
from tests.cast import MONDAY, Cast
from tests.factories import make_category, make_resident

WORDS = "老母亲摔了一跤，下床要人扶。"


def take_in(cast: Cast, **over: Any) -> HelpRequest:
    given = {
        "community": cast.home, "category": make_category(name="照护"), "words": WORDS, "resident": cast.elder,
        "by": cast.reception, "at": MONDAY,
    }  # fmt: skip
    return register_request(**given | over)


def put_into(request: HelpRequest, state: str, officer: User) -> HelpRequest:
    """The row as if the flow had led there."""
    ended = state in (State.RESOLVED, State.NOT_ELIGIBLE, State.CLOSED, State.WITHDRAWN)
    HelpRequest.objects.filter(pk=request.pk).update(
        state=state,
        handler=officer,
        outcome=Outcome.SOLVED if ended else "",
        resolved_at=MONDAY if ended else None,
        closed_at=MONDAY if state in (State.CLOSED, State.WITHDRAWN) else None,
        paused_at=MONDAY if state == State.WAITING else None,
        resume_state=State.HANDLING if state == State.WAITING else "",
        extension_asked_days=3,
    )
    return HelpRequest.objects.select_related("case__resident", "category", "community").get(pk=request.pk)


def under_way(cast: Cast, state: str = State.HANDLING) -> HelpRequest:
    """A request in the officer's hands, with the task that goes with it."""
    request = take_in(cast, resident=make_resident(community=cast.home, household=cast.household))
    if state in (State.ASSIGNED, State.VISITING):
        return put_into(request, state, cast.officer)
    put_into(request, State.VERIFIED, cast.officer)
    request = HelpRequest.objects.get(pk=request.pk)
    steps.handle(request, by=cast.officer, at=MONDAY)
    if state == State.WAITING:
        take(request, "ask_resident", words="还差一张照片", by=cast.officer, at=MONDAY)
    return HelpRequest.objects.get(pk=request.pk)


def open_task(request: HelpRequest) -> Task:
    return Task.objects.open().get(case=request.case)
