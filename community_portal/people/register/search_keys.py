"""What search reads of a resident: pieces of the name, pinyin, initials and the door. Written by the actions."""

import re
import unicodedata
from typing import Any

from pypinyin import Style, lazy_pinyin

from community_portal.people.models import Household
from community_portal.places.addresses import number_of_door

# Read differently as a surname than as a word.
SURNAMES = {
    "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "曾": "zeng", "任": "ren", "盖": "ge", "区": "ou", "朴": "piao",
    "冼": "xian", "员": "yun", "缪": "miao", "翟": "zhai", "乐": "yue", "华": "hua", "覃": "qin", "洗": "xian", "秘": "bi",
    "繁": "po", "种": "chong", "重": "chong", "黑": "he", "折": "she", "召": "shao", "宿": "su", "燕": "yan", "那": "na",
    "纪": "ji", "宁": "ning", "过": "guo", "逄": "pang", "柏": "bai", "晁": "chao", "牟": "mu", "俞": "yu", "隗": "wei",
    "乜": "nie", "幺": "yao", "阚": "kan", "訾": "zi", "郗": "xi", "殷": "yin", "应": "ying", "干": "gan", "葛": "ge",
    "尉": "wei", "长": "chang", "车": "che", "瞿": "qu", "卜": "bu", "贾": "jia", "薄": "bo", "石": "shi", "曲": "qu",
    "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "单于": "chan yu", "澹台": "tan tai", "鲜于": "xian yu",
    "令狐": "ling hu", "宗政": "zong zheng", "濮阳": "pu yang", "欧阳": "ou yang", "司徒": "si tu", "夏侯": "xia hou",
}  # fmt: skip
_LATIN = re.compile(r"[A-Za-z]+")


def name_pinyin(name: str) -> list[str]:
    """Syllables of a Chinese name, the surname read as a surname: 单小明 → ["shan", "xiao", "ming"].

    A name in Latin letters gives its words; a character without a known reading gives nothing and stays findable by itself.
    """
    for length in (2, 1):
        if name[:length] in SURNAMES and len(name) > length:
            first = SURNAMES[name[:length]]
            return [*first.split(), *_syllables(name[length:])]
    return _syllables(name)


def _syllables(text: str) -> list[str]:
    """Readings of the characters, and words in Latin letters as they are."""
    spoken = without_accents(text).replace("卜", "布")  # bu in names; bo is a radish
    words = lazy_pinyin(spoken, style=Style.NORMAL, errors=lambda rest: _LATIN.findall(rest))  # type: ignore
    return [word.lower() for word in words]


def without_accents(text: str) -> str:
    """José is found by jose, and ｊｏｓé too: Latin letters in their plainest form, all else as it is."""
    plain = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(c for c in plain if not unicodedata.combining(c)))


def name_grams(name: str) -> list[str]:
    """Every character and every pair of neighbours, once, in order."""
    letters = name.replace("·", "").replace(" ", "")
    return list(dict.fromkeys([*letters, *(letters[i : i + 2] for i in range(len(letters) - 1))]))


def door_key(household: Household | None) -> str:
    """``3-201`` for 3幢 201 (also with a unit: the room is what people say); empty without a building."""
    if household is None or household.building is None:
        return ""
    # Whoever looks for 503 finds 503东户 too.
    return door_of(household.building.number, household.building.suffix, household.room)


def door_of(number: int, suffix: str, room: str) -> str:
    """What is kept of a door, and what is looked for."""
    return f"{number}{suffix}-{number_of_door(room)[:12]}"


def search_keys(name: str, household: Household | None) -> dict[str, Any]:
    """Field values of a resident for these words: ``grams``, ``pinyin``, ``initials``, ``door``."""
    syllables = name_pinyin(name)
    return {
        "grams": name_grams(name),
        "pinyin": "".join(syllables)[:120],
        "initials": "".join(s[0] for s in syllables)[:50],
        "door": door_key(household),
    }
