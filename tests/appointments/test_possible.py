"""More time is decided only while it is asked for, and handing an assigned request on is no way forward."""

import datetime as dt
from typing import Any

import pytest

from appointments.models import HelpRequest
from appointments.workflow import HELP, State
from community_portal.matters.actions import extensions
from community_portal.matters.actions.steps import take
from community_portal.refusals import Refusal
from tests.cast import MONDAY, Cast
from tests.help_requests import put_into, take_in

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


def test_handing_an_assigned_request_on_is_a_side_way(cast: Cast, signed_in: Any) -> None:
    def main_steps(request: HelpRequest) -> list[str]:
        page = signed_in(cast.reception).get(f"/requests/{request.case.number}/")
        return [step.name for step in page.context["main_steps"]]

    request = take_in(cast)
    assert main_steps(request) == ["set_out", "verify"]
    take(request, "return_to_desk", by=cast.reception, at=LATER, words="不是本网格", changes={"handler": None})
    assert main_steps(request) == ["assign", "handle"]
