"""Text that somebody typed, out as a workbook and as CSV: all of Unicode opens, is what it was, and none of it is a formula."""

import csv
import io
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from community_portal.spreadsheets import LONGEST_CELL, comma_separated, readable, workbook

SIGNS = ["=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠", " =", "\u00a0="]
# Halves of pairs and code points that are none included: a database holds some of them, a phone sends them all.
ANY_TEXT = st.text(alphabet=st.characters(), max_size=40)


def opened(lines: list[list[Any]]) -> Any:
    """The sheet, once every part of the file was well-formed XML."""
    content = workbook("试", [["甲"] * len(lines[0]), *lines]).content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            ElementTree.fromstring(parts.read(name))
    return load_workbook(io.BytesIO(content)).active


def as_csv(lines: list[list[Any]]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(comma_separated(lines).removeprefix("\ufeff"), newline="")))


@settings(max_examples=300, deadline=None)
@given(st.lists(ANY_TEXT, min_size=1, max_size=6))
@example(["\ufffe", "\uffff", "\ud83d", "\x00\x0b\x1f", "\ufdd0", "\U0001ffff"])
@example(["_x000D_", "a_x0000__x0041_", "_X005F_x000D_", " _x000a_ "])
@example(["a\rb\r\nc", "\u2028", "\x85", " 前后 ", "#N/A", "2026-11-29", "1e5", "'=1"])
def test_whatever_was_typed_opens_and_is_what_it_was(typed: list[str]) -> None:
    cells = opened([typed])[2]
    assert [cell.value or "" for cell in cells] == [readable(text) for text in typed]
    assert {cell.data_type for cell in cells if cell.value is not None} <= {"s"}
    told = as_csv([typed])[0] if len(typed) > 1 or readable(typed[0]) else [""]
    assert [text.removeprefix("\u200b") for text in told] == [readable(text).removeprefix("\u200b") for text in typed]
    comma_separated([typed]).encode()


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=40))
def test_what_can_be_seen_is_not_touched(text: str) -> None:
    assert readable(text) == text


@pytest.mark.parametrize("sign", SIGNS)
def test_no_cell_is_a_formula_and_no_apostrophe_is_to_be_seen(sign: str) -> None:
    words = f"{sign}cmd|'/c calc'!A0"
    cell = opened([[words]])["A2"]
    assert (cell.value, cell.data_type, cell.number_format) == (words, "s", "@")
    (told,) = as_csv([[words]])[0]
    assert told == f"\u200b{words}"


def test_a_spelled_character_stays_spelled_also_in_excel() -> None:
    content = workbook("试", [["甲"], ["_x000D_"]]).content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "_x000D_" not in sheet, "Excel would read a line end"


def test_a_number_stays_a_number_and_a_term_of_an_error_a_word() -> None:
    row = opened([[3, 0.5, "#REF!", None]])[2]
    assert [(cell.value, cell.data_type) for cell in row[:3]] == [(3, "n"), (0.5, "n"), ("#REF!", "s")]


@pytest.mark.parametrize("sign", ["字", "😀"])
def test_what_does_not_fit_a_cell_says_so(sign: str) -> None:
    value = opened([[sign * 40_000]])["A2"].value
    assert value.endswith("…") and LONGEST_CELL - 1 <= len(value.encode("utf-16-le")) // 2 <= LONGEST_CELL
    fits = sign * (LONGEST_CELL // len(sign.encode("utf-16-le")) * 2)
    assert readable(fits) == fits
