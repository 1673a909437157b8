"""The first pages of coordinators and third parties, full and empty: axe finds nothing, and they fit the narrowest phone."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from community_portal import clock
from community_portal.casework.models import Task
from community_portal.people.models import User
from tests.cast import make_cast
from tests.factories import Role, make_member
from tests.front.test_first_page_of_others import give
from tests.loans import borrow, make_workshop
from tests.look.narrow import narrow_page, what_does_not_fit
from tests.look.test_every_page import what_is_wrong_with

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("toy"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people() -> dict[str, User]:
    cast, firm = make_cast(), make_workshop("安居")
    waiting = [give(cast, firm, due=dt.timedelta(hours=hours)) for hours in (-30, 5, 300)]
    Task.objects.open().filter(matter_id=waiting[0].pk).update(role=Role.RECEPTIONIST)
    for days in (-1, 1, 9):
        pool = {"assignee": None, "role": Role.SAFETY, "due_at": clock.now() + dt.timedelta(days=days)}
        Task.objects.open().filter(matter_id=borrow(cast).pk).update(**pool)
    return {
        "coordinator": make_member(Role.SAFETY, community=cast.home),
        "idle": make_member(Role.CHARGING, community=cast.home),
        "partner": firm.builder,
    }


@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
def test_nothing_is_wrong_with_them(elder: bool, people: dict[str, User], browse: Callable[..., Any]) -> None:
    trouble = []
    for who, user in people.items():
        page = browse(user, width=1440, elder=elder, bypass_csp=True).new_page()
        page.goto("/desk/")
        trouble += what_is_wrong_with(page, who)
    assert not trouble, "\n".join(trouble)


@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
def test_they_fit_the_narrowest_phone(elder: bool, people: dict[str, User], browse: Callable[..., Any]) -> None:
    User.objects.update(language="en")
    wide = []
    for who, user in people.items():
        page = narrow_page(browse, user, language="en", elder=elder)
        wide += [(who, found) for found in what_does_not_fit(page, ["/desk/"])]
    assert wide == []
