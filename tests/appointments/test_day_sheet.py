"""The sheet of a day offers what can be done now, and nothing that would be refused."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from playwright.sync_api import expect

from community_portal import clock
from community_portal.bookings.actions import book, check_in
from tests.cast import Cast
from tests.factories import make_resident, make_session

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 24)


def marks_offered(client: Any, day: dt.date = DAY) -> list[str]:
    page = client.get("/desk/visits/", {"day": day.isoformat()}).content.decode()
    return re.findall(r'action="/desk/visits/\d+/(\w+)/"', page)


def test_only_what_can_be_marked_now_has_a_button(cast: Cast, signed_in: Any) -> None:
    nine = clock.at_wall(DAY, dt.time(9))
    with time_machine.travel(nine - dt.timedelta(days=1), tick=False) as time:
        session = make_session(community=cast.home, starts_at=nine)
        booking = book(session=session, resident=cast.elder, by=None, at=clock.now())
        desk = signed_in(cast.reception)
        assert marks_offered(desk) == [], "tomorrow's visits are only read"
        time.move_to(nine - dt.timedelta(minutes=5))
        desk = signed_in(cast.reception)
        assert marks_offered(desk) == ["check_in"], "nobody is missed before it has begun"
        time.move_to(nine + dt.timedelta(minutes=5))
        assert marks_offered(desk) == ["no_show", "check_in"]
        desk.post(f"/desk/visits/{booking.pk}/check_in/", {"seen": 1})
        assert marks_offered(desk) == ["undo", "served"]
        desk.post(f"/desk/visits/{booking.pk}/undo/", {"seen": 2})
        assert marks_offered(desk) == ["no_show", "check_in"], "a slip of the finger is taken back"
        desk.post(f"/desk/visits/{booking.pk}/served/", {"seen": 3})
        assert marks_offered(desk) == ["undo"]
        time.move_to(nine + dt.timedelta(days=2))
        assert marks_offered(signed_in(cast.reception)) == [], "what is long past stays as it is written"


@pytest.mark.parametrize(
    ("typed", "is_found"), [("2046", True), ("２０４６", True), ("陈", True), ("cp", True), ("9999", False)]
)
def test_the_sheet_is_searched_by_name_letters_and_the_end_of_a_number(
    typed: str, is_found: bool, cast: Cast, signed_in: Any
) -> None:
    with time_machine.travel(clock.at_wall(DAY, dt.time(8)), tick=False):
        session = make_session(community=cast.home, starts_at=clock.at_wall(DAY, dt.time(9)))
        book(session=session, resident=cast.elder, by=None, at=clock.now())
        page = signed_in(cast.reception).get("/desk/visits/", {"day": DAY.isoformat(), "q": typed}).content.decode()
    assert (f"/residents/{cast.elder.pk}/" in page) == is_found


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_printed_sheet_has_a_box_for_who_is_to_come_and_says_who_came(
    cast: Cast, browse: Callable[..., Any]
) -> None:
    morning, starts = (clock.at_wall(clock.today(), time) for time in (dt.time(0, 1), dt.time(23, 50)))
    for resident in (cast.elder, make_resident(community=cast.home)):
        booked = book(
            session=make_session(community=cast.home, starts_at=starts),
            resident=resident,
            by=cast.reception,
            at=morning,
        )
    check_in(booking=booked, by=cast.reception, at=morning)
    page = browse(cast.reception, width=1440).new_page()
    page.goto("/desk/visits/")
    page.emulate_media(media="print")
    marks = "cells => cells.map((cell) => getComputedStyle(cell, '::after').content)"
    assert sorted(page.locator("td.marks").evaluate_all(marks)) == ['"☐"', "none"]
    expect(page.locator("td.marks .chip")).to_have_text("接待中")
    expect(page.locator("td.marks .chip")).to_be_visible()
    assert not any(button.is_visible() for button in page.locator("td.marks button").all())
