"""Telephone numbers: stored as E.164, eight digits alone are a landline of Nantong (0513)."""

import re

import phonenumbers
from django.utils.translation import gettext_lazy as _

from community_portal.refusals import Refusal

NANTONG = "0513"
MOBILE = r"^\+861[3-9]\d{9}$"  # of a Chinese network, in E.164: +8610 is a landline of Beijing
# Between the digits of one number nothing else stands: what follows a word or a comma is an extension, or another number.
_EXTENSION = re.compile(r"\d[^\d./·]+\d")
HOTLINES = frozenset({"110", "119", "120", "122", "12345", "12320", "12333", "12348", "12349", "96890"})


def read_phone(text: str) -> str:
    """Any Chinese mobile or landline, or a foreign number with its +, as E.164. Raises Refusal (field ``phone``)."""
    typed = _tidy(text)
    if typed in HOTLINES:
        raise _no(_("这是公共服务热线，不是居民的电话。请填居民或家人的号码。"))
    if _EXTENSION.search(typed):
        raise _no(_("请只填号码，分机写在备注里。"))
    if typed.isdigit() and len(typed) == 8:
        typed = NANTONG + typed
    try:
        number = phonenumbers.parse(typed, "CN")
    except phonenumbers.NumberParseException:
        raise _no(_("这不像电话号码。手机是 11 位数字，座机可以只填后 8 位。")) from None
    if number.extension:
        raise _no(_("请只填号码，分机写在备注里。"))
    if not phonenumbers.is_valid_number(number):
        raise _no(_("这个电话号码不存在，请再核对一遍。手机是 11 位数字。"))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_mobile(text: str) -> str:
    """A Chinese mobile, to which a code can be sent; codes to foreign numbers would invite toll fraud."""
    phone = read_phone(text)
    if not phone.startswith("+86"):
        raise _no(_("目前只能向中国大陆的手机号发验证码。请打社区电话，我们帮您登记。"))
    if phone.startswith(("+86400", "+86800", "+8695")):
        raise _no(_("400 这类号码收不到短信，请填手机号。"))
    if not is_mobile(phone):
        raise _no(_("座机收不到短信，请填手机号。"))
    return phone


def is_mobile(phone: str) -> bool:
    """A number of a Chinese mobile network, in E.164."""
    return re.match(MOBILE, phone) is not None


def masked(phone: str) -> str:
    """+8613812342046 → 138****2046: enough to recognise one's own number, not enough to ring a stranger's."""
    digits = phone.removeprefix("+86")
    return digits if len(digits) < 8 else f"{digits[:3]}****{digits[-4:]}"


def _tidy(text: str) -> str:
    """Full-width characters and the separators people type."""
    return half_width("".join(c for c in text if not c.isspace() and c not in "-‐‑–—−()（）"))


def half_width(text: str) -> str:
    """Full-width letters and digits, as Chinese keyboards write them, in their plain form."""
    return "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in text)


def _no(sentence: object) -> Refusal:
    return Refusal(sentence, code="bad_phone", field="phone")
