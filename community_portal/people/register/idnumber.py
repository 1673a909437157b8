"""The ID number of GB 11643: 18 characters, a real date, and the mod 11-2 check of the standard itself.

The area code is no test: codes changed many times, and elders carry the one of their birth year.
"""

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal.people.models import IdType, Sex
from community_portal.refusals import Refusal

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
OLDEST = 125
FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ－—–", "0123456789XX---")
# First two digits of an area code: provinces, and 81–83 for residents of Hong Kong, Macau and Taiwan.
PROVINCES = frozenset(
    {
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        *range(81, 84),
        91,
    }
)


@dataclass(frozen=True)
class IdNumber:
    """A valid number and what it says."""

    number: str
    born_on: dt.date
    sex: str


def normalise(text: str) -> str:
    """Full-width digits, spaces, hyphens and a small x become the written form."""
    return "".join(text.translate(FULL_WIDTH).upper().split()).replace("-", "")


def read_id_number(text: str, *, today: dt.date) -> IdNumber:
    """The number with its date of birth and sex; raises Refusal (field ``id_number``) with what is wrong."""
    number = normalise(text)
    if len(number) == 15 and number.isdigit():
        raise _no(_("这是 15 位的老证号，请填新身份证上的 18 位号码。"))
    if len(number) != 18 or not number[:17].isascii() or not number[:17].isdigit():
        raise _no(_("身份证号应是 18 位：前 17 位是数字，最后一位是数字或 X。"))
    try:
        born_on = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise _no(_("身份证号中间的出生日期不存在，请再核对一遍。")) from None
    if born_on > today:
        raise _no(_("身份证号里的出生日期在今天以后，请再核对一遍。"))
    if _is_too_old(born_on, today):
        raise _no(_("身份证号里的出生年份太早了，请再核对一遍。"))
    if CHECKS[sum(w * int(d) for w, d in zip(WEIGHTS, number, strict=False)) % 11] != number[17]:
        raise _no(_("身份证号对不上校验位，可能有一位抄错了。"))
    return IdNumber(number, born_on, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


def area_hint(number: str, *, id_type: str = IdType.RESIDENT) -> str:
    """A sentence when no province begins like this number, else empty. A hint to look again, never a refusal: codes changed."""
    if not number or id_type != IdType.RESIDENT or int(number[:2]) in PROVINCES:
        return ""
    return gettext("身份证号开头两位不是省份代码，请对着原件再看一眼。")


def read_birth_date(born_on: dt.date, *, today: dt.date) -> dt.date:
    """A day on which somebody alive may have been born; raises Refusal (field ``born_on``)."""
    if born_on > today:
        raise Refusal(_("出生日期不能在今天以后。"), code="bad_birth_date", field="born_on")
    if _is_too_old(born_on, today):
        raise Refusal(_("出生年份太早了，请再核对一遍。"), code="bad_birth_date", field="born_on")
    return born_on


def _is_too_old(born_on: dt.date, today: dt.date) -> bool:
    return (today.year - born_on.year, (today.month, today.day)) > (OLDEST, (born_on.month, born_on.day))


def read_other_number(text: str) -> str:
    """The number of a passport or permit, at most 30 characters; raises Refusal (field ``id_number``)."""
    number = "".join(text.split()).upper()
    if len(number) > 30 or not number.isprintable():
        raise _no(_("证件号码最多 30 个字母或数字，请再核对一遍。"))
    return number


def hash_of(number: str) -> str:
    """Keyed hash for exact look-up; without the key nobody can try all numbers against a stolen table."""
    return hmac.new(settings.LOOKUP_KEY.encode(), f"id:{number}".encode(), hashlib.sha256).hexdigest()


def masked(number: str) -> str:
    """320602********0016; other papers keep their first and last two characters."""
    if len(number) == 18:
        return f"{number[:6]}********{number[-4:]}"
    return f"{number[:2]}{'*' * max(len(number) - 4, 2)}{number[-2:]}"


def _no(sentence: object) -> Refusal:
    return Refusal(sentence, code="bad_id_number", field="id_number")
