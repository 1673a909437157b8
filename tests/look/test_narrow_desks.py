"""Lists on a laptop: what decides (state, limit, what one can do) stays in sight; nobody scrolls a table sideways to find it."""

from collections.abc import Callable
from typing import Any

import pytest

from appointments.requests.actions.intake import register_request
from community_portal import clock
from tests.cast import Cast
from tests.factories import make_category

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HIDDEN = """() => [...document.querySelectorAll(".table-scroll")]
  .filter((at) => at.scrollWidth - at.clientWidth > 1)
  .map((at) => `${at.ariaLabel}: ${at.scrollWidth - at.clientWidth} px out of sight`)"""


@pytest.mark.parametrize("width", [1024, 1200, 1440])
def test_no_table_hides_its_last_column(width: int, cast: Cast, browse: Callable[..., Any]) -> None:
    for words in ("老房子过户，要证明我和父亲是一家人，户口早分开了", "灯坏了"):
        register_request(
            community=cast.home, category=make_category(), words=words, resident=cast.elder, by=cast.reception, at=clock.now()
        )  # fmt: skip
    page = browse(cast.manager, width=width).new_page()
    found = {}
    for path in ("/desk/", "/requests/", "/settings/staff/", "/settings/closures/", "/desk/visits/", "/residents/"):
        page.goto(path)
        if hidden := page.evaluate(HIDDEN):
            found[path] = hidden
    assert found == {}


def test_a_narrow_desk_leaves_out_what_the_filters_say(cast: Cast, browse: Callable[..., Any]) -> None:
    """Heading and cell go together, and a phone's card says everything."""
    register_request(
        community=cast.home, category=make_category(), words="灯坏了", resident=cast.elder, by=cast.reception, at=clock.now()
    )  # fmt: skip
    page = browse(cast.manager, width=1024).new_page()
    page.goto("/requests/")
    shown = {width: [] for width in (390, 1024, 1440)}
    for width, counts in shown.items():
        page.set_viewport_size({"width": width, "height": 800})
        counts += [page.locator(f"main {of}.td-spare:visible").count() for of in ("th", "td")]
    assert shown[1024] == [0, 0]
    assert shown[390][1] == shown[1440][1] == 2 == shown[1440][0]


def test_room_left_is_counted_as_the_server_counts(cast: Cast, browse: Callable[..., Any]) -> None:
    """A picture is one, and whoever comes back finds the count of what stands there."""
    page = browse(cast.elder_account).new_page()
    page.goto("/help/")
    page.locator("textarea").first.fill("🚲" * 1700)
    assert page.get_by_text("1700 / 2000").is_visible()
    page.locator("textarea").first.fill("灯坏了")
    assert page.get_by_text("/ 2000").is_hidden()
