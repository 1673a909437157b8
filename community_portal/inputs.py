"""How a day is asked for: the calendar of the browser, and the years in which it can lie."""

import datetime as dt
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
