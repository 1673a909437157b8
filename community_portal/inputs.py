"""What many forms ask alike: a day, with the browser's calendar and the years in which it can lie; a name that can be read."""

import datetime as dt
import unicodedata
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal import clock

Bound = Callable[[dt.date], dt.date]
"""A first or last day, counted from today."""


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


class DayField(forms.DateField):
    """A day in a year that can be meant: a slip such as 0206 or 20206 is read by every calendar and meant by nobody."""

    widget = DayInput
    default_error_messages: ClassVar[dict[str, Any]] = {"out_of_bounds": _("请核对日期：年份不对。")}

    def __init__(self, *, earliest: Bound = day_of_the_oldest, latest: Bound = ten_years_ahead, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.earliest, self.latest = earliest, latest

    def validate(self, value: Any) -> None:
        super().validate(value)
        today = clock.today()
        if value and not self.earliest(today) <= value <= self.latest(today):
            raise forms.ValidationError(self.error_messages["out_of_bounds"], code="out_of_bounds")


# Letters by their category, and yet nothing is drawn for them.
_EMPTY_LETTERS = "\u115f\u1160\u3164\uffa0"


class VisibleField(forms.CharField):
    """A name that others will read in a list: nothing in it is invisible, and at least one character is a letter."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invisible": _("名称里有看不见的字符，请重新输入。"),
        "no_letter": _("名称里至少要有一个字。"),
    }

    def validate(self, value: str) -> None:
        super().validate(value)
        if any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs") or c in _EMPTY_LETTERS for c in value):
            raise forms.ValidationError(self.error_messages["invisible"], code="invisible")
        if value and not any(c.isalpha() for c in value):
            raise forms.ValidationError(self.error_messages["no_letter"], code="no_letter")
