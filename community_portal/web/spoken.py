"""Days, times, telephone numbers and ages in words, for pages and messages: in Chinese and English. Filters of every template."""

import datetime as dt
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, gettext_noop, ngettext

from community_portal import clock

register = template.Library()
WEEKDAYS_ZH = "一二三四五六日"
NEAR = {0: gettext_noop("今天"), 1: gettext_noop("明天"), -1: gettext_noop("昨天")}


def in_english() -> bool:
    return (get_language() or "").startswith("en")


def month_of(local: dt.datetime) -> str:
    return date_format(local, "M") if in_english() else f"{local.month}月"


def weekday_of(local: dt.datetime | dt.date) -> str:
    return f"{local:%a}" if in_english() else f"周{WEEKDAYS_ZH[local.weekday()]}"


@register.filter
def short_when(moment: dt.datetime | None) -> str:
    """今天 9:30, 明天 9:30, 周四 9:30 within a week, else 11 月 26 日 9:30."""
    if moment is None:
        return "—"
    local = clock.local(moment)
    return f"{short_day(local.date())} {local.hour}:{local:%M}"


@register.filter
def spoken_when(moment: dt.datetime) -> str:
    """11月28日 上午 9:30, or 28 Nov, 9:30: a day to be written down, the same on every day it is read."""
    local = clock.local(moment)
    if in_english():
        return f"{local.day} {date_format(local, 'M')}, {local.hour}:{local:%M}"
    part = "上午" if local.hour < 12 else "下午" if local.hour < 18 else "晚上"
    return f"{local.month}月{local.day}日 {part} {local.hour if local.hour <= 12 else local.hour - 12}:{local:%M}"


def plain_when(moment: dt.datetime) -> str:
    """11-28 09:30, or 28 Nov, 9:30: for limits, inside a sentence."""
    return spoken_when(moment) if in_english() else f"{clock.local(moment):%m-%d %H:%M}"


def plain_day(day: dt.date) -> str:
    """11-28, or 28 Nov."""
    return f"{day.day} {date_format(day, 'M')}" if in_english() else f"{day:%m-%d}"


@register.filter
def short_day(day: dt.date) -> str:
    """今天, 昨天, 明天, a weekday within six days, else the date (with its year when it is not this one)."""
    today = clock.today()
    away = (day - today).days
    if away in NEAR:
        return gettext(NEAR[away])
    if 0 < away < 7:
        return weekday_of(day)
    if in_english():
        return f"{day.day} {date_format(day, 'M')}" + (f" {day.year}" if day.year != today.year else "")
    return (f"{day.year}年" if day.year != today.year else "") + f"{day.month}月{day.day}日"


@register.filter
def clock_time(moment: dt.datetime) -> str:
    """9:30 in Shanghai."""
    local = clock.local(moment)
    return f"{local.hour}:{local:%M}"


@register.filter
def half_of_day(moment: dt.datetime) -> str:
    """上午 or 下午, by the clock of Shanghai."""
    return gettext("上午") if clock.local(moment).hour < 12 else gettext("下午")


@register.filter
def long_day(day: dt.date | dt.datetime) -> str:
    """11 月 26 日 周四, or 26 Nov, Thu."""
    if isinstance(day, dt.datetime):
        day = clock.local(day).date()
    if in_english():
        return f"{day.day} {date_format(day, 'M')}, {weekday_of(day)}"
    return f"{day.month} 月 {day.day} 日 {weekday_of(day)}"


@register.filter
def spoken_seconds(seconds: int | None) -> str:
    """4 分 37 秒, or 21 秒: how long something took."""
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return ngettext("%(n)s 秒", "%(n)s 秒", rest) % {"n": rest}
    return gettext("%(m)s 分 %(s)02d 秒") % {"m": minutes, "s": rest}


@register.filter
def masked_phone(phone: Any) -> str:
    """+8613812342046 → 138****2046."""
    digits = _as_dialled(phone)
    return digits if len(digits) < 8 else f"{digits[:3]}****{digits[-4:]}"


@register.filter
def spoken_phone(phone: Any) -> str:
    """+8613812342046 → 138 1234 2046."""
    digits = _as_dialled(phone)
    if digits.startswith("0"):
        area = 3 if digits[1:2] in ("1", "2") else 4
        return f"{digits[:area]}-{digits[area:]}"
    return f"{digits[:3]} {digits[3:7]} {digits[7:]}" if len(digits) == 11 and digits.isdigit() else digits


def _as_dialled(phone: Any) -> str:
    """Without the country, a landline with its 0: +8651380001018 → 051380001018."""
    text = str(phone or "")
    digits = text.removeprefix("+86")
    is_mobile_or_hotline = digits.startswith(("13", "14", "15", "16", "17", "18", "19", "400", "800", "95"))
    return digits if digits == text or is_mobile_or_hotline else f"0{digits}"


@register.filter
def age_on_file(born_on: dt.date | None, deceased_on: dt.date | None = None) -> str:
    """Years, of the dead those that they reached; nothing when the date of birth is unknown."""
    if born_on is None:
        return ""
    today = deceased_on or clock.today()
    return str(today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day)))
