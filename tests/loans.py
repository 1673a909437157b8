"""Loans of the invented service for tests, which ask for the fixture ``toy``: ``borrow(cast)``, then ``put_into(loan, State.READY, cast)`` as if the flow had led there."""

import datetime as dt
from typing import Any

from community_portal import clock
from community_portal.casework.actions import commission
from community_portal.casework.models import Commission, Task
from community_portal.people.models import Organisation, Role, User
from tests.cast import Cast
from tests.factories import make_member
from tests.toy_service.actions import ask
from tests.toy_service.models import Aid, Loan
from tests.toy_service.workflow import LOAN, State

MONDAY = clock.at_wall(dt.date(2026, 11, 23), dt.time(9, 42))
AGREED = clock.at_wall(dt.date(2026, 11, 25), dt.time(9, 30))


def borrow(cast: Cast, **over: Any) -> Loan:
    """Somebody of the desk writes down that the elder asks for a frame."""
    given = {"resident": cast.elder, "aid": Aid.FRAME, "words": "走路不稳", "by": cast.reception, "at": MONDAY}
    return ask(**given | over)


def make_workshop(name: str = "巧手工坊") -> tuple[Organisation, User]:
    organisation = Organisation.objects.create(name=name, kind=Role.CONTRACTOR)
    return organisation, make_member(Role.CONTRACTOR, organisation=organisation, name=f"{name}师傅")


def put_into(loan: Loan, state: str, cast: Cast, *, workshop: Organisation | None = None) -> Loan:
    """In the officer's hands, its items decided; given to the workshop, where there is one."""
    named = cast.officer if LOAN.states[state].owner == "handler" else None
    Loan.objects.filter(pk=loan.pk).update(
        state=state,
        handler=cast.officer,
        workshop=workshop or loan.workshop,
        closed_at=MONDAY if state == State.CLOSED else None,
    )
    loan.items.update(is_needed=True)
    role = "" if named else LOAN.role_for(state)
    Task.objects.filter(flow=LOAN.name, matter_id=loan.pk).update(
        state=state, assignee=named, role=role, done_at=MONDAY if state == State.CLOSED else None
    )
    if workshop and not Commission.objects.of_row(LOAN.name, loan.pk).exists():
        commission(loan, organisation=workshop, by=cast.reception, at=MONDAY)
    return Loan.objects.select_related("case__resident", "community", "planned_visit").get(pk=loan.pk)
