"""The contract of the API: what others rely on, to the status and the code."""

import datetime as dt
from typing import Any

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from community_portal import clock
from community_portal.bookings.models import Booking, Session
from tests.cast import Cast
from tests.factories import make_category, make_session


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
