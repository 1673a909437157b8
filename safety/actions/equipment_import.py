"""Equipment from a workbook: read line by line with a sentence for each that cannot be, held against the register, and taken over as a
whole. A few statements, however many pieces."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.people.models import Organisation, User
from community_portal.places.models import Community
from community_portal.refusals import Changed, Refusal
from community_portal.web.editions import edition_of
from community_portal.web.inputs import visible
from community_portal.web.workbooks import read_workbook
from safety.actions.equipment import CODE, FLOORS, must_keep
from safety.equipment_dues import follow_pieces, follow_places
from safety.equipment_rules import EquipmentRules, set_dates
from safety.models import Equipment, EquipmentEvent, Premises
from safety.workflow.equipment import EquipmentKind, Standing, Told

MOST = 1000
HEADINGS = {
    "编号": "code", "种类": "kind", "规格": "spec", "场所": "premises", "楼层": "floor", "位置": "spot",
    "离楼梯（米）": "from_stairs_m", "出厂": "made_on", "上次维修": "serviced_on", "厂家报废日期": "maker_scrap_on",
    "责任单位": "organisation", "责任人": "responsible",
}  # fmt: skip
NEEDED = ("编号", "种类", "场所", "位置", "出厂")
DAYS = ("made_on", "serviced_on", "maker_scrap_on")
FACTS = ("kind", "spec", "from_stairs_m", "made_on", "serviced_on", "maker_scrap_on", "organisation_id", "responsible")
WHERE = ("premises_id", "floor", "spot")


@dataclass(frozen=True)
class Draft:
    """A line; days as 2026-12-02, so that it can be shown, sealed and read again."""

    code: str
    kind: str
    premises: str
    spot: str
    made_on: str
    spec: str = ""
    floor: int | None = None
    from_stairs_m: int | None = None
    serviced_on: str = ""
    maker_scrap_on: str = ""
    organisation: str = ""
    responsible: str = ""


class Read(NamedTuple):
    """Nothing is taken over while there are ``errors`` (line, sentence)."""

    drafts: list[Draft]
    errors: list[tuple[int, str]]


class Change(NamedTuple):
    """One line of the dry run: ``kind`` is ``new``, ``moved`` or ``changed``."""

    kind: str
    code: str
    before: str
    after: str


class Plan(NamedTuple):
    """What taking over would do; ``edition`` is of the register that it was held against."""

    changes: list[Change]
    same: int
    edition: str


# ---- reading -----------------------------------------------------------------------------------------------------------
def read_pieces(content: bytes, community: Community, *, on: dt.date) -> Read:
    """Raises Refusal beside ``file`` for what is no workbook or lacks a column."""
    lines = read_workbook(content, most_lines=MOST)
    head = [str(cell or "").strip() for cell in lines[0][1]] if lines else []
    if missing := [name for name in NEEDED if name not in head]:
        raise Refusal(_("第一行要有这些列：%(names)s") % {"names": "、".join(missing)}, code="no_columns", field="file")
    if len(lines) < 2:
        raise Refusal(_("文件里没有器材。"), code="no_pieces", field="file")
    return _read_lines(head, lines[1:], _names(community), on)


def _names(community: Community) -> tuple[set[str], set[str]]:
    premises = set(Premises.objects.filter(community=community).values_list("name", flat=True))
    firms = Organisation.objects.working_in(community.street)
    return premises, set(firms.values_list("name", flat=True))


def _read_lines(head: list[str], lines: Sequence[Any], names: tuple[set[str], set[str]], on: dt.date) -> Read:
    read, codes = Read([], []), set[str]()
    for number, cells in lines:
        row = {HEADINGS[name]: cell for name, cell in zip(head, cells, strict=False) if name in HEADINGS}
        try:
            draft = _draft(row, names, on)
            if draft.code in codes:
                raise Refusal(_("编号 %(code)s 出现了两次。") % {"code": draft.code}, code="twice")
        except Refusal as refusal:
            read.errors.append((number, str(refusal.sentence)))
        else:
            codes.add(draft.code)
            read.drafts.append(draft)
    return read


def _draft(row: dict[str, Any], names: tuple[set[str], set[str]], on: dt.date) -> Draft:
    facts: dict[str, Any] = {
        name: _text(row, name) for name in ("code", "kind", "premises", "spot", "spec", "organisation", "responsible")
    }
    facts |= {name: _number(row, name) for name in ("floor", "from_stairs_m")}
    facts |= {name: _day(row, name) for name in DAYS}
    draft = Draft(**facts | {"code": facts["code"].upper(), "kind": _kind(facts["kind"])})
    _must_be(draft, names, on)
    return draft


LONGEST = {"code": 16, "kind": 20, "premises": 60, "spot": 60, "spec": 40, "organisation": 80, "responsible": 50}
SAID = {code: words for words, code in HEADINGS.items()}


def _text(row: dict[str, Any], name: str) -> str:
    text = visible(str(row.get(name) if row.get(name) is not None else "")).strip()
    if len(text) > LONGEST[name]:
        raise Refusal(_("%(name)s 太长，最多 %(n)s 个字。") % {"name": SAID[name], "n": LONGEST[name]}, code="too_long")
    return text


def _number(row: dict[str, Any], name: str) -> int | None:
    cell = row.get(name)
    if cell is None or str(cell).strip() == "":
        return None
    try:
        number = int(str(cell).strip())
    except ValueError as error:
        raise Refusal(_("%(name)s 要是一个整数。") % {"name": SAID[name]}, code="bad_number") from error
    if name == "floor" and number not in FLOORS or name != "floor" and not 0 <= number <= 500:
        raise Refusal(_("%(name)s 不对：%(n)s。") % {"name": SAID[name], "n": number}, code="bad_number")
    return number


def _day(row: dict[str, Any], name: str) -> str:
    cell = row.get(name)
    if cell is None or str(cell).strip() == "":
        return ""
    day = cell.date() if isinstance(cell, dt.datetime) else _typed_day(str(cell))
    if day is None:
        raise Refusal(_("%(name)s 要是日期，如 2024-05-01。") % {"name": SAID[name]}, code="bad_day")
    return f"{day}"


def _typed_day(text: str) -> dt.date | None:
    """2024-05-01, 2024/5/1, 2024.5.1."""
    parts = re.split(r"[-/.]", text.strip())
    if len(parts) != 3 or not all(part.isdecimal() and len(part) <= 4 for part in parts):
        return None
    year, month, day = parts
    return clock.read_day(f"{year:0>4}-{month:0>2}-{day:0>2}")


def _kind(typed: str) -> str:
    by_label = {str(kind.label): kind.value for kind in EquipmentKind}
    found = by_label.get(typed, typed)
    if found not in EquipmentKind.values:
        raise Refusal(_("没有这一种：%(kind)s。") % {"kind": typed[:20]}, code="no_kind")
    return found


def _must_be(draft: Draft, names: tuple[set[str], set[str]], on: dt.date) -> None:
    premises, firms = names
    if not CODE.fullmatch(draft.code):
        raise Refusal(_("编号用大写字母、数字和短横，如 MF-0231。"), code="bad_code")
    for name in ("spot", "made_on"):
        if not getattr(draft, name):
            raise Refusal(_("缺 %(name)s。") % {"name": SAID[name]}, code="missing")
    if draft.premises not in premises:
        raise Refusal(_("没有这个场所：%(name)s。请先登记场所。") % {"name": draft.premises}, code="no_premises")
    if draft.organisation and draft.organisation not in firms:
        raise Refusal(_("没有这个单位：%(name)s。") % {"name": draft.organisation}, code="no_firm")
    _must_follow(draft, on)


def _must_follow(draft: Draft, on: dt.date) -> None:
    """Made, then serviced, then scrapped."""
    if draft.made_on > f"{on}":
        raise Refusal(_("出厂不能在将来。"), code="made_later")
    if draft.serviced_on and not draft.made_on <= draft.serviced_on <= f"{on}":
        raise Refusal(_("上次维修要在出厂以后、今天以前。"), code="serviced_before")
    if draft.maker_scrap_on and draft.maker_scrap_on <= draft.made_on:
        raise Refusal(_("报废要晚于出厂。"), code="scrap_before")


# ---- what it would change -----------------------------------------------------------------------------------------------
def _there(drafts: Sequence[Draft], *, lock: bool = False) -> dict[str, Equipment]:
    rows = Equipment.objects.filter(code__in=[draft.code for draft in drafts]).select_related(
        "premises", "organisation"
    )
    return {piece.code: piece for piece in (rows.select_for_update(of=("self",)) if lock else rows).order_by("pk")}


def _must_be_ours(there: dict[str, Equipment], community: Community) -> None:
    """Raises Refusal for codes that stand in another community, or are of what was scrapped."""
    foreign = [code for code, piece in there.items() if piece.community_id != community.pk]
    if foreign:
        raise Refusal(
            _("这些编号别处在用：%(codes)s。") % {"codes": "、".join(foreign[:5])}, code="foreign", field="file"
        )
    gone = [code for code, piece in there.items() if piece.state == Standing.SCRAPPED]
    if gone:
        raise Refusal(_("这些已经报废了：%(codes)s。") % {"codes": "、".join(gone[:5])}, code="scrapped", field="file")


def _values(draft: Draft, premises: dict[str, Premises], firms: dict[str, int]) -> dict[str, Any]:
    values = {one.name: getattr(draft, one.name) for one in fields(Draft)}
    values |= {name: dt.date.fromisoformat(values[name]) if values[name] else None for name in DAYS}
    values["premises_id"] = premises[values.pop("premises")].pk
    values["organisation_id"] = firms.get(values.pop("organisation"))
    return values


def _by_name(community: Community) -> tuple[dict[str, Premises], dict[str, int]]:
    premises = {one.name: one for one in Premises.objects.filter(community=community).select_related("community")}
    firms = Organisation.objects.working_in(community.street).order_by("-pk").values_list("name", "pk")
    return premises, dict(firms)


def plan_import(drafts: Sequence[Draft], community: Community) -> Plan:
    """The dry run."""
    there = _there(drafts)
    _must_be_ours(there, community)
    premises, firms = _by_name(community)
    changes, same = [], 0
    for draft in drafts:
        change = _change(draft, there.get(draft.code), _values(draft, premises, firms), premises)
        changes += [change] if change else []
        same += not change
    return Plan(changes, same, edition_of([(code, _facts(piece)) for code, piece in sorted(there.items())]))


def _facts(piece: Equipment) -> dict[str, Any]:
    return {name: getattr(piece, name) for name in (*FACTS, *WHERE)}


def _change(
    draft: Draft, piece: Equipment | None, values: dict[str, Any], premises: dict[str, Premises]
) -> Change | None:
    now = Equipment(**{name: values[name] for name in (*FACTS, *WHERE)}, premises=premises[draft.premises])
    if piece is None:
        return Change("new", draft.code, "", now.where)
    if any(getattr(piece, name) != values[name] for name in WHERE):
        return Change("moved", draft.code, piece.where, now.where)
    changed = [name for name in FACTS if getattr(piece, name) != values[name]]
    if not changed:
        return None
    before, after = (" · ".join(str(_said(of, name)) for name in changed) for of in (_facts(piece), values))
    return Change("changed", draft.code, before, after)


def _said(of: dict[str, Any], name: str) -> Any:
    return of[name] if of[name] not in (None, "") else "—"


# ---- taking over --------------------------------------------------------------------------------------------------------
@transaction.atomic
def import_pieces(
    drafts: Sequence[Draft], community: Community, *, by: User | None, at: dt.datetime, edition: str | None = None
) -> tuple[int, int]:
    """New ones registered, others changed and moved, each with a line in its history; how many of both. ``edition`` is that of
    the dry run: raises Changed when the register is another now."""
    must_keep(by, community.pk)
    there = _there(drafts, lock=True)
    _must_be_ours(there, community)
    if edition is not None and edition != plan_import(drafts, community).edition:
        raise Changed(_("情况有变：登记表刚刚改过，请再试导入一次。"))
    taken, today = _Taken(), clock.local(at).date()
    premises, firms = _by_name(community)
    rules, places = EquipmentRules(community.street_id, today), {one.pk: one for one in premises.values()}
    for draft in drafts:
        values, piece = _values(draft, premises, firms), there.get(draft.code)
        if piece is None:
            taken.fresh.append(Equipment(community=community, registered_at=at, **values))
            taken.told.append(_line(taken.fresh[-1], Told.REGISTERED, at=at, by=by))
            continue
        stood = piece.premises_id
        if line := _take_over(piece, values, places, by=by, at=at):
            taken.left.add(stood)
            taken.changed.append(piece)
            taken.told.append(line)
    for piece in taken.pieces:
        piece.grid_id = places[piece.premises_id].grid_id
        set_dates(piece, rules)
    _keep(taken)
    follow_pieces(taken.pieces, rules, on=today, at=at)
    used = {piece.premises_id for piece in taken.pieces} | taken.left
    follow_places([pk for pk in used if pk in places], rules, on=today, at=at)
    return len(taken.fresh), len(taken.changed)


@dataclass
class _Taken:
    """What is taken over: new pieces, changed ones, the lines of their history, and places from which some were moved."""

    fresh: list[Equipment] = field(default_factory=list)
    changed: list[Equipment] = field(default_factory=list)
    told: list[EquipmentEvent] = field(default_factory=list)
    left: set[int] = field(default_factory=set)

    @property
    def pieces(self) -> list[Equipment]:
        return [*self.fresh, *self.changed]


def _keep(taken: _Taken) -> None:
    """Raises Changed when one of the new codes was registered meanwhile."""
    try:
        with transaction.atomic():
            Equipment.objects.bulk_create(taken.fresh)
    except IntegrityError as error:
        raise Changed(_("情况有变：登记表刚刚改过，请再试导入一次。")) from error
    Equipment.objects.bulk_update(
        taken.changed, ["premises", "grid", "floor", "spot", "organisation", "service_due_on", "scrap_on",
                        *(name for name in FACTS if name != "organisation_id")],
    )  # fmt: skip
    EquipmentEvent.objects.bulk_create(taken.told)


def _take_over(
    piece: Equipment, values: dict[str, Any], places: dict[int, Premises], *, by: User | None, at: dt.datetime
) -> EquipmentEvent | None:
    """None where nothing differs."""
    moved = any(getattr(piece, name) != values[name] for name in WHERE)
    if not moved and all(getattr(piece, name) == values[name] for name in FACTS):
        return None
    was = piece.where
    for name in (*FACTS, *WHERE):
        setattr(piece, name, values[name])
    piece.premises = places[piece.premises_id]
    return _line(piece, Told.MOVED if moved else Told.CHANGED, was=was if moved else "", at=at, by=by)


def _line(piece: Equipment, what: Told, *, at: dt.datetime, by: User | None, was: str = "") -> EquipmentEvent:
    return EquipmentEvent(
        equipment=piece, what=what, premises_id=piece.premises_id, floor=piece.floor, spot=piece.spot, was=was[:150],
        words=str(_("导入")), by=by, at=at,
    )  # fmt: skip
