"""Limits over National Day with its make-up days, stopped and running again: what was left then is left now."""

import datetime as dt
import re

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from community_portal import clock
from community_portal.casework.deadlines import Limit, deadline_of, explain, extended, moved, shifted
from community_portal.places.importers import import_calendar


def at(month: int, day: int, hour: int, minute: int = 0) -> dt.datetime:
    return clock.at_wall(dt.date(2026, month, day), dt.time(hour, minute))


@pytest.fixture(autouse=True)
def calendar(db: None) -> None:
    """1–7 October are free; Sunday 20 September and Saturday 10 October are worked for it."""
    import_calendar(at=at(9, 1, 9), years=[2026])


@pytest.mark.parametrize(
    ("amount", "unit", "since", "until"),
    [
        (1, "days", at(9, 30, 16), at(10, 8, 16)),
        (1, "days", at(10, 9, 16), at(10, 10, 16)),
        (2, "days", at(9, 18, 10), at(9, 21, 10)),
        (1, "days", at(10, 3, 12), at(10, 8, 17, 30)),  # as from the end of that day off
        (2, "hours", at(9, 30, 16, 30), at(10, 8, 9, 30)),
        (2, "hours", at(10, 9, 17), at(10, 10, 10)),
        (1, "hours", at(9, 30, 17, 30), at(10, 8, 9, 30)),
        (1, "hours", at(9, 30, 16, 30), at(9, 30, 17, 30)),
    ],
)
def test_limits_over_national_day(amount: int, unit: str, since: dt.datetime, until: dt.datetime) -> None:
    assert deadline_of(Limit(amount, unit), since=since).at == until


def test_a_limit_over_national_day_names_the_days_it_passed_over() -> None:
    words = explain(deadline_of(Limit(3, "days", "照护"), since=at(9, 30, 16)).why)
    assert "10-01 国庆节 放假" in words and "10-10" in words and "调休上班" in words


def test_sentences_part_as_the_language_asks() -> None:
    why = deadline_of(Limit(3, "days", "照护"), since=at(9, 30, 16)).why | {"extended_days": 3}
    waits = gettext_lazy("等居民补充")
    chinese = explain(why, paused_at=at(10, 8, 9), waits=waits)
    assert "10-08 09:00 起等居民补充，不计时" in chinese and "。 " not in chinese
    with translation.override("en"):
        words = explain(why, paused_at=at(10, 8, 9), waits=waits)
    assert "Waiting for the resident since 8 Oct, 9:00: the clock stands still" in words
    assert not re.search(r"[.!?][A-Za-z]", words), words


@pytest.mark.parametrize(
    ("due", "paused", "resumed", "until"),
    [
        (at(9, 30, 17, 30), at(9, 30, 16, 30), at(10, 8, 10), at(10, 8, 11)),  # an hour was left
        (at(10, 8, 9, 30), at(10, 2, 9), at(10, 5, 9), at(10, 8, 9, 30)),  # only holidays went by
        (at(9, 29, 10), at(9, 30, 10), at(10, 8, 10), at(10, 8, 10)),  # late already: nothing was left, nothing is
        (at(10, 12, 10), at(10, 9, 10), at(10, 9, 10), at(10, 12, 10)),  # stopped for no time
    ],
)
def test_a_clock_that_stood_still(
    due: dt.datetime, paused: dt.datetime, resumed: dt.datetime, until: dt.datetime
) -> None:
    assert shifted(due, paused_at=paused, resumed_at=resumed) == until


def test_an_extension_counts_working_days_and_says_over_what() -> None:
    deadline = deadline_of(Limit(1, "days"), since=at(9, 29, 16))
    later = extended(deadline.at, days=1)
    assert later == at(10, 8, 16)
    why = moved(deadline.why, to=later)
    assert "国庆节" in explain(why) and "10-08 16:00 到期" in explain(why)
