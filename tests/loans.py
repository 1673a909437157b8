"""Loans of the invented service for tests, which ask for the fixture ``toy``: ``borrow(cast)``, then ``put_into(loan, State.READY, cast)`` as if the flow had led there."""

from typing import Any, NamedTuple

from community_portal.casework.actions import commission, take_step
from community_portal.casework.models import Commission, Task
from community_portal.matters.actions.hands import assign
from community_portal.people.models import Organisation, Role, User
from tests.cast import MONDAY, Cast
from tests.factories import make_member
from tests.toy_service.actions import ask
from tests.toy_service.models import Aid, Loan
from tests.toy_service.workflow import LOAN, State


def borrow(cast: Cast, **over: Any) -> Loan:
    """Somebody of the desk writes down that the elder asks for a frame."""
    given = {"resident": cast.elder, "aid": Aid.FRAME, "words": "走路不稳", "by": cast.reception, "at": MONDAY}
    return ask(**given | over)


class Workshop(NamedTuple):
    organisation: Organisation
    builder: User


def make_workshop(name: str = "巧手工坊") -> Workshop:
    organisation = Organisation.objects.create(name=name, kind=Role.CONTRACTOR)
    return Workshop(organisation, make_member(Role.CONTRACTOR, organisation=organisation, name=f"{name}师傅"))


def assigned(cast: Cast, **over: Any) -> Loan:
    """Asked for, and in the officer's hands."""
    loan = borrow(cast, **over)
    assign(loan, officer=cast.officer, by=cast.reception, at=over.get("at", MONDAY))
    return loan


def ordered(cast: Cast, workshop: Workshop) -> Loan:
    """It waits for a third party, to which it is not given yet."""
    loan = put_into(borrow(cast), State.CHECKED, cast)
    changes = {"workshop": workshop.organisation}
    take_step(loan, "order", by=cast.reception, at=MONDAY, authority="role:receptionist", changes=changes)
    return loan


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
