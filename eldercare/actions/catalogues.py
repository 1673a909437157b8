"""Lists of items: read from a workbook with a sentence for each line that cannot be read, held against the list before, and
published as another version. What was published stays as it is: a case keeps the list that it was begun with."""

import datetime as dt
import io
import json
from dataclasses import asdict, dataclass, fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from community_portal.people.models import Role, User
from community_portal.places.models import Street
from community_portal.refusals import Changed, NotAllowed, Refusal
from eldercare.models import CatalogueItem, CatalogueList

NATIONAL = Path(__file__).parent.parent / "catalogue" / "national.json"
MOST_ITEMS, MOST_BYTES = 500, 1024 * 1024
YES = {"是", "1", "true", "yes", "y", "x", "√"}


@dataclass(frozen=True)
class Draft:
    """An item that is not published yet."""

    code: str
    category: str
    name: str
    name_en: str = ""
    is_basic: bool = False
    unit: str = "项"
    price: Decimal | None = None
    price_cap: Decimal | None = None
    needs_works: bool = False
    is_device: bool = False
    may_be_lent: bool = False


COLUMNS = tuple(one.name for one in fields(Draft))
WORDS = ("code", "category", "name", "name_en", "unit")
PRICES = ("price", "price_cap")
LENGTHS: dict[str, int] = {name: getattr(CatalogueItem._meta.get_field(name), "max_length", 0) for name in WORDS}


@dataclass(frozen=True)
class Read:
    """What a workbook holds; nothing is published while there are ``errors`` (line, sentence)."""

    drafts: list[Draft]
    errors: list[tuple[int, str]]


@dataclass(frozen=True)
class Change:
    """One line of a dry run: ``kind`` is ``new``, ``gone`` or ``changed``; ``fields`` the (name, before, after) of a changed one."""

    kind: str
    code: str
    title: str
    fields: list[tuple[str, Any, Any]]


def read_workbook(content: bytes) -> Read:
    """A workbook whose first line names the columns. Raises Refusal for a file that is none."""
    if len(content) > MOST_BYTES:
        raise Refusal(_("文件太大，最多 1 MB。"), code="too_large", field="file")
    try:
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
    except (BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, OSError) as error:
        raise Refusal(_("这不是清单文件：要 Excel（xlsx）。"), code="unreadable", field="file") from error
    lines = sheet.iter_rows(values_only=True, max_row=MOST_ITEMS + 2, max_col=40)
    head = [str(cell or "").strip() for cell in next(lines, ())]
    if missing := [name for name in ("code", "category", "name") if name not in head]:
        raise Refusal(_("第一行要有这些列：%(names)s") % {"names": "、".join(missing)}, code="no_columns", field="file")
    rows = [
        (number, {name: cell for name, cell in zip(head, cells, strict=False) if name in COLUMNS and cell is not None})
        for number, cells in enumerate(lines, start=2)
    ]
    return _read_rows([(number, row) for number, row in rows if row])


def _read_rows(rows: list[tuple[int, dict[str, Any]]]) -> Read:
    if not rows:
        raise Refusal(_("文件里没有项目。"), code="no_items", field="file")
    if len(rows) > MOST_ITEMS:
        raise Refusal(_("一次最多 %(n)s 个项目。") % {"n": MOST_ITEMS}, code="too_many", field="file")
    read = Read([], [])
    codes: set[str] = set()
    for line, row in rows:
        try:
            draft = _draft_from(row)
            if draft.code in codes:
                raise Refusal(_("编号 %(code)s 出现了两次。") % {"code": draft.code}, code="twice")
        except Refusal as refusal:
            read.errors.append((line, str(refusal.sentence)))
        else:
            codes.add(draft.code)
            read.drafts.append(draft)
    return read


def _draft_from(row: dict[str, Any]) -> Draft:
    found: dict[str, Any] = {name: str(row[name]).strip() for name in WORDS if name in row}
    for name in ("code", "category", "name"):
        if not found.get(name):
            raise Refusal(_("缺 %(name)s。") % {"name": name}, code="missing")
    for name, text in found.items():
        if len(text) > LENGTHS[name]:
            raise Refusal(_("%(name)s 太长，最多 %(n)s 个字。") % {"name": name, "n": LENGTHS[name]}, code="too_long")
    if slugify(found["code"]).replace("-", "_") != found["code"].replace("-", "_"):
        raise Refusal(_("编号只用小写英文、数字和下划线。"), code="bad_code")
    found |= {name: _money(name, row[name]) for name in PRICES if name in row}
    truths = [one.name for one in fields(Draft) if one.type is bool]
    found |= {name: str(row[name]).strip().lower() in YES for name in truths if name in row}
    return Draft(**found)


def _money(name: str, cell: Any) -> Decimal | None:
    if str(cell).strip() == "":
        return None
    try:
        amount = Decimal(str(cell)).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise Refusal(_("%(name)s 要是一个数。") % {"name": name}, code="bad_price") from error
    if not 0 <= amount < 10**8:
        raise Refusal(_("%(name)s 不能是负数，也不能太大。") % {"name": name}, code="bad_price")
    return amount


def draft_of(item: CatalogueItem) -> Draft:
    return Draft(**{name: getattr(item, name) for name in COLUMNS})


def newest_list(street: Street | None) -> CatalogueList | None:
    return CatalogueList.objects.filter(street=street).order_by("-version").first()


def differences(before: list[Draft], after: list[Draft]) -> list[Change]:
    """What publishing ``after`` in place of ``before`` would change, what goes last."""
    old, new = {d.code: d for d in before}, {d.code: d for d in after}
    changes = []
    for code, draft in new.items():
        if code not in old:
            changes.append(Change("new", code, draft.name, []))
            continue
        was, now = asdict(old[code]), asdict(draft)
        changed = [(name, was[name], now[name]) for name in COLUMNS if was[name] != now[name]]
        if changed:
            changes.append(Change("changed", code, draft.name, changed))
    return changes + [Change("gone", code, draft.name, []) for code, draft in old.items() if code not in new]


@transaction.atomic
def publish_catalogue(
    drafts: list[Draft],
    *,
    street: Street | None,
    name: str,
    source: str,
    valid_from: dt.date,
    by: User | None,
    at: dt.datetime,
    name_en: str = "",
    seen_version: int | None = None,
) -> CatalogueList:
    """A new version of the street's list (of the national one: ``street`` None). Raises Changed when another was published
    meanwhile, NotAllowed for anybody but the street's officers."""
    _must_publish(by, street)
    if not drafts:
        raise Refusal(_("文件里没有项目。"), code="no_items", field="file")
    before = CatalogueList.objects.select_for_update().filter(street=street).order_by("-version").first()
    version = before.version if before else 0
    if seen_version is not None and seen_version != version:
        raise Changed(_("情况有变：这份清单刚刚出了新的版本，请再看一眼。"))
    made = CatalogueList.objects.create(
        street=street,
        name=name,
        name_en=name_en,
        version=version + 1,
        source=source,
        valid_from=valid_from,
        published_by=by,
        published_at=at,
    )
    CatalogueItem.objects.bulk_create(
        CatalogueItem(catalogue=made, position=n, **vars(draft)) for n, draft in enumerate(drafts, start=1)
    )
    return made


def _must_publish(by: User | None, street: Street | None) -> None:
    if by is None or by.is_superuser:
        return
    if street is None or street.pk not in {m.street_id for m in by.memberships_now if m.role == Role.STREET_OFFICER}:
        raise NotAllowed(_("清单由街道发布。"))


def load_national(*, at: dt.datetime) -> CatalogueList:
    """The recommended list of 2020, published where there is no national list yet; running it again changes nothing."""
    known = CatalogueList.objects.filter(street=None).order_by("-version").first()
    if known is not None:
        return known
    document = json.loads(NATIONAL.read_text())
    return publish_catalogue(
        [Draft(**item) for item in document["items"]],
        street=None,
        name=document["name"],
        name_en=document["name_en"],
        source=document["source"],
        valid_from=dt.date.fromisoformat(document["valid_from"]),
        by=None,
        at=at,
    )
