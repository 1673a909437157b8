"""The doors: of whichever flow, each once, in its order, with what may be done there."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from appointments.models import HelpRequest
from appointments.workflow import State
from community_portal import clock
from community_portal.bookings.actions import book, check_in
from community_portal.bookings.models import Channel, SessionKind
from community_portal.casework.flow import FLOWS
from community_portal.front import doors
from community_portal.front.doors import Door, DoorDeed, Doors, register_doors
from community_portal.matters.actions import visits
from tests.appointments.test_steps import AGREED, MONDAY, put_into, take_in
from tests.cast import Cast
from tests.factories import make_session
from tests.matters.hazards import hazard_of


@pytest.fixture
def hazards_have_doors(given: Any) -> Iterator[None]:
    kept = list(doors.DOORS)
    register_doors(
        Doors(
            FLOWS["hazard"],
            frozenset({State.HANDLING}),
            deeds=lambda matter: [DoorDeed("看一看", "eye", f"/look/{matter.case.number}/")],
            note=lambda matter: "带手电",
        )
    )
    yield
    doors.DOORS[:] = kept


def field_of(client: Any) -> tuple[dict[str, list[Door]], str]:
    answer = client.get("/field/")
    return {name: answer.context[name] for name in ("waiting", "doors", "later", "others")}, answer.content.decode()


def labels_of(door: Door) -> list[str]:
    return [str(deed.label) for deed in door.deeds]


def test_doors_of_every_flow_stand_together_the_most_urgent_first(
    cast: Cast, hazards_have_doors: None, signed_in: Any
) -> None:
    request = take_in(cast)
    hazard = hazard_of(cast, request.case)
    HelpRequest.objects.filter(pk=hazard.pk).update(due_at=request.due_at - dt.timedelta(hours=1))
    shown, page = field_of(signed_in(cast.officer))
    assert [labels_of(door) for door in shown["doors"]] == [["看一看"], ["约时间", "出发", "没人", "记录"]]
    assert f'href="/look/{hazard.case.number}/"' in page and "带手电" in page
    assert not shown["others"], "what has a door is not among the rest of the desk too"


def test_what_may_be_done_follows_from_the_state(cast: Cast, signed_in: Any) -> None:
    request = take_in(cast)
    HelpRequest.objects.filter(pk=request.pk).update(not_home_count=2)
    shown, page = field_of(signed_in(cast.officer))
    [door] = shown["doors"]
    set_out = next(deed for deed in door.deeds if deed.fields is not None)
    assert (str(set_out.label), set_out.fields) == ("出发", {"seen": request.version, "from": "field"})
    assert f"/requests/{request.case.number}/verify/?from=field" in page and "2 次没见到人" in page
    put_into(request, State.VISITING, cast.officer)
    shown, _page = field_of(signed_in(cast.officer))
    assert labels_of(shown["doors"][0]) == ["没人", "记录"]
    put_into(request, State.VERIFIED, cast.officer)
    shown, page = field_of(signed_in(cast.officer))
    assert not shown["doors"] and "今天没有要上门核实的" in page


def test_an_agreed_time_is_one_line_under_its_day(cast: Cast, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    request, later = take_in(cast), take_in(cast)
    visits.plan_visit(request, starts_at=AGREED, wished=True, by=cast.officer, at=MONDAY)
    visits.plan_visit(later, starts_at=AGREED + dt.timedelta(days=1), wished=True, by=cast.officer, at=MONDAY)
    monkeypatch.setattr(clock, "now", lambda: AGREED - dt.timedelta(hours=1))
    for who in (cast.officer, cast.manager):
        shown, _page = field_of(signed_in(who))
        expected = [request.case.number] if who == cast.officer else []
        assert [door.key for door in shown["waiting"]] == expected, "not as a booking of the day besides"
    shown, _page = field_of(signed_in(cast.officer))
    assert labels_of(shown["waiting"][0])[0] == "改时间" and not shown["doors"]
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
