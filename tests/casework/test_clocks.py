"""Limits in seconds, minutes, days of the calendar and months, beside working time: where they end, how they wait, what they say."""

import calendar as almanac
import datetime as dt
import re

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community_portal import clock
from community_portal.casework.deadlines import (
    LAST_SECOND,
    UNITS,
    Limit,
    deadline_of,
    explain,
    extended,
    for_appointment,
    moved,
    shifted,
)
from community_portal.places.importers import import_calendar
from community_portal.places.working_time import OFFICE_CLOSES, WorkCalendar

KEPT = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
MOMENTS = st.datetimes(
    min_value=dt.datetime(2025, 1, 1), max_value=dt.datetime(2029, 12, 31), timezones=st.just(clock.SHANGHAI)
).map(lambda moment: moment.replace(fold=0, microsecond=0))
SOME = st.integers(min_value=0, max_value=90)
BY_DATES = st.sampled_from(["calendar_days", "months"])
PAUSES = st.integers(min_value=0, max_value=60 * 24 * 60).map(lambda minutes: dt.timedelta(minutes=minutes))
DAY = dt.timedelta(days=1)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI)


def end(day: str) -> dt.datetime:
    return clock.at_wall(dt.date.fromisoformat(day), LAST_SECOND)


@pytest.fixture(autouse=True)
def calendar(db: None) -> None:
    """2026 is announced with National Day from 1 to 7 October, worked for on 20 September and 10 October; 2027 is not."""
    import_calendar(at=at("2026-09-01 09:00"), years=[2026, 2027])


@pytest.mark.parametrize(
    ("limit", "since", "until"),
    [
        (Limit(60, "seconds"), at("2026-10-03 23:59:30"), at("2026-10-04 00:00:30")),
        (Limit(30, "minutes"), at("2026-09-30 17:20"), at("2026-09-30 17:50")),
        (Limit(7, "calendar_days"), at("2026-11-02 09:00"), end("2026-11-09")),
        (Limit(7, "calendar_days"), at("2026-11-02 00:00"), end("2026-11-09")),
        (Limit(7, "calendar_days"), at("2026-11-02 23:59:59"), end("2026-11-09")),
        (Limit(1, "months"), at("2026-01-31 10:00"), end("2026-02-28")),
        (Limit(1, "months"), at("2028-01-31 10:00"), end("2028-02-29")),
        (Limit(12, "months"), at("2028-02-29 10:00"), end("2029-02-28")),
        (Limit(1, "months"), at("2026-02-28 10:00"), end("2026-03-28")),
        (Limit(3, "months"), at("2026-11-30 10:00"), end("2027-02-28")),
        (Limit(3, "months"), at("2026-07-03 10:00"), end("2026-10-03")),
        (Limit(3, "months", on_working_day=True), at("2026-07-03 10:00"), end("2026-10-08")),
        (Limit(5, "calendar_days", on_working_day=True), at("2026-09-15 10:00"), end("2026-09-20")),  # a worked Sunday
        # The day of the start is not counted; on a day off, or after closing, it begins with the end of that day.
        (Limit(1, "days"), at("2026-11-28 11:00"), at("2026-11-30 17:30")),
        (Limit(1, "days"), at("2026-11-27 19:00"), at("2026-11-30 17:30")),
        (Limit(1, "days"), at("2026-11-27 07:00"), at("2026-11-30 08:30")),
        (Limit(2, "hours"), at("2026-11-28 11:00"), at("2026-11-30 10:30")),
    ],
)  # fmt: skip
def test_where_a_limit_ends(limit: Limit, since: dt.datetime, until: dt.datetime) -> None:
    assert deadline_of(limit, since=since).at == until


def test_hours_and_days_of_a_round_the_clock_state_pass_at_night() -> None:
    saturday = at("2026-11-28 22:00")
    assert deadline_of(Limit(2, "hours"), since=saturday, round_the_clock=True).at == at("2026-11-29 00:00")
    assert deadline_of(Limit(1, "days"), since=saturday, round_the_clock=True).at == at("2026-11-29 22:00")
    assert deadline_of(Limit(7, "calendar_days"), since=saturday, round_the_clock=True).at == end("2026-12-05")


@pytest.mark.parametrize(
    "limit", [{"unit": "weeks"}, {"unit": "days", "amount": -1}, {"unit": "hours", "on_working_day": True}]
)
def test_what_is_no_limit_is_refused_when_it_is_declared(limit: dict) -> None:
    with pytest.raises(ValueError):
        Limit(**{"amount": 1} | limit)


@KEPT
@given(MOMENTS, SOME)
def test_days_of_the_calendar_end_with_their_last_day(since: dt.datetime, days: int) -> None:
    found = clock.local(deadline_of(Limit(days, "calendar_days"), since=since).at)
    assert found.date() - since.date() == days * DAY and found.time() == LAST_SECOND


@KEPT
@given(MOMENTS, SOME)
def test_months_keep_their_day_or_end_with_the_month(since: dt.datetime, months: int) -> None:
    found = clock.local(deadline_of(Limit(months, "months"), since=since).at)
    assert (found.year * 12 + found.month) - (since.year * 12 + since.month) == months
    last = almanac.monthrange(found.year, found.month)[1]
    assert found.day == min(since.day, last) and found.time() == LAST_SECOND


@KEPT
@given(MOMENTS, SOME, BY_DATES)
def test_moved_to_a_worked_day_only_where_the_rule_says_so(since: dt.datetime, amount: int, unit: str) -> None:
    plain = clock.local(deadline_of(Limit(amount, unit), since=since).at).date()
    found = clock.local(deadline_of(Limit(amount, unit, on_working_day=True), since=since).at).date()
    known = WorkCalendar.load(plain, found)
    assert known.is_working(found) and not any(known.is_working(plain + n * DAY) for n in range((found - plain).days))


@KEPT
@given(MOMENTS, MOMENTS, SOME, st.sampled_from(sorted(UNITS)), st.booleans())
def test_who_starts_later_never_ends_earlier(
    one: dt.datetime, other: dt.datetime, amount: int, unit: str, at_night: bool
) -> None:
    first, second = (
        deadline_of(Limit(amount, unit), since=since, round_the_clock=at_night).at for since in sorted([one, other])
    )
    assert first <= second


@KEPT
@given(MOMENTS, SOME, PAUSES, PAUSES, st.sampled_from(["seconds", "minutes", "hours", "days"]))
def test_a_pause_stops_a_clock_that_never_sleeps_by_its_length(
    since: dt.datetime, amount: int, before: dt.timedelta, pause: dt.timedelta, unit: str
) -> None:
    deadline = deadline_of(Limit(amount, unit), since=since, round_the_clock=True)
    stopped = min(since + before, deadline.at)
    later = shifted(deadline.at, paused_at=stopped, resumed_at=stopped + pause, why=deadline.why)
    assert later == deadline.at + pause


@KEPT
@given(MOMENTS, st.integers(min_value=1, max_value=36), PAUSES, BY_DATES)
def test_a_pause_moves_a_limit_by_dates_by_its_length_and_to_the_end_of_that_day(
    since: dt.datetime, amount: int, pause: dt.timedelta, unit: str
) -> None:
    deadline = deadline_of(Limit(amount, unit), since=since)
    later = shifted(deadline.at, paused_at=since, resumed_at=since + pause, why=deadline.why)
    assert clock.local(later).time() == LAST_SECOND
    assert dt.timedelta() <= later - (deadline.at + pause) < DAY


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_what_was_late_when_it_stopped_has_nothing_left(unit: str) -> None:
    since = at("2026-11-02 09:00")
    deadline = deadline_of(Limit(1, unit), since=since)
    stopped, resumed = at("2027-01-12 10:00"), at("2027-01-14 10:00")
    assert shifted(deadline.at, paused_at=stopped, resumed_at=resumed, why=deadline.why) == resumed
    assert shifted(deadline.at, paused_at=since, resumed_at=since, why=deadline.why) == deadline.at


@pytest.mark.parametrize(
    ("unit", "later"),
    [
        ("days", at("2026-12-01 09:00")),
        ("minutes", at("2026-11-27 09:01") + 2 * DAY),
        ("calendar_days", end("2026-11-30")),
        ("months", end("2026-12-29")),
    ],
)
def test_an_extension_counts_days_as_its_limit_does(unit: str, later: dt.datetime) -> None:
    deadline = deadline_of(Limit(1, unit), since=at("2026-11-27 09:00"))  # a Friday
    days = 1 if unit == "days" else 2
    assert extended(deadline.at, days=days, why=deadline.why) == later


def test_an_appointment_moves_a_limit_by_dates_to_the_end_of_its_own_day() -> None:
    deadline = deadline_of(Limit(3, "calendar_days"), since=at("2026-11-24 09:00"))
    saturday = at("2026-11-28 09:30")
    found = for_appointment(deadline.at, deadline.why, starts_at=saturday, wished=True, promised_at=None)
    assert found is not None and found.at == end("2026-11-28")
    assert "居民约在 11-28 9:30，时限顺延到 11-28 23:59。" in explain(found.why)
    back = for_appointment(found.at, found.why, starts_at=at("2026-11-26 09:00"), wished=True, promised_at=None)
    assert back is not None and back.at == deadline.at
    working = deadline_of(Limit(3, "days"), since=at("2026-11-24 09:00"))
    found = for_appointment(working.at, working.why, starts_at=saturday, wished=True, promised_at=None)
    assert found is not None and clock.local(found.at).time() == OFFICE_CLOSES


@pytest.mark.parametrize(
    ("limit", "at_night", "chinese", "english"),
    [
        (Limit(60, "seconds", "接警"), True, "接警：60 秒。11-02 09:00:00 起算，11-02 09:01:00 到期。夜里和节假日都计时。", "60 seconds"),
        (Limit(1, "minutes", "接警"), False, "1 分钟", "1 min"),
        (Limit(2, "hours", "回访"), True, "2 小时", "2 hours"),
        (Limit(2, "hours", "回访"), False, "2 个工作小时", "2 working hours"),
        (Limit(2, "days", "回访"), True, "2 天", "2 days"),
        (Limit(7, "calendar_days", "公示"), False, "公示：7 个自然日。11-02 09:00 起算，11-09 23:59 到期。当天不算", "7 calendar days"),
        (Limit(1, "months", "回访"), False, "1 个月", "1 month"),
    ],
)  # fmt: skip
def test_every_limit_says_why_in_both_languages(limit: Limit, at_night: bool, chinese: str, english: str) -> None:
    why = deadline_of(limit, since=at("2026-11-02 09:00"), round_the_clock=at_night).why
    assert chinese in explain(why)
    with translation.override("en"):
        words = explain(why)
    assert english in words
    assert not re.search("[一-鿿]", words.replace(limit.rule, "")) and not re.search(r"[.!?][A-Za-z]", words), words


def test_only_what_counted_is_named() -> None:
    since = at("2026-09-28 09:00")
    assert "国庆节" in explain(deadline_of(Limit(3, "days"), since=since).why)
    for limit in (Limit(9, "calendar_days"), Limit(300, "minutes")):
        words = explain(deadline_of(limit, since=since).why)
        assert "国庆节" not in words and "调休" not in words and "还没有公布" not in words
    deadline = deadline_of(Limit(5, "calendar_days", on_working_day=True), since=since)
    assert "10-03 休息，顺延到下一个工作日。" in explain(deadline.why)
    later = shifted(deadline.at, paused_at=since, resumed_at=since + 5 * DAY, why=deadline.why)
    assert "顺延到下一个工作日" not in explain(moved(deadline.why, to=later))


def test_a_year_that_is_not_announced_is_a_guess_only_where_it_matters() -> None:
    since = at("2026-12-20 09:00")
    assert "还没有公布" in explain(deadline_of(Limit(20, "days"), since=since).why)
    assert "还没有公布" in explain(deadline_of(Limit(1, "months", on_working_day=True), since=since).why)
    assert "还没有公布" not in explain(deadline_of(Limit(1, "months"), since=since).why)


def test_an_extension_is_told_in_the_days_of_its_limit() -> None:
    since = at("2026-11-02 09:00")
    assert "延长 3 个工作日" in explain(deadline_of(Limit(1, "days"), since=since).why | {"extended_days": 3})
    assert "延长 3 天" in explain(deadline_of(Limit(1, "months"), since=since).why | {"extended_days": 3})
