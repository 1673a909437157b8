"""On paper: charts keep inside their panels, a table stays a table, and a long list begins on the first sheet."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from community_portal import clock
from tests.cast import Cast
from tests.deliberations.test_meetings import held
from tests.deliberations.votes import make_vote
from tests.help_requests import take_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
A4 = 703  # the width in pixels between margins of 12 mm
BEYOND = """[...document.querySelectorAll(".chart canvas")].filter((canvas) => {
    const drawn = canvas.getBoundingClientRect(), panel = canvas.closest(".panel").getBoundingClientRect();
    return drawn.bottom > panel.bottom || drawn.right > panel.right;
}).length"""


@pytest.fixture
def request_number(cast: Cast) -> str:
    return take_in(cast, at=clock.now()).case.number


@pytest.mark.parametrize("width", [1440, 1000])
def test_charts_keep_inside_their_panels(
    width: int, cast: Cast, request_number: str, browse: Callable[..., Any]
) -> None:
    """They were drawn for the screen, and nothing draws them anew."""
    page = browse(cast.manager, width=width).new_page()
    page.goto("/dashboard/")
    page.wait_for_function("document.querySelectorAll('.chart canvas').length === 2")
    page.emulate_media(media="print")
    page.evaluate(f"document.getElementById('main').style.width = '{A4}px'")
    assert page.evaluate(BEYOND) == 0


def test_a_list_on_paper_is_a_table_from_the_first_sheet_on(
    cast: Cast, request_number: str, browse: Callable[..., Any]
) -> None:
    page = browse(cast.manager, width=A4).new_page()
    page.goto("/requests/")
    assert page.locator("tbody tr").evaluate("(row) => getComputedStyle(row).display") == "flex", "a card on a phone"
    page.emulate_media(media="print")
    assert page.locator("tbody tr").evaluate("(row) => getComputedStyle(row).display") == "table-row"
    for path in ("/requests/", f"/requests/{request_number}/"):
        page.goto(path)
        long = page.locator(".panel:has(table, .timeline)").first
        assert long.evaluate("(panel) => getComputedStyle(panel).breakInside") == "auto"


def test_no_heading_on_paper_stands_alone(cast: Cast, browse: Callable[..., Any]) -> None:
    """A panel of buttons has nothing to print."""
    page = browse(cast.manager, width=A4).new_page()
    page.goto(f"/residents/{cast.elder.pk}/", wait_until="networkidle")
    page.emulate_media(media="print")
    bare = """[...document.querySelectorAll(".panel")].filter((panel) => panel.innerText.trim()
        && panel.innerText.trim() === panel.querySelector(".panel-head")?.innerText.trim()).map((panel) => panel.innerText)"""
    assert page.evaluate(bare) == []


def test_what_is_printed_takes_the_paper_that_is_used_here(cast: Cast, browse: Callable[..., Any]) -> None:
    """A browser set to another country's paper prints ballots, minutes and lists on A4 all the same."""
    vote, meeting = make_vote(cast, 2), held(cast)
    page = browse(cast.manager, width=1440).new_page()
    for path in (
        f"/deliberations/votes/{vote.pk}/print/",
        f"/deliberations/meetings/{meeting.pk}/print/",
        "/requests/",
    ):
        assert page.goto(path).status == 200, path
        printed = page.pdf(format="Letter", prefer_css_page_size=True)
        sizes = {tuple(round(float(n)) for n in box.split()) for box in re.findall(rb"/MediaBox ?\[([^]]*)\]", printed)}
        assert sizes == {(0, 0, 595, 842)}, (path, sizes)
