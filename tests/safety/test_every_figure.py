"""Every figure of drills, duties and campaigns, counted by hand beside its rows: it stands on a board, and opens to these rows."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from community_portal import clock
from community_portal.bookings.actions import book, check_in
from community_portal.dashboards.fold import all_differences, fold_figures
from community_portal.dashboards.periods import BEGINNING, Period
from community_portal.dashboards.reading import reading_of
from community_portal.dues.models import DueItem
from community_portal.measure import FIGURES
from community_portal.measure.boards import BOARDS
from community_portal.rules.actions import load_rulebook
from safety.actions import corrective, day
from safety.actions.campaigns import note_reach
from safety.actions.helping import ask_for_help, assign_helper
from safety.actions.premises import save_premises
from safety.actions.sign_up import sign_up
from safety.models import Drill, Premises
from tests.cast import MONDAY, Cast
from tests.factories import make_resident
from tests.safety.campaigning import make_campaign, make_held, make_premises, make_safety
from tests.safety.drilling import (
    STARTS,
    after,
    help_row,
    make_draft,
    make_evaluated,
    make_frail,
    make_notified,
    make_party,
    make_ready,
    press,
)

pytestmark = pytest.mark.django_db
LATER = after(86400 * 30)
DRILLS = (
    "drills_held", "drill_participants", "drill_persons", "drill_buildings_covered_rate",
    "drill_evacuation_seconds_median", "drill_head_count_differences", "micro_station_in_3_min_rate", "skills_practised",
    "helpers_assigned_rate", "corrective_actions", "corrective_actions_done_rate", "actions_retested_rate",
)  # fmt: skip
DUTIES = ("drills_due", "duties_due", "duties_done", "duties_overdue")
CAMPAIGNS = ("campaign_sessions", "campaign_reached", "campaign_online_views", "leaflets", "quiz_gain")
NAMES = (*DRILLS, *DUTIES, *CAMPAIGNS)


def value(cast: Cast, name: str, label: str = "") -> Any:
    fold_figures()
    reading = reading_of([cast.home.pk], Period(BEGINNING, clock.today() + dt.timedelta(days=400), ""))
    return FIGURES[name].value_of(label, reading) if label else FIGURES[name].value(reading)


def test_every_figure_is_there_and_on_a_board() -> None:
    assert set(NAMES) <= set(FIGURES)
    boards = {name: BOARDS[name].names for name in ("drills", "duties", "campaigns")}
    for names, board in ((DRILLS, "drills"), (DUTIES, "duties"), (CAMPAIGNS, "campaigns")):
        assert set(names) <= boards[board]


def came(cast: Cast, drill: Drill, *, n: int) -> None:
    """Two who came, one of them with two others, and one who stayed away."""
    drill.refresh_from_db()
    assert drill.session is not None
    for resident, size in ((cast.elder, 3), (make_resident(household=cast.household, name=f"只来一次{n}"), 1)):
        booking = sign_up(drill, resident, party_size=size, by=cast.manager, at=MONDAY)
        check_in(booking=booking, by=cast.manager, at=after(600) if n == 1 else after(86400 * 5))
    book(session=drill.session, resident=make_resident(household=cast.household, name="没来"), by=None, at=MONDAY)


def test_whoever_came_to_two_drills_is_one_person(cast: Cast) -> None:
    party = make_party(cast)
    first = make_ready(party)
    second = make_notified(party, starts_at=STARTS + dt.timedelta(days=5), title="又一场")
    came(cast, first, n=1)
    came(cast, second, n=2)
    assert value(cast, "drill_persons") == 3  # one of them twice
    assert value(cast, "activity_visits") == 8
    assert not all_differences()


def test_houses_that_had_a_drill_within_a_year(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    party = make_party(cast)
    make_evaluated(party)
    Premises.objects.create(community=cast.home, kind="homes", name="没练过的楼", floors=6, since=dt.date(2020, 1, 1))
    Premises.objects.create(community=cast.home, kind="shop", name="小店", floors=1, since=dt.date(2020, 1, 1))
    gone = Premises.objects.create(community=cast.home, kind="homes", name="拆了", floors=6, since=dt.date(2020, 1, 1))
    Premises.objects.filter(pk=gone.pk).update(until=dt.date(2021, 1, 1))
    for moment, share in ((STARTS - dt.timedelta(days=1), 0), (LATER, 50), (after(86400 * 366), 0)):
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        assert value(cast, "drill_buildings_covered_rate") == share


def test_a_cancelled_or_planned_drill_covers_nothing(cast: Cast) -> None:
    make_draft(make_party(cast))
    assert value(cast, "drill_buildings_covered_rate") == 0
    assert value(cast, "drills_held") == 0


def test_what_one_drill_comes_to(cast: Cast) -> None:
    """Two need help and one has a helper; one is missing at the end; the station comes after 200 s."""
    party = make_party(cast)
    drill = make_notified(party, at=MONDAY)
    for name, room in (("沈玉英", "302"), ("韩志明", "101")):
        ask_for_help(drill, make_frail(party, name, room), by=party.safety, at=MONDAY)
    row = help_row(drill, drill.helpers.order_by("pk")[0].resident)
    assign_helper(row, name="曹建军", phone="13800001234", by=party.safety, at=MONDAY)
    Drill.objects.filter(pk=drill.pk).update(state="ready")
    drill.refresh_from_db()
    press(drill, "alarm", by=party.safety, at=STARTS)
    press(drill, "micro_station", by=party.safety, at=after(200))
    day.count_heads(drill.points.get(), present=19, key="n", by=party.safety, at=after(300))
    press(drill, "end", by=party.safety, at=after(400), words="一位在家里找到")
    assert value(cast, "helpers_assigned_rate") == 50
    assert value(cast, "drill_head_count_differences") == 1
    assert value(cast, "micro_station_in_3_min_rate") == 0
    assert value(cast, "drills_held", "evacuation") == 1 and value(cast, "drills_held", "ebike") == 0


def test_skills_are_split_and_actions_done_and_retested(cast: Cast) -> None:
    party = make_party(cast)
    drill = make_evaluated(party)
    assert value(cast, "skills_practised", "smoke") == value(cast, "skills_practised", "ebike") == 9
    action = drill.actions.select_related("case", "community__street", "drill").get()
    at = after(90000)
    corrective.prove(action, words="清掉了", by=party.deputy, at=at)
    corrective.accept(action, by=party.judge, at=at)
    assert value(cast, "corrective_actions_done_rate") == 100
    assert value(cast, "actions_retested_rate") == 0
    coming = make_draft(party, at=at, starts_at=after(86400 * 20), title="下一场")
    corrective.carry(action, drill=coming, by=party.safety, at=at)
    Drill.objects.filter(pk=coming.pk).update(alarm_at=after(86400 * 20))
    action.refresh_from_db()
    corrective.pass_retest(action, by=party.judge, at=after(86400 * 21))
    assert value(cast, "actions_retested_rate") == value(cast, "corrective_actions_done_rate") == 100


def register(cast: Cast, **over: Any) -> Premises:
    load_rulebook(at=clock.now())
    return save_premises(make_premises(cast, **over), by=cast.manager, at=clock.now())


def test_duties_due_done_and_overdue_by_clause(cast: Cast) -> None:
    register(cast)
    today = clock.today()
    rows = DueItem.objects.filter(kind__startswith="safety_")
    rows.update(starts_on=today - dt.timedelta(days=400), opens_on=today - dt.timedelta(days=400), due_on=today)
    assert (value(cast, "duties_due"), value(cast, "duties_done"), value(cast, "duties_overdue")) == (5, 0, 0)
    assert value(cast, "drills_due") == 1
    rows.update(due_on=today - dt.timedelta(days=1))
    clause = "高层消防规定第 35 条"
    assert value(cast, "duties_overdue") == 5 and value(cast, "duties_overdue", clause) == 1
    rows.filter(kind="safety_fire_check").update(done_on=today, done_at=clock.now())
    assert value(cast, "duties_overdue") == 4 and value(cast, "duties_overdue", clause) == 0
    assert value(cast, "duties_done", clause) == value(cast, "duties_due", clause) == 1
    rows.filter(kind="safety_drill").update(waived_at=clock.now(), words="楼要拆了")
    assert value(cast, "drills_due") == 0 and value(cast, "duties_overdue") == 3


def test_a_clause_longer_than_a_label_is_counted_all_the_same(cast: Cast) -> None:
    """A street may write 120 signs; what a figure is split by is kept with 30."""
    register(cast)
    item = DueItem.objects.get(kind="safety_fire_check")
    yesterday = clock.today() - dt.timedelta(days=1)
    clause = "江苏省高层民用建筑消防安全管理规定（试行）第十二条第二款第三项"
    DueItem.objects.filter(pk=item.pk).update(clause=clause, starts_on=yesterday, opens_on=yesterday, due_on=yesterday)
    assert value(cast, "duties_due", clause[:30]) == value(cast, "duties_overdue", clause[:30]) == 1


def test_views_leaflets_and_what_was_learnt(cast: Cast) -> None:
    safety, campaign = make_safety(cast), make_campaign(cast)
    make_held(cast, safety, campaign)
    for channel, views, days in (("video", 8000, 2), ("video", 9000, 1), ("chat", 400, 1)):
        note_reach(
            campaign, cast.home, channel=channel, views=views, as_of=clock.today() - dt.timedelta(days=days), by=safety,
            at=clock.now(),
        )  # fmt: skip
    assert value(cast, "campaign_online_views") == 9400
    assert (value(cast, "campaign_sessions"), value(cast, "campaign_reached"), value(cast, "leaflets")) == (1, 104, 100)
    assert value(cast, "quiz_gain") == 42
    assert value(cast, "campaign_sessions", "kindergarten") == 1


@pytest.mark.parametrize("name", NAMES)
def test_each_opens_to_its_rows(cast: Cast, signed_in: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    register(cast)
    make_held(cast, make_safety(cast))
    safety = make_premises(cast)
    assert safety.pk is None
    party = make_party(cast)
    drill = make_evaluated(party)
    came_once = book(session=drill.session, resident=cast.elder, by=None, at=MONDAY)
    check_in(booking=came_once, by=cast.manager, at=after(600))
    action = drill.actions.select_related("case", "community__street", "drill").get()
    corrective.prove(action, words="清掉了", by=party.deputy, at=after(90000))
    corrective.accept(action, by=party.judge, at=after(90000))
    type(action).objects.filter(pk=action.pk).update(
        state="retested", retest_in=make_draft(party, title="下一场"), retested_at=after(90000)
    )
    ask_for_help(make_notified(party, title="有人帮的"), make_frail(party), by=party.safety, at=MONDAY)
    row = help_row(
        Drill.objects.get(case__title="有人帮的"), Drill.objects.get(case__title="有人帮的").helpers.get().resident
    )
    assign_helper(row, name="曹建军", phone="13800001234", by=party.safety, at=MONDAY)
    Drill.objects.filter(pk=drill.pk).update(micro_station_seconds=100, unaccounted=1)
    campaign = make_campaign(cast, name="线上")
    note_reach(campaign, cast.home, channel="video", views=12, as_of=clock.today(), by=cast.manager, at=clock.now())
    yesterday = clock.today() - dt.timedelta(days=1)
    DueItem.objects.update(starts_on=yesterday, opens_on=yesterday, due_on=yesterday)
    DueItem.objects.filter(kind="safety_training").update(done_on=yesterday, done_at=clock.now())
    monkeypatch.setattr(clock, "now", lambda: LATER)
    assert value(cast, name), name
    page = signed_in(cast.manager).get(reverse("dashboard_rows", args=[name]), {"period": "all"})
    assert page.status_code == 200
    assert page.context["page"].rows, name
    words = (
        drill.case.number, action.case.number, "幸福家园 5 幢", "消防规定", "消防法", "花桥幼儿园", "线上", cast.elder.name,
        "有人帮的", Drill.objects.get(case__title="有人帮的").case.number,
    )  # fmt: skip
    assert any(word in page.content.decode() for word in words), name
