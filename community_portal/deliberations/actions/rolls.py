"""The roll of a vote: read from a list, looked at, put in place of the one before while nobody has voted."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal.deliberations.models import RollEntry, Vote
from community_portal.deliberations.topics import CONVENERS, authority_to, topic_again
from community_portal.people.models import User
from community_portal.people.phones import half_width, read_phone
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, Refusal
from community_portal.web.workbooks import read_workbook

MOST_UNITS = 5_000
COLUMNS = {"unit": "房号", "area": "面积", "owners": "业主", "voter": "投票人", "phone": "手机"}
_NUMBER = re.compile(r"\d{1,8}(\.\d{1,20})?")
ONE_PERCENT = 100


@dataclass(frozen=True)
class Unit:
    """A line of the roll as it was read. Who votes is the first of the owners, where nobody else is named."""

    unit: str
    area: str
    owners: str = ""
    voter: str = ""
    phone: str = ""


@dataclass(frozen=True)
class ReadRoll:
    """The units of a list, and what is wrong with which line."""

    units: list[Unit]
    errors: list[tuple[int, str]]


def read_roll(content: bytes) -> ReadRoll:
    """A workbook whose first line names the columns (房号, 面积, 业主, 投票人, 手机; the first two are needed). Raises Refusal beside
    ``file`` for what is none."""
    lines = read_workbook(content, most_lines=MOST_UNITS)
    (_number, first), *rest = lines or [(1, ())]
    head = [str(cell or "").strip().removesuffix("（㎡）") for cell in first]
    if missing := [COLUMNS[name] for name in ("unit", "area") if COLUMNS[name] not in head]:
        sentence = _("第一行要有这些列：%(names)s") % {"names": "、".join(missing)}
        raise Refusal(sentence, code="no_columns", field="file")
    places = {name: head.index(title) for name, title in COLUMNS.items() if title in head}
    units: list[Unit] = []
    errors: list[tuple[int, str]] = []
    for number, cells in rest:
        told = {name: _text(cells[at]) if at < len(cells) else "" for name, at in places.items()}
        try:
            units.append(_unit(told, {unit.unit for unit in units}))
        except Refusal as refusal:
            errors.append((number, str(refusal.sentence)))
    return ReadRoll(units, errors)


def _text(cell: Any) -> str:
    return "" if cell is None else " ".join(half_width(str(cell)).split())


def _unit(told: dict[str, str], known: set[str]) -> Unit:
    unit = read_text(told.get("unit", ""), field="unit", longest=60)
    if not unit:
        raise _wrong(gettext("缺房号。"))
    if unit in known:
        raise _wrong(gettext("%(unit)s 出现了两次。一套房共有的，只推一位投票。") % {"unit": unit})
    owners = read_text(told.get("owners", ""), field="owners", longest=200)
    voter = read_text(told.get("voter", "") or _first(owners), field="voter", longest=60)
    if not voter:
        raise _wrong(gettext("%(unit)s 没有写业主，也没有写投票人。") % {"unit": unit})
    phone = read_phone(told["phone"]) if told.get("phone") else ""
    return Unit(unit, str(_area(told["area"])), owners, voter, phone)


def _area(text: str) -> Decimal:
    """89.60, also written 89.60㎡; two places, no comma: who knows what 1,234 means. Neither below nothing nor
    more than a column holds, as 1.5e50 would be."""
    typed = text.removesuffix("㎡").removesuffix("m2").strip()
    area = Decimal(repr(float(typed))) if _NUMBER.fullmatch(typed) else None
    if area is None or area != area.quantize(Decimal("0.01")):
        raise _wrong(gettext("面积要是一个数，最多两位小数，如 89.60。"))
    return area.quantize(Decimal("0.01"))


def _first(owners: str) -> str:
    return re.split(r"[、,，;；/]", owners)[0].strip()


def _wrong(sentence: str) -> Refusal:
    return Refusal(sentence, code="bad_line", field="file")


def key_of(unit: Unit) -> str:
    """Whoever has the same number and name is the same person."""
    return f"{unit.voter}|{unit.phone}"[:90]


@transaction.atomic
def put_roll(vote: Vote, units: Sequence[Unit], *, by: User | None, at: dt.datetime) -> int:
    """These units may vote, and no others; in place of the roll that was there. Raises Changed once the vote is open."""
    authority_to(topic_again(vote), CONVENERS, by)
    locked = Vote.objects.select_for_update().get(pk=vote.pk)
    if not locked.is_draft:
        raise Changed(_("表决已经开始，名册不能再改。"))
    vote.roll.all().delete()
    rows = (
        RollEntry(
            vote=vote,
            unit=u.unit,
            owners=u.owners,
            voter=u.voter,
            voter_key=key_of(u),
            phone=u.phone,
            area=Decimal(u.area),
        )
        for u in units
    )
    return len(RollEntry.objects.bulk_create(rows, batch_size=1000))


def differs_from_estate(vote: Vote, units: Iterable[Unit]) -> Decimal | None:
    """The area of the roll, where it is more than one in a hundred off that of the estate; None where it fits or nobody knows."""
    whole = vote.estate.area_m2 if vote.estate else None
    of_roll = sum((Decimal(unit.area) for unit in units), Decimal(0))
    return of_roll if whole and abs(of_roll - whole) * ONE_PERCENT > whole else None
