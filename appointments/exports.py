"""Requests out as a spreadsheet (spreadsheets.py)."""

import csv
import io

from django.http import HttpResponse
from django.utils.translation import gettext as _

from appointments.queries import Line
from community_portal import clock
from community_portal.spreadsheets import as_file, safe_cell, workbook


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
    return as_file("\ufeff" + out.getvalue(), "text/csv; charset=utf-8", f"{_name()}.csv")


def as_workbook(rows: list[Line]) -> HttpResponse:
    """An Excel workbook, cells as text."""
    return workbook(_name(), _table(rows))


def _name() -> str:
    return f"{_('求助与帮办')} {clock.today()}"
