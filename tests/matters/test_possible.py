"""What is not possible now is offered by no button and no API, and is refused in a sentence; what is missing is told, with links."""

import datetime as dt
from typing import Any

import pytest

from community_portal.casework.actions import PartsMissing
from community_portal.matters.actions import visits
from community_portal.matters.actions.steps import take
from community_portal.refusals import Refusal
from tests.cast import AGREED, MONDAY, Cast
from tests.loans import borrow, make_workshop, put_into
from tests.toy_service.models import Loan
from tests.toy_service.workflow import LOAN, State

pytestmark = pytest.mark.usefixtures("toy")
LATER = MONDAY + dt.timedelta(hours=1)


def offered(signed_in: Any, user: Any, loan: Loan) -> set[str]:
    """What the API offers; the page must have a button for the same."""
    client, number = signed_in(user), loan.case.number
    found = set(client.get(f"/api/v1/loans/{number}/").json()["steps"])
    page = client.get(f"/loans/{number}/").content.decode()
    assert {name for name in LOAN.by_name if f"/loans/{number}/{name}/" in page} == found
    return found


def test_a_visit_is_called_off_only_while_one_is_agreed(cast: Cast, signed_in: Any) -> None:
    loan = put_into(borrow(cast), State.READY, cast)
    assert "call_off_visit" not in offered(signed_in, cast.officer, loan)
    with pytest.raises(Refusal, match="现在没有约好的上门时间") as refused:
        visits.call_off_visit(loan, words="不去了", by=cast.officer, at=LATER)
    assert (refused.value.code, refused.value.status) == ("not_now", 409)
    visits.plan_visit(loan, starts_at=AGREED, wished=True, by=cast.officer, at=MONDAY)
    assert "call_off_visit" in offered(signed_in, cast.officer, loan)
    visits.call_off_visit(loan, words="不去了", by=cast.officer, at=LATER)
    assert "call_off_visit" not in offered(signed_in, cast.officer, loan)


def test_what_is_missing_is_told_with_links_and_refused(cast: Cast, signed_in: Any) -> None:
    loan = borrow(cast)
    client, number = signed_in(cast.officer), loan.case.number
    parts = [(f"{item.name}还没决定", f"/loans/{number}/#item-{item.pk}") for item in loan.items.all()]
    told = client.get(f"/api/v1/loans/{number}/").json()
    assert "check" not in offered(signed_in, cast.officer, loan)
    assert [(one["step"], one["sentence"], one["url"]) for one in told["missing"]] == [("check", *at) for at in parts]
    page = client.get(f"/loans/{number}/").content.decode()
    assert "还差 2 项" in page and all(f'href="{url}"' in page for _sentence, url in parts)
    form = client.post(f"/loans/{number}/check/", {"seen": loan.version, "words": "都好了"})
    assert form.status_code == 422 and parts[0][0] in form.content.decode() and "都好了" in form.content.decode()
    assert '<button class="btn btn-primary">' not in form.content.decode()  # one that would do nothing
    answer = client.post(f"/api/v1/loans/{number}/check/", {"words": "都好了"})
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["code"]) == (422, "parts_missing") and "还差 2 项" in error["detail"]
    with pytest.raises(PartsMissing):
        take(loan, "check", by=cast.officer, at=LATER)
    loan.items.update(is_needed=False)
    assert "check" in offered(signed_in, cast.officer, loan)
    take(loan, "check", by=cast.officer, at=LATER)


def test_only_who_may_take_a_step_hears_what_it_lacks(cast: Cast, signed_in: Any) -> None:
    loan = borrow(cast)
    resident = signed_in(cast.elder_account)
    assert resident.get(f"/api/v1/loans/{loan.case.number}/").json()["missing"] == []
    assert "还没决定" not in resident.get(f"/my/loans/{loan.case.number}/").content.decode()


def test_a_step_of_a_third_party_is_offered_to_it_alone(cast: Cast, signed_in: Any) -> None:
    workshop, builder = make_workshop()
    loan = put_into(borrow(cast), State.ORDERED, cast, workshop=workshop)
    assert offered(signed_in, builder, loan) == {"finish"}
    assert offered(signed_in, cast.manager, loan) == set()
