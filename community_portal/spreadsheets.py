"""Rows out as a spreadsheet. Cells that a spreadsheet would run as a formula are written as text."""

import io
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

_UNSEEN = dict.fromkeys(c for c in range(32) if chr(c) not in "\t\n")
DANGEROUS = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: Any) -> str:
    """Text that no spreadsheet takes for a formula, full-width signs included, or refuses for a control character."""
    text = str(value).translate(_UNSEEN)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def workbook(name: str, lines: list[list[Any]]) -> HttpResponse:
    """One sheet; its first line are headings that stay in sight, and each column is as wide as its words."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for number, column in enumerate(zip(*lines, strict=True), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = min(max(map(_width, column)) + 2, 60)
    headings = [WriteOnlyCell(sheet, heading) for heading in lines[0]]
    for cell in headings:
        cell.font = Font(bold=True)
    sheet.append(headings)
    for line in lines[1:]:
        sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return as_file(out.getvalue(), kind, f"{name}.xlsx")


def _width(value: Any) -> int:
    """A Chinese sign is twice as wide as a digit."""
    return sum(2 if sign > "\u2000" else 1 for sign in str(value))


def as_file(content: str | bytes, kind: str, name: str) -> HttpResponse:
    """An answer that the browser saves under that name."""
    disposition = content_disposition_header(as_attachment=True, filename=name) or ""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
