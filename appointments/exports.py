"""Requests out as a spreadsheet. Cells that a spreadsheet would run as a formula are written as text."""

import csv
import io
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from appointments.queries import Line
from community_portal import clock

_UNSEEN = dict.fromkeys(c for c in range(32) if chr(c) not in "\t\n")
DANGEROUS = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: Any) -> str:
    """Text that no spreadsheet takes for a formula, full-width signs included, or refuses for a control character."""
    text = str(value).translate(_UNSEEN)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _table(rows: list[Line]) -> list[list[str]]:
    head = [_("编号"), _("事由"), _("居民"), _("住址"), _("类别"), _("网格"), _("经办"), _("状态"), _("登记时间")]
    keys = ("number", "title", "resident", "address", "category", "grid", "handler", "state")
    lines = [
        [*(safe_cell(getattr(row, key)) for key in keys), f"{clock.local(row.opened_at):%Y-%m-%d %H:%M}"]
        for row in rows
    ]
    return [head, *lines]


def as_csv(rows: list[Line]) -> HttpResponse:
    """CSV with a byte-order mark, so that office programs read the Chinese."""
    out = io.StringIO()
    csv.writer(out).writerows(_table(rows))
    return _file("\ufeff" + out.getvalue(), "text/csv; charset=utf-8", f"{_name()}.csv")


def as_workbook(rows: list[Line]) -> HttpResponse:
    """An Excel workbook, cells as text."""
    return workbook(_name(), _table(rows))


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
    return _file(out.getvalue(), kind, f"{name}.xlsx")


def _name() -> str:
    return f"{_('求助与帮办')} {clock.today()}"


def _width(value: Any) -> int:
    """A Chinese sign is twice as wide as a digit."""
    return sum(2 if sign > "\u2000" else 1 for sign in str(value))


def _file(content: str | bytes, kind: str, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name) or ""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
