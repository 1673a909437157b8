"""The contract of the API: what others rely on, to the status and the code."""

import datetime as dt
import json
from typing import Any

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.bookings.models import Booking, Session
from community_portal.matters.actions.visits import plan_visit
from community_portal.people.models import Delegation
from tests.cast import Cast
from tests.factories import make_category, make_session, make_user


def api(user: Any, **headers: str) -> APIClient:
    client = APIClient(HTTP_HOST="localhost")
    if user is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.get_or_create(user=user)[0].key}", **headers)
    return client


def body(session: Session, **over: Any) -> dict[str, Any]:
    return {"session": session.pk, "name": "陈平", "phone": "13800002046", "party_size": 1} | over


def test_communities_and_sessions_are_public(cast: Cast) -> None:
    session = make_session(community=cast.home, capacity=3)
    make_session(community=cast.next_door)
    found = api(None).get("/api/v1/communities/").json()
    assert {"LT", "XF"} <= {row["code"] for row in found["results"]}
    day = clock.local(session.starts_at).date().isoformat()
    listed = api(None).get(f"/api/v1/sessions/?community=LT&kind=visit&date_from={day}&date_to={day}").json()
    assert [row["id"] for row in listed["results"]] == [session.pk]
    row = listed["results"][0]
    assert (row["capacity"], row["available"]) == (3, 3)
    assert dt.datetime.fromisoformat(row["starts_at"]).utcoffset() is not None
    empty = api(None).get("/api/v1/sessions/?community=LT&kind=activity").json()
    assert empty["results"] == []


def test_a_booking_is_created_once_per_key_and_repeats_its_answer(cast: Cast) -> None:
    session = make_session(community=cast.home)
    client = api(cast.reception, HTTP_IDEMPOTENCY_KEY="k-1")
    first = client.post("/api/v1/bookings/", body(session), format="json")
    again = client.post("/api/v1/bookings/", body(session), format="json")
    other = client.post("/api/v1/bookings/", body(session, party_size=2), format="json")
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == again.json() and other.json()["code"] == "key_reused"
    assert Booking.objects.get().resident == cast.elder, "same name and phone is the same resident"


def test_the_street_books_and_asks_for_nobody_as_on_the_pages(cast: Cast) -> None:
    make_category(code="care")
    asked = {"community": "LT", "name": "陈平", "phone": "13800000001", "category": "care", "words": "灯坏了"}
    client = api(cast.street_officer)
    booked = client.post("/api/v1/bookings/", body(make_session(community=cast.home)), format="json")
    taken_in = client.post("/api/v1/help-requests/", asked, format="json")
    assert (booked.status_code, taken_in.status_code) == (403, 403)
    assert api(cast.reception).post("/api/v1/help-requests/", asked, format="json").status_code == 201


@pytest.mark.parametrize(
    ("over", "status", "code"),
    [
        ({"party_size": 0}, 422, None),
        ({"party_size": 1000}, 422, None),
        ({"phone": "12345"}, 422, "bad_phone"),
        ({"name": "陈"}, 422, "bad_name"),
        ({"name": ""}, 422, "blank"),
        ({"session": 987654}, 404, "not_found"),
    ],
)
def test_bad_input_is_a_typed_error(over: dict, status: int, code: str | None, cast: Cast) -> None:
    answer = api(cast.reception).post(
        "/api/v1/bookings/", body(make_session(community=cast.home)) | over, format="json"
    )
    assert answer.status_code == status, answer.content
    found = answer.json()
    assert set(found) >= {"type", "code", "detail", "attr"}
    assert code is None or found["code"] == code
    assert not Booking.objects.exists()


def test_full_twice_past_and_closed(cast: Cast) -> None:
    full = make_session(community=cast.home, capacity=1)
    client = api(cast.reception)
    assert (
        client.post("/api/v1/bookings/", body(full, name="外人乙", phone="13900000001"), format="json").status_code
        == 201
    )
    answer = client.post("/api/v1/bookings/", body(full), format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "session_full")
    roomy = make_session(community=cast.home, capacity=5, starts_at=clock.now() + dt.timedelta(days=5))
    assert client.post("/api/v1/bookings/", body(roomy), format="json").status_code == 201
    answer = client.post("/api/v1/bookings/", body(roomy), format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_booked")
    past = make_session(community=cast.home, starts_at=clock.now() - dt.timedelta(hours=1))
    assert client.post("/api/v1/bookings/", body(past), format="json").status_code == 422
    Session.objects.filter(pk=roomy.pk).update(state="cancelled")
    assert client.post("/api/v1/bookings/", body(roomy, name="外人丙"), format="json").status_code == 422


def test_another_communitys_session_is_404_and_strangers_are_401(cast: Cast) -> None:
    session = make_session(community=cast.home)
    assert api(cast.stranger).post("/api/v1/bookings/", body(session), format="json").status_code == 404
    assert api(None).post("/api/v1/bookings/", body(session), format="json").status_code == 401


def test_a_resident_books_for_himself_and_for_nobody_else(cast: Cast) -> None:
    session = make_session(community=cast.home, capacity=5)
    client = api(cast.elder_account)
    assert client.post("/api/v1/bookings/", body(session), format="json").status_code == 201
    refused = client.post("/api/v1/bookings/", body(session, name="别人家", phone="13911112222"), format="json")
    assert refused.status_code == 403


def test_a_resident_reads_and_takes_the_steps_that_are_his(cast: Cast) -> None:
    made = register_request(
        community=cast.home, category=make_category(), words="灯坏了", resident=cast.elder, by=cast.reception,
        at=clock.now(),
    )  # fmt: skip
    reader = make_user(phone="+8613911112222")
    Delegation.objects.create(
        principal=cast.elder, agent=reader, relation="侄女", scopes=["read"], proof="当面",
        starts_on=clock.today(), created_by=cast.reception, created_at=clock.now(),
    )  # fmt: skip
    url = f"/api/v1/help-requests/{made.case.number}/"
    assert api(cast.elder_account).get(url).json()["steps"] == ["withdraw"]
    assert api(reader).get(url).json()["steps"] == []
    assert api(reader).post(f"{url}withdraw/", {"words": "不用了"}, format="json").status_code == 403
    verified = {"words": "属实", "finding": "confirmed", "signed_by": "陈平"}
    assert api(cast.elder_account).post(f"{url}verify/", verified, format="json").status_code == 403
    gone = api(cast.elder_account).post(f"{url}withdraw/", {"words": "不用了"}, format="json")
    assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")


def test_a_resident_reads_the_names_of_staff_that_his_page_shows(cast: Cast) -> None:
    made = register_request(
        community=cast.home, category=make_category(), words="灯坏了", resident=cast.elder, by=cast.reception,
        at=clock.now(),
    )  # fmt: skip
    tomorrow = clock.at_wall(clock.today() + dt.timedelta(days=1), dt.time(10))
    plan_visit(made, starts_at=tomorrow, wished=True, by=cast.officer, at=clock.now())
    url = f"/api/v1/help-requests/{made.case.number}/"
    theirs, own = api(cast.reception).get(url).json(), api(cast.elder_account).get(url).json()
    assert (theirs["handler"], theirs["visit"]["officer"]) == ("grid", "grid")
    assert (own["handler"], own["visit"]["officer"]) == ("周敏", "周敏")
    assert "grid" not in json.dumps(own) and theirs["due_at"] and own["due_at"] is None


def test_a_help_request_goes_its_way_over_the_api(cast: Cast) -> None:
    make_category(code="care")
    client = api(cast.reception)
    given = {
        "community": "LT",
        "name": "陈平",
        "phone": "13800002046",
        "category": "care",
        "words": "灯坏了，看不见台阶。",
    }
    made = client.post("/api/v1/help-requests/", given, format="json")
    assert made.status_code == 201, made.content
    reference = made.json()["reference"]
    assert made.json()["state"] == "assigned" and "set_out" in made.json()["steps"]
    officer = api(cast.officer)
    step = officer.post(f"/api/v1/help-requests/{reference}/set_out/", {"seen": made.json()["version"]}, format="json")
    assert (step.status_code, step.json()["state"]) == (200, "visiting")
    stale = officer.post(f"/api/v1/help-requests/{reference}/not_home/", {"seen": 1}, format="json")
    assert (stale.status_code, stale.json()["code"]) == (409, "changed")
    assert officer.post(f"/api/v1/help-requests/{reference}/no_such_step/", {}, format="json").status_code == 404
    assert api(cast.stranger).get(f"/api/v1/help-requests/{reference}/").status_code == 404
    assert api(cast.stranger).post(f"/api/v1/help-requests/{reference}/verify/", {}, format="json").status_code == 404
    assert HelpRequest.objects.get().state == "visiting"
