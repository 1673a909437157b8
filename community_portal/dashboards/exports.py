"""The table of communities as a workbook."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from community_portal.measure import FIGURES
from community_portal.measure.boards import Board
from community_portal.spreadsheets import workbook


def table_as_workbook(board: Board, table: Iterable[dict[str, Any]], period: Any) -> HttpResponse:
    """One row per community; numbers stay numbers, and what has no base stays empty."""
    heads = [
        _("%(figure)s（%(unit)s）") % {"figure": column.head, "unit": FIGURES[column.figure].unit}
        for column in board.columns
    ]
    lines = [[row["name"], *(cell["value"] for cell in row["cells"])] for row in table]
    return workbook(f"{_('数据看板')} {period.first}–{period.last}", [[_("社区"), *heads], *lines])
