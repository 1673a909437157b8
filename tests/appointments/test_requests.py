"""The list of requests and its spreadsheets say the same; a page that shows an older state loses nothing."""

import csv
import datetime as dt
import io
import re
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from openpyxl import load_workbook

from appointments.models import Category, HelpRequest, Paper, Urgency
from appointments.requests.actions import steps
from appointments.requests.actions.intake import register_request
from appointments.workflow import State
from community_portal import clock
from community_portal.bookings.actions import book
from community_portal.casework.models import Task
from community_portal.matters import exports
from community_portal.matters.actions.steps import take
from community_portal.matters.actions.words import add_words
from tests.cast import MONDAY, Cast
from tests.factories import make_category, make_community, make_grid, make_household, make_resident, make_session
from tests.help_requests import put_into, take_in


@pytest.fixture
def category(db: None) -> Category:
    return make_category()


def several(cast: Cast, category: Category, count: int = 5) -> list[HelpRequest]:
    other_grid = make_grid(community=cast.home, number=7)
    away = make_resident(household=make_household(grid=other_grid), community=cast.home)
    residents = [cast.elder, away]
    return [
        register_request(
            community=cast.home, category=category, words=f"=1+{n}，灯坏了", resident=residents[n % 2],
            by=cast.reception, at=clock.now(),
        )
        for n in range(count)
    ]  # fmt: skip


def on_screen(client: Client, query: str) -> list[str]:
    return [row.number for row in client.get(f"/requests/?{query}").context["rows"]]


def in_csv(client: Client, query: str) -> list[list[str]]:
    """As a person reads it: what keeps a cell from being a formula is not to be seen."""
    text = client.get(f"/requests/?{query}&as=csv").content.decode("utf-8-sig").replace("\u200b", "")
    return list(csv.reader(io.StringIO(text)))[1:]


def in_xlsx(client: Client, query: str) -> list[list[str]]:
    sheet = load_workbook(io.BytesIO(client.get(f"/requests/?{query}&as=xlsx").content)).active
    return [[cell or "" for cell in row] for row in list(sheet.values)[1:]]


@pytest.mark.parametrize("who", ["reception", "officer", "manager", "street_officer", "stranger", "admin"])
@pytest.mark.parametrize("query", ["", "state=assigned", "q=LT-26-0002", "overdue=1", "state=registered", "place=LT"])
def test_spreadsheets_hold_what_the_screen_shows_to_the_same_person(
    who: str, query: str, cast: Cast, category: Category, signed_in: Any
) -> None:
    several(cast, category)
    client = signed_in(getattr(cast, who))
    shown = on_screen(client, query)
    assert [row[0] for row in in_csv(client, query)] == shown
    assert [row[0] for row in in_xlsx(client, query)] == shown
    assert in_csv(client, query) == in_xlsx(client, query)


def test_a_file_says_how_urgent_how_long_and_that_it_was_cut(
    cast: Cast, category: Category, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = several(cast, category)
    monkeypatch.setattr(exports, "MOST", 2)
    lines = in_csv(signed_in(cast.reception), "")
    newest = requests[-1]
    assert newest.due_at and f"{clock.local(newest.due_at):%Y-%m-%d %H:%M}" in lines[0]
    assert Urgency(newest.urgency).label in lines[0]
    assert len(lines) == 3 and lines[2][0] == "只导出了最新的 2 件，请缩小筛选范围再导出。"
    monkeypatch.setattr(exports, "MOST", len(requests))
    assert len(in_csv(signed_in(cast.reception), "")) == len(requests)


def test_the_officer_exports_his_grid_only(cast: Cast, category: Category, signed_in: Any) -> None:
    several(cast, category)
    assert len(in_csv(signed_in(cast.officer), "")) == 3
    assert len(in_csv(signed_in(cast.manager), "")) == 5


def test_formulas_in_words_come_out_as_text(cast: Cast, category: Category, signed_in: Any) -> None:
    several(cast, category, 1)
    client = signed_in(cast.reception)
    assert in_csv(client, "")[0][1].startswith("=1+0")
    assert ",=1" not in client.get("/requests/?as=csv").content.decode()
    sheet = load_workbook(io.BytesIO(client.get("/requests/?as=xlsx").content)).active
    assert sheet is not None and {cell.data_type for row in sheet.rows for cell in row} == {"s"}


@pytest.mark.parametrize(
    ("address", "name"), [("/requests/?as=xlsx", "求助与帮办"), ("/dashboard/?as=xlsx", "数据看板")]
)
def test_a_workbook_is_fit_to_be_read_as_it_is(
    address: str, name: str, cast: Cast, category: Category, signed_in: Any
) -> None:
    """Headings stand out and stay in sight, no word is cut by the edge of its column, the file says what it holds."""
    several(cast, category)
    answer = signed_in(cast.manager).get(address)
    assert quote(name) in answer.headers["Content-Disposition"]
    sheet: Any = load_workbook(io.BytesIO(answer.content)).active
    assert sheet.freeze_panes == "A2" and all(cell.font.b for cell in sheet[1]) and not sheet["A2"].font.b
    for column in sheet.columns:
        longest = max(len(str(cell.value or "")) for cell in column)
        assert sheet.column_dimensions[column[0].column_letter].width > longest


def test_the_overdue_figure_of_a_place_leads_to_its_own_rows(cast: Cast, category: Category, signed_in: Any) -> None:
    """The list behind the figure counts as many as the figure, also for one community of a street."""
    second = make_community(street=cast.street, code="L2")
    take_in(cast)
    resident = make_resident(community=second, household=None)
    register_request(community=second, category=category, words="漏水", resident=resident, by=None, at=MONDAY)
    Task.objects.update(due_at=MONDAY)
    client = signed_in(cast.street_officer)
    for place, late in (("", 2), ("L2", 1), ("ZX", 2)):
        tile = client.get("/dashboard/", {"place": place}).context["tiles"][-1]
        behind = client.get(tile["url"])
        assert tile["value"] == str(late) and len(behind.context["rows"]) == behind.context["value"] == late


@pytest.mark.parametrize("step", ["set_out", "not_home", "verify", "return_to_desk", "assign", "withdraw"])
def test_a_stale_page_of_each_step_keeps_what_was_typed(step: str, cast: Cast, signed_in: Any) -> None:
    request = take_in(cast)
    body = {"seen": request.version, "words": "写了很久的一段话", "officer": cast.officer.pk, "finding": "confirmed",
            "signed_by": "陈平"}  # fmt: skip
    add_words(request, words="别人先动了", by=cast.reception, at=clock.now())
    HelpRequest.objects.filter(pk=request.pk).update(version=request.version + 1)
    answer = signed_in(cast.manager).post(f"/requests/{request.case.number}/{step}/", body)
    assert answer.status_code == 409
    assert "请再看一眼" in answer.content.decode() and "写了很久的一段话" in answer.content.decode()


@pytest.mark.parametrize(
    "step", ["apply", "handle", "pass_to_street", "find_not_eligible", "ask_resident", "ask_extension"]
)
def test_a_step_that_another_took_first_keeps_what_was_typed(step: str, cast: Cast, signed_in: Any) -> None:
    request = put_into(take_in(cast), State.CLOSED, cast.officer)
    answer = signed_in(cast.manager).post(
        f"/requests/{request.case.number}/{step}/", {"seen": request.version, "words": "写了很久的一段话"}
    )
    assert answer.status_code == 409 and "写了很久的一段话" in answer.content.decode()


def test_two_who_check_the_same_paper_do_not_overwrite_each_other(cast: Cast, signed_in: Any) -> None:
    request = put_into(take_in(cast), State.VERIFIED, cast.officer)
    steps.apply(request, by=cast.officer, at=clock.now())
    paper, client = Paper.objects.get(request=request), signed_in(cast.reception)
    page = client.get(f"/requests/{request.case.number}/")
    seen = page.context["papers"][0].seen
    url = f"/requests/{request.case.number}/papers/{paper.pk}/"
    assert client.post(url, {"state": "received", "from_whom": "女儿", "seen": seen}).status_code == 303
    assert client.post(url, {"state": "missing", "seen": seen}).status_code == 409
    paper.refresh_from_db()
    assert (paper.state, paper.from_whom) == ("received", "女儿")


def test_an_officer_who_left_is_not_offered(cast: Cast, signed_in: Any) -> None:
    request = take_in(cast)
    url = f"/requests/{request.case.number}/assign/"
    assert list(signed_in(cast.manager).get(url).context["form"].fields["officer"].queryset) == [cast.officer]
    cast.officer.memberships.update(ends_on=clock.today() - dt.timedelta(days=1))
    assert list(signed_in(cast.manager).get(url).context["form"].fields["officer"].queryset) == []


def test_who_waits_for_the_resident_is_late_nowhere(cast: Cast, category: Category, signed_in: Any) -> None:
    """The clock stands still: list, page, officer's view, API and inbox must not speak of the limit from before."""
    (found,) = several(cast, category, 1)
    found = put_into(found, State.HANDLING, cast.officer)
    asked_at = clock.now() - dt.timedelta(days=9)
    HelpRequest.objects.filter(pk=found.pk).update(due_at=asked_at + dt.timedelta(hours=5))
    found.refresh_from_db()
    assert on_screen(signed_in(cast.officer), "overdue=1") == [found.case.number], "late, were it not"
    take(found, "ask_resident", words="还差一张照片", by=cast.officer, at=asked_at)
    number, officer = found.case.number, signed_in(cast.officer)
    for page in ("/requests/", f"/requests/{number}/", "/field/", "/inbox/", "/desk/"):
        assert "超期 " not in officer.get(page).content.decode(), page
    page = officer.get(f"/requests/{number}/").content.decode()
    assert "不计时" in page and f"{clock.local(asked_at):%m-%d %H:%M} 起等居民补充" in page
    assert officer.get(f"/api/v1/help-requests/{number}/").json()["due_at"] is None
    assert on_screen(officer, "overdue=1") == []


def test_an_error_in_a_folded_form_far_down_the_page_takes_the_cursor(
    cast: Cast, category: Category, signed_in: Any
) -> None:
    request = several(cast, category, 1)[0]
    page = signed_in(cast.elder_account).post(f"/my/requests/{request.case.number}/withdraw/", {"words": ""})
    assert page.status_code == 422 and page.content.decode().count(" autofocus") == 1


def test_a_refused_choice_takes_the_cursor_like_a_refused_text(cast: Cast, category: Category, signed_in: Any) -> None:
    request = put_into(several(cast, category, 1)[0], State.RESOLVED, cast.officer)
    client = signed_in(cast.elder_account)
    page = client.post(f"/my/requests/{request.case.number}/rate/", {"words": "多谢"}).content.decode()
    focused = re.findall(r"<[^>]* autofocus[^>]*>", page)
    assert len(focused) == 1 and 'name="satisfaction"' in focused[0] and "多谢" in page
    asked = client.post("/help/", {"words": "灯坏了"}).content.decode()
    assert re.findall(r'name="(\w+)"[^>]* autofocus', asked) == ["category"]


def test_lists_over_several_houses_say_whose_each_line_is(cast: Cast, category: Category, signed_in: Any) -> None:
    """To a street officer, not to those of one house, who know."""
    request = several(cast, category, 1)[0]
    put_into(request, State.STREET, cast.officer)
    request.case.tasks.update(assignee=None, role="street_officer")
    book(session=make_session(community=cast.home), resident=cast.elder, by=cast.reception, at=clock.now())
    marks = {
        "/requests/": '<br><span class="muted small">龙田社区</span>',
        "/residents/": '<td class="nowrap">龙田社区</td>',
        f"/desk/visits/?day={clock.today() + dt.timedelta(days=3)}": "<br>龙田社区",
        "/inbox/": "龙田社区 · LT-26-0001",
    }

    def said(who: Any) -> list[bool]:
        return [mark in signed_in(who).get(url).content.decode() for url, mark in marks.items()]

    assert not any(said(cast.street_officer)), "a street of one community"
    make_community(street=cast.street, name="新竹社区")
    assert all(said(cast.street_officer)) and not any(said(cast.reception))
    assert "龙田社区" in in_csv(signed_in(cast.reception), "")[0]


def test_the_page_says_the_residents_words_once(cast: Cast, signed_in: Any) -> None:
    request = take_in(cast)
    page = signed_in(cast.reception).get(f"/requests/{request.case.number}/").content.decode()
    assert page.partition("<main")[2].count(f"<blockquote>{request.case.words}</blockquote>") == 1
    add_words(request, words="还有一句", by=cast.reception, at=MONDAY)
    page = signed_in(cast.reception).get(f"/requests/{request.case.number}/").content.decode()
    assert "<blockquote>还有一句</blockquote>" in page, "what came later stands where it was said"
