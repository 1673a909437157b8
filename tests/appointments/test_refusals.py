"""What a help request says no to, whoever asks: the guards behind forms and buttons, which know it first."""

from typing import Any

import pytest

from appointments.models import HelpRequest, Outcome, Paper
from appointments.requests.actions.intake import register_request
from appointments.requests.actions.papers import check_paper
from appointments.workflow import State
from community_portal import clock
from community_portal.casework.models import Source
from community_portal.matters.actions.ending import rate
from community_portal.matters.deeds import perform
from community_portal.people.models import Resident
from community_portal.refusals import NotAllowed, Refusal
from tests.cast import Cast
from tests.factories import make_category, make_resident, make_street
from tests.help_requests import put_into, take_in


def refused(deed: Any, *which: Any, **words: Any) -> tuple[str, str]:
    """The code of the refusal, and the field beside which it stands."""
    with pytest.raises(Refusal) as caught:
        deed(*which, at=clock.now(), **words)
    return caught.value.code, caught.value.field


def test_a_category_of_another_street_or_a_closed_one_takes_nothing_in(cast: Cast) -> None:
    for category in (make_category(street=make_street()), make_category(is_active=False)):
        asked = {"community": cast.home, "category": category, "words": "灯坏了", "resident": cast.elder}
        assert refused(register_request, by=cast.reception, **asked) == ("bad_category", "category")
    assert not HelpRequest.objects.exists()


def test_nobody_asks_in_a_house_that_has_no_file_of_the_person(cast: Cast) -> None:
    asked = {"community": cast.home, "category": make_category(), "words": "灯坏了", "resident": cast.stranger_resident}
    assert refused(register_request, by=cast.reception, **asked) == ("resident_elsewhere", "resident")


def test_a_husband_asks_for_his_wife_without_a_delegation_and_a_stranger_does_not(cast: Cast) -> None:
    wife = make_resident(household=cast.household)
    asked: dict[str, Any] = {"community": cast.home, "category": make_category(), "words": "灯坏了", "resident": wife}
    with pytest.raises(NotAllowed):
        register_request(by=cast.elder_account, at=clock.now(), source=Source.ONLINE, **asked)
    made = register_request(by=cast.elder_account, asker=cast.elder, at=clock.now(), source=Source.ONLINE, **asked)
    assert (made.case.resident, made.case.asker) == (wife, cast.elder)
    with pytest.raises(NotAllowed):
        register_request(by=cast.stranger_account, asker=cast.elder, at=clock.now(), source=Source.ONLINE, **asked)


@pytest.mark.parametrize(
    ("state", "step", "words", "why"),
    [
        (State.ASSIGNED, "verify", {"finding": "", "signed_by": "陈平"}, ("no_finding", "finding")),
        (State.ASSIGNED, "verify", {"finding": "confirmed", "signed_by": " "}, ("no_signature", "signed_by")),
        (State.HANDLING, "resolve", {"outcome": "forgotten"}, ("no_outcome", "outcome")),
        (State.RESOLVED, "call_back", {"satisfaction": 6}, ("bad_score", "satisfaction")),
        (State.RESOLVED, "call_back", {"satisfaction": 0}, ("bad_score", "satisfaction")),
    ],
)
def test_half_an_answer_takes_no_step(state: str, step: str, words: dict[str, Any], why: Any, cast: Cast) -> None:
    request = put_into(take_in(cast), state, cast.officer)
    assert refused(perform, request, step, data=words | {"words": "写一句"}, by=cast.officer) == why
    assert HelpRequest.objects.get(pk=request.pk).state == state


@pytest.mark.parametrize("days", [0, -1, 400])
def test_more_time_is_asked_in_days_that_can_be(days: int, cast: Cast) -> None:
    request = put_into(take_in(cast), State.HANDLING, cast.officer)
    request.extension_asked_days = 0
    request.save(update_fields=["extension_asked_days"])
    asked = {"days": days, "words": "等厂家"}
    assert refused(perform, request, "ask_extension", data=asked, by=cast.officer) == ("bad_extension", "days")


def test_the_resident_rates_when_it_is_done_and_nobody_rates_instead(cast: Cast) -> None:
    request = put_into(take_in(cast), State.HANDLING, cast.officer)
    assert refused(rate, request, satisfaction=5, by=cast.elder_account)[0] == "too_early"
    request = put_into(request, State.RESOLVED, cast.officer)
    for somebody in (cast.reception, cast.stranger_account, cast.admin):
        with pytest.raises(NotAllowed):
            rate(request, satisfaction=5, by=somebody, at=clock.now())
    assert refused(rate, request, satisfaction=9, by=cast.elder_account)[0] == "bad_score"
    rate(request, satisfaction=4, by=cast.elder_account, at=clock.now())
    assert HelpRequest.objects.get(pk=request.pk).satisfaction == 4


def test_the_page_of_a_resident_takes_the_rating(cast: Cast, signed_in: Any) -> None:
    request = put_into(take_in(cast), State.RESOLVED, cast.officer)
    page = signed_in(cast.elder_account)
    address = f"/my/requests/{request.case.number}/rate/"
    assert page.post(address, {"satisfaction": "7"}).status_code == 422
    assert page.post(address, {"satisfaction": "5", "words": "谢谢"}).status_code == 303
    request.refresh_from_db()
    assert (request.satisfaction, Outcome(request.outcome)) == (5, Outcome.SOLVED)


def test_staff_steps_are_no_steps_of_a_resident(cast: Cast, signed_in: Any) -> None:
    number = take_in(cast).case.number
    page = signed_in(cast.elder_account)
    for step in ("assign", "verify", "resolve", "no_such_step"):
        assert page.post(f"/my/requests/{number}/{step}/", {"words": "好"}).status_code == 404, step


def test_a_paper_has_one_of_the_known_states_and_is_seen_to_by_staff(cast: Cast) -> None:
    paper = Paper.objects.create(request=take_in(cast), name="身份证复印件", changed_at=clock.now())
    assert refused(check_paper, paper, state="lost", by=cast.reception) == ("bad_paper_state", "state")
    for somebody in (cast.elder_account, cast.stranger):
        with pytest.raises(NotAllowed):
            check_paper(paper, state="received", by=somebody, at=clock.now())
    assert Paper.objects.get(pk=paper.pk).state == "missing"


@pytest.mark.parametrize(("who", "status"), [("reception", 404), ("street_officer", 404), ("stranger", 201)])
def test_the_api_takes_requests_in_only_for_the_house_one_works_in(
    who: str, status: int, cast: Cast, signed_in: Any
) -> None:
    before = Resident.objects.count()
    body = {
        "community": "XF",
        "category": make_category(code="lamp").code,
        "name": "王五",
        "phone": "13911112222",
        "words": "灯坏了",
    }
    answer = signed_in(getattr(cast, who)).post("/api/v1/help-requests/", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    assert Resident.objects.count() == before + (status == 201)


def test_the_api_names_what_it_does_not_know(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.reception)
    body = {"community": "LT", "category": "no-such", "name": "王五", "phone": "13911112222", "words": "灯坏了"}
    answer = client.post("/api/v1/help-requests/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_category")
    number = take_in(cast).case.number
    answer = client.post(
        f"/api/v1/help-requests/{number}/assign/", {"officer": "no-such"}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "not_an_officer")
    assert client.post(f"/api/v1/help-requests/{number}/no_such_step/").status_code == 404
