"""How much has been cast, as bars: the least that a vote needs is marked on them, where it is."""

from collections.abc import Callable
from typing import Any

import pytest

from community_portal.deliberations.models import Vote
from tests.cast import Cast
from tests.deliberations.votes import make_vote

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MARKED = """(bar) => parseFloat(getComputedStyle(bar, '::after').left) / bar.getBoundingClientRect().width"""
WORD = """(word) => { const bar = word.previousElementSibling.getBoundingClientRect(), range = document.createRange();
    range.selectNodeContents(word); const said = range.getBoundingClientRect();
    return ((said.left + said.right) / 2 - bar.left) / bar.width; }"""


@pytest.mark.parametrize(
    ("kind", "words", "part"),
    [("owners", ["⅔要 3 户", "⅔要 266.67 ㎡"], 2 / 3), ("residents", ["过半要 3 户"], 1 / 2)],
    ids=["two thirds of heads and area", "more than half"],
)
@pytest.mark.parametrize("width", [390, 1440])
def test_what_a_vote_needs_is_marked_where_it_is(
    kind: str, words: list[str], part: float, width: int, cast: Cast, browse: Callable[..., Any]
) -> None:
    vote = make_vote(cast, 4, kind=kind, is_special=kind == "owners")
    page = browse(cast.manager, width=width).new_page()
    page.goto(f"/deliberations/votes/{vote.pk}/")
    assert [one.inner_text() for one in page.locator(".bar-word").all()] == words
    for bar in page.locator(".bar").all():
        assert bar.evaluate(MARKED) == pytest.approx(part, abs=0.01)
    for word in page.locator(".bar-word").all():
        assert word.evaluate(WORD) == pytest.approx(part, abs=0.01)


def test_a_poll_needs_nothing(cast: Cast, browse: Callable[..., Any]) -> None:
    vote: Vote = make_vote(cast, 2, kind="poll", is_special=False)
    page = browse(cast.manager).new_page()
    page.goto(f"/deliberations/votes/{vote.pk}/")
    assert page.locator("progress").count() == 1 and page.locator(".bar, .bar-word").count() == 0
