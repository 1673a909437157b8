"""The page of all that the house has on: pages, signing up, where sign-in leads back to."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from community_portal import clock
from community_portal.bookings.actions import book
from community_portal.bookings.models import Session, SessionKind
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.factories import make_resident, make_session


@pytest.fixture
def plan(cast: Cast) -> Callable[[int], list[Session]]:
    def several(count: int) -> list[Session]:
        return [
            make_session(
                community=cast.home, kind=SessionKind.ACTIVITY, title=f"活动{n:02d}",
                starts_at=clock.now() + dt.timedelta(days=n + 1),
            )
            for n in range(count)
        ]  # fmt: skip

    return several


def test_home_leads_to_the_others_only_when_there_are_some(signed_in: SignedIn, plan: Any) -> None:
    client = signed_in(None)
    plan(3)
    assert 'href="/activities/"' not in client.get("/").content.decode()
    plan(1)
    assert 'href="/activities/"' in client.get("/").content.decode()


def test_all_activities_stand_there_page_by_page(cast: Cast, signed_in: SignedIn, plan: Any) -> None:
    made = plan(14)
    make_session(community=cast.next_door, kind=SessionKind.ACTIVITY, title="别处的活动")
    client = signed_in(None)
    first, second = (client.get(f"/activities/?page={n}").content.decode() for n in (1, 2))
    assert [s.title in first for s in made] == [True] * 12 + [False] * 2
    assert [s.title in second for s in made] == [False] * 12 + [True] * 2
    assert "别处的活动" not in first + second and "?page=2" in first
    assert "活动13" in client.get("/activities/?page=99").content.decode(), "beyond the end is the last page"


def test_nothing_on_says_so(cast: Cast, signed_in: SignedIn) -> None:
    assert "近期没有活动" in signed_in(None).get("/activities/").content.decode()


def test_sign_in_leads_back_to_what_was_chosen(cast: Cast, signed_in: SignedIn, plan: Any) -> None:
    chosen = plan(14)[13]
    door = signed_in(None).post(f"/book/hold/{chosen.pk}/")
    assert door.url == f"/sign-in/?next=%2Factivities%2F%3Fpicked%3D{chosen.pk}"
    page = signed_in(cast.elder_account).get(f"/activities/?picked={chosen.pk}").content.decode()
    assert page.index("您刚才选的活动") < page.index("活动13") < page.index("活动00")
    for nonsense in ("", "x", "9" * 40, "-1"):
        page = signed_in(None).get(f"/activities/?picked={nonsense}").content.decode()
        assert "活动00" in page and "您刚才选的活动" not in page


def test_who_else_comes_is_nobodys_business(cast: Cast, signed_in: SignedIn, plan: Any) -> None:
    session = plan(1)[0]
    other = make_resident(community=cast.home, name="欧阳锋", phone="+8613955557777")
    mine, theirs = (
        book(session=session, resident=resident, by=cast.reception, at=clock.now()) for resident in (cast.elder, other)
    )
    client = signed_in(cast.elder_account)
    for path in ("/", "/activities/", f"/activities/?picked={session.pk}", "/my/", f"/my/bookings/{mine.pk}/",
                 f"/my/bookings/{mine.pk}/visit.ics", f"/api/v1/sessions/{session.pk}/", "/api/v1/bookings/"):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert not any(secret in answer.content.decode() for secret in ("欧阳", "5557777")), path
    assert client.get(f"/my/bookings/{theirs.pk}/").status_code == 404


def test_what_i_signed_up_for_leads_to_my_booking(cast: Cast, signed_in: SignedIn, plan: Any) -> None:
    session = plan(2)[0]
    booking = book(session=session, resident=cast.elder, by=cast.elder_account, at=clock.now())
    page = signed_in(cast.elder_account).get("/activities/").content.decode()
    assert f"/my/bookings/{booking.pk}/" in page and f"/book/hold/{session.pk}/" not in page
