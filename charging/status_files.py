"""A file of states as operators write them: which columns it has, in which alphabet it is kept, and what each line says."""

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from charging.actions.statuses import MOST, Heard
from community_portal import clock
from community_portal.refusals import Refusal
from community_portal.web.workbooks import must_be_small

# Each column by the names under which it comes.
COLUMNS = {
    "port": ("插座", "编号", "port"),
    "word": ("状态", "state", "status"),
    "at": ("时间", "at", "time"),
    "code": ("故障码", "code", "error"),
    "event_id": ("流水号", "event_id", "id"),
}
MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M")
RUNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Read:
    """What the file says, and which of its lines cannot be, with their numbers."""

    heard: list[Heard]
    refused: list[tuple[int, str]]


def read_statuses(content: bytes) -> Read:
    """Raises Refusal beside ``file`` for what is no such table."""
    must_be_small(content)
    text = _text(content)
    lines = list(csv.reader(io.StringIO(text), dialect=_dialect(text)))
    lines = [[cell.strip().strip("\u200b") for cell in line] for line in lines if any(cell.strip() for cell in line)]
    if not lines:
        raise _no(_("文件是空的。"), "empty")
    places = _places(lines[0])
    if len(lines) - 1 > MOST:
        raise _no(_("一次最多 %(n)s 行。") % {"n": MOST}, "too_large")
    heard: list[Heard] = []
    refused: list[tuple[int, str]] = []
    for number, line in enumerate(lines[1:], start=2):
        try:
            heard.append(_heard(line, places))
        except ValueError as error:
            refused.append((number, str(error)))
    return Read(heard, refused)


def _text(content: bytes) -> str:
    """With its mark or without, as UTF-8 or as Chinese office programs keep it."""
    for alphabet in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(alphabet)
            if "\0" not in text:
                return text
        except UnicodeDecodeError:
            continue
    raise _no(_("这不是能读的表格：要 CSV，UTF-8 或 GBK。"), "unreadable")


def _dialect(text: str) -> Any:
    """Commas, or what stands for them where the comma is that of numbers."""
    head = text.partition("\n")[0]
    chosen = csv.excel()
    chosen.delimiter = max(",;\t", key=head.count)
    return chosen


def _places(head: list[str]) -> dict[str, int]:
    named = [cell.casefold() for cell in head]
    places = {
        column: next((named.index(name) for name in names if name in named), -1) for column, names in COLUMNS.items()
    }
    missing = [COLUMNS[column][0] for column in ("port", "word", "at") if places[column] < 0]
    if missing:
        raise _no(_("缺少这些列：%(names)s。") % {"names": _("、").join(missing)}, "no_columns")
    return places


def _heard(line: list[str], places: dict[str, int]) -> Heard:
    cells = {column: line[place] if 0 <= place < len(line) else "" for column, place in places.items()}
    if any(cell.startswith(RUNS) for cell in cells.values()):
        raise ValueError(_("有公式，只收文字和数字。"))
    if not cells["port"] or not cells["word"]:
        raise ValueError(_("插座和状态都要填。"))
    at = _moment(cells["at"])
    told = "|".join((cells["port"].upper(), cells["word"], at.isoformat()))
    # A line without a number of its own is known again by what it says.
    event_id = cells["event_id"] or f"csv:{hashlib.sha256(told.encode()).hexdigest()[:32]}"
    return Heard(event_id[:60], at, cells["word"], port=cells["port"].upper(), vendor_code=cells["code"])


def _moment(text: str) -> dt.datetime:
    """In Shanghai, unless it says otherwise."""
    try:
        found = dt.datetime.fromisoformat(text)
        return found if found.tzinfo else clock.at_wall(found.date(), found.time())
    except ValueError:
        pass
    for form in MOMENTS:
        try:
            found = dt.datetime.strptime(text, form)
            return clock.at_wall(found.date(), found.time())
        except ValueError:
            continue
    raise ValueError(_("看不懂时间“%(text)s”，写成 2026-11-30 14:05。") % {"text": text[:30]})


def _no(sentence: str, code: str) -> Refusal:
    return Refusal(sentence, code=code, field="file")


def to_sign(heard: Iterable[Heard]) -> list[list[Any]]:
    """What was shown, so that exactly this is taken in."""
    return [[one.event_id, one.at.isoformat(), one.word, one.port, one.vendor_code] for one in heard]


def from_signed(rows: list[list[Any]]) -> list[Heard]:
    return [
        Heard(event_id, dt.datetime.fromisoformat(at), word, port=port, vendor_code=code)
        for event_id, at, word, port, code in rows
    ]
