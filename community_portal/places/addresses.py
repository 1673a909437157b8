"""Addresses as people say them: 3栋, 三幢, 3#, 3号楼 and building 3 are the same; 无 stands where a part does not exist."""

import re
import unicodedata
from dataclasses import dataclass

from community_portal.places.models import Building, Community

NONE = "无"
DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_NUMBER = r"(\d{1,3}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[零〇一二两三四五六七八九]{1,2})"
_BUILDING = re.compile(
    r"第?(?<![\dA-Za-z])" + _NUMBER + r"\s*-?\s*([A-Za-z甲乙丙丁]?)\s*(?:幢|栋|号楼|#楼?|座|楼(?!道|梯|上|下))"
)
_UNIT = re.compile(r"^\s*" + _NUMBER + r"\s*单元\s*-?")
_UNIT_AND_ROOM = re.compile(r"^\s*-?\s*(\d{1,2})\s*-\s*(?=\d{2,4}(?![\d-]))")  # 12幢1-503
_SPOKEN_ROOM = re.compile(r"^[零〇一二两三四五六七八九]{3,4}(?![零〇一二两三四五六七八九十百])")
_LEADING_ZERO = re.compile(r"^0(?=\d{3}(?!\d))")  # 0503 and 503 are one door
_ROOM = re.compile(r"(\d{2,4}[A-Za-z]?)\s*(?:室|房)?(?P<more>\D.*)?$", re.S)
_TRADITIONAL = str.maketrans("棟幢樓號單", "栋幢楼号单")
# Feet of a dash: — – － ﹣ ~ all mean the hyphen of 3-201.
_DASHES = str.maketrans(dict.fromkeys("—–−‐‑~～", "-"))
_DASHED = re.compile(
    r"(?:^|[^\dA-Za-z-])(\d{1,3})([A-Za-z]?)\s*-\s*(?:(\d{1,2})\s*-\s*)?(\d{2,4}[A-Za-z]?(?![\dA-Za-z-]).*)$"
)
# In English the parts come in any order: "Room 503, Building 12, Longtian Garden".
_ENGLISH = {
    "building": re.compile(r"\b(?:building|bldg\.?|block)\s*(?:no\.?\s*)?(\d{1,3})([A-Za-z]?)\b", re.I),
    "unit": re.compile(r"\bunit\s*(\d{1,2})\b", re.I),
    "room": re.compile(r"\b(?:room|rm\.?|flat|apartment|apt\.?)\s*(\d{2,4}[A-Za-z]?)\b", re.I),
}
_BEYOND = re.compile(r"(\d{2,4}[A-Za-z]?)\s*[,，]\s*(\S.*)$")


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
    flat = unicodedata.normalize("NFKC", raw).translate(_DASHES).translate(_TRADITIONAL)
    dashed, building = _DASHED.search(flat), _building_in(flat)
    # Of 12幢1-503 the building was named before; 上海路 9 号楼 9-1-401 names it again.
    if dashed and (dashed[3] or building is None or building.start() >= dashed.start(1)):
        number, suffix, unit, room = dashed.groups()
        before = flat[: dashed.start(1)].strip()
        beyond = _BEYOND.match(room)
        if not before and beyond:  # "12-1-503, Longtian Garden": the English order
            room, before = beyond[1], beyond[2]
        return Address(raw, int(number), suffix.upper(), unit or NONE, _door_of(room), before)
    if building is None:
        return _read_english(raw, flat)
    after = flat[building.end() :]
    unit = _UNIT.search(after) or _UNIT_AND_ROOM.search(after)
    return Address(
        raw,
        number_of(building[1]),
        building[2].upper(),
        str(number_of(unit[1])) if unit else NONE,
        _door_of(after[unit.end() :] if unit else after),
        flat[: building.start()].strip(),
    )


def _building_in(flat: str) -> re.Match[str] | None:
    """The first that is named, unless 幢 or 栋 follows a 号楼 at once: then that was the name of the estate, 上海路 9 号楼 9幢."""
    first = _BUILDING.search(flat)
    if first is None or not first[0].endswith("号楼"):
        return first
    more = _BUILDING.match(flat, len(flat) - len(flat[first.end() :].lstrip()))
    return more if more and more[0][-1] in "幢栋" else first


def _door_of(words: str) -> str:
    """503 of ``503室``; what is said beyond a number stays with it (503东户), for it may tell two doors apart."""
    words = _in_digits(words.strip(" ,，、。;；"))
    room = _ROOM.match(words)
    if room is None:
        return words or NONE
    return f"{room[1].upper()}{(room['more'] or '').strip()}"


def _in_digits(words: str) -> str:
    """503 for 五零三 and for 0503."""
    spoken = _SPOKEN_ROOM.match(words)
    if spoken:
        words = "".join(str(DIGITS[c]) for c in spoken[0]) + words[spoken.end() :]
    return _LEADING_ZERO.sub("", words)


def number_of_door(room: str) -> str:
    """503 of 503东户: what search goes by. A door without a number is its words."""
    number = _ROOM.match(room)
    return number[1] if number else room


def _read_english(raw: str, flat: str) -> Address:
    found = {part: pattern.search(flat) for part, pattern in _ENGLISH.items()}
    building, unit, room = found["building"], found["unit"], found["room"]
    if building is None:
        return Address(raw, None, "", NONE, NONE, flat)
    rest = flat
    for part in filter(None, found.values()):
        rest = rest.replace(part[0], " ")
    return Address(
        raw,
        int(building[1]),
        building[2].upper(),
        unit[1] if unit else NONE,
        _in_digits(room[1].upper()) if room else NONE,
        re.sub(r"[\s,]+", " ", rest).strip(),
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
    found = Building.objects.filter(
        estate__community=community, number=address.number, suffix__iexact=address.suffix
    ).select_related("estate", "grid")
    return building_meant(address, list(found), community)


def building_meant(address: Address, found: list[Building], community: Community) -> Building | None:
    """Of the buildings of that number in the community, read with their estates, the one whose estate was named."""
    words = _without_place(address.rest, community)
    if not words:
        return found[0] if len(found) == 1 else None
    # 龙田花苑二期 contains 龙田花苑: the longest name that was said is the one meant.
    words = words.casefold()
    named = [(name.casefold(), b) for b in found for name in (b.estate.name, b.estate.name_en) if name]
    said = sorted((pair for pair in named if pair[0] in words), key=lambda pair: -len(pair[0]))
    if said:
        return said[0][1]
    begun = [b for name, b in named if words in name]
    return begun[0] if len(begun) == 1 else None


def _without_place(words: str, community: Community) -> str:
    """What is left when city, street, community and grid are taken away: the estate, or nothing."""
    for place in (
        community.name,
        community.name.removesuffix("社区"),
        community.street.name,
        community.street.district,
    ):
        if place and words.startswith(place) and words[len(place) :][:1] not in ("花", "苑", "公"):
            words = words[len(place) :]
    words = re.sub(r"^.*?(?:社区|街道|居委会)", "", words)
    return re.sub(r"^第?[\d一二三四五六七八九十]+\s*网格", "", words).strip(" ,，、")
