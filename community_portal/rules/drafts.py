"""Rules before they are published: read from a JSON document or a workbook with a sentence for each line that cannot be read,
and held against what is in force, so that somebody sees what would change before it does."""

import json
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from community_portal.refusals import Refusal
from community_portal.rules.evaluation import as_number
from community_portal.rules.models import Operator, Rule, Severity, Waiver
from community_portal.web.workbooks import must_be_small, read_workbook

MOST_RULES = 500


@dataclass(frozen=True)
class Draft:
    """A rule that is not published yet: the fields of ``Rule``, ``position`` aside."""

    code: str
    title: str
    plain: str
    parameter: str
    operator: str
    limit: Any = None
    unit: str = ""
    severity: str = Severity.HARD
    waiver: str = Waiver.NONE
    clause: str = ""
    applies: dict[str, Any] = field(default_factory=dict)
    title_en: str = ""
    plain_en: str = ""


COLUMNS = tuple(one.name for one in fields(Draft))
LENGTHS: dict[str, int] = {
    name: getattr(Rule._meta.get_field(name), "max_length", 0) for name in COLUMNS if name not in ("limit", "applies")
}


@dataclass(frozen=True)
class Read:
    """What a file holds: ``drafts`` that can be published, and ``errors`` as (line, sentence); nothing is published while there are any."""

    drafts: list[Draft]
    errors: list[tuple[int, str]]


@dataclass(frozen=True)
class Change:
    """One line of a dry run: ``kind`` is ``new``, ``gone`` or ``changed``; ``fields`` the (name, before, after) of a changed one;
    ``draft`` is the rule as it will stand, of one that goes as it stood."""

    kind: str
    draft: Draft
    fields: list[tuple[str, Any, Any]]


def read_file(content: bytes, name: str) -> Read:
    """A JSON list (or a document with ``rules``), or a workbook whose first line names the columns. Raises Refusal for a file
    that is neither."""
    must_be_small(content)
    rows = _rows_of_workbook(content) if name.lower().endswith(".xlsx") else _rows_of_json(content)
    if not rows:
        raise Refusal(_("文件里没有规则。"), code="no_rules", field="file")
    if len(rows) > MOST_RULES:
        raise Refusal(_("一次最多 %(n)s 条规则。") % {"n": MOST_RULES}, code="too_many", field="file")
    return read_rows(rows)


def _rows_of_json(content: bytes) -> list[tuple[int, dict[str, Any]]]:
    try:
        document = json.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Refusal(_("这不是规则文件：要 JSON 或 Excel（xlsx）。"), code="unreadable", field="file") from error
    rows = document.get("rules") if isinstance(document, dict) else document
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refusal(_("这不是规则文件：要 JSON 或 Excel（xlsx）。"), code="unreadable", field="file")
    return list(enumerate(rows, start=1))


def _rows_of_workbook(content: bytes) -> list[tuple[int, dict[str, Any]]]:
    (_number, first), *lines = read_workbook(content, most_lines=MOST_RULES) or [(1, ())]
    head = [str(cell or "").strip() for cell in first]
    missing = [name for name in ("code", "title", "plain", "parameter", "operator") if name not in head]
    if missing:
        raise Refusal(_("第一行要有这些列：%(names)s") % {"names": "、".join(missing)}, code="no_columns", field="file")
    found = []
    for number, cells in lines:
        row = {name: cell for name, cell in zip(head, cells, strict=False) if name in COLUMNS and cell is not None}
        if row:
            found.append((number, {name: _from_cell(name, cell) for name, cell in row.items()}))
    return found


def _from_cell(name: str, cell: Any) -> Any:
    """Limits and conditions stand in a cell as JSON; a limit that is none is a word."""
    if name not in ("limit", "applies") or not isinstance(cell, str):
        return cell
    try:
        return json.loads(cell, parse_float=Decimal)
    except ValueError:
        return cell if name == "limit" else {"?": cell}


def read_rows(rows: list[tuple[int, dict[str, Any]]]) -> Read:
    """Rows as (line, values); a line that cannot be read gets a sentence, and the others are read all the same."""
    drafts: list[Draft] = []
    errors: list[tuple[int, str]] = []
    codes: set[str] = set()
    for line, row in rows:
        wrong = _wrong_with(row, codes)
        if wrong:
            errors.append((line, wrong))
            continue
        codes.add(row["code"])
        drafts.append(Draft(**{name: row[name] for name in COLUMNS if name in row}))
    return Read(drafts, errors)


def _wrong_with(row: dict[str, Any], codes: set[str]) -> str:
    """The first thing that keeps a line from being a rule, as a sentence; empty when nothing does."""
    for name in ("code", "title", "plain", "parameter", "operator"):
        if not isinstance(row.get(name), str) or not row[name].strip():
            return _("缺 %(name)s。") % {"name": name}
    for name, longest in LENGTHS.items():
        if len(str(row.get(name, ""))) > (longest):
            return _("%(name)s 太长，最多 %(n)s 个字。") % {"name": name, "n": longest}
    if row["code"] in codes:
        return _("规则编号 %(code)s 出现了两次。") % {"code": row["code"]}
    return _wrong_choice(row) or _wrong_limit(row["operator"], row.get("limit")) or _wrong_condition(row)


def _wrong_choice(row: dict[str, Any]) -> str:
    for name, choices in (("operator", Operator), ("severity", Severity), ("waiver", Waiver)):
        if name in row and row[name] not in choices.values:
            return _("%(name)s 只能是：%(values)s。") % {"name": name, "values": " ".join(choices.values)}
    if row.get("severity", Severity.HARD) == Severity.HARD and row.get("waiver", Waiver.NONE) != Waiver.NONE:
        return _("必须满足的规则不能豁免。")
    return ""


def _wrong_limit(operator: str, limit: Any) -> str:
    if operator in (Operator.AT_MOST, Operator.AT_LEAST) and as_number(limit) is None:
        return _("限值要是一个数。")
    if operator == Operator.BETWEEN:
        bounds = [as_number(one) for one in limit] if isinstance(limit, list) else []
        low, high = bounds if len(bounds) == 2 else (None, None)
        if low is None or high is None or low > high:
            return _("限值要是两个数，小的在前，如 [1, 3]。")
    if operator == Operator.AMONG and (not isinstance(limit, list) or not limit):
        return _('限值要是一个列表，如 ["a", "b"]。')
    return _("缺限值。") if operator == Operator.EQUAL and limit is None else ""


def _wrong_condition(row: dict[str, Any]) -> str:
    applies = row.get("applies", {})
    if not isinstance(applies, dict) or "?" in applies:
        return _('适用条件要写成 {"名称": ["值"]}。')
    return ""


def draft_of(rule: Rule) -> Draft:
    """A published rule as a draft of the next version."""
    return Draft(**{name: getattr(rule, name) for name in COLUMNS})


def differences(before: list[Draft], after: list[Draft]) -> list[Change]:
    """What publishing ``after`` in place of ``before`` would change, in the order of ``after``, what goes last."""
    old, new = {d.code: d for d in before}, {d.code: d for d in after}
    changes = []
    for code, draft in new.items():
        if code not in old:
            changes.append(Change("new", draft, []))
            continue
        was, now = asdict(old[code]), asdict(draft)
        changed = [(name, was[name], now[name]) for name in COLUMNS if not _is_same(was[name], now[name])]
        if changed:
            changes.append(Change("changed", draft, changed))
    return changes + [Change("gone", draft, []) for code, draft in old.items() if code not in new]


def _is_same(one: Any, other: Any) -> bool:
    """2 and 2.0 are the same limit."""
    left, right = as_number(one), as_number(other)
    return left == right if left is not None and right is not None else one == other
