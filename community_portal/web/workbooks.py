"""Workbooks that somebody uploads: how much there is in one is looked at before any of it is read.

A megabyte of zip unpacks to a gigabyte of blanks. What the zip says of itself holds: no more than that is ever unpacked.
"""

import io
import zipfile
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from community_portal.refusals import Refusal

MOST_BYTES = 1024 * 1024
MOST_UNPACKED = 16 * 1024 * 1024
MOST_PARTS = 200
MOST_SHEETS = 20
LAST_LINE, MOST_COLUMNS = 20_000, 100
Line = tuple[int, tuple[Any, ...]]


def read_workbook(content: bytes, *, most_lines: int, field: str = "file") -> list[Line]:
    """The lines of the first sheet that are not blank, with their numbers, the headings first. Raises Refusal beside ``field`` for
    what is no workbook, and for one that holds more than ``most_lines`` below the headings or more than a machine should unpack."""
    must_be_small(content, field=field)
    if _unpacks_to_too_much(content, field):
        raise _too_large(_("文件解开以后太大，可能不是正常的表格。请只留要用的一张表，另存以后再传。"), field)
    try:
        lines = _lines_of(content, most_lines, field)
    except Refusal:
        raise
    except Exception as error:  # the library stumbles in a dozen ways over files that no office program wrote
        raise _unreadable(field) from error
    return lines


def must_be_small(content: bytes, *, field: str = "file") -> None:
    if len(content) > MOST_BYTES:
        raise _too_large(_("文件太大，最多 1 MB。"), field)


def _unpacks_to_too_much(content: bytes, field: str) -> bool:
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise _unreadable(field) from error
    return len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED


def _lines_of(content: bytes, most_lines: int, field: str) -> list[Line]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    if len(book.sheetnames) > MOST_SHEETS:
        raise _too_large(_("工作表太多，最多 %(n)s 张。") % {"n": MOST_SHEETS}, field)
    sheet = book.worksheets[0]
    if (sheet.max_row or 0) > LAST_LINE:
        raise _too_large(_("表格太长，最多到第 %(n)s 行。请删掉下面的空行再传。") % {"n": LAST_LINE}, field)
    if (sheet.max_column or 0) > MOST_COLUMNS:
        raise _too_large(_("表格太宽，最多 %(n)s 列。请删掉右边的空列再传。") % {"n": MOST_COLUMNS}, field)
    found: list[Line] = []
    cells = sheet.iter_rows(values_only=True, max_row=LAST_LINE, max_col=MOST_COLUMNS)
    for number, values in enumerate(cells, start=1):
        if not any(value is not None for value in values):
            continue
        found.append((number, values))
        if len(found) > most_lines + 1:
            raise _too_large(_("一次最多 %(n)s 行。") % {"n": most_lines}, field)
    return found


def _too_large(sentence: str, field: str) -> Refusal:
    return Refusal(sentence, code="too_large", field=field)


def _unreadable(field: str) -> Refusal:
    return Refusal(_("这不是能读的表格：要 Excel（xlsx）。"), code="unreadable", field=field)
