"""Addresses as people say them: 3栋, 三幢, 3# and 3号楼 are building 3; 无 stands where a part does not exist."""

import re
import unicodedata
from dataclasses import dataclass

from community_portal.places.models import Building, Community

NONE = "无"
DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_NUMBER = r"(\d{1,3}|[零〇一二两三四五六七八九十]{1,3})"
_BUILDING = re.compile(_NUMBER + r"\s*([A-Za-z甲乙丙丁]?)\s*(?:幢|栋|号楼|#|座|楼(?!道))")
_UNIT = re.compile(_NUMBER + r"\s*单元")
_ROOM = re.compile(r"(\d{2,4}[A-Za-z]?)\s*(?:室|房)?\s*$")
_DASHED = re.compile(r"(?:^|[^\d])(\d{1,3})([A-Za-z]?)\s*-\s*(?:(\d{1,2})\s*-\s*)?(\d{2,4}[A-Za-z]?)\s*(?:室|房)?\s*$")


@dataclass(frozen=True)
class Address:
    """Parts of an address; ``number`` is None when no building was named, ``rest`` what stood before it (the estate)."""

    raw: str
    number: int | None
    suffix: str
    unit: str
    room: str
    rest: str

    @property
    def is_complete(self) -> bool:
        """Building and room are known."""
        return self.number is not None and self.room != NONE


def read_address(text: str) -> Address:
    """Reads what was typed; never raises, because a self-built house has no building number and is an address too."""
    raw = " ".join(text.split())
    flat = unicodedata.normalize("NFKC", raw)
    dashed = _DASHED.search(flat)
    if dashed:
        number, suffix, unit, room = dashed.groups()
        start = dashed.start(1)
        return Address(raw, int(number), suffix.upper(), unit or NONE, room.upper(), flat[:start].strip())
    building = _BUILDING.search(flat)
    if building is None:
        return Address(raw, None, "", NONE, NONE, flat)
    after = flat[building.end() :]
    unit = _UNIT.search(after)
    room = _ROOM.search(after)
    return Address(
        raw,
        number_of(building[1]),
        building[2].upper(),
        str(number_of(unit[1])) if unit else NONE,
        room[1].upper() if room else NONE,
        flat[: building.start()].strip(),
    )


def number_of(text: str) -> int:
    """Arabic or Chinese numerals up to 99: 12, 三, 十二, 二十一."""
    if text.isdigit():
        return int(text)
    if "十" not in text:
        return int("".join(str(DIGITS[c]) for c in text))
    tens, _, ones = text.partition("十")
    return (DIGITS[tens] if tens else 1) * 10 + (DIGITS[ones] if ones else 0)


def find_building(community: Community, address: Address) -> Building | None:
    """The one building of the community that is meant; None when there is none or the estate is in doubt."""
    if address.number is None:
        return None
    found = list(
        Building.objects.filter(
            estate__community=community, number=address.number, suffix__iexact=address.suffix
        ).select_related("estate", "grid")
    )
    named = [b for b in found if b.estate.name in address.rest or (address.rest and address.rest in b.estate.name)]
    if named:
        return named[0] if len(named) == 1 else None
    return found[0] if len(found) == 1 and not address.rest else None
