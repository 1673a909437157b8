"""Figures are exact at every moment, agree with the rows behind them, and stay inside one's scope."""

import dataclasses
import datetime as dt
import html
import random
import re
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.bookings.actions import agree_time, book, check_in, mark_no_show, settle_agreed
from community_portal.bookings.models import Booking
from community_portal.casework.models import Case, Task
from community_portal.dashboards import drawing, fold, periods, queries, triggers, views
from community_portal.dashboards.models import CoarseRollup, Delta, Rollup
from community_portal.dashboards.reading import reading_of
from community_portal.dashboards.rows_behind import rows_behind
from community_portal.measure import FIGURES, MEASURES, Measure, Now, Rows
from community_portal.measure.boards import BOARDS
from community_portal.people.models import Membership, User
from tests.cast import Cast, make_cast
from tests.factories import make_category, make_community, make_resident, make_session
from tests.figures import totals
from tests.race import all_at_once

MONDAY = clock.at_wall(dt.date(2026, 11, 23), dt.time(9, 42))


def no_difference() -> bool:
    return not fold.all_differences()


def some_life(cast: Cast, luck: random.Random) -> None:
    """Random changes through ORM and raw SQL."""
    category = make_category()
    for n in range(12):
        register_request(
            community=cast.home, category=category, words="灯坏了", resident=cast.elder, by=cast.reception,
            at=MONDAY - dt.timedelta(days=luck.randrange(40)),
        )  # fmt: skip
        ids = list(HelpRequest.objects.values_list("pk", flat=True))
        pick = luck.choice(ids)
        change: dict[str, Any] = luck.choice(
            [
                {"resolved_at": MONDAY - dt.timedelta(hours=luck.randrange(500)), "outcome": "solved"},
                {"satisfaction": luck.randrange(1, 6)},
                {"is_errand": True},
                {"resolved_at": None},
                {"promised_at": MONDAY - dt.timedelta(days=luck.randrange(20))},
            ]
        )
        HelpRequest.objects.filter(pk=pick).update(**change)
        if n % 4 == 3:
            fold.fold_figures()
        assert no_difference(), change


@pytest.mark.parametrize("seed", range(4))
def test_exact_at_every_moment(seed: int, cast: Cast) -> None:
    some_life(cast, random.Random(seed))
    fold.fold_figures()
    assert not Delta.objects.exists()
    assert no_difference()


def test_visits_count_people_on_the_day_of_the_session(cast: Cast) -> None:
    session = make_session(community=cast.home, capacity=10, starts_at=MONDAY + dt.timedelta(hours=3))
    came = book(session=session, resident=cast.elder, party_size=3, by=cast.reception, at=MONDAY)
    missed = book(session=session, resident=make_resident(community=cast.home), by=cast.reception, at=MONDAY)
    check_in(booking=came, by=cast.reception, at=session.starts_at)
    mark_no_show(booking=missed, by=cast.reception, at=session.ends_at)
    period = periods.Period(MONDAY.date(), MONDAY.date(), "")
    found = totals([cast.home.pk], period)
    assert (found["visits"], found["no_shows"]) == (3, 1)
    assert totals([cast.next_door.pk], period)["visits"] == 0


def test_a_time_agreed_for_a_matter_is_no_visit_to_the_hall(cast: Cast) -> None:
    for n, met in enumerate((True, False)):
        agreed = agree_time(
            host=cast.officer, resident=cast.elder, starts_at=MONDAY + dt.timedelta(hours=3 + n), minutes=30, title="上门评估",
            by=cast.officer, at=MONDAY,
        )  # fmt: skip
        settle_agreed(booking=agreed, met=met, authority="", by=cast.officer, at=agreed.starts_at)
    found = totals([cast.home.pk], periods.Period(MONDAY.date(), MONDAY.date(), ""))
    assert (found["visits"], found["no_shows"]) == (0, 0)


def test_each_figure_counts_exactly_its_rows(cast: Cast) -> None:
    some_life(cast, random.Random(7))
    session = make_session(community=cast.home, capacity=10, starts_at=MONDAY + dt.timedelta(hours=3))
    came = book(session=session, resident=cast.elder, party_size=2, by=cast.reception, at=MONDAY)
    check_in(booking=came, by=cast.reception, at=session.starts_at)
    period = periods.Period(MONDAY.date() - dt.timedelta(days=60), MONDAY.date(), "")
    reading = reading_of([cast.home.pk], period)
    counted = totals([cast.home.pk], period)
    for name, measure in MEASURES.items():
        rows = rows_behind(measure, reading, user=None)
        weight = sum(row.party_size for row in rows) if measure.model is Booking else rows.count()
        assert weight == counted[name], name
    assert counted["help_requests_received"] == 12


def test_the_day_turns_at_midnight_in_shanghai(cast: Cast) -> None:
    late = clock.at_wall(dt.date(2026, 10, 31), dt.time(23, 59))
    for at in (late, late + dt.timedelta(minutes=2)):
        register_request(
            community=cast.home, category=make_category(), words="灯坏了", resident=cast.elder, by=cast.reception, at=at
        )
    october = periods.period_named("2026-10", today=dt.date(2026, 11, 24))
    november = periods.period_named("2026-11", today=dt.date(2026, 11, 24))
    assert october and november
    assert totals([cast.home.pk], october)["help_requests_received"] == 1
    assert totals([cast.home.pk], november)["help_requests_received"] == 1


def test_recount_finds_nothing_and_mends_what_was_planted(cast: Cast) -> None:
    some_life(cast, random.Random(1))
    fold.fold_figures()
    assert fold.recount_figures() == 0
    Rollup.objects.filter(measure="help_requests_received").update(amount=999)
    assert fold.recount_figures() > 0
    assert no_difference()


def test_after_a_deploy_counting_anew_is_no_alarm(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    some_life(cast, random.Random(1))
    fold.fold_figures()
    for alarms, recount in ((False, partial(call_command, "install_figures")), (True, fold.recount_figures)):
        Rollup.objects.filter(measure="help_requests_received").update(amount=999)
        caplog.clear()
        recount()
        assert no_difference()
        assert any(record.levelname == "ERROR" for record in caplog.records) == alarms


@pytest.mark.django_db(transaction=True)
def test_two_folders_at_once_lose_nothing() -> None:
    cast = make_cast()
    some_life(cast, random.Random(3))
    found = all_at_once([fold.fold_figures] * 4)
    assert all(isinstance(n, int) for n in found), found
    assert no_difference()
    assert fold.recount_figures() == 0, "nor did the months lose any"


@pytest.mark.parametrize(
    "which",
    [
        {"community__isnull": False},
        {"community__isnull": True, "is_month": True},
        {"community__isnull": True, "is_month": False},
    ],
    ids=["a community's months", "the city's months", "the city's days"],
)
def test_recount_finds_a_sum_that_is_not_its_days(which: dict[str, Any], cast: Cast) -> None:
    some_life(cast, random.Random(1))
    fold.fold_figures()
    CoarseRollup.objects.filter(measure="help_requests_received", **which).update(amount=999)
    CoarseRollup.objects.filter(measure="help_requests_resolved", **which).delete()
    assert fold.recount_figures() > 0
    assert fold.recount_figures() == 0
    assert not CoarseRollup.objects.filter(amount=999).exists()


@pytest.mark.parametrize("seed", range(3))
def test_long_periods_say_what_their_days_say(seed: int, cast: Cast) -> None:
    """In a community and in the whole city, folded and not, for every kind of period."""
    luck = random.Random(seed)
    some_life(cast, luck)
    register_request(
        community=cast.next_door, category=make_category(), words="灯坏了", resident=cast.stranger_resident,
        by=cast.stranger, at=MONDAY - dt.timedelta(days=luck.randrange(60)),
    )  # fmt: skip
    everywhere = [cast.home.pk, cast.next_door.pk]
    for _try in range(60):
        first = MONDAY.date() - dt.timedelta(days=luck.randrange(75))
        period = periods.Period(first, first + dt.timedelta(days=luck.randrange(75)), "")
        one_by_one = {place: day_by_day([place], period) for place in everywhere}
        assert totals([cast.home.pk], period) == one_by_one[cast.home.pk], period
        whole = {name: sum(of[name] for of in one_by_one.values()) for name in MEASURES}
        with connection.cursor() as cursor:
            for keys in ("measure", "measure, day"):
                cursor.execute(*queries.sums_statement(keys, list(MEASURES), None, period))
                found: dict[str, int] = dict.fromkeys(MEASURES, 0)
                for measure, *_day, amount in cursor.fetchall():
                    found[measure] += amount
                assert found == whole, (keys, period)


def day_by_day(places: list[int], period: periods.Period) -> dict[str, int]:
    return {name: sum(days.values()) for name, days in queries.by_day(list(MEASURES), places, period).items()}


def test_only_who_asks_for_every_community_reads_the_citys_sums(cast: Cast) -> None:
    places = [make_community(code=f"C{n}").pk for n in range(25)]
    period = periods.Period(MONDAY.date() - dt.timedelta(days=90), MONDAY.date(), "")
    every = [*places, cast.home.pk, cast.next_door.pk]
    for asked, is_city in ((places, False), (every, True)):
        with CaptureQueriesContext(connection) as told:
            totals(asked, period)
        assert ("community_id IS NULL" in told.captured_queries[-1]["sql"]) == is_city


@pytest.mark.parametrize(
    ("first", "last", "begins", "ends"),
    [
        ("2026-01-01", "2026-12-31", "2026-01-01", "2027-01-01"),
        ("2026-01-02", "2026-03-30", "2026-02-01", "2026-03-01"),
        ("2025-12-31", "2026-01-31", "2026-01-01", "2026-02-01"),
        ("2026-02-01", "2026-02-28", "2026-02-01", "2026-03-01"),
    ],
)
def test_whole_months_of_a_period(first: str, last: str, begins: str, ends: str) -> None:
    period = periods.Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last), "")
    assert period.whole_months == (dt.date.fromisoformat(begins), dt.date.fromisoformat(ends))


@pytest.mark.parametrize(("first", "last"), [("2026-01-02", "2026-01-31"), ("2026-01-15", "2026-02-27")])
def test_a_period_without_a_whole_month(first: str, last: str) -> None:
    assert periods.Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last), "").whole_months is None


def test_installed_triggers_are_the_declared_ones(db: None) -> None:
    assert triggers.is_current()


def test_what_is_declared_is_counted_after_every_migration(db: None) -> None:
    """Also over a table that comes with a later migration: until then it is left alone."""
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION dashboards_count_bookings_booking CASCADE")
    assert not triggers.is_current()
    call_command("migrate", verbosity=0)
    assert triggers.is_current()


def test_a_figure_over_a_table_that_is_not_there_yet_stops_nobody(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    table = SimpleNamespace(db_table="not_there_yet", get_field=Booking._meta.get_field)
    ahead = SimpleNamespace(_meta=table)
    monkeypatch.setitem(MEASURES, "hazards", dataclasses.replace(MEASURES["visits"], name="hazards", model=ahead))
    triggers.install()
    assert not triggers.is_current()


def test_a_figure_that_another_room_declares_is_on_every_page(
    cast: Cast, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the dashboard, in the API and with its rows, without a word about it in the dashboards."""
    shown = Rows("components/human_bar.html", lambda rows: rows, lambda rows, at: [row.number for row in rows])
    files = Measure(
        "files", "卷宗", "件", Case, "opened_at", ("source",), shown, split="{r}.source", names=lambda: {"desk": "柜台"}
    )
    monkeypatch.setitem(MEASURES, "files", files)
    monkeypatch.setitem(FIGURES, "files", files)
    triggers.install()
    some_life(cast, random.Random(2))
    client = signed_in(cast.manager)
    page = client.get("/dashboard/?period=all")
    errands = HelpRequest.objects.filter(is_errand=True).count()
    shown_there = {str(row["label"]): row["shown"] for row in page.context["more_figures"]}
    assert shown_there["帮办代办"] == f"{errands} 件" and shown_there["卷宗"] == "12 件"
    assert client.get("/api/v1/figures/?place=LT&period=all").json()["figures"]["files"]["value"] == 12
    behind = client.get("/dashboard/rows/files/?period=all&label=desk").context
    assert (len(behind["rows"]), behind["value"], behind["label_name"]) == (12, 12, "柜台")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-02", "2026-02-01", "2026-02-28"), ("2026", "2026-01-01", "2026-12-31"), ("month", "2026-11-01", "2026-11-24"),
        ("last", "2026-10-01", "2026-10-31"),
    ],
)  # fmt: skip
def test_periods(text: str, first: str, last: str) -> None:
    period = periods.period_named(text, today=dt.date(2026, 11, 24))
    assert period and (period.first.isoformat(), period.last.isoformat()) == (first, last)


@pytest.mark.parametrize("text", ["2026-13", "nonsense", "20-26", "2026-1", "2026-11-05..2026-11-01"])
def test_bad_periods_are_none(text: str) -> None:
    assert periods.period_named(text, today=dt.date(2026, 11, 24)) is None


def test_a_street_is_more_than_a_managers_community(cast: Cast) -> None:
    make_community(street=cast.street)
    assert queries.place_by_code(cast.manager, "ZX") == []
    assert len(queries.place_by_code(cast.street_officer, "ZX")) == 2


def test_dashboard_costs_the_same_with_more_rows(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.street_officer)
    client.get("/dashboard/")
    with CaptureQueriesContext(connection) as few:
        assert client.get("/dashboard/").status_code == 200
    some_life(cast, random.Random(2))
    with CaptureQueriesContext(connection) as many:
        assert client.get("/dashboard/").status_code == 200
    assert len(many) <= len(few) + 1, "one more for the list of what needs a hand"


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_the_page_behind_a_figure_opens(name: str, cast: Cast, signed_in: Any) -> None:
    some_life(cast, random.Random(2))
    answer = signed_in(cast.manager).get(f"/dashboard/rows/{name}/?period=all")
    assert answer.status_code == 200
    assert signed_in(cast.manager).get("/dashboard/rows/nonsense/").status_code == 404
    assert signed_in(cast.manager).get(f"/dashboard/rows/{name}/?place=XF").status_code == 404


def test_a_rate_is_compared_with_the_rate_before() -> None:
    """Fewer requests done on time of fewer done is no worse; the arrow of a rate speaks in percentage points."""
    now = {
        "help_requests_on_time": 4,
        "help_requests_resolved": 4,
        "help_requests_received": 9,
        "no_shows": 1,
        "visits": 9,
    }
    before = {
        "help_requests_on_time": 9,
        "help_requests_resolved": 10,
        "help_requests_received": 5,
        "no_shows": 3,
        "visits": 9,
    }
    month = periods.period_named("month", today=dt.date(2026, 11, 24))
    assert month
    drawn = drawing.tiles(drawing.Frame(month, "", BOARDS["appointments"]), Told(now), Told(before))
    changes = [(row["change"], row["tone"]) for row in drawn]
    assert changes == [("↑ 4", "plain"), ("↑ 10.0", "ok"), ("", "plain"), ("", "plain"), ("↓ 2", "ok"), ("", "plain")]


class Told:
    """A reading of flows that were told."""

    def __init__(self, flows: dict[str, int]) -> None:
        self.flows = flows

    def flow(self, measure: Measure) -> int:
        return self.flows.get(measure.name, 0)

    def now(self, now: Now) -> dict[str, int]:
        return {}


def test_the_rows_of_a_named_period_lead_back_to_it(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    page = client.get("/dashboard/?period=last").content.decode()
    address = re.search(r'href="(/dashboard/rows/visits/[^"]+)"', page)
    assert address
    rows = client.get(address.group(1).replace("&amp;", "&")).content.decode()
    assert 'href="/dashboard/?period=last"' in rows
    exact = client.get("/dashboard/?from=2026-11-03&to=2026-11-05").content.decode()
    assert '<option value="2026-11-03..2026-11-05" selected>' in exact


def test_every_number_of_a_day_opens_to_its_rows_and_the_day_to_all_its_figures(cast: Cast, signed_in: Any) -> None:
    some_life(cast, random.Random(4))
    client = signed_in(cast.street_officer)
    first, last = (clock.local(MONDAY - dt.timedelta(days=n)).date() for n in (40, 0))
    page = html.unescape(client.get(f"/dashboard/?from={first}&to={last}&place=LT").content.decode())
    numbers = re.findall(r'<a href="(/dashboard/rows/\w+/\?from=(\S+)&to=\2&place=LT)">(\d+)</a>', page)
    assert len(numbers) == 2 * 41 and sum(int(shown) for _address, _day, shown in numbers) >= 12
    for address, day, shown in numbers:
        if shown != "0":
            rows = client.get(address).context
            assert (rows["value"], len(rows["rows"])) == (int(shown), int(shown)), address
            assert f'href="?from={day}&to={day}&place=LT"' in page
    of_day = client.get(f"/dashboard/?from={last}&to={last}&place=LT").context["frame"].period
    assert (of_day.first, of_day.last) == (last, last)


def test_the_wall_screen_is_the_figures_alone(cast: Cast, signed_in: Any) -> None:
    page = signed_in(cast.street_officer).get("/dashboard/?screen=1").content.decode()
    assert "退出大屏" in page and "data-reload" in page and 'id="period"' not in page


def test_the_wall_is_laid_out_alike_for_a_manager_in_elder_mode(cast: Cast, signed_in: Any) -> None:
    """One column of large words would have to be scrolled, and nobody scrolls a wall."""
    User.objects.filter(pk=cast.manager.pk).update(elder_mode=True)
    client = signed_in(cast.manager)
    assert b"data-elder" in client.get("/dashboard/").content
    assert b"data-elder" not in client.get("/dashboard/?screen=1").content


def test_the_wall_goes_on_with_the_days(cast: Cast, signed_in: Any) -> None:
    """It is loaded anew for weeks: the month's name stands in its address, not the days of the morning it was hung up."""
    page = signed_in(cast.street_officer).get("/dashboard/?period=month&place=LT").content.decode()
    assert 'href="?period=month&amp;place=LT&amp;screen=1"' in page


def test_who_helps_next_door_opens_the_overdue_of_his_own_house(cast: Cast, signed_in: Any) -> None:
    Membership.objects.create(
        user=cast.manager, role="receptionist", community=cast.next_door, starts_on=MONDAY.date() - dt.timedelta(9)
    )
    for place in (cast.home, cast.next_door):
        register_request(
            community=place, category=make_category(), words="灯坏了", resident=make_resident(community=place),
            by=None, at=MONDAY,
        )  # fmt: skip
    Task.objects.update(due_at=clock.now() - dt.timedelta(days=1))
    client = signed_in(cast.manager)
    address = re.search(
        r'href="(/dashboard/rows/overdue/[^"]+)" class="tally', client.get("/dashboard/").content.decode()
    )
    assert address
    rows = client.get(address.group(1).replace("&amp;", "&")).content.decode()
    assert len(re.findall(r'href="/requests/LT-', rows)) == 1 and 'href="/requests/XF-' not in rows


def test_visits_behind_a_figure_stand_by_their_time_on_every_page(
    cast: Cast, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was booked first: turning to older and back to newer shows each once, latest first."""
    monkeypatch.setattr(views, "PAGE", 2)
    for hours in (5, 1, 3, 3, 2, 4):
        starts = MONDAY - dt.timedelta(hours=hours)
        session = make_session(community=cast.home, title=f"提前 {hours} 小时", starts_at=starts)
        booking = book(
            session=session, resident=make_resident(community=cast.home), by=None, at=starts - dt.timedelta(1)
        )
        check_in(booking=booking, by=cast.reception, at=starts)
    client, address, seen = signed_in(cast.manager), "/dashboard/rows/visits/?period=all", []
    for turn in ("next", "next", "prev", "prev"):
        page = client.get(address).content.decode()
        seen.append([int(hours) for hours in re.findall(r"提前 (\d) 小时", page)])
        link = re.search(rf'rel="{turn}" href="([^"]+)"', page)
        address = "/dashboard/rows/visits/" + (link.group(1).replace("&amp;", "&") if link else "")
    assert seen == [[1, 2], [3, 3], [4, 5], [3, 3]]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("count", [6, 12])
def test_nobody_scrolls_a_wall(count: int, language: str, cast: Cast, browse: Callable[..., Any]) -> None:
    User.objects.filter(pk=cast.admin.pk).update(language=language)
    kinds = [make_category(code=f"kind{n}", name=f"类别{n}") for n in range(6)]
    for n in range(count):
        place = (cast.home, cast.next_door)[n] if n < 2 else make_community(street=cast.street)
        register_request(
            community=place,
            category=kinds[n % 6],
            words="灯坏了",
            resident=make_resident(community=place),
            by=None,
            at=clock.now(),
        )
    page = browse(cast.admin, width=1920, viewport={"width": 1920, "height": 1080}).new_page()
    page.goto("/dashboard/?screen=1")
    assert page.locator("table >> visible=true").locator("tbody tr").count() == count
    page.wait_for_function("document.querySelectorAll('.chart canvas').length === 2")
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    assert page.locator(".table-scroll >> visible=true").evaluate_all(
        "(boxes) => boxes.every((box) => box.scrollWidth <= box.clientWidth)"
    )


@pytest.mark.django_db
def test_a_wall_of_many_communities_turns_its_pages(
    cast: Cast, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every minute the next twelve, as it loads itself anew, also without script; each of them has its turn."""
    for _n in range(23):
        make_community(street=cast.street)
    now, seen = clock.now(), []
    for minute in range(3):
        monkeypatch.setattr(clock, "now", lambda minute=minute: now + dt.timedelta(minutes=minute))
        answer = signed_in(cast.admin).get("/dashboard/?screen=1")
        seen.append([row["code"] for column in answer.context["tables"] for row in column])
        assert '<meta http-equiv="refresh" content="60">' in answer.content.decode()
    assert [len(codes) for codes in sorted(seen, key=len)] == [1, 12, 12]
    assert len({code for codes in seen for code in codes}) == 25


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_wall_keeps_its_figures_while_the_portal_is_away(cast: Cast, browse: Callable[..., Any]) -> None:
    """Nobody is there to press reload on a page of errors."""
    page = browse(cast.street_officer, width=1920).new_page()
    page.clock.install()
    page.route("**/healthz", lambda route: route.abort())
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))
    with page.expect_event("load"):  # on a busy machine the page's own load is told late
        page.goto("/dashboard/?screen=1")
    loads.clear()
    with page.expect_event("requestfailed"):  # asked is not yet refused: before that, nothing may stand open again
        page.clock.fast_forward(61_000)
    page.unroute("**/healthz")
    page.wait_for_timeout(300)
    assert loads == []
    with page.expect_event("load"):
        page.clock.fast_forward(61_000)
