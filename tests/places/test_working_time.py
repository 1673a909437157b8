"""Working time on the real calendars of 2025 and 2026, and in a year nobody has announced yet."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from community_portal import clock
from community_portal.places.importers import read_year
from community_portal.places.models import CalendarDay, DayKind
from community_portal.places.working_time import OFFICE_CLOSES, OFFICE_OPENS, WorkCalendar

CALENDAR = WorkCalendar(
    {day.date: day for year in (2025, 2026, 2027) for day in read_year(year)}, frozenset({2025, 2026})
)
MOMENTS = st.datetimes(
    min_value=dt.datetime(2025, 1, 1), max_value=dt.datetime(2027, 6, 1), timezones=st.just(clock.SHANGHAI)
).map(lambda moment: moment.replace(fold=0))
DAYS = st.integers(min_value=0, max_value=60)
AMOUNTS = st.integers(min_value=0, max_value=200 * 3600).map(lambda seconds: dt.timedelta(seconds=seconds))


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI)


@given(MOMENTS, DAYS.filter(bool))
def test_add_days_lands_inside_office_time(moment, days):
    end = clock.local(CALENDAR.add_days(moment, days))
    assert CALENDAR.is_working(end.date())
    assert OFFICE_OPENS <= end.time() <= OFFICE_CLOSES


@given(MOMENTS, DAYS)
def test_the_day_of_the_start_is_not_counted(moment, days):
    """What starts on a day off, or after closing, counts as the end of that day."""
    day, end = clock.local(moment).date(), clock.local(CALENDAR.add_days(moment, days))
    counted = [day + n * dt.timedelta(days=1) for n in range(1, (end.date() - day).days + 1)]
    assert sum(map(CALENDAR.is_working, counted)) == days
    if not CALENDAR.is_working(day) or clock.local(moment).time() >= OFFICE_CLOSES:
        assert end.time() == OFFICE_CLOSES


@given(MOMENTS, MOMENTS, DAYS)
def test_who_starts_later_never_ends_earlier(one, other, days):
    first, second = sorted([one, other])
    assert CALENDAR.add_days(first, days) <= CALENDAR.add_days(second, days)


@given(MOMENTS, DAYS, DAYS)
def test_days_add_up(moment, some, more):
    assert CALENDAR.add_days(moment, some + more) == CALENDAR.add_days(CALENDAR.add_days(moment, some), more)


@given(MOMENTS, AMOUNTS)
def test_time_between_undoes_add_time(moment, amount):
    start = CALENDAR.first_working_moment(moment)
    assert CALENDAR.time_between(start, CALENDAR.add_time(start, amount)) == amount


@given(MOMENTS, MOMENTS, AMOUNTS)
def test_more_time_never_ends_earlier(one, other, amount):
    first, second = sorted([one, other])
    assert CALENDAR.add_time(first, amount) <= CALENDAR.add_time(second, amount)


@given(MOMENTS, MOMENTS)
def test_no_time_passes_backwards(one, other):
    first, second = sorted([one, other])
    assert CALENDAR.time_between(second, first) == dt.timedelta()
    assert dt.timedelta() <= CALENDAR.time_between(first, second) <= second - first


def test_national_day_week_of_2026():
    """From Wednesday evening the first working moment is Thursday the 8th; Saturday the 10th is worked."""
    assert CALENDAR.first_working_moment(at("2026-09-30 18:00")) == at("2026-10-08 08:30")
    assert CALENDAR.add_days(at("2026-09-30 10:00"), 1) == at("2026-10-08 10:00")
    assert CALENDAR.add_days(at("2026-09-30 10:00"), 3) == at("2026-10-10 10:00")
    assert CALENDAR.add_days(at("2026-09-30 10:00"), 4) == at("2026-10-12 10:00")


def test_make_up_days_of_2026_are_worked():
    for day in ("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"):
        assert CALENDAR.is_working(dt.date.fromisoformat(day)), day
    assert CALENDAR.add_days(at("2026-09-18 09:00"), 1) == at("2026-09-20 09:00"), "Friday, then the worked Sunday"


def test_a_make_up_day_keeps_the_plan_of_the_day_it_frees():
    assert CALENDAR.plan_weekday(dt.date(2026, 9, 20)) == 1  # 6 October, a Tuesday, is off for it
    assert CALENDAR.plan_weekday(dt.date(2026, 10, 10)) == 2
    assert CALENDAR.plan_weekday(dt.date(2026, 9, 21)) == 0


def test_new_year_and_the_odd_days_between():
    end = CALENDAR.add_days(at("2025-12-31 17:00"), 1)
    assert end == at("2026-01-04 17:00"), "1 and 2 January are off, Sunday the 4th is worked"
    passed = CALENDAR.odd_days_between(at("2025-12-31 17:00"), end)
    assert [day.date.day for day in passed] == [1, 2, 3, 4], "the break is told whole, its Saturday too"


def test_a_year_not_announced_counts_legal_days_and_says_it_is_a_guess():
    assert CALENDAR.is_guess(dt.date(2027, 3, 1))
    assert not CALENDAR.is_guess(dt.date(2026, 3, 1))
    assert CALENDAR.add_days(at("2027-04-30 10:00"), 1) == at("2027-05-05 10:00"), "Labour Day as the law has it"
    assert WorkCalendar(announced=frozenset()).is_guess(dt.date(2031, 1, 1))
    assert WorkCalendar().add_days(at("2031-01-03 10:00"), 1) == at("2031-01-06 10:00"), "weekends still count"


def test_a_day_set_back_to_ordinary_is_a_plain_weekday():
    days = dict(CALENDAR.special)
    for day in (dt.date(2026, 10, 7), dt.date(2026, 10, 10)):
        days[day] = CalendarDay(date=day, kind=DayKind.ORDINARY, name="照常")
    changed = WorkCalendar(days, frozenset({2026}))
    assert changed.is_working(dt.date(2026, 10, 7)) and not changed.is_holiday(dt.date(2026, 10, 7))
    assert not changed.is_working(dt.date(2026, 10, 10))
    assert dt.date(2026, 10, 7) not in [
        d.date for d in changed.odd_days_between(at("2026-10-05 08:00"), at("2026-10-12 08:00"))
    ]
