"""Requests out as a spreadsheet. Cells that a spreadsheet would run as a formula are written as text."""

import csv
import io
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook

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
    return HttpResponse(
        "\ufeff" + out.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="requests.csv"'},
    )


def as_workbook(rows: list[Line]) -> HttpResponse:
    """An Excel workbook, cells as text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("requests")
    for line in _table(rows):
        sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return HttpResponse(
        out.getvalue(),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": 'attachment; filename="requests.xlsx"'},
    )
