"""Each kind of figure over real rows: its value, the rows behind it, folded and not, and the same when counted anew."""

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.bookings.models import Session, SessionKind
from community_portal.casework.models import Task
from community_portal.dashboards import fold
from community_portal.dashboards.models import CoarseRollup, Rollup
from community_portal.dashboards.periods import Period, period_named
from community_portal.dashboards.reading import reading_of, readings_of_each
from community_portal.dashboards.rows_behind import rows_behind
from community_portal.measure import FIGURES, Figure, Measure, Median, Newest, Rate, Ratio, Rows, Stock
from community_portal.measure.arithmetic import median, per_cent, per_so_many
from community_portal.places.models import Closure
from tests.cast import Cast
from tests.dashboards.conftest import Declare
from tests.factories import make_category, make_resident, make_session

MONDAY = clock.at_wall(dt.date(2026, 11, 23), dt.time(9, 42))
LIST = Rows("components/human_bar.html", lambda rows: rows)
OPENED = Measure("opened", "来", "件", HelpRequest, "opened_at", ("urgency",), LIST, split="{r}.urgency")
CLOSED = Measure("closed", "完", "件", HelpRequest, "closed_at", ("urgency",), LIST, split="{r}.urgency")
AT_HAND = Stock("at_hand", "在办", "件", entered=OPENED, left=CLOSED)
SCORES = Measure(
    "scores", "评分", "件", HelpRequest, "resolved_at", ("satisfaction",), LIST, "{r}.satisfaction IS NOT NULL",
    split="{r}.satisfaction::text",
)  # fmt: skip
MIDDLE = Median("middle_score", "中位评分", "分", of=SCORES)
# Requests of round so many, for want of a table with rounds: the extension count is an ordered column like any other.
ROUNDS = Measure(
    "of_round", "轮次", "件", HelpRequest, "opened_at", ("extension_count",), LIST, split="{r}.extension_count::text"
)
GONE = Measure(
    "gone_of_round",
    "走了",
    "件",
    HelpRequest,
    "closed_at",
    ("extension_count",),
    LIST,
    split="{r}.extension_count::text",
)
STANDING = Stock("standing", "还在", "件", entered=ROUNDS, left=GONE)
LAST_ROUND = Newest("last_round", "最近一轮", "件", of=STANDING)
CAME_LAST_ROUND = Newest("came_last_round", "最近一轮来的", "件", of=ROUNDS)


def request_at(cast: Cast, days: int, **values: Any) -> HelpRequest:
    """Opened so many days after Monday."""
    at = MONDAY + dt.timedelta(days=days)
    home = values.pop("community", cast.home)
    who = cast.elder if home == cast.home else cast.stranger_resident
    made = register_request(community=home, category=make_category(), words="灯坏了", resident=who, by=None, at=at)
    HelpRequest.objects.filter(pk=made.pk).update(**values)
    return made


def days(first: int, last: int) -> Period:
    return Period(MONDAY.date() + dt.timedelta(days=first), MONDAY.date() + dt.timedelta(days=last))


def value(figure: Figure, period: Period, *places: Any) -> Any:
    return figure.value(reading_of([place.pk for place in places], period))


def behind(figure: Figure, period: Period, *places: Any, label: str = "") -> set[int]:
    rows = rows_behind(figure, reading_of([place.pk for place in places], period), user=None, label=label)
    return set(rows.values_list("pk", flat=True))


def closed(at: dt.datetime) -> dict[str, Any]:
    return {"state": "closed", "outcome": "solved", "closed_at": at}


def test_a_stock_is_what_is_there_at_the_end_of_the_period(cast: Cast, declare: Declare) -> None:
    declare(AT_HAND)
    ends = clock.at_wall(dt.date(2026, 11, 25), dt.time(23, 59))
    old, later = request_at(cast, -9), request_at(cast, 1)
    goes = request_at(cast, 0, **closed(ends))
    for folded in (False, True):
        if folded:
            fold.fold_figures()
        assert value(AT_HAND, days(0, 0), cast.home) == 2, "what was there before counts, what comes after does not"
        assert value(AT_HAND, days(1, 1), cast.home) == 3, "it left later"
        assert value(AT_HAND, days(2, 2), cast.home) == value(AT_HAND, days(-30, 2), cast.home) == 2, "gone on that day"
        assert value(AT_HAND, days(-20, -10), cast.home) == 0
        assert value(AT_HAND, days(2, 2), cast.next_door) == 0
    assert behind(AT_HAND, days(0, 0), cast.home) == {old.pk, goes.pk}
    assert behind(AT_HAND, days(1, 1), cast.home) == {old.pk, goes.pk, later.pk}
    assert behind(AT_HAND, days(2, 2), cast.home) == {old.pk, later.pk}


def test_a_stock_follows_corrections_and_its_labels(cast: Cast, declare: Declare) -> None:
    declare(AT_HAND)
    one, _other = request_at(cast, 0, urgency="now"), request_at(cast, 0)
    HelpRequest.objects.filter(pk=one.pk).update(**closed(MONDAY))
    assert value(AT_HAND, days(0, 3), cast.home) == 1
    HelpRequest.objects.filter(pk=one.pk).update(state="resolved", closed_at=None)
    assert value(AT_HAND, days(0, 3), cast.home) == 2
    reading = reading_of([cast.home.pk], days(0, 3))
    assert AT_HAND.by_label(reading) == {"now": 1, "normal": 1}
    assert behind(AT_HAND, days(0, 3), cast.home, label="now") == {one.pk}


def test_a_stock_remembers_what_entered_before_anybody_counted(cast: Cast, declare: Declare) -> None:
    declare(AT_HAND)
    request_at(cast, -36_000)  # in the year 1928
    assert value(AT_HAND, days(0, 0), cast.home) == 1


def test_a_median_is_exact(cast: Cast, declare: Declare) -> None:
    declare(MIDDLE)
    assert value(MIDDLE, days(0, 9), cast.home) is None
    for n, score in enumerate((1, 5, 5)):
        request_at(cast, n, resolved_at=MONDAY + dt.timedelta(days=n), outcome="solved", satisfaction=score)
    assert value(MIDDLE, days(0, 9), cast.home) == 5
    assert value(MIDDLE, days(0, 1), cast.home) == 3, "of two the mean"
    HelpRequest.objects.filter(satisfaction=1).update(satisfaction=4)
    assert value(MIDDLE, days(0, 1), cast.home) == 5, "4.5 is rounded up"
    fold.fold_figures()
    assert value(MIDDLE, days(0, 1), cast.home) == 5
    assert len(behind(MIDDLE, days(0, 9), cast.home)) == 3


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30), st.integers(1, 7))
def test_medians_by_hand(values: list[int], scale: int) -> None:
    ordered = sorted(values)
    middle = (ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) / 2 / scale
    found = median({n: values.count(n) for n in values}, scale)
    assert found is not None and abs(found - middle) <= 0.5 and found - middle != -0.5


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, None), (0, 9, 0.0), (9, 9, 100.0), (1, 3, 33.3), (2, 3, 66.7), (1, 16, 6.3), (3, 16, 18.8), (1, 9999, 0.1),
        (9998, 9999, 99.9), (9999, 9999, 100.0),
    ],
)  # fmt: skip
def test_a_rate_is_never_all_unless_it_is_and_never_none_unless_it_is(
    part: int, whole: int, said: float | None
) -> None:
    assert per_cent(part, whole) == said


def test_a_rate_of_several_wholes_and_a_ratio(cast: Cast, declare: Declare) -> None:
    share = Rate("share", "占", part=OPENED, whole=(OPENED, CLOSED))
    ratio = Ratio("each_hundred", "每百件", "件", a=CLOSED, b=OPENED)
    declare(share, ratio)
    assert (value(share, days(0, 9), cast.home), value(ratio, days(0, 9), cast.home)) == (None, None)
    request_at(cast, 0, **closed(MONDAY))
    request_at(cast, 0)
    request_at(cast, 0)
    assert (value(share, days(0, 9), cast.home), value(ratio, days(0, 9), cast.home)) == (75.0, 33.3)
    assert len(behind(share, days(0, 9), cast.home)) == 3 and len(behind(ratio, days(0, 9), cast.home)) == 1
    assert per_so_many(1, 0, 100) is None and per_so_many(1, 8, 10) == 1.3


def test_the_newest_round_is_the_newest_with_any_row(cast: Cast, declare: Declare) -> None:
    declare(LAST_ROUND, CAME_LAST_ROUND)
    assert value(LAST_ROUND, days(0, 9), cast.home) == 0
    request_at(cast, 0, extension_count=2)
    tenth = [request_at(cast, 1, extension_count=10), request_at(cast, 2, extension_count=10)]
    elsewhere = request_at(cast, 2, extension_count=11, community=cast.next_door)
    assert value(LAST_ROUND, days(0, 9), cast.home) == 2, "ten is more than two, though not as a word"
    assert value(LAST_ROUND, days(0, 9), cast.home, cast.next_door) == 1
    assert behind(LAST_ROUND, days(0, 9), cast.home, cast.next_door) == {elsewhere.pk}
    assert value(LAST_ROUND, days(0, 0), cast.home) == 1, "the second was the newest then"
    assert value(CAME_LAST_ROUND, days(2, 9), cast.home) == 1, "of the newest round what came in these days"
    assert behind(LAST_ROUND, days(0, 9), cast.home) == {row.pk for row in tenth}
    HelpRequest.objects.filter(extension_count=10).update(**closed(MONDAY + dt.timedelta(days=4)))
    assert value(LAST_ROUND, days(0, 9), cast.home) == 1, "of the tenth nothing is there any more"


def test_a_session_is_held_when_it_has_ended_and_was_not_called_off(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, month = FIGURES["activities_held"], period_named("2026-11", today=MONDAY.date())
    assert month
    for hours in (-30, 2, 400):
        make_session(community=cast.home, kind=SessionKind.ACTIVITY, starts_at=MONDAY + dt.timedelta(hours=hours))
    off = make_session(community=cast.home, kind=SessionKind.ACTIVITY, starts_at=MONDAY - dt.timedelta(hours=3))
    Session.objects.filter(pk=off.pk).update(state="cancelled")
    make_session(community=cast.home, starts_at=MONDAY - dt.timedelta(hours=30))
    for folded in (False, True):
        if folded:
            fold.fold_figures()
        for hours, count in ((0, 1), (2.4, 1), (2.5, 2), (400, 2)):
            now = MONDAY + dt.timedelta(hours=hours)
            monkeypatch.setattr(clock, "now", lambda now=now: now)
            assert value(held, month, cast.home) == count, hours
            assert value(held, Period(MONDAY.date(), MONDAY.date()), cast.home) == count - 1
            assert len(behind(held, month, cast.home)) == count
            _all, each = readings_of_each([cast.home.pk, cast.next_door.pk], month)
            assert [held.value(each[place.pk]) for place in (cast.home, cast.next_door)] == [count, 0]
    assert not fold.all_differences()


def test_a_moment_may_be_a_day(cast: Cast, declare: Declare, monkeypatch: pytest.MonkeyPatch) -> None:
    """A date has no midnight that a time zone could move."""
    shut = Measure("shut", "关门", "天", Closure, "first_on", (), LIST)
    planned = Measure("planned", "计划", "天", Closure, "first_on", (), LIST, ahead=True)
    declare(shut, planned)
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    for n in (0, 3):
        day = MONDAY.date() + dt.timedelta(days=n)
        Closure.objects.create(community=cast.home, first_on=day, last_on=day, reason="检修")
    assert [value(shut, days(n, n), cast.home) for n in (-1, 0, 1, 3)] == [0, 1, 0, 1]
    assert len(behind(shut, days(3, 3), cast.home)) == 1
    assert (value(planned, days(0, 5), cast.home), len(behind(planned, days(0, 5), cast.home))) == (1, 1)
    assert not fold.all_differences()


def test_what_is_late_counts_every_flow(cast: Cast) -> None:
    late = FIGURES["overdue"]
    request_at(cast, 0)
    request_at(cast, 0, community=cast.next_door)
    Task.objects.update(due_at=clock.now() - dt.timedelta(hours=1))
    first = Task.objects.filter(community=cast.home).get()
    Task.objects.create(
        case=first.case, community=cast.home, flow="adaptation", matter_id=7, state="new", role="manager",
        due_at=clock.now() - dt.timedelta(days=3), opened_at=MONDAY,
    )  # fmt: skip
    Task.objects.create(
        case=first.case, community=cast.home, flow="adaptation", matter_id=8, state="new", role="manager", due_at=None,
        opened_at=MONDAY,
    )  # fmt: skip
    reading = reading_of([cast.home.pk], days(0, 0))
    assert late.value(reading) == 2 and reading.now(late) == {"help_request": 1, "adaptation": 1}  # type: ignore[arg-type]
    assert len(behind(late, days(0, 0), cast.home, label="adaptation")) == 1
    everything, each = readings_of_each([cast.home.pk, cast.next_door.pk], days(0, 0))
    assert [late.value(found) for found in (everything, *each.values())] == [3, 2, 1]


EVERY_KIND = (AT_HAND, MIDDLE, LAST_ROUND, CAME_LAST_ROUND)


def test_counted_anew_every_kind_says_the_same(cast: Cast, declare: Declare) -> None:
    declare(*EVERY_KIND)
    for n in range(6):
        request_at(cast, n, extension_count=n, satisfaction=n % 5 + 1, resolved_at=MONDAY, outcome="solved")
    HelpRequest.objects.filter(extension_count=2).update(**closed(MONDAY + dt.timedelta(days=3)))
    periods = [days(0, n) for n in range(6)]

    def told() -> list[Any]:
        return [value(figure, period, cast.home) for figure in EVERY_KIND for period in periods]

    before = told()
    fold.fold_figures()
    assert told() == before
    for table in (Rollup, CoarseRollup):
        table.objects.all().delete()
    assert told() != before
    call_command("install_figures")
    assert told() == before and not fold.all_differences()


def test_reading_many_figures_costs_what_reading_few_does(cast: Cast, declare: Declare) -> None:
    def asked() -> int:
        reading = reading_of([cast.home.pk], days(0, 9))
        with CaptureQueriesContext(connection) as told:
            for figure in FIGURES.values():
                figure.value(reading)
        return len(told)

    declare(*EVERY_KIND)
    few = asked()
    declare(*(Median(f"median_{n}", "中位", "分", of=SCORES) for n in range(5)))
    declare(*(Stock(f"stock_{n}", "存量", "件", entered=OPENED, left=CLOSED) for n in range(5)))
    make_resident(community=cast.home)
    assert asked() == few
