"""Nobody is led away: not by an address that asks to go on elsewhere, not by a host that is not ours."""

from typing import Any

import pytest
from django.test import Client

from community_portal import clock
from community_portal.bookings.actions import book
from tests.cast import Cast
from tests.factories import make_session

ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "https://evil.example/",
    "http:///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
)
POSTS = {
    "/elder-mode/": {"on": "1"},
    "/language/": {"language": "en"},
    "/communities/": {"code": "LT"},
}
SIGNED_IN = ("/account/link/", "/sign-in/", "/staff/sign-in/")


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_whatever_the_address_asks_one_stays_here(wanted: str, cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.elder_account)
    answers = [client.post(path, body | {"next": wanted}) for path, body in POSTS.items()]
    answers += [client.get(path, {"next": wanted}) for path in SIGNED_IN]
    assert [answer.headers["Location"] for answer in answers] == ["/"] * len(answers)


def test_nor_by_the_page_one_came_from(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.elder_account)
    answer = client.post("/language/", {"language": "en"}, headers={"Referer": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


def test_after_sign_in_one_stays_here_too(cast: Cast) -> None:
    assert Client().get("//evil.example/account/").headers["Location"] == "/sign-in/?next=/account/"
    answer = Client().post("/account/name/", headers={"HX-Request": "true", "HX-Current-URL": "https://evil.example/"})
    client = Client()
    cast.reception.set_password("a-long-enough-password")
    cast.reception.save()
    door = answer.headers["HX-Redirect"].replace("/sign-in/", "/staff/sign-in/")
    answer = client.post(door, {"login": "reception", "password": "a-long-enough-password"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/")


def test_a_host_that_is_not_ours_gets_no_page(db: None) -> None:
    assert Client(HTTP_HOST="evil.example").get("/").status_code == 400


@pytest.mark.parametrize("name", ["sessionid", "community", "csrftoken", "elder", "messages", "django_language"])
def test_a_cookie_that_no_query_may_hold_is_no_cookie(name: str, cast: Cast) -> None:
    client = Client(HTTP_COOKIE=f'{name}="abcdefgh\\000ijkl"')
    assert [client.get(path).status_code for path in ("/", "/sign-in/", "/api/v1/sessions/")] == [200] * 3


@pytest.mark.parametrize("tail", ["，编号加手机后四位", "。", " ，编号", "）", "“"])
def test_a_link_with_the_words_behind_it_still_leads_there(tail: str, cast: Cast, signed_in: Any) -> None:
    """Phones take what follows an address in a message for a part of it."""
    client = signed_in(None)
    for path in ("/look-up/", "/activities"):
        assert client.get(path + tail).headers["Location"] == f"{path.rstrip('/')}/"
    assert client.get("/no-such-page/" + tail).status_code == 404
    assert client.get("//evil.example/" + tail).headers.get("Location", "/") == "/"
    assert client.post("/look-up/" + tail).status_code == 404


@pytest.mark.parametrize("wanted", ["/desk/\r\nSet-Cookie: a=b", "/desk/\n", "\r/desk/", "/desk/\x00"])
def test_line_breaks_in_an_address_to_go_on_are_no_error(wanted: str, cast: Cast, signed_in: Any) -> None:
    booked = book(session=make_session(community=cast.home), resident=cast.elder, by=cast.reception, at=clock.now())
    answer = signed_in(cast.reception).post(f"/desk/visits/{booked.pk}/arrived/", {"next": wanted})
    assert answer.status_code in (303, 409, 422) and answer.headers.get("Location", "/desk/visits/") == "/desk/visits/"
