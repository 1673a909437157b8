"""The calendar's import: what is announced, what stays, what runs twice."""

import datetime as dt

import pytest
from django.core.management import call_command

from community_portal.places.calendar import guessed_years, status_of_year
from community_portal.places.importers import import_calendar, read_year
from community_portal.places.models import CalendarDay, CalendarYear, DayKind
from community_portal.places.tasks import import_calendar as task

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 24, 2, 50, tzinfo=dt.UTC)


def rows():
    return list(CalendarDay.objects.values_list("date", "kind", "name", "works_as", "is_edited"))


def test_three_years_come_in_and_only_announced_ones_count_as_sure():
    import_calendar(at=NOW)
    assert set(CalendarYear.objects.filter(is_announced=True).values_list("year", flat=True)) == {2025, 2026}
    assert status_of_year(2027).is_guess and status_of_year(2027).is_imported
    assert status_of_year(2031).is_guess and not status_of_year(2031).is_imported
    makeup = CalendarDay.objects.filter(kind=DayKind.MAKEUP, date__year=2025).values_list("date", flat=True)
    assert [f"{day:%m-%d}" for day in makeup] == ["01-26", "02-08", "04-27", "09-28", "10-11"]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-01-01", "2026-01-03"), ("2026-02-15", "2026-02-23"), ("2026-04-04", "2026-04-06"),
        ("2026-05-01", "2026-05-05"), ("2026-06-19", "2026-06-21"), ("2026-09-25", "2026-09-27"),
        ("2026-10-01", "2026-10-07"), ("2025-01-28", "2025-02-04"), ("2025-05-31", "2025-06-02"),
    ],
)  # fmt: skip
def test_a_break_is_as_long_as_the_notice_says_weekends_included(first: str, last: str) -> None:
    """A hall that opens on Saturdays is closed on those of the break, and on no other."""
    day = dt.timedelta(days=1)
    begins, ends = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    free = {row.date for row in read_year(begins.year) if row.kind == DayKind.HOLIDAY}
    assert {begins + n * day for n in range((ends - begins).days + 1)} <= free
    assert not {begins - day, ends + day} & free


def test_next_year_is_warned_about_from_november():
    import_calendar(at=NOW)
    assert guessed_years(dt.date(2026, 11, 24)) == [2027]
    assert guessed_years(dt.date(2026, 10, 31)) == []
    assert guessed_years(dt.date(2027, 1, 4)) == [2027]


def test_importing_twice_changes_nothing():
    import_calendar(at=NOW)
    before = rows()
    assert [(y.written, y.removed) for y in import_calendar(at=NOW)] == [(0, 0)] * 3
    assert rows() == before


def test_days_edited_by_hand_stay_as_they_are():
    import_calendar(at=NOW)
    CalendarDay.objects.filter(date="2026-10-07").update(kind=DayKind.ORDINARY, name="抢险值班", is_edited=True)
    CalendarDay.objects.create(date="2026-12-25", kind=DayKind.HOLIDAY, name="停电", is_edited=True)
    import_calendar(at=NOW)
    assert CalendarDay.objects.get(date="2026-10-07").name == "抢险值班"
    assert CalendarDay.objects.filter(date="2026-12-25").exists()


def test_days_that_the_notice_dropped_go_away():
    CalendarDay.objects.create(date="2026-03-03", kind=DayKind.HOLIDAY, name="旧安排")
    assert sum(year.removed for year in import_calendar(at=NOW)) == 1
    assert not CalendarDay.objects.filter(date="2026-03-03").exists()


def test_a_year_announced_by_hand_is_not_taken_back():
    import_calendar(at=NOW)
    CalendarYear.objects.filter(year=2027).update(is_announced=True)
    import_calendar(at=NOW)
    assert not status_of_year(2027).is_guess


def test_task_and_command_do_the_same(capsys):
    assert task() > 0
    before = rows()
    assert task() == 0
    call_command("import_calendar", "2026")
    assert "announced" in capsys.readouterr().out
    assert rows() == before
