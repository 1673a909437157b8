"""The doors: of whichever flow, each once, in its order, with what may be done there."""

import datetime as dt
from typing import Any

import pytest

from community_portal import clock
from community_portal.bookings.actions import book, check_in
from community_portal.bookings.models import Channel, SessionKind
from community_portal.front.doors import Door
from community_portal.matters.actions import visits
from tests.cast import AGREED, MONDAY, Cast
from tests.factories import make_session
from tests.help_requests import take_in
from tests.loans import borrow, put_into
from tests.toy_service.models import Loan
from tests.toy_service.workflow import State

pytestmark = pytest.mark.usefixtures("toy")


def field_of(client: Any) -> tuple[dict[str, list[Door]], str]:
    answer = client.get("/field/")
    return {name: answer.context[name] for name in ("waiting", "doors", "later", "others")}, answer.content.decode()


def labels_of(door: Door) -> list[str]:
    return [str(deed.label) for deed in door.deeds]


def test_doors_of_every_flow_stand_together_the_most_urgent_first(cast: Cast, signed_in: Any) -> None:
    request, loan = take_in(cast), put_into(borrow(cast), State.READY, cast)
    Loan.objects.update(due_at=request.due_at - dt.timedelta(hours=1))
    shown, page = field_of(signed_in(cast.officer))
    assert [labels_of(door) for door in shown["doors"]] == [
        ["约好上门时间", "送到"],
        ["约时间", "出发", "没人", "记录"],
    ]
    assert f'href="/loans/{loan.case.number}/bring/?from=field"' in page
    assert not shown["others"], "what has a door is not among the rest of the desk too"


def test_where_nobody_waits_the_page_says_so(cast: Cast, signed_in: Any) -> None:
    borrow(cast)
    shown, page = field_of(signed_in(cast.officer))
    assert not shown["doors"] and "今天没有要上门核实的" in page


def test_an_agreed_time_is_one_line_under_its_day(cast: Cast, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    request, later = (put_into(borrow(cast), State.READY, cast) for _n in range(2))
    visits.plan_visit(request, starts_at=AGREED, wished=True, by=cast.officer, at=MONDAY)
    visits.plan_visit(later, starts_at=AGREED + dt.timedelta(days=1), wished=True, by=cast.officer, at=MONDAY)
    monkeypatch.setattr(clock, "now", lambda: AGREED - dt.timedelta(hours=1))
    for who in (cast.officer, cast.manager):
        shown, _page = field_of(signed_in(who))
        expected = [request.case.number] if who == cast.officer else []
        assert [door.key for door in shown["waiting"]] == expected, "not as a booking of the day besides"
    shown, _page = field_of(signed_in(cast.officer))
    assert labels_of(shown["waiting"][0])[0] == "约好上门时间" and not shown["doors"]
    assert [door.key for door in shown["later"]] == [later.case.number]


def test_who_booked_the_officer_himself_waits_by_the_hour(
    cast: Cast, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AGREED)
    booked = []
    for hours in (3, 2):
        at = AGREED + dt.timedelta(hours=hours)
        session = make_session(
            community=cast.home, kind=SessionKind.VISIT, channel=Channel.HOME, host=cast.officer,
            starts_at=at, ends_at=at + dt.timedelta(minutes=30),
        )  # fmt: skip
        booked.append(book(session=session, resident=cast.elder, by=cast.reception, at=AGREED))
    shown, page = field_of(signed_in(cast.officer))
    assert [door.key for door in shown["waiting"]] == [booked[1].pk, booked[0].pk]
    assert all(labels_of(door) == ["没人", "已办"] for door in shown["waiting"])
    assert f'action="/desk/visits/{booked[0].pk}/no_show/"' in page and 'name="next" value="/field/"' in page
    check_in(booking=booked[1], by=cast.reception, at=AGREED)
    shown, _page = field_of(signed_in(cast.officer))
    assert labels_of(shown["waiting"][0]) == ["已办"]
