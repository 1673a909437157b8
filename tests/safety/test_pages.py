"""The pages of drills: papers, joining, the day without a network of its own, evaluation, API; lists that ask as much with one row as
with thirty."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community_portal import clock
from community_portal.bookings.models import Booking
from safety.models import Drill, DrillMark, Helper
from tests.cast import Cast
from tests.factories import make_resident_account
from tests.safety.drilling import (
    Party,
    make_draft,
    make_ended,
    make_evaluated,
    make_frail,
    make_notified,
    make_party,
    make_ready,
    make_running,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(cast: Cast) -> Party:
    return make_party(cast)


def page_of(drill: Drill, rest: str = "") -> str:
    return f"/safety/drills/{drill.case.number}/{rest}"


def text(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return answer.content.decode()


@pytest.mark.parametrize("make", [make_draft, make_notified, make_ready, make_running, make_ended, make_evaluated])
def test_every_page_opens_in_every_state(party: Party, client: Client, make: Any) -> None:
    drill = make(party)
    for who in (party.safety, party.judge, party.cast.street_officer):
        client.force_login(who)
        for rest in ("", "people/", "poster/", "notice/", "day/", "day/correct/", "wall/", "evaluation/", "slip/"):
            text(client, page_of(drill, rest))
        text(client, f"/dossier/drill/{drill.case.number}/")
        text(client, f"/dossier/drill/{drill.case.number}/brief/")
    client.force_login(party.safety)
    for rest in ("plan/", "helpers/"):
        text(client, page_of(drill, rest))


def test_a_poster_without_a_place_is_not_printed(party: Party, client: Client) -> None:
    drill = make_draft(party)
    Drill.objects.filter(pk=drill.pk).update(place="")
    client.force_login(party.safety)
    assert "还没写在哪里集合" in text(client, page_of(drill, "poster/"), 422)


def test_a_plan_is_written_row_by_row(party: Party, client: Client) -> None:
    client.force_login(party.safety)
    starts = clock.local(clock.now() + dt.timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    ends = clock.local(clock.now() + dt.timedelta(days=9, hours=1)).strftime("%Y-%m-%dT%H:%M")
    typed = {
        "title": "冬季演练",
        "kinds": ["evacuation"],
        "starts_at": starts,
        "ends_at": ends,
        "places_for": 50,
        "once": "n1",
    }
    answer = client.post("/safety/drills/new/", typed)
    drill = Drill.objects.get()
    assert answer.headers["Location"] == page_of(drill, "plan/")
    client.post(page_of(drill, "plan/points/"), {"name": "广场", "expected": 10, "once": "n2"})
    assert drill.points.get().name == "广场"
    again = client.post(page_of(drill, "plan/points/"), {"name": "广场", "expected": 10, "once": "n3"})
    assert again.status_code == 422 and drill.points.count() == 1
    wrong = {"premises": party.premises.pk, "floors": 3, "guides": "9 吴国平", "once": "n4"}
    assert "没有这一层" in client.post(page_of(drill, "plan/houses/"), wrong).content.decode()
    client.post(page_of(drill, f"plan/points/{drill.points.get().pk}/remove/"), {"once": "n5"})
    assert not drill.points.exists()


def test_a_family_joins_from_a_phone(party: Party, client: Client) -> None:
    now = clock.now()
    drill = make_notified(party, at=now, starts_at=now + dt.timedelta(days=9))
    frail = make_frail(party)
    client.force_login(make_resident_account(frail, username="family"))
    assert drill.case.title in text(client, "/safety/")
    typed = {"resident": frail.pk, "party_size": 3, "needs_help": frail.pk, "wish": "坐轮椅", "once": "j1"}
    assert client.post(page_of(drill, "join/"), typed).status_code == 303
    assert Booking.objects.get().party_size == 3
    assert Helper.objects.get().wish == "坐轮椅"
    assert client.get(page_of(drill)).status_code == 403


def test_pressing_on_the_page(party: Party, client: Client) -> None:
    drill = make_ready(party)
    client.force_login(party.safety)
    press = page_of(drill, "day/press/")
    assert "先拉响警报" in client.post(press, {"kind": "end", "once": "p0"}).content.decode()
    assert client.post(press, {"kind": "alarm", "once": "p1"}).status_code == 303
    client.post(press, {"kind": "alarm", "once": "p2"})
    assert DrillMark.objects.filter(kind="alarm", is_live=True).count() == 1
    assert "还差" in client.post(press, {"kind": "last_out", "once": "p3"}).content.decode()
    assert client.post(press, {"kind": "floor_clear", "once": "p4"}).status_code == 422
    part = client.get(page_of(drill, "day/"), headers={"HX-Request": "true"}).content.decode()
    assert "drill-clock" in part and "<html" not in part
    late = {"X-Captured-At": "2026-11-30T02:00:00.000Z", "X-Sent-At": "2026-11-30T02:40:00.000Z"}
    client.post(press, {"kind": "first_out", "once": "p5"}, headers=late)
    mark = DrillMark.objects.get(kind="first_out")
    assert mark.was_offline
    assert (mark.recorded_at - mark.pressed_at).total_seconds() == pytest.approx(2400, abs=2)


def test_marks_over_http(party: Party, client: Client) -> None:
    drill = make_ready(party)
    client.force_login(party.safety)
    url = f"/api/v1/drills/{drill.case.number}/marks/"
    first = client.post(url, {"kind": "alarm", "key": "a"}, content_type="application/json")
    again = client.post(url, {"kind": "alarm", "key": "b"}, content_type="application/json")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["key"] == "a"
    bad = client.post(url, {"kind": "floor_clear", "key": "c"}, content_type="application/json")
    assert bad.status_code == 422
    point = drill.points.get()
    counts = f"/api/v1/drills/{drill.case.number}/head-counts/"
    made = client.post(counts, {"point": point.pk, "present": 18, "key": "h"}, content_type="application/json")
    assert (made.status_code, made.json()["unaccounted"]) == (201, 2)


def test_the_list_asks_as_much_with_thirty_as_with_one(party: Party, client: Client) -> None:
    client.force_login(party.safety)
    make_draft(party)

    def asked() -> int:
        client.get("/safety/drills/")
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get("/safety/drills/")
        return len(found)

    few = asked()
    for n in range(9):
        make_draft(party, title=f"演练 {n}")
    assert asked() == few


def test_the_day_asks_as_much_with_many_marks(party: Party, client: Client) -> None:
    drill = make_running(party)
    client.force_login(party.safety)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(page_of(drill, "day/"), headers={"HX-Request": "true"})
        return len(found)

    asked()
    few = asked()
    house = drill.houses.get()
    for floor in (1, 2, 3):
        client.post(
            page_of(drill, "day/press/"),
            {"kind": "floor_clear", "house": house.pk, "floor": floor, "once": f"f{floor}"},
        )
    assert asked() == few
