"""What search reads of a resident: pieces of the name, pinyin, initials and the door. Written by the actions."""

from typing import Any

from pypinyin import Style, lazy_pinyin

from community_portal.people.models import Household

# Read differently as a surname than as a word.
SURNAMES = {
    "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "曾": "zeng", "任": "ren", "盖": "ge", "区": "ou", "朴": "piao",
    "冼": "xian", "尉迟": "yu chi", "万俟": "mo qi", "员": "yun", "缪": "miao", "翟": "zhai", "乐": "yue", "华": "hua",
    "覃": "qin", "洗": "xian", "秘": "bi", "繁": "po", "种": "chong", "重": "chong", "黑": "he", "折": "she",
}  # fmt: skip


def name_pinyin(name: str) -> list[str]:
    """Syllables of a Chinese name, the surname read as a surname: 单小明 → ["shan", "xiao", "ming"]."""
    for length in (2, 1):
        if name[:length] in SURNAMES:
            first = SURNAMES[name[:length]]
            return [*first.split(), *lazy_pinyin(name[length:], style=Style.NORMAL, errors="ignore")]
    return lazy_pinyin(name, style=Style.NORMAL, errors="ignore")


def name_grams(name: str) -> list[str]:
    """Every character and every pair of neighbours, once, in order."""
    letters = name.replace("·", "")
    return list(dict.fromkeys([*letters, *(letters[i : i + 2] for i in range(len(letters) - 1))]))


def door_key(household: Household | None) -> str:
    """``3-201`` for 3幢 201 (also with a unit: the room is what people say); empty without a building."""
    if household is None or household.building is None:
        return ""
    return f"{household.building.number}{household.building.suffix}-{household.room}"


def search_keys(name: str, household: Household | None) -> dict[str, Any]:
    """Field values of a resident for these words: ``grams``, ``pinyin``, ``initials``, ``door``."""
    syllables = name_pinyin(name)
    return {
        "grams": name_grams(name),
        "pinyin": "".join(syllables)[:120],
        "initials": "".join(s[0] for s in syllables)[:50],
        "door": door_key(household),
    }
