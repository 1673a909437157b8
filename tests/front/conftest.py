"""A second kind of matter for the pages across services: hazards, with a flow of their own on rows that they borrow."""

import dataclasses
from typing import Any

import pytest

from appointments.models import HelpRequest
from appointments.requests.queries import read_requests
from appointments.workflow import HELP, State
from community_portal import clock
from community_portal.casework.actions import start_matter
from community_portal.casework.flow import FLOWS
from community_portal.casework.matters import KINDS, Kind
from community_portal.casework.models import Case
from community_portal.people.models import User
from tests.cast import Cast
from tests.factories import Role

IS_HAZARD = {"routed_by": "hazard"}
STANDS = "正在整改"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, User]]:
    """Makes hazards known; answers which of them were handed over, and to whom."""
    over: list[tuple[int, User]] = []

    def hand_over(found: HelpRequest, *, officer: User, **_rest: Any) -> None:
        over.append((found.pk, officer))

    states = HELP.states | {State.HANDLING: dataclasses.replace(HELP.states[State.HANDLING], plain=STANDS)}
    flow = dataclasses.replace(HELP, name="hazard", label="隐患", hue="vermilion", states=states)
    hazards = Kind(
        flow=flow,
        read=lambda: read_requests().filter(**IS_HAZARD),
        my_url="my_request",
        hands=frozenset({Role.SAFETY}),
        hand_over=hand_over,
    )
    requests = dataclasses.replace(KINDS[HELP.name], read=lambda: read_requests().exclude(**IS_HAZARD))
    monkeypatch.setitem(FLOWS, flow.name, flow)
    monkeypatch.setitem(KINDS, flow.name, hazards)
    monkeypatch.setitem(KINDS, HELP.name, requests)
    return over


def hazard_of(cast: Cast, case: Case, **over: Any) -> HelpRequest:
    """One that hangs on the case of a request."""
    values = {"case": case, "community": cast.home, "grid": cast.grid, "state": State.HANDLING, "handler": cast.officer}
    category = HelpRequest.objects.filter(case=case).values_list("category", flat=True)[0]
    found = HelpRequest(category_id=category, **IS_HAZARD, **values | over)
    start_matter(found, flow=FLOWS["hazard"], by=None, at=clock.now(), authority="system")
    return found
