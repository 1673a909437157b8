"""When a turn begins and when it is due: rolling ones and those of the calendar."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from community_portal.dues.kinds import Last, Turn, each_period, every_days, months_after
from tests.dues.duties import subject

days = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))


@given(since=days, gap=st.integers(0, 400), every=st.integers(1, 400))
def test_a_rolling_turn_begins_when_the_last_was_done(since: dt.date, gap: int, every: int) -> None:
    done = since + dt.timedelta(days=gap)
    first = every_days(every)(subject(1, 1, since=since), None, done)
    second = every_days(every)(subject(1, 1, since=since), Last(since, done), done)
    assert first == Turn(since, since, since + dt.timedelta(days=every))
    begins = max(done, since + dt.timedelta(days=1))
    assert second and (second.starts_on, second.due_on) == (begins, begins + dt.timedelta(days=every))


@given(on=days, months=st.sampled_from([1, 3, 6, 12]))
def test_a_turn_of_the_calendar_holds_the_day_and_the_next_begins_when_it_ends(on: dt.date, months: int) -> None:
    kind, who = each_period(months), subject(1, 1, since=dt.date(2019, 1, 1))
    turn = kind(who, None, on)
    assert turn and turn.starts_on <= on <= turn.due_on
    assert turn.starts_on.day == 1 and (turn.due_on + dt.timedelta(days=1)).day == 1
    after = kind(who, Last(turn.starts_on, on), on)
    assert after and after.starts_on == turn.due_on + dt.timedelta(days=1)


def test_what_is_open_is_finished_before_the_next_begins() -> None:
    turn = each_period(3)(subject(1, 1), Last(dt.date(2026, 1, 1), None), dt.date(2026, 11, 29))
    assert turn and (turn.starts_on, turn.due_on) == (dt.date(2026, 1, 1), dt.date(2026, 3, 31))


def test_the_31st_and_a_month_is_the_last_of_february() -> None:
    assert months_after(dt.date(2027, 1, 31), 1) == dt.date(2027, 2, 28)
    assert months_after(dt.date(2028, 1, 31), 1) == dt.date(2028, 2, 29)
    assert months_after(dt.date(2026, 11, 30), 3) == dt.date(2027, 2, 28)
    assert months_after(dt.date(2026, 12, 15), 12) == dt.date(2027, 12, 15)


@given(day=days, months=st.integers(0, 60))
def test_months_after_never_overshoots_its_month(day: dt.date, months: int) -> None:
    after = months_after(day, months)
    assert (after.year * 12 + after.month) - (day.year * 12 + day.month) == months and after.day <= day.day
