"""A list of matters out as a spreadsheet (spreadsheets.py), with the columns of its kind."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from community_portal import clock
from community_portal.matters.lists import Line, Table
from community_portal.spreadsheets import as_file, comma_separated, workbook

MOST = 5000
WHY = gettext_noop("导出名单")  # what the look log says of whoever's line went out


def _lines(table: Table) -> list[list[Any]]:
    """The first ``MOST``, and where there are more, a last line that says so."""
    own = [str(column.heading) for column in table.listed.columns]
    head = [
        _("编号"), _("事由"), _("居民"), _("住址"), *own, _("社区"), _("网格"), _("经办"), _("状态"), _("时限"), _("登记时间"),
    ]  # fmt: skip
    lines = [_cells(row) for row in table.lines[:MOST]]
    if len(table) > MOST:
        more = _("只导出了最新的 %(n)s 件，请缩小筛选范围再导出。") % {"n": MOST}
        lines.append([more] + [""] * (len(head) - 1))
    return [head, *lines]


def _cells(row: Line) -> list[Any]:
    return [
        row.number, row.title, row.resident, row.address, *row.exported, row.house, row.grid, row.handler, row.state,
        _minute(row.due_at), _minute(row.opened_at),
    ]  # fmt: skip


def _minute(moment: dt.datetime | None) -> str:
    """A moment that a file can keep: the list's own words are those of today."""
    return f"{clock.local(moment):%Y-%m-%d %H:%M}" if moment else ""


def as_csv(table: Table) -> HttpResponse:
    """For whatever else reads tables."""
    return as_file(comma_separated(_lines(table)), "text/csv; charset=utf-8", f"{_name(table)}.csv")


def as_workbook(table: Table) -> HttpResponse:
    """An Excel workbook, cells as text."""
    return workbook(_name(table), _lines(table))


def _name(table: Table) -> str:
    return f"{table.listed.title} {clock.today()}"
