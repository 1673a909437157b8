"""Rows out as a spreadsheet: whatever somebody typed opens in every office program, as the text it was, never as a formula."""

import csv
import io
import re
from numbers import Number
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.rich_text import CellRichText
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

# What XML 1.0 cannot hold, however it is written: control characters, halves of a pair, code points that are none.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?")
# A workbook spells characters that XML cannot hold as _x000D_: typed by somebody, it would turn into one.
_SPELLED = re.compile("(?<=_)(?=x[0-9A-Fa-f]{4}_)")
LONGEST_CELL = 32_767  # in units of UTF-16, as office programs count
# A program that reads a CSV runs what begins so, full-width signs included, also behind a blank.
_RUNS = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\n]")
# Nothing to be seen, and no blank that a program drops: the cell begins with it, so it is text. Our forms take it off again.
_AS_TEXT = "\u200b"


def readable(value: Any) -> str:
    """The text that every office program can open, empty for nothing; what does not fit a cell ends in …"""
    text = _UNWRITABLE.sub("", _LINE_ENDS.sub("\n", "" if value is None else str(value)))
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_CELL:
        return text
    return units[: 2 * (LONGEST_CELL - 1)].decode("utf-16-le", errors="ignore") + "…"


def comma_separated(lines: list[list[Any]]) -> str:
    """A CSV with a byte-order mark, so that office programs read the Chinese."""
    out = io.StringIO()
    csv.writer(out).writerows([_inert(readable(value)) for value in line] for line in lines)
    return "\ufeff" + out.getvalue()


def _inert(text: str) -> str:
    return _AS_TEXT + text if _RUNS.match(text) else text


def workbook(name: str, lines: list[list[Any]]) -> HttpResponse:
    """One sheet; its first line are headings that stay in sight, and each column is as wide as its words."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for number, column in enumerate(zip(*lines, strict=True), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = min(max(map(_width, column)) + 2, 60)
    headings = [_cell(sheet, heading) for heading in lines[0]]
    for cell in headings:
        cell.font = Font(bold=True)
    sheet.append(headings)
    for line in lines[1:]:
        sheet.append([_cell(sheet, value) for value in line])
    out = io.BytesIO()
    book.save(out)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return as_file(out.getvalue(), kind, f"{name}.xlsx")


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:
    """A number stays one, nothing stays empty. All else is text, also when it looks like a formula, an error or a date."""
    if value is None or isinstance(value, Number):
        return WriteOnlyCell(sheet, value)
    text = readable(value)
    parts = _SPELLED.split(text)
    cell = WriteOnlyCell(sheet, CellRichText(parts) if len(parts) > 1 else text)
    cell.data_type = "s"
    if _RUNS.match(text):
        cell.number_format = "@"  # still text after somebody went into the cell and left it
    return cell


def _width(value: Any) -> int:
    """A Chinese sign is twice as wide as a digit."""
    return sum(2 if sign > "\u2000" else 1 for sign in str(value))


def as_file(content: str | bytes, kind: str, name: str) -> HttpResponse:
    """An answer that the browser saves under that name."""
    disposition = content_disposition_header(as_attachment=True, filename=name) or ""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
