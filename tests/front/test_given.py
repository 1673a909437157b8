"""A third party agrees on a page when it comes, for what it was given, and for nothing else."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from community_portal import clock
from community_portal.bookings.models import Booking, BookingState
from community_portal.casework.actions import commission, end_commission
from community_portal.casework.flow import FLOWS
from community_portal.outbox.models import Message
from tests.cast import MONDAY, Cast
from tests.factories import Role
from tests.loans import Workshop, make_workshop, ordered
from tests.toy_service.models import Loan
from tests.toy_service.workflow import State

pytestmark = pytest.mark.usefixtures("toy")


@pytest.fixture
def they_agree(firm: Workshop, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A flow in which the contractor says when it comes."""
    steps = tuple(
        dataclasses.replace(step, sources=frozenset({State.ORDERED}), roles=frozenset({Role.CONTRACTOR}))
        if step.name in ("plan_visit", "call_off_visit")
        else step
        for step in Loan.flow.steps
    )
    flow = dataclasses.replace(Loan.flow, steps=steps)
    monkeypatch.setattr(Loan, "flow", flow)
    monkeypatch.setattr(Loan, "visits", dataclasses.replace(Loan.visits, waits_in=frozenset({State.ORDERED})))
    monkeypatch.setitem(FLOWS, flow.name, flow)
    return firm


def page_of(found: Loan, step: str = "plan_visit") -> str:
    return f"/given/loan/{found.case.number}/{step}/"


def in_two_days(hour: int) -> dt.datetime:
    return clock.at_wall(clock.today() + dt.timedelta(days=2), dt.time(hour))


def typed(found: Loan, at: dt.datetime, **more: Any) -> dict[str, Any]:
    local = clock.local(at).strftime("%Y-%m-%dT%H:%M")
    seen = Loan.objects.get(pk=found.pk).version
    return {"slot": "other", "starts_at": local, "minutes": 30, "wished": "1", "words": "", "seen": seen} | more


def test_they_agree_move_and_call_off_a_time_for_what_was_given(
    cast: Cast, they_agree: Workshop, signed_in: Any
) -> None:
    given = ordered(cast, they_agree)
    commission(given, organisation=they_agree.organisation, by=cast.manager, at=MONDAY)
    client = signed_in(they_agree.builder)
    desk = client.get("/desk/").content.decode()
    assert f'href="{page_of(given)}"' in desk and "约时间" in desk
    assert client.get(page_of(given)).status_code == 200
    answer = client.post(page_of(given), typed(given, in_two_days(10)))
    assert (answer.status_code, answer.url) == (303, "/desk/")
    visit = Booking.objects.get(state=BookingState.BOOKED)
    assert (visit.session.host, visit.resident, visit.authority) == (they_agree.builder, cast.elder, "role:contractor")
    assert given.case.events.get(kind="plan_visit").actor == they_agree.builder
    told = Message.objects.filter(resident=cast.elder, kind__startswith="home_visit").first()
    assert told and "安居" in str(told.context) and they_agree.builder.name in str(told.context)
    assert "约时间" not in client.get("/desk/").content.decode(), "the time stands there instead"
    assert client.post(page_of(given), typed(given, in_two_days(14))).status_code == 303
    [moved] = Booking.objects.filter(state=BookingState.BOOKED)
    assert (moved.moved_from, moved.session.host) == (visit, they_agree.builder)
    seen = Loan.objects.get(pk=given.pk).version
    answer = client.post(page_of(given, "call_off_visit"), {"words": "材料没有到", "seen": seen})
    assert answer.status_code == 303 and not Booking.objects.filter(state=BookingState.BOOKED).exists()


def test_what_cannot_be_is_said_beside_the_time(cast: Cast, they_agree: Workshop, signed_in: Any) -> None:
    first, second = ordered(cast, they_agree), ordered(cast, they_agree)
    for one in (first, second):
        commission(one, organisation=they_agree.organisation, by=cast.manager, at=MONDAY)
    client = signed_in(they_agree.builder)
    assert client.post(page_of(first), typed(first, in_two_days(10))).status_code == 303
    answer = client.post(page_of(second), typed(second, in_two_days(10)))
    assert answer.status_code == 422 and "这个时间已有安排" in answer.content.decode()
    assert f'href="{page_of(first)}"' not in answer.content.decode() and 'href="/desk/"' in answer.content.decode()


def test_of_anything_else_they_find_no_page(cast: Cast, they_agree: Workshop, signed_in: Any) -> None:
    given, other = ordered(cast, they_agree), ordered(cast, they_agree)
    commission(given, organisation=they_agree.organisation, by=cast.manager, at=MONDAY)
    client, rival = signed_in(they_agree.builder), signed_in(make_workshop("乐居").builder)
    assert client.get(page_of(other)).status_code == 404
    assert rival.get(page_of(given)).status_code == 404
    assert client.get(page_of(given).replace("/loan/", "/hazard/")).status_code == 404
    assert client.get(page_of(given, "finish")).status_code == 404, "its other steps are done on its own page"
    assert signed_in(cast.reception).get(page_of(given)).status_code == 403, "staff agree on the page of the matter"
    end_commission(given, organisation=they_agree.organisation, by=cast.manager, at=clock.now())
    assert client.get(page_of(given)).status_code == 404
    assert client.post(page_of(given), typed(given, in_two_days(10))).status_code == 404


def test_where_the_table_does_not_let_them_there_is_no_way(cast: Cast, firm: Workshop, signed_in: Any) -> None:
    given = ordered(cast, firm)
    commission(given, organisation=firm.organisation, by=cast.manager, at=MONDAY)
    client = signed_in(firm.builder)
    assert "约时间" not in client.get("/desk/").content.decode()
    assert client.get(page_of(given)).status_code == 409
    assert client.post(page_of(given), typed(given, in_two_days(10))).status_code == 409
