"""Lists longer than a page: nothing is out of reach, and a sheet for paper holds the whole day."""

import datetime as dt
from typing import Any

import pytest

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from appointments.visits import desk as visit_views
from appointments.workflow import State
from community_portal import clock
from community_portal.bookings.actions import book
from community_portal.casework import views as casework_views
from community_portal.front import field as field_views
from tests.cast import Cast
from tests.factories import make_category, make_resident, make_service, make_session
from tests.help_requests import put_into


@pytest.fixture
def five(cast: Cast) -> list[Any]:
    """Five residents of one day, each with a visit and a matter on the grid officer's desk."""
    at, service = clock.now(), make_service(code="allowance")
    start = clock.at_wall(clock.today() + dt.timedelta(days=2), dt.time(9))
    people = [make_resident(household=cast.household, name=f"居民{n}甲") for n in "一二三四五"]
    for n, resident in enumerate(people):
        begins = start + dt.timedelta(minutes=20 * n)
        session = make_session(
            community=cast.home,
            service=service,
            starts_at=begins,
            ends_at=begins + dt.timedelta(minutes=20),
            capacity=1,
        )
        book(session=session, resident=resident, by=None, at=at)
        register_request(
            community=cast.home, category=make_category(), words="灯坏了", resident=resident, by=cast.reception, at=at
        )
    return people


def seen(page: str, people: list[Any]) -> list[str]:
    return [person.name for person in people if person.name in page]


def test_the_day_sheet_turns_pages_and_prints_whole(
    cast: Cast, five: list[Any], signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit_views, "PAGE", 2)
    desk, url = signed_in(cast.reception), f"/desk/visits/?day={clock.today() + dt.timedelta(days=2)}"
    pages = [desk.get(f"{url}&page={n}").content.decode() for n in (1, 2, 3)]
    assert [seen(page, five) for page in pages] == [["居民一甲", "居民二甲"], ["居民三甲", "居民四甲"], ["居民五甲"]]
    assert "第 2 页，共 3 页" in pages[1] and "page=3" in pages[1]
    paper = desk.get(f"{url}&print=1").content.decode()
    assert len(seen(paper, five)) == 5 and "第 1 页" not in paper and "data-print-now" in paper


def test_the_inbox_turns_pages_and_keeps_the_search(
    cast: Cast, five: list[Any], signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(casework_views, "PAGE", 2)
    officer = signed_in(cast.officer)
    pages = [officer.get(f"/inbox/?q=灯&page={n}").content.decode() for n in (1, 2, 3)]
    assert sorted(name for page in pages for name in seen(page, five)) == sorted(person.name for person in five)
    assert "q=%E7%81%AF&amp;page=3" in pages[1]


def test_a_long_field_view_leads_to_the_inbox(
    cast: Cast, five: list[Any], signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = signed_in(cast.officer)
    assert "还有别的，都在待办里" not in officer.get("/field/").content.decode()
    monkeypatch.setattr(field_views, "MOST", 4)
    page = officer.get("/field/").content.decode()
    assert "还有别的，都在待办里" in page
    assert (
        sum(f"/requests/{number}/" in page for number in HelpRequest.objects.values_list("case__number", flat=True))
        == 4
    )


def test_the_field_view_holds_only_what_is_the_officers_to_do(cast: Cast, five: list[Any], signed_in: Any) -> None:
    done, passed, *_rest = HelpRequest.objects.order_by("id")
    put_into(done, State.RESOLVED, cast.officer)
    put_into(passed, State.STREET, cast.officer)
    page = signed_in(cast.officer).get("/field/").content.decode()
    numbers = HelpRequest.objects.order_by("id").values_list("case__number", flat=True)
    assert [f"/requests/{number}/" in page for number in numbers] == [False, False, True, True, True]
