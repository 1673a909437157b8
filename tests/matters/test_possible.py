"""What is not possible now is offered by no button and no API, and is refused in a sentence; what is missing is told, with links."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from appointments.models import HelpRequest
from appointments.requests.actions import steps
from appointments.workflow import HELP, State
from community_portal.casework.actions import PartsMissing
from community_portal.casework.flow import FLOWS, Part
from community_portal.matters.actions import extensions, visits
from community_portal.matters.actions.steps import take
from community_portal.refusals import Refusal
from tests.appointments.test_steps import AGREED, MONDAY, put_into, take_in
from tests.cast import Cast

LATER = MONDAY + dt.timedelta(hours=1)


def in_state(cast: Cast, state: str) -> HelpRequest:
    request = put_into(take_in(cast), state, cast.officer)
    HelpRequest.objects.filter(pk=request.pk).update(extension_asked_days=0)
    request.extension_asked_days = 0
    return request


def offered(signed_in: Any, user: Any, request: HelpRequest) -> set[str]:
    """What the API offers; the page must have a button for the same."""
    client, number = signed_in(user), request.case.number
    found = set(client.get(f"/api/v1/help-requests/{number}/").json()["steps"])
    page = client.get(f"/requests/{number}/").content.decode()
    assert {name for name in HELP.by_name if f"/requests/{number}/{name}/" in page} == found
    return found


def test_an_extension_is_decided_only_while_it_is_asked_for(cast: Cast, signed_in: Any) -> None:
    request = in_state(cast, State.HANDLING)
    decisions = {"grant_extension", "refuse_extension"}
    assert not offered(signed_in, cast.manager, request) & decisions
    with pytest.raises(Refusal, match="没有待批的延期申请") as refused:
        extensions.grant_extension(request, by=cast.manager, at=LATER)
    assert refused.value.code == "not_now"
    assert "ask_extension" in offered(signed_in, cast.officer, request)
    extensions.ask_extension(request, days=3, words="等配件", by=cast.officer, at=LATER)
    assert decisions <= offered(signed_in, cast.manager, request)
    assert "ask_extension" not in offered(signed_in, cast.officer, request)
    client = signed_in(cast.officer)
    answer = client.post(f"/api/v1/help-requests/{request.case.number}/ask_extension/", {"days": 3, "words": "再等"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "not_now")


def test_a_visit_is_called_off_only_while_one_is_agreed(cast: Cast, signed_in: Any) -> None:
    request = take_in(cast)
    assert "call_off_visit" not in offered(signed_in, cast.officer, request)
    visits.plan_visit(request, starts_at=AGREED, wished=True, by=cast.officer, at=MONDAY)
    assert "call_off_visit" in offered(signed_in, cast.officer, request)
    visits.call_off_visit(request, words="不去了", by=cast.officer, at=LATER)
    assert "call_off_visit" not in offered(signed_in, cast.officer, request)


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> list[Part]:
    """Resolving waits for these parts."""
    parts = [Part("户口本还没收", "/requests/papers/"), Part("还没签名", "/requests/sign/")]
    with_parts = tuple(
        dataclasses.replace(step, missing_parts=lambda matter: list(parts)) if step.name == "resolve" else step
        for step in HELP.steps
    )
    flow = dataclasses.replace(HELP, steps=with_parts)
    monkeypatch.setattr(HelpRequest, "flow", flow)
    monkeypatch.setitem(FLOWS, flow.name, flow)
    return parts


def test_what_is_missing_is_told_with_links_and_refused(cast: Cast, lacking: list[Part], signed_in: Any) -> None:
    request = in_state(cast, State.HANDLING)
    client, number = signed_in(cast.officer), request.case.number
    told = client.get(f"/api/v1/help-requests/{number}/").json()
    assert "resolve" not in told["steps"]
    assert [(one["step"], one["sentence"], one["url"]) for one in told["missing"]] == [
        ("resolve", *part) for part in lacking
    ]
    page = client.get(f"/requests/{number}/").content.decode()
    assert (
        "还差 2 项" in page and 'href="/requests/sign/"' in page and f'href="/requests/{number}/resolve/"' not in page
    )
    form = client.post(f"/requests/{number}/resolve/", {"seen": request.version, "words": "好了", "outcome": "solved"})
    assert form.status_code == 422 and "户口本还没收" in form.content.decode() and "好了" in form.content.decode()
    answer = client.post(f"/api/v1/help-requests/{number}/resolve/", {"words": "好了", "outcome": "solved"})
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["code"]) == (422, "parts_missing") and "还差 2 项" in error["detail"]
    with pytest.raises(PartsMissing):
        steps.resolve(request, outcome="solved", words="好了", by=cast.officer, at=LATER)
    lacking.clear()
    steps.resolve(request, outcome="solved", words="好了", by=cast.officer, at=LATER)


def test_only_who_may_take_a_step_hears_what_it_lacks(cast: Cast, lacking: list[Part], signed_in: Any) -> None:
    request = in_state(cast, State.HANDLING)
    resident = signed_in(cast.elder_account)
    assert resident.get(f"/api/v1/help-requests/{request.case.number}/").json()["missing"] == []
    assert "户口本" not in resident.get(f"/my/requests/{request.case.number}/").content.decode()


def test_handing_an_assigned_request_on_is_a_side_way(cast: Cast, signed_in: Any) -> None:
    def main_steps(request: HelpRequest) -> list[str]:
        page = signed_in(cast.reception).get(f"/requests/{request.case.number}/")
        return [step.name for step in page.context["main_steps"]]

    request = take_in(cast)
    assert main_steps(request) == ["set_out", "verify"]
    take(request, "return_to_desk", by=cast.reception, at=LATER, words="不是本网格", changes={"handler": None})
    assert main_steps(request) == ["assign", "handle"]
