"""The table of communities as a workbook."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from community_portal.spreadsheets import workbook


def table_as_workbook(table: list[dict[str, Any]], period: Any) -> HttpResponse:
    """One row per community; numbers stay numbers."""
    columns = (
        ("name", _("社区")), ("requests_taken_in", _("受理（件）")), ("requests_resolved", _("办好（件）")),
        ("on_time_rate", _("按时办结率")), ("satisfaction", _("满意率")), ("visits", _("到访（人次）")),
        ("no_shows", _("爽约（人次）")), ("problems_solved", _("实际解决（件）")), ("overdue", _("超期（件）")),
    )  # fmt: skip
    lines = [[row[key] for key, _label in columns] for row in table]
    return workbook(f"{_('数据看板')} {period.first}–{period.last}", [[label for _key, label in columns], *lines])
