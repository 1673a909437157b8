"""Persons are counted once: in a month, a year, ever, in a community and in a street; as one when their files become one."""

import datetime as dt
import random
from typing import Any

import pytest
from django.core.management import call_command

from community_portal import clock
from community_portal.bookings.actions import book, check_in
from community_portal.bookings.models import Booking, Session, SessionKind
from community_portal.dashboards import fold
from community_portal.dashboards.models import CoarseRollup, Presence, Rollup
from community_portal.dashboards.periods import BEGINNING, Period, period_named
from community_portal.dashboards.reading import reading_of, readings_of_each
from community_portal.dashboards.rows_behind import rows_behind
from community_portal.measure import FIGURES, Measure, Persons, Rows
from community_portal.people.models import FileMerge, Resident
from community_portal.people.register import merging, retention
from tests.cast import Cast, make_cast
from tests.dashboards.conftest import Declare
from tests.factories import make_community, make_household, make_resident, make_session
from tests.race import all_at_once

TODAY = dt.date(2026, 11, 24)
PARTICIPANTS = FIGURES["activity_participants"]
ALL = Period(BEGINNING, TODAY, "all")


def named(text: str) -> Period:
    found = period_named(text, today=TODAY)
    assert found
    return found


def came(resident: Resident, day: str, *, community: Any = None, **values: Any) -> Booking:
    """Somebody was at an activity that day."""
    at = clock.at_wall(dt.date.fromisoformat(day), dt.time(9 + Session.objects.count() % 9))
    session = make_session(community=community or resident.community, kind=SessionKind.ACTIVITY, starts_at=at)
    return Booking.objects.create(
        **{"session": session, "community": session.community, "resident": resident, "state": "arrived", "source": "desk"} | values,
        starts_at=at, ends_at=session.ends_at, created_at=at,
    )  # fmt: skip


def persons(period: Period, *places: Any) -> int:
    """As the figure says; and so many are behind it, one row each."""
    reading = reading_of([place.pk for place in places], period)
    found = PARTICIPANTS.value(reading)
    assert rows_behind(PARTICIPANTS, reading, user=None).count() == found
    return int(found or 0)


def test_who_comes_on_two_days_is_one_and_in_two_months_one_in_each(cast: Cast) -> None:
    for day in ("2026-10-30", "2026-11-02", "2026-11-03", "2025-11-02"):
        came(cast.elder, day)
    came(make_resident(community=cast.home), "2026-11-03", party_size=4)
    for folded in (False, True):
        if folded:
            fold.fold_figures()
        told = {
            text: persons(named(text), cast.home)
            for text in ("2026-11", "2026-10", "2026-09", "2026", "2025", "all", "month")
        }
        assert told == {"2026-11": 2, "2026-10": 1, "2026-09": 0, "2026": 2, "2025": 1, "all": 2, "month": 2}
        assert persons(named("2026-11"), cast.next_door) == 0
    assert not fold.all_differences()


def test_activities_count_who_came_and_visits_do_not(cast: Cast) -> None:
    session = make_session(community=cast.home, kind=SessionKind.ACTIVITY, capacity=9)
    visit = make_session(community=cast.home, capacity=9, starts_at=session.starts_at + dt.timedelta(hours=3))
    away = make_resident(community=cast.home)
    for where, who, comes in ((session, cast.elder, True), (session, away, False), (visit, away, True)):
        booking = book(session=where, resident=who, by=cast.reception, at=clock.now())
        if comes:
            check_in(booking=booking, by=cast.reception, at=where.starts_at)
    reading = reading_of([cast.home.pk], Period(TODAY, session.starts_at.date() + dt.timedelta(days=1)))
    assert [FIGURES[name].value(reading) for name in ("activity_participants", "activity_visits", "visits")] == [
        1,
        1,
        2,
    ]


def test_other_periods_count_rows_and_say_so(cast: Cast) -> None:
    for day in ("2026-11-02", "2026-11-03", "2026-11-20"):
        came(cast.elder, day)
    came(make_resident(community=cast.home), "2026-11-02")
    for first, last, count, by_rows in (
        ("02", "03", 2, True),
        ("03", "20", 1, True),
        ("02", "20", 2, False),
        ("01", "24", 2, False),
    ):
        period = named(f"2026-11-{first}..2026-11-{last}")
        reading = reading_of([cast.home.pk], period)
        assert PARTICIPANTS.value(reading) == count == persons(period, cast.home)
        assert reading.counted_rows(PARTICIPANTS) == by_rows, "nothing lies outside: it is the month"  # type: ignore[arg-type]


def test_a_street_counts_a_person_once_whatever_the_communities(cast: Cast) -> None:
    second, third = make_community(street=cast.street), make_community(street=cast.street)
    other = make_resident(community=second)
    for who, where in (
        (cast.elder, cast.home),
        (cast.elder, second),
        (cast.elder, third),
        (other, second),
        (other, third),
    ):
        came(who, "2026-11-03", community=where)
    for text in ("2026-11", "2026", "all", "2026-11-03..2026-11-03"):
        period = named(text)
        assert persons(period, cast.home, second, third) == 2, text
        assert (
            persons(period, cast.home, second) == 2
            and persons(period, second, third) == 2
            and persons(period, cast.home) == 1
        )
        _together, each = readings_of_each([cast.home.pk, second.pk, third.pk], period)
        assert [PARTICIPANTS.value(reading) for reading in each.values()] == [1, 2, 2]
    Booking.objects.filter(community__in=[second, third], resident=cast.elder).delete()
    assert persons(named("2026-11"), cast.home, second, third) == 2
    assert not Presence.objects.filter(subject=cast.elder.pk, elsewhere=True, rows__gt=0).exists()
    assert not fold.all_differences()


def test_the_whole_city_counts_everybody_once(cast: Cast) -> None:
    places = [cast.home, cast.next_door, *(make_community() for _n in range(20))]
    for place in places[:4]:
        came(cast.elder, "2026-11-03", community=place)
    fold.fold_figures()
    assert persons(named("2026-11"), *places) == 1 and persons(ALL, *places) == 1


def test_what_is_taken_back_counts_no_more(cast: Cast) -> None:
    first, second = came(cast.elder, "2026-11-02"), came(cast.elder, "2026-11-09")
    Booking.objects.filter(pk=first.pk).update(state="no_show")
    assert persons(named("2026-11"), cast.home) == 1
    second.delete()
    assert persons(named("2026-11"), cast.home) == 0 and persons(ALL, cast.home) == 0
    Booking.objects.filter(pk=first.pk).update(state="served")
    assert persons(named("2026-11"), cast.home) == 1
    Booking.objects.filter(pk=first.pk).update(starts_at=first.starts_at - dt.timedelta(days=40))
    assert [persons(named(text), cast.home) for text in ("2026-11", "2026-09", "2026")] == [0, 1, 1]
    assert not fold.all_differences()


def twins(cast: Cast) -> tuple[Resident, Resident]:
    kept, merged = make_resident(community=cast.home, name="陈平"), make_resident(community=cast.home, name="陈平")
    for who, day in ((kept, "2026-11-02"), (merged, "2026-11-03"), (merged, "2026-10-03"), (kept, "2025-01-03")):
        came(who, day)
    return kept, merged


def test_two_files_that_become_one_are_one_person_and_apart_again_two(cast: Cast) -> None:
    kept, merged = twins(cast)
    spans = ("2026-11", "2026-10", "2026", "2025", "all", "2026-11-02..2026-11-03")

    def told() -> list[int]:
        return [persons(named(text), cast.home) for text in spans]

    assert told() == [2, 1, 2, 1, 2, 2]
    merge = merging.merge_residents(kept=kept, merged=merged, by=cast.manager, at=clock.now())
    assert told() == [1, 1, 1, 1, 1, 1] and not fold.all_differences()
    came(merged, "2026-11-05")
    came(kept, "2026-11-06")
    assert told() == [1, 1, 1, 1, 1, 1] and not fold.all_differences()
    fold.fold_figures()
    merging.unmerge(merge, by=cast.manager, at=clock.now())
    assert told() == [2, 1, 2, 1, 2, 2] and not fold.all_differences()


def test_a_merged_file_that_is_merged_again_goes_along(cast: Cast) -> None:
    kept, merged = twins(cast)
    third = make_resident(community=cast.home, name="陈平")
    came(third, "2026-11-11")
    merging.merge_residents(kept=kept, merged=merged, by=cast.manager, at=clock.now())
    again = merging.merge_residents(kept=third, merged=kept, by=cast.manager, at=clock.now())
    assert persons(named("2026-11"), cast.home) == persons(ALL, cast.home) == 1
    came(merged, "2026-11-12")
    assert Presence.objects.filter(grain="ever", rows__gt=0).get().subject == third.pk
    merging.unmerge(FileMerge.objects.get(pk=again.pk), by=cast.manager, at=clock.now())
    assert persons(named("2026-11"), cast.home) == persons(ALL, cast.home) == 2
    assert not fold.all_differences()


def test_anonymising_keeps_what_was_counted_and_a_new_file_counts_anew(cast: Cast) -> None:
    kept, merged = twins(cast)
    merging.merge_residents(kept=kept, merged=merged, by=cast.manager, at=clock.now())
    Resident.objects.filter(pk=kept.pk).update(moved_out_on=TODAY - dt.timedelta(days=2000))
    assert retention.sweep(at=clock.now())["left"] == 1
    assert Resident.objects.get(pk=kept.pk).name == retention.NOBODY
    assert persons(named("2026-11"), cast.home) == persons(ALL, cast.home) == 1
    came(make_resident(community=cast.home, name="陈平"), "2026-11-20")
    assert persons(named("2026-11"), cast.home) == persons(ALL, cast.home) == 2
    assert not fold.all_differences()


def come(cast: Cast, luck: random.Random) -> None:
    day = dt.date(2026, luck.choice((9, 10, 11)), luck.randrange(1, 28)).isoformat()
    who = luck.choice(list(Resident.objects.filter(name="陈平")))
    came(who, day, community=luck.choice((cast.home, cast.next_door)))


def change(cast: Cast, luck: random.Random) -> None:
    booking = luck.choice(list(Booking.objects.all()) or [None])
    if booking:
        Booking.objects.filter(pk=booking.pk).update(state=luck.choice(("no_show", "served")))


def join(cast: Cast, luck: random.Random) -> None:
    one, other = luck.sample(list(Resident.objects.current().filter(name="陈平")), 2)
    merging.merge_residents(kept=one, merged=other, by=cast.manager, at=clock.now())
    make_resident(community=cast.home, name="陈平")


def part(cast: Cast, luck: random.Random) -> None:
    merges = list(FileMerge.objects.filter(undone_at__isnull=True, kept__merged_into__isnull=True))
    if merges:
        merging.unmerge(luck.choice(merges), by=cast.manager, at=clock.now())


@pytest.mark.parametrize("seed", range(3))
def test_exact_whatever_happens(seed: int, cast: Cast) -> None:
    luck = random.Random(seed)
    for _n in range(3):
        make_resident(community=cast.home, name="陈平")
    for step in range(30):
        luck.choice((come, come, change, join, part))(cast, luck)
        if step % 7 == 6:
            fold.fold_figures()
        assert not fold.all_differences(), step
    for text in ("2026-11", "2026-10", "2026", "all", "2026-10-05..2026-11-05"):
        persons(named(text), cast.home, cast.next_door)


def test_counted_anew_persons_are_the_same(cast: Cast) -> None:
    kept, merged = twins(cast)
    came(kept, "2026-11-02", community=cast.next_door)
    merging.merge_residents(kept=kept, merged=merged, by=cast.manager, at=clock.now())
    spans = [named(text) for text in ("2026-11", "2026-10", "2026", "all")]

    def told() -> list[int]:
        return [
            PARTICIPANTS.value(reading_of(places, span))
            for span in spans
            for places in ([cast.home.pk], [cast.home.pk, cast.next_door.pk])
        ]  # type: ignore[misc]

    before = told()
    for table in (Presence, Rollup, CoarseRollup):
        table.objects.all().delete()
    fold.fold_figures()
    assert told() != before
    call_command("install_figures")
    assert told() == before and not fold.all_differences()
    Presence.objects.update(elsewhere=False)
    Presence.objects.filter(grain="year").update(rows=9)
    assert fold.recount_figures() > 0
    assert told() == before and fold.recount_figures() == 0


def test_what_is_no_resident_can_be_counted_once_too(cast: Cast, declare: Declare) -> None:
    """Households, buildings: whatever a row points at."""
    rows = Rows("components/human_bar.html", lambda found: found)
    files = Measure(
        "files", "档案", "份", Resident, "registered_at", ("household_id",), rows, "{r}.household_id IS NOT NULL"
    )
    homes = Persons("homes", "有人的户", "户", of=files, subject="household_id")
    declare(homes)
    one = make_household(building=cast.building)
    for _n in range(3):
        make_resident(household=one)
    this_month = period_named("month", today=clock.today())
    assert this_month
    reading = reading_of([cast.home.pk], this_month)
    assert homes.value(reading) == 1, "what was there before is counted by install_figures"
    call_command("install_figures")
    reading = reading_of([cast.home.pk], this_month)
    behind = rows_behind(homes, reading, user=None)
    assert homes.value(reading) == behind.count() == 2
    assert set(behind.values_list("household", flat=True)) == {cast.household.pk, one.pk}


@pytest.mark.django_db(transaction=True)
def test_who_is_counted_while_his_file_is_merged_is_counted_for_the_file_that_stays() -> None:
    """Bookings arrive, files are merged and parted, all at the same moment, round after round."""
    cast = make_cast()
    manager, kept, merged = cast.manager, *twins(cast)
    second = make_community(street=cast.street)
    waiting = [
        came(merged, f"2026-11-{day:02}", state="booked", community=where)
        for day in range(10, 22)
        for where in (cast.home, second)
    ]

    def unite() -> None:
        merging.merge_residents(kept=kept, merged=merged, by=manager, at=clock.now())

    for n in range(0, len(waiting), 4):
        arrivals = [lambda pk=b.pk: Booking.objects.filter(pk=pk).update(state="arrived") for b in waiting[n : n + 4]]
        merge = FileMerge.objects.filter(undone_at__isnull=True).first()
        deed = [lambda merge=merge: merging.unmerge(merge, by=manager, at=clock.now())] if merge else [unite]
        all_at_once([*arrivals, *deed])
        assert not fold.all_differences()
