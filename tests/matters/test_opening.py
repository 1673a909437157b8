"""How a matter begins: on whose word, where, in which state, and what is written of it."""

import pytest

from community_portal.casework.models import Case, Source
from community_portal.matters.actions.opening import open_for
from community_portal.refusals import NotAllowed
from tests.cast import MONDAY, Cast
from tests.loans import borrow
from tests.toy_service.models import Aid, Loan
from tests.toy_service.workflow import State

pytestmark = pytest.mark.usefixtures("toy")


def test_at_the_desk_it_is_on_a_case_of_its_own_at_the_place_of_the_resident(cast: Cast) -> None:
    loan = borrow(cast)
    case, opened = loan.case, loan.case.events.get(kind="opened")
    assert (case.resident, case.grid, case.source, case.phone_tail) == (cast.elder, cast.grid, Source.DESK, "2046")
    assert case.address == cast.household.official
    assert (loan.community, loan.grid, loan.state, loan.handler) == (cast.home, cast.grid, State.ASKED, None)
    assert (opened.authority, opened.on_behalf_of, opened.words) == ("role:receptionist", cast.elder, "走路不稳")
    assert loan.open_tasks().get().role == "receptionist"
    assert loan.due_why["rule"] == "核对清单", "a limit without a rule says what is to be done"


def test_who_asks_for_themselves_does_so_online(cast: Cast) -> None:
    loan = borrow(cast, by=cast.elder_account)
    opened = loan.case.events.get(kind="opened")
    assert (loan.case.source, opened.authority, opened.on_behalf_of) == (Source.ONLINE, "self", None)


def test_somebody_may_ask_for_another_and_is_named(cast: Cast) -> None:
    loan = borrow(cast, by=cast.stranger_account, asker=cast.stranger_resident)
    opened = loan.case.events.get(kind="opened")
    assert (loan.case.asker, opened.authority, opened.on_behalf_of) == (cast.stranger_resident, "self", cast.elder)
    assert loan.case.phone_tail == "9999"


def test_nobody_speaks_for_somebody_else_and_nothing_is_left_of_it(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        borrow(cast, by=cast.stranger_account)
    assert not Case.objects.exists()


def test_it_may_stand_on_a_case_that_there_is_and_in_a_later_state(cast: Cast) -> None:
    first = borrow(cast)
    Loan.objects.filter(pk=first.pk).delete()
    second = Loan(aid=Aid.STICK, state=State.READY, handler=cast.officer)
    given = {"title": "借拐杖", "words": "出门用", "by": cast.reception, "at": MONDAY}
    open_for(cast.elder, second, case=first.case, **given)
    assert (second.case, second.state, second.grid) == (first.case, State.READY, cast.grid)
    assert second.open_tasks().get().assignee == cast.officer
