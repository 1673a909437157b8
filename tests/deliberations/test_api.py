"""Votes over HTTP: the turnout for whoever reads them, ballots by the staff, each once."""

import datetime as dt

import pytest
import time_machine

from community_portal.deliberations.models import Ballot
from tests.cast import MONDAY
from tests.deliberations.test_pages import photo
from tests.deliberations.votes import CLOSES, LATER, make_vote

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]


@pytest.fixture
def vote(cast):
    with time_machine.travel(LATER, tick=False):
        yield make_vote(cast)


def post(client, vote, **over):
    headers = {"HTTP_IDEMPOTENCY_KEY": over.pop("key")} if "key" in over else {}
    given = {"unit": "101", "choice": "yes", "channel": "door", "cast_at": LATER.isoformat(), "proof": photo()}
    return client.post(f"/api/v1/votes/{vote.pk}/ballots/", given | over, **headers)


def test_a_ballot_and_the_turnout_after_it(cast, signed_in, vote) -> None:
    client = signed_in(cast.officer)
    answer = post(client, vote)
    assert answer.status_code == 201
    assert answer.json()["voted"] == {"heads": 1, "area": "100.00"}
    assert answer.json()["missing"] == {"heads": 1, "area": "100.00"}
    told = client.get(f"/api/v1/votes/{vote.pk}/").json()
    assert told["missing_words"] == "还差 1 户 / 100.00 ㎡ 才有效" and "yes" not in told
    with time_machine.travel(CLOSES + dt.timedelta(seconds=1), tick=False):
        client = signed_in(cast.officer)  # two weeks later
        assert client.get(f"/api/v1/votes/{vote.pk}/").json()["yes"] == {"heads": 1, "area": "100.00"}


def test_a_repeated_call_is_one_ballot(cast, signed_in, vote) -> None:
    client = signed_in(cast.officer)
    assert [post(client, vote, key="k").status_code for _again in range(2)] == [201, 201]
    assert Ballot.objects.count() == 1


@pytest.mark.parametrize(
    ("over", "status", "code"),
    [
        ({"unit": "999"}, 422, "no_unit"),
        ({"cast_at": (CLOSES + dt.timedelta(days=1)).isoformat()}, 422, "in_the_future"),
        ({"cast_at": (MONDAY - dt.timedelta(days=1)).isoformat()}, 422, "not_open"),
        ({"choice": "maybe"}, 422, "invalid_choice"),
        ({"channel": "link"}, 422, "invalid_choice"),
        ({"proof": ""}, 422, "invalid"),
    ],
)
def test_what_is_no_ballot(cast, signed_in, vote, over, status, code) -> None:
    answer = post(signed_in(cast.officer), vote, **over)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)
    assert not Ballot.objects.exists()


def test_who_may(cast, signed_in, vote) -> None:
    assert post(signed_in(cast.stranger), vote).status_code == 404
    assert post(signed_in(cast.elder_account), vote).status_code == 404
    assert post(signed_in(None), vote).status_code == 401
    assert signed_in(cast.stranger).get("/api/v1/votes/").json()["results"] == []
