"""What the API gives at once, and how often: nobody takes more by asking for more, or by saying they are another."""

import pytest
from rest_framework.test import APIClient

from tests.factories import make_community, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]


def test_a_page_has_at_most_two_hundred_rows() -> None:
    community = make_community()
    for _ in range(201):
        make_session(community=community)
    answer = APIClient().get("/api/v1/sessions/", {"limit": 1_000_000}).json()
    assert (answer["count"], len(answer["results"])) == (201, 200)
    assert len(APIClient().get("/api/v1/sessions/").json()["results"]) == 50


@pytest.mark.parametrize("name", ["limit", "offset"])
@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000, "-1", "x"])
def test_numbers_beyond_any_list_are_no_error(name: str, number: str) -> None:
    assert APIClient().get("/api/v1/sessions/", {name: number}).status_code == 200


def test_an_address_made_up_in_a_header_does_not_open_the_limit() -> None:
    client = APIClient()
    answers = [
        client.get("/api/v1/communities/", headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code
        for n in range(121)
    ]
    assert set(answers[:120]) == {200} and answers[120] == 429
