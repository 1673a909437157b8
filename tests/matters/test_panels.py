"""A service puts a whole panel on the page of another's matter; it is for those whom its page admits at that place."""

from collections.abc import Iterator
from typing import Any

import pytest

from community_portal.casework.actions import open_part
from community_portal.matters import panels
from community_portal.matters.panels import MatterPanel, register_matter_panels
from community_portal.people.models import Membership, Role
from tests.cast import MONDAY, Cast
from tests.loans import borrow

pytestmark = pytest.mark.usefixtures("toy")

SAYS = "适老化改造走到第三步"


@pytest.fixture(autouse=True)
def another_service() -> Iterator[None]:
    kept = list(panels.PANELS)
    yield
    panels.PANELS[:] = kept


def says(page: str, **more: Any) -> MatterPanel:
    def read(matter: Any, user: Any) -> dict[str, Any]:
        return {"text": f"{SAYS} {matter.case.number} {user.username}", "icon": "inbox", "url": ""}

    return MatterPanel(page, "components/empty.html", read, **more)


@pytest.mark.parametrize("is_beside", [False, True])
def test_it_stands_on_the_page_with_the_matter_and_its_reader(is_beside: bool, cast: Cast, signed_in: Any) -> None:
    loan = borrow(cast)
    page = f"/loans/{loan.case.number}/"
    assert SAYS not in signed_in(cast.reception).get(page).content.decode()
    register_matter_panels(says("loans", is_beside=is_beside))
    shown = signed_in(cast.reception).get(page).content.decode()
    assert shown.count(f"{SAYS} {loan.case.number} reception") == 1
    assert (shown.index(SAYS) < shown.index("申请借助行器")) != is_beside


def test_it_is_for_those_whom_its_page_admits_at_that_place(cast: Cast, signed_in: Any) -> None:
    page = f"/loans/{borrow(cast).case.number}/"
    register_matter_panels(says("dashboard"))
    assert SAYS in signed_in(cast.manager).get(page).content.decode()
    assert SAYS not in signed_in(cast.reception).get(page).content.decode()
    Membership.objects.create(user=cast.reception, role=Role.MANAGER, community=cast.next_door, starts_on=MONDAY.date())
    assert SAYS not in signed_in(cast.reception).get(page).content.decode(), "a post elsewhere opens nothing here"
    assert SAYS in signed_in(cast.admin).get(page).content.decode()


def test_nothing_to_show_stays_away(cast: Cast, signed_in: Any) -> None:
    register_matter_panels(MatterPanel("loans", "components/empty.html", lambda matter, user: None))
    answer = signed_in(cast.reception).get(f"/loans/{borrow(cast).case.number}/")
    assert answer.context["more_panels"] == answer.context["more_beside"] == []


def test_two_parts_of_one_case_show_each_other_and_the_first(cast: Cast, signed_in: Any) -> None:
    """Sisters too, not mother and child alone."""
    first = borrow(cast)
    cases = [
        open_part(first.case, title=title, words=title, source="desk", by=cast.reception, at=MONDAY)
        for title in ("门坏了", "窗坏了")
    ]
    family = [first, *(borrow(cast, case=case) for case in cases)]
    for here in family:
        shown = signed_in(cast.officer).get(f"/loans/{here.case.number}/").content.decode()
        assert all(f'href="/loans/{there.case.number}/"' in shown for there in family if there != here)
