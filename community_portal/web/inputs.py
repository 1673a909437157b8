"""What many forms ask alike: a day, with the browser's calendar and the years in which it can lie; a name that can be read;
and words without what nobody can see."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal import clock

Bound = Callable[[dt.date], dt.date]
"""A first or last day, counted from today."""

# Control characters but tab and line break, marks that turn or join lines of text, blanks that count as letters. Joiners
# stay where something stands beside them: emoji and some scripts need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\u2800\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb]"
)
_NOTHING = re.compile(r"[\s\u200c\u200d\ufe0e\ufe0f]*")


def visible(text: str) -> str:
    """The text without what nobody can see; empty when nothing is left to see."""
    seen = _UNSEEN.sub("", text)
    return "" if _NOTHING.fullmatch(seen) else seen


def is_letter(c: str) -> bool:
    """A letter or Chinese character, also one newer than Python's tables: planes 2 and 3 hold nothing else. No digit, no
    picture, no mark that only stands beside a letter."""
    kind = unicodedata.category(c)
    return kind in ("Lo", "Lu", "Ll", "Lt") or kind == "Cn" and 0x20000 <= ord(c) <= 0x3FFFF


def ids_of(form: forms.BaseForm) -> str:
    """What the ids of its fields begin with."""
    return str(form.auto_id or "").replace("%s", "")


class DayInput(forms.DateInput):
    """The browser's own calendar. It reads a day in one spelling only, whatever the language of the page: any other shows
    an empty field, and saving that forgets the day."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


def end_of_year(ahead: int) -> Bound:
    """The last day of the year that comes so many years after this one."""
    return lambda today: dt.date(today.year + ahead, 12, 31)


def start_of_year(ahead: int) -> Bound:
    """The first day of such a year; of a past one when ``ahead`` is negative."""
    return lambda today: dt.date(today.year + ahead, 1, 1)


def day_of_the_oldest(_today: dt.date) -> dt.date:
    """Nobody who comes here is older."""
    return dt.date(1900, 1, 1)


def start_of_the_registers(_today: dt.date) -> dt.date:
    """Who died or moved away before had no file to close."""
    return dt.date(2000, 1, 1)


ten_years_ahead = end_of_year(10)


_BY_HAND = re.compile(r"(\d{4})(?:([-./])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日?|(\d{2})(\d{2}))")


def _iso(typed: str) -> str:
    """1953-03-08 of 1953.3.8, 1953年3月8日, 19530308 and full-width digits; of anything else what no calendar holds."""
    found = _BY_HAND.fullmatch("".join(unicodedata.normalize("NFKC", typed).split()))
    if found is None:
        return typed and "0"
    month, day = (part for part in (*found.group(3, 4), *found.group(5, 6), *found.group(7, 8)) if part)
    return f"{found[1]}-{int(month):02}-{int(day):02}"


class DayField(forms.DateField):
    """A day in a year that can be meant: a slip such as 0206 or 20206 is read by every calendar and meant by nobody."""

    widget = DayInput
    default_error_messages: ClassVar[dict[str, Any]] = {"out_of_bounds": _("请核对日期：年份不对。")}

    def __init__(self, *, earliest: Bound = day_of_the_oldest, latest: Bound = ten_years_ahead, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)
        self.earliest, self.latest = earliest, latest

    def to_python(self, value: Any) -> dt.date | None:
        """One reader whatever the language of the page: the year comes first, so that no day can be read as a month."""
        day: dt.date | None = super().to_python(_iso(value) if isinstance(value, str) else value)
        return day

    def validate(self, value: Any) -> None:
        super().validate(value)
        today = clock.today()
        if value and not self.earliest(today) <= value <= self.latest(today):
            raise forms.ValidationError(self.error_messages["out_of_bounds"], code="out_of_bounds")


class ReadableField(forms.CharField):
    """A name that others will read in a list: at least one character is a letter."""

    default_error_messages: ClassVar[dict[str, Any]] = {"no_letter": _("名称里至少要有一个字。")}

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not any(map(is_letter, value)):
            raise forms.ValidationError(self.error_messages["no_letter"], code="no_letter")
