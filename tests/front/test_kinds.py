"""A second kind of matter is found wherever a resident or a colleague looks for what is under way."""

from typing import Any

import pytest

from appointments.workflow import HELP, State
from community_portal import clock
from community_portal.casework.actions import open_part
from community_portal.casework.models import Case, Task
from community_portal.front import residents
from tests.cast import Cast
from tests.help_requests import put_into, take_in
from tests.loans import borrow
from tests.loans import put_into as put_loan_into
from tests.toy_service import workflow as toy_workflow
from tests.toy_service.models import Loan

pytestmark = pytest.mark.usefixtures("toy")
READY, ASKED = toy_workflow.State.READY, toy_workflow.State.ASKED
STANDS = toy_workflow.STATES[READY].plain


def loan_of(cast: Cast, case: Case, state: str = READY) -> Loan:
    """One that grew out of the case of a request, in the officer's hands."""
    part = open_part(case, title=case.title, words=case.words, source=case.source, by=None, at=clock.now())
    return put_loan_into(borrow(cast, case=part, at=clock.now()), state, cast)


@pytest.mark.parametrize("page", ["/", "/my/"])
def test_a_resident_finds_each_of_their_matters(page: str, cast: Cast, signed_in: Any) -> None:
    loan_of(cast, take_in(cast).case)
    shown = signed_in(cast.elder_account).get(page).content.decode()
    assert STANDS in shown and "网格员会上门了解情况" in shown
    assert shown.index(STANDS) < shown.index("网格员会上门了解情况"), "the newest first"
    assert STANDS not in signed_in(cast.stranger_account).get(page).content.decode()


def test_my_matters_turn_pages_by_case_and_lose_none(
    cast: Cast, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(residents, "PAGE", 2)
    cases = [take_in(cast).case for _n in range(5)]
    loan_of(cast, cases[0])
    client, at, seen = signed_in(cast.elder_account), "", []
    for _n in range(3):
        context = client.get(f"/my/?before={at}").context
        seen += [row["url"].split("/")[-2] for row in context["rows"]]
        at = context["page"].older or ""
    grown = "LT-26-0006"
    assert seen == [grown, *(case.number for case in reversed(cases))] and not at


def test_the_look_up_tells_of_each_by_its_number(cast: Cast, signed_in: Any, fresh_limits: None) -> None:
    request = take_in(cast)
    asked = {"number": request.case.number, "tail": "2046"}
    assert "网格员会上门了解情况" in signed_in(None).post("/look-up/", asked).content.decode()
    asked["number"] = loan_of(cast, request.case).case.number
    assert STANDS in signed_in(None).post("/look-up/", asked).content.decode()
    assert STANDS not in signed_in(None).post("/look-up/", asked | {"tail": "2047"}).content.decode()


def test_what_was_given_up_has_no_progress_line(cast: Cast, signed_in: Any, fresh_limits: None) -> None:
    request = take_in(cast)
    asked = {"number": request.case.number, "tail": "2046"}
    lines = []
    for state in (State.CLOSED, State.WITHDRAWN):
        put_into(request, state, cast.officer)
        lines.append("回访" in signed_in(None).post("/look-up/", asked).content.decode())
    assert lines == [True, False]


def test_the_hand_over_gives_each_to_its_own_action(cast: Cast, signed_in: Any) -> None:
    request = take_in(cast)
    loan = loan_of(cast, request.case)
    manager, url = signed_in(cast.manager), f"/settings/staff/{cast.officer.pk}/hand-over/"
    assert cast.reception in manager.get(url).context["form"].fields["officer"].queryset
    task = Task.objects.open().get(flow="loan")
    given = {"tasks": [task.pk], "officer": cast.reception.pk, "words": ""}
    assert manager.post(url, given).status_code == 303
    for matter in (loan, request):
        matter.refresh_from_db()
    assert (loan.handler, request.handler) == (cast.reception, cast.officer)


def test_the_officers_list_shows_what_else_is_in_his_hands(cast: Cast, signed_in: Any) -> None:
    case = take_in(cast).case
    field = signed_in(cast.officer)
    assert not field.get("/field/").context["others"]
    number = loan_of(cast, case, ASKED).case.number
    [row] = field.get("/field/").context["others"]
    assert (row["url"], row["hue"], str(row["todo"])) == (f"/loans/{number}/", "plum", "核对清单")


def test_the_intake_tells_what_is_under_way_for_him(cast: Cast, signed_in: Any) -> None:
    request = take_in(cast)
    loan_of(cast, request.case)
    desk, url = signed_in(cast.reception), f"/desk/intake/?resident={cast.elder.pk}"
    assert [str(row["spec"].label) for row in desk.get(url).context["under_way"].lines] == ["待送上门", "已派网格员"]
    Task.objects.open().filter(flow=HELP.name).update(state=State.RESOLVED)
    assert [str(row["spec"].label) for row in desk.get(url).context["under_way"].lines] == ["待送上门"]


def test_what_is_in_hand_of_every_kind_is_counted_where_somebody_is_chosen(cast: Cast, signed_in: Any) -> None:
    request = take_in(cast)
    loan_of(cast, request.case)
    page = signed_in(cast.manager).get(f"/requests/{request.case.number}/assign/").content.decode()
    assert "周敏 · 3 网格 · 手上 2 件" in page


def test_the_search_box_finds_a_matter_by_number_and_by_subject(cast: Cast, signed_in: Any) -> None:
    request = take_in(cast, title="楼道堆了旧家具")
    for typed in (request.case.number, "lt260001", "楼道堆"):
        found = signed_in(cast.reception).get("/find/", {"q": typed}).content.decode()
        assert f'href="/requests/{request.case.number}/"' in found and "求助" in found
        hidden = signed_in(cast.stranger).get("/find/", {"q": typed}).content.decode()
        assert f"/requests/{request.case.number}/" not in hidden
