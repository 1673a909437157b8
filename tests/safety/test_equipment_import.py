"""Equipment from a workbook: a dry run that says what would change, and then just that."""

import datetime as dt
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from community_portal.dues.models import DueItem
from community_portal.refusals import Changed, NotAllowed, Refusal
from safety.actions.equipment import scrap_piece
from safety.actions.equipment_import import Draft, import_pieces, plan_import, read_pieces
from safety.models import Equipment
from tests.cast import MONDAY, Cast
from tests.safety.equipping import Crew, make_crew, make_piece, make_place

pytestmark = pytest.mark.django_db
HEAD = ["编号", "种类", "规格", "场所", "楼层", "位置", "出厂", "上次维修"]
LINE = ["MF-0231", "干粉灭火器", "4 公斤", "方圆 2 幢", 3, "楼梯口", dt.datetime(2024, 5, 1), "2026/5/1"]


@pytest.fixture
def crew(cast: Cast) -> Crew:
    return make_crew(cast)


def workbook(*lines: list[Any], head: list[str] = HEAD) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for line in (head, *lines):
        book.active.append(line)
    book.save(out)
    return out.getvalue()


def draft(code: str, **over: Any) -> Draft:
    facts = {"kind": "powder", "premises": "方圆 2 幢", "spot": "楼梯口", "made_on": "2024-05-01", "floor": 3} | over
    return Draft(code=code, **facts)


def read(crew: Crew, *lines: list[Any]) -> Any:
    return read_pieces(workbook(*lines), crew.cast.home, on=MONDAY.date())


def test_a_line_is_read_as_people_write_it(crew: Crew) -> None:
    found = read(crew, LINE)
    assert found.errors == []
    assert found.drafts == [draft("MF-0231", spec="4 公斤", serviced_on="2026-05-01")]


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, "火1"), (1, "水桶"), (3, "没有的楼"), (4, "三"), (4, 999), (5, ""), (6, "去年"), (6, dt.datetime(2030, 1, 1)),
     (7, "2020-01-01"), (2, "长" * 41)],
)  # fmt: skip
def test_each_line_that_cannot_be_read_says_why(crew: Crew, place: int, value: Any) -> None:
    wrong = list(LINE)
    wrong[place] = value
    found = read(crew, LINE, wrong)
    assert len(found.drafts) == 1 and [line for line, _said in found.errors] == [3]


def test_one_code_twice_is_said(crew: Crew) -> None:
    assert "出现了两次" in read(crew, LINE, LINE).errors[0][1]


@pytest.mark.parametrize("content", [b"nothing", workbook(head=["编号"]), workbook()])
def test_what_is_no_list_of_equipment_is_refused(crew: Crew, content: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        read_pieces(content, crew.cast.home, on=MONDAY.date())
    assert refused.value.field == "file"


def test_new_changed_moved_and_the_same_are_told_apart_and_taken_over(crew: Crew) -> None:
    make_place(crew.cast, "方圆 3 幢")
    import_pieces([draft(f"MF-{n}") for n in range(3)], crew.cast.home, by=crew.safety, at=MONDAY)
    drafts = [draft("MF-0"), draft("MF-1", premises="方圆 3 幢"), draft("MF-2", spec="4 公斤"), draft("MF-3")]
    plan = plan_import(drafts, crew.cast.home)
    assert [(one.kind, one.code) for one in plan.changes] == [("moved", "MF-1"), ("changed", "MF-2"), ("new", "MF-3")]
    assert plan.same == 1 and Equipment.objects.count() == 3  # a dry run changes nothing
    assert import_pieces(drafts, crew.cast.home, by=crew.safety, at=MONDAY, edition=plan.edition) == (1, 2)
    moved = Equipment.objects.get(code="MF-1")
    assert moved.events.get(what="moved").was == "方圆 2 幢 3 层 楼梯口"
    assert moved.service_due_on == dt.date(2029, 5, 1)
    assert DueItem.objects.open().filter(subject_ref=moved.premises.ref).exists()
    with pytest.raises(Changed):  # the register is another now
        import_pieces(drafts, crew.cast.home, by=crew.safety, at=MONDAY, edition=plan.edition)


def test_codes_of_others_and_of_what_was_scrapped_are_refused(crew: Crew) -> None:
    piece = make_piece(crew, code="MF-9")
    with pytest.raises(NotAllowed):
        import_pieces([draft("MF-1")], crew.cast.home, by=crew.cast.stranger, at=MONDAY)
    with pytest.raises(Refusal) as refused:
        plan_import([draft("MF-9")], crew.cast.next_door)
    assert refused.value.code == "foreign"
    scrap_piece(piece, words="锈穿", by=crew.safety, at=MONDAY)
    with pytest.raises(Refusal) as refused:
        plan_import([draft("MF-9")], crew.cast.home)
    assert refused.value.code == "scrapped"


def test_many_cost_as_many_statements_as_few(crew: Crew) -> None:
    counts = []
    for start, many in ((0, 2), (10, 2), (100, 90)):
        with CaptureQueriesContext(connection) as asked:
            import_pieces([draft(f"MF-{start + n}") for n in range(many)], crew.cast.home, by=crew.safety, at=MONDAY)
        counts.append(len(asked))
    assert counts[1] == counts[2]


def test_on_the_page_first_what_it_would_change_then_just_that(crew: Crew, signed_in: Any) -> None:
    client: Client = signed_in(crew.safety)
    upload = SimpleUploadedFile("器材.xlsx", workbook(LINE))
    page = client.post("/safety/equipment/import/", {"file": upload, "once": "a"}).content.decode()
    assert "MF-0231" in page and not Equipment.objects.exists()
    approved = re.search(r'name="approved" value="([^"]+)"', page)[1]  # type: ignore[index]
    assert client.post("/safety/equipment/import/", {"approved": approved, "once": "b"}).status_code == 303
    assert Equipment.objects.get().code == "MF-0231"
    assert client.post("/safety/equipment/import/", {"approved": approved + "x", "once": "c"}).status_code == 409


def test_what_is_exported_can_be_imported_again_and_changes_nothing(crew: Crew, signed_in: Any) -> None:
    make_piece(crew, spec="4 公斤", responsible="王师傅")
    content = signed_in(crew.safety).get("/safety/equipment/?as=xlsx").content
    assert load_workbook(io.BytesIO(content)).active.max_row == 2
    found = read_pieces(content, crew.cast.home, on=MONDAY.date())
    assert found.errors == [] and plan_import(found.drafts, crew.cast.home).changes == []
