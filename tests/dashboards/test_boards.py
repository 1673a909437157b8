"""What a service declares is what its board shows; a number may be read by more people than its rows."""

import datetime as dt
from typing import Any

import pytest
from django.core.checks import run_checks
from openpyxl import load_workbook

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.casework.models import MatterQuerySet, Task, TaskQuerySet
from community_portal.dashboards.checks import check_figures
from community_portal.measure import FIGURES, MEASURES, Measure, Persons, Rows, Stock
from community_portal.measure.boards import BOARDS, HANDS, Board, Column, DaysChart, Hand, SplitChart, Tile
from tests.cast import Cast
from tests.dashboards.conftest import Declare
from tests.factories import make_category, make_community, make_resident

MONDAY = clock.at_wall(dt.date(2026, 11, 23), dt.time(9, 42))
LIST = Rows("components/human_bar.html", lambda rows: rows)
HAZARDS = Measure("hazards", "隐患", "处", HelpRequest, "opened_at", ("urgency",), LIST, split="{r}.urgency", good=-1)
BOARD = Board(
    name="safety",
    label="消防安全",
    tiles=(Tile("hazards", lambda of: f"共 {of('hazards')} 处"),),
    charts=(
        DaysChart("隐患多了吗？", ("hazards", "隐患"), ("visits", "到访"), "每日隐患", lambda of: "没有变化"),
        SplitChart("什么样的隐患？", "hazards", "最多的是%(name)s，占 %(share)s", "没有隐患。"),
    ),
    columns=(Column("hazards", "隐患", alarms=True),),
    more=("no_show_rate",),
)


def take_in(cast: Cast, n: int = 1) -> None:
    for _n in range(n):
        register_request(
            community=cast.home, category=make_category(), words="灯坏了", resident=make_resident(community=cast.home),
            by=None, at=MONDAY,
        )  # fmt: skip


@pytest.fixture
def safety(declare: Declare, monkeypatch: pytest.MonkeyPatch) -> Board:
    declare(HAZARDS)
    monkeypatch.setitem(BOARDS, "safety", BOARD)
    return BOARD


def test_a_service_has_a_board_of_its_own(cast: Cast, safety: Board, signed_in: Any) -> None:
    take_in(cast, 3)
    answer = signed_in(cast.manager).get("/dashboard/?board=safety&period=all")
    page, context = answer.content.decode(), answer.context
    assert [(str(t["label"]), t["value"], t["note"]) for t in context["tiles"]] == [("隐患", "3", "共 3 处")]
    assert [cell["shown"] for row in context["tables"][0] for cell in row["cells"]] == ["3"]
    assert [str(row["label"]) for row in context["more_figures"]] == ["爽约率"]
    for words in (
        "隐患多了吗？",
        "什么样的隐患？",
        "最多的是normal，占 100.0%",
        'data-chart="days"',
        'data-chart="split"',
    ):
        assert words in page
    assert "受理求助" not in page and "需要搭把手" in page
    assert '<option value="safety" selected>' in page and context["tiles"][0]["url"].endswith("&board=safety")


def test_the_rows_of_a_board_lead_back_to_it(cast: Cast, safety: Board, signed_in: Any) -> None:
    take_in(cast)
    client = signed_in(cast.manager)
    url = client.get("/dashboard/?board=safety&period=all").context["tiles"][0]["url"]
    assert 'href="/dashboard/?period=all&amp;board=safety"' in client.get(url).content.decode()


def test_one_board_needs_no_choice_and_an_unknown_one_is_the_first(
    cast: Cast, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(BOARDS)[1:]:
        monkeypatch.delitem(BOARDS, name)
    page = signed_in(cast.manager).get("/dashboard/?board=nonsense").content.decode()
    assert 'id="board"' not in page and "受理求助" in page


def test_every_board_is_a_workbook_with_numbers(cast: Cast, safety: Board, signed_in: Any, tmp_path: Any) -> None:
    take_in(cast, 2)
    for board, heads, line in (
        ("safety", ["社区", "隐患（处）"], ["龙田社区", 2]),
        ("appointments", ["社区", "受理（件）", "办好（件）", "按时办结率（%）"], ["龙田社区", 2, 0, None]),
    ):
        answer = signed_in(cast.manager).get(f"/dashboard/?board={board}&period=all&as=xlsx")
        file = tmp_path / "board.xlsx"
        file.write_bytes(answer.content)
        rows = [[cell.value for cell in row][: len(heads)] for row in load_workbook(file).active]
        assert rows == [heads, line]


def test_whatever_needs_a_hand_is_shown_the_longest_waiting_first(
    cast: Cast, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A room says so itself; the floor says what is late, of every flow."""
    take_in(cast, 7)
    Task.objects.update(due_at=clock.now() - dt.timedelta(days=3))
    asked = {}

    def hazards(places: list[int], *, user: Any, at: dt.datetime, most: int) -> list[Hand]:
        asked.update(places=places, user=user, most=most)
        return [Hand("/hazards/7/", "楼道堆物", "龙田社区", at - dt.timedelta(days=9), "9 天")]

    monkeypatch.setattr("community_portal.dashboards.views.HANDS", [*HANDS, hazards])
    answer = signed_in(cast.manager).get("/dashboard/")
    assert [hand.title for hand in answer.context["hands"]] == ["楼道堆物", *["灯坏了"] * 4]
    assert asked == {"places": [cast.home.pk], "user": cast.manager, "most": 5}
    page = answer.content.decode()
    assert 'href="/hazards/7/"' in page and "超期 3 天" in page and "看全部 7 件" in page
    late = signed_in(cast.manager).get(answer.context["late_url"])
    assert len(late.context["rows"]) == 7 and "此刻" in late.content.decode()


def test_a_number_is_for_whoever_sees_the_place_its_rows_for_their_readers(
    cast: Cast, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows come through the model's ``visible_to``: on the page of a figure, of its rate, of persons, of what is late."""
    take_in(cast, 2)
    Task.objects.update(due_at=clock.now() - dt.timedelta(days=3))
    HelpRequest.objects.update(resolved_at=MONDAY, outcome="solved", satisfaction=5)
    client = signed_in(cast.manager)
    addresses = ("help_requests_received", "satisfaction_rate", "overdue")
    for name in addresses:
        assert len(client.get(f"/dashboard/rows/{name}/?period=all").context["rows"]) == 2, name
    monkeypatch.setattr(MatterQuerySet, "visible_to", lambda rows, user: rows.none())
    monkeypatch.setattr(TaskQuerySet, "visible_to", lambda rows, user: rows.none())
    for name in addresses:
        answer = client.get(f"/dashboard/rows/{name}/?period=all")
        page = answer.content.decode()
        assert answer.context["value"] and not answer.context["rows"], name
        assert "数字您看得到" in page and "灯坏了" not in page
    page = client.get("/dashboard/?period=all").content.decode()
    assert "灯坏了" not in page and "看全部 2 件" in page


def test_a_street_officer_sees_what_is_late_in_his_street_only(cast: Cast, signed_in: Any) -> None:
    take_in(cast)
    other = make_community()
    register_request(
        community=other,
        category=make_category(),
        words="漏水",
        resident=make_resident(community=other),
        by=None,
        at=MONDAY,
    )
    Task.objects.update(due_at=MONDAY)
    rows = signed_in(cast.street_officer).get("/dashboard/rows/overdue/").context["rows"]
    assert [row["title"] for row in rows] == ["灯坏了"]


def said(**changes: Any) -> list[tuple[str | None, str]]:
    return sorted((problem.id, problem.msg) for problem in check_figures(**changes))


def test_what_is_declared_is_sound(db: None) -> None:
    assert said() == [] and not [found for found in run_checks() if (found.id or "").startswith("portal.")]


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"moment": "noticed_at"}, "portal.E401", "no column noticed_at"),
        ({"reads": ("urgency", "level")}, "portal.E401", "no column level"),
        ({"condition": "{r}.is_grave"}, "portal.E401", "no column is_grave"),
        ({"condition": "{r}.is_errand"}, "portal.E402", "reads is_errand and does not say so"),
        ({"also": "EXISTS (SELECT 1 FROM casework_case WHERE id = {r}.case_id)"}, "portal.E402", "reads case_id"),
        ({"name": "hazards_that_are_on_fire_since_yesterday"}, "portal.E403", "longer than"),
    ],
)
def test_a_wrong_declaration_is_told_at_the_start(
    change: dict[str, Any], code: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"name": "hazards", "moment": "opened_at", "reads": ("urgency",), "split": "{r}.urgency"} | change
    wrong = Measure(told.pop("name"), "隐患", "处", HelpRequest, rows=LIST, **told)
    monkeypatch.setitem(FIGURES, wrong.name, wrong)
    monkeypatch.setitem(MEASURES, wrong.name, wrong)
    assert any(found == code and words in msg for found, msg in said())


def test_wrong_kinds_and_boards_are_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    late = FIGURES["visits"]
    planned = Measure("planned", "计划", "处", HelpRequest, "opened_at", (), LIST, ahead=True)
    assert isinstance(late, Measure)
    monkeypatch.setitem(FIGURES, "mixed", Stock("mixed", "存量", "处", entered=HAZARDS, left=late))
    monkeypatch.setitem(FIGURES, "nobody", Persons("nobody", "人", "人", of=planned, subject="handler_id"))
    monkeypatch.setitem(FIGURES, "noone", Persons("noone", "人", "人", of=HAZARDS))
    monkeypatch.setitem(BOARDS, "safety", BOARD)
    assert [code for code, _msg in said()] == ["portal.E401", "portal.E404", "portal.E405", "portal.E406"]
