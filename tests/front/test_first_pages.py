"""Everybody lands where their day is, and finds that page first in the menu."""

from typing import Any

import pytest

from community_portal.people.models import STAFF, THIRD_PARTIES, Organisation, Role, User
from community_portal.people.sign_in.codes import landing_for
from community_portal.web import navigation
from community_portal.web.navigation import first_page, register_pages, staff_navigation
from tests.cast import Cast
from tests.factories import make_member

WORKBENCH = STAFF - {Role.GRID_OFFICER, Role.STREET_OFFICER} | THIRD_PARTIES


def somebody(role: str, cast: Cast) -> User:
    if role in THIRD_PARTIES:
        return make_member(role, organisation=Organisation.objects.create(name=f"单位{role}", kind=role))
    place: dict[str, Any] = {
        Role.GRID_OFFICER: {"grid": cast.grid},
        Role.STREET_OFFICER: {"street": cast.street},
    }.get(Role(role), {"community": cast.home})
    return make_member(role, **place)


@pytest.mark.parametrize("role", Role.values)
def test_each_role_lands_where_its_day_is(role: str, cast: Cast, signed_in: Any) -> None:
    user = somebody(role, cast)
    elsewhere = {
        Role.GRID_OFFICER: "/field/",
        Role.STREET_OFFICER: "/dashboard/",
        Role.OPERATOR: "/charging/operator/",
    }
    first = elsewhere.get(Role(role), "/desk/")
    assert landing_for(user) == first
    page = signed_in(user).get(first)
    assert page.status_code == 200
    entries = [entry.url for group in staff_navigation(user) for entry in group.entries]
    assert first in entries and (role not in WORKBENCH or entries[0] == "/desk/")
    assert ("/desk/" in entries) == (role in WORKBENCH) and ("/field/" in entries) == (role == Role.GRID_OFFICER)


def test_who_has_several_roles_starts_at_the_workbench_and_residents_at_home(cast: Cast) -> None:
    assert first_page({Role.GRID_OFFICER, Role.MANAGER}) == first_page(()) == "workbench"
    assert first_page({Role.GRID_OFFICER}) == "field"
    assert landing_for(cast.elder_account) == "/" and landing_for(cast.admin) == "/desk/"


def test_a_service_may_have_its_coordinators_begin_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "FIRST_PAGES", dict(navigation.FIRST_PAGES))
    register_pages(first_pages={Role.SAFETY: "inbox"})
    assert first_page({Role.SAFETY}) == "inbox" and first_page({Role.CHARGING}) == "workbench"
