"""Whoever something comes due for finds it: in the menu, and on the page where their day begins."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from community_portal import clock
from community_portal.dues import kinds
from community_portal.dues.actions import put_turns
from community_portal.dues.kinds import DueKind, every_days, register_dues
from community_portal.people.models import STAFF, THIRD_PARTIES, Role
from community_portal.web.navigation import staff_navigation
from tests.cast import Cast
from tests.dues.duties import subject
from tests.front.test_first_pages import somebody

ROLES = sorted(map(str, STAFF | THIRD_PARTIES))


@pytest.fixture(autouse=True)
def declared() -> Iterator[None]:
    before = dict(kinds.KINDS)
    for role in ROLES:
        register_dues(DueKind(f"of_{role}", "探访", "heart", role, lambda on: [], every_days(7), lambda ref: ""))
    yield
    kinds.KINDS.clear()
    kinds.KINDS.update(before)


def let_come_due(role: str, cast: Cast, user: Any) -> None:
    """Late by a day, for this role at home, of a third party for its organisation."""
    start = clock.today() - dt.timedelta(days=8)
    firm = next((membership.organisation_id for membership in user.memberships_now), None)
    whose = subject(1, cast.home.pk, since=start, grid_id=cast.grid.pk, organisation_id=firm)
    put_turns(kinds.KINDS[f"of_{role}"], [whose], on=clock.today(), at=clock.now())


@pytest.mark.parametrize("role", ROLES)
def test_it_is_in_the_menu_and_where_the_day_begins(role: str, cast: Cast, signed_in: Any) -> None:
    user = somebody(role, cast)
    client = signed_in(user)
    begins = "/field/" if role == Role.GRID_OFFICER else "/desk/"
    assert 'id="dues"' not in client.get(begins).content.decode(), "nothing is due yet"
    let_come_due(role, cast, user)
    page = client.get(begins).content.decode()
    assert 'id="dues"' in page and "居民1" in page and "超期 1 天" in page
    assert "/dues/" in [entry.url for group in staff_navigation(user) for entry in group.entries]
    assert "居民1" in client.get("/dues/").content.decode()


def test_it_is_not_shown_to_whom_it_does_not_wait_for(cast: Cast, signed_in: Any) -> None:
    let_come_due(Role.ELDERCARE, cast, somebody(Role.ELDERCARE, cast))
    for other in (cast.reception, cast.stranger, somebody(Role.CARE_AGENCY, cast)):
        assert 'id="dues"' not in signed_in(other).get("/desk/").content.decode()
