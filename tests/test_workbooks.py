"""An uploaded workbook is looked at before it is unpacked: what would fill a machine is refused in a sentence, at once."""

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from community_portal.refusals import Refusal
from community_portal.rules.drafts import read_file
from community_portal.web.workbooks import MOST_BYTES, MOST_COLUMNS, MOST_SHEETS, read_workbook

SHEET = "xl/worksheets/sheet1.xml"
SHARED = "xl/sharedStrings.xml"


def workbook(*lines: list, sheets: int = 1) -> bytes:
    book = Workbook()
    for line in lines:
        book.active.append(line)
    for _number in range(1, sheets):
        book.create_sheet()
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """A workbook of two lines in which one part is another."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(["code"], ["R1"]))) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part), zipfile.ZIP_DEFLATED)
        if name not in old.namelist():
            new.writestr(name, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def sheet_of(rows: str, dimension: str = "") -> bytes:
    dimension = dimension and f'<dimension ref="{dimension}"/>'
    start = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return with_part(SHEET, f"{start}{dimension}<sheetData>{rows}</sheetData></worksheet>".encode())


def cell(at: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>甲</t></is></c>'


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a sheet of blanks": (lambda: with_part(SHEET, b" " * 60_000_000), "too_large"),
    "words of the whole book": (lambda: with_part(SHARED, b"<sst>" + b"<si><t>a</t></si>" * 2_000_000), "too_large"),
    "a part that no sheet names": (lambda: with_part("xl/media/one.bin", bytes(60_000_000)), "too_large"),
    "many sheets": (lambda: workbook(["code"], sheets=MOST_SHEETS + 1), "too_large"),
    "a dimension of the whole grid": (lambda: sheet_of("", "A1:XFD1048576"), "too_large"),
    "wider than any list": (lambda: workbook(["甲"] * (MOST_COLUMNS + 1)), "too_large"),
    "more lines than are taken": (lambda: workbook(*[["甲"]] * 12), "too_large"),
    "more bytes than are taken": (lambda: b"PK\x03\x04" + bytes(MOST_BYTES), "too_large"),
    "entities in entities": (
        lambda: with_part(SHEET, b'<!DOCTYPE a [<!ENTITY x "' + b"x" * 90 + b'">%s]><worksheet>&x20;</worksheet>' % b"".join(
            b'<!ENTITY x%d "%s">' % (n, b"&x%s;" % (str(n - 1).encode() if n > 1 else b"") * 10) for n in range(1, 21)
        )),
        "unreadable",
    ),
    "no zip": (lambda: b"hello", "unreadable"),
    "a zip of something else": (lambda: _zip("a.txt", b"a"), "unreadable"),
    "cut off": (lambda: workbook(["code"])[:-200], "unreadable"),
    "XML that breaks off": (lambda: with_part(SHEET, b"<worksheet><sheetData><row>"), "unreadable"),
}  # fmt: skip


def _zip(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("kind", BOMBS)
def test_it_is_refused_in_a_sentence_and_unpacks_nothing(kind: str) -> None:
    make, code = BOMBS[kind]
    content = make()
    tracemalloc.start()
    begun = time.perf_counter()
    with pytest.raises(Refusal) as refused:
        read_workbook(content, most_lines=10)
    took, most = time.perf_counter() - begun, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (refused.value.code, refused.value.field) == (code, "file") and str(refused.value.sentence).endswith("。")
    assert most < 16_000_000 and took < 3, (most, took)


def test_a_row_that_says_it_is_far_below_takes_no_time() -> None:
    begun = time.perf_counter()
    far = f'<row r="1">{cell("A1")}</row><row r="99999999999">{cell("A99999999999")}</row>'
    assert [number for number, _values in read_workbook(sheet_of(far), most_lines=10)] == [1]
    assert time.perf_counter() - begun < 2


def test_lines_keep_their_numbers_and_blank_ones_count_for_nothing() -> None:
    found = read_workbook(workbook(["code"], [None], ["R1"], [None], [None], ["R2"]), most_lines=2)
    assert [(number, values[0]) for number, values in found] == [(1, "code"), (3, "R1"), (6, "R2")]


def test_rules_are_read_so() -> None:
    for kind in ("a sheet of blanks", "words of the whole book", "XML that breaks off"):
        with pytest.raises(Refusal):
            read_file(BOMBS[kind][0](), "rules.xlsx")


PLAIN = workbook(["code"], ["R1"])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_a_byte_becomes_it_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(PLAIN)
    for _change in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_workbook(bytes(content), most_lines=10)
    except Refusal as refusal:
        assert refusal.sentence
