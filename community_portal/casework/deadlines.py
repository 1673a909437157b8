"""Limits that can say why they are what they are: in working time, by the clock, in days of the calendar, in months."""

import calendar as almanac
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from community_portal import clock
from community_portal.places.models import DayKind, feast_in_reader_language, in_reader_language
from community_portal.places.working_time import OFFICE_CLOSES, ONE_DAY, WorkCalendar
from community_portal.web.spoken import plain_day, plain_when

# Longer than any limit plus the longest holiday, so that one load of the calendar is enough.
HORIZON = dt.timedelta(days=400)
# How a limit runs: in working time; day and night; or by dates, each to the end of its day.
WORKING, ALWAYS, DATES = "working", "always", "dates"
UNITS = {
    "hours": WORKING,
    "days": WORKING,
    "seconds": ALWAYS,
    "minutes": ALWAYS,
    "calendar_days": DATES,
    "months": DATES,
}
LENGTHS = {
    "seconds": dt.timedelta(seconds=1),
    "minutes": dt.timedelta(minutes=1),
    "hours": dt.timedelta(hours=1),
    "days": ONE_DAY,
}
LAST_SECOND = dt.time(23, 59, 59)
IN_WORKING_TIME: dict[str, Any] = {"unit": "days"}


@dataclass(frozen=True)
class Limit:
    """So much time, and by which rule: ``Limit(1, "days", _("上门核实"), of=("照护", "Care"))``.

    Units: ``hours`` and ``days`` of work; ``seconds`` and ``minutes``, which run at night as well; ``calendar_days`` and
    ``months``, which end with their last day, a month at the latest with its own. ``on_working_day``: a last day off moves to
    the next day that is worked. ``rule`` is a translatable word (a state
    says what is to be done in it, where none is given), ``of`` what it belongs to, in Chinese and English.
    """

    amount: int
    unit: str
    rule: str | Promise = ""
    of: tuple[str, str] = ("", "")
    on_working_day: bool = False

    def __post_init__(self) -> None:
        if self.unit not in UNITS or self.amount < 0:
            raise ValueError(f"no limit: {self.amount} {self.unit}")
        if self.on_working_day and UNITS[self.unit] != DATES:
            raise ValueError(f"only a limit by dates may end on a day off, not one of {self.unit}")

    def __call__(self, matter: Any) -> "Limit":
        """The same for every matter: a state may name the limit itself (``StateSpec.limit``)."""
        return self

    @property
    def is_quick(self) -> bool:
        """Over in seconds or minutes: a sweep that comes once a minute would be too late for it."""
        return UNITS[self.unit] == ALWAYS


@dataclass(frozen=True)
class Deadline:
    """A moment and the facts behind it (JSON, kept on the matter so that it can be explained for ever)."""

    at: dt.datetime
    why: dict[str, Any]


def runs_how(why: Mapping[str, Any]) -> str:
    """WORKING, ALWAYS or DATES, from the facts of a limit; hours and days of a round-the-clock state are no hours of work."""
    runs = UNITS[why.get("unit", "days")]
    return ALWAYS if runs == WORKING and why.get("round_the_clock") else runs


def deadline_of(limit: Limit, *, since: dt.datetime, round_the_clock: bool = False) -> Deadline:
    """When ``limit`` ends if it starts at ``since``; in a ``round_the_clock`` state hours and days pass at night, too.

    The day of the start is not counted; what starts on a day off, or after closing, counts as the end of that day.
    """
    why = _terms(limit, since, round_the_clock)
    runs = runs_how(why)
    if runs == ALWAYS:
        end = since + limit.amount * LENGTHS[limit.unit]
    elif runs == DATES:
        last = _last_day(limit, clock.local(since).date())
        end = _end_of(last, why)
        if clock.local(end).date() != last:
            why["day_off"] = last.isoformat()
    else:
        end = _in_working_time(limit, since)
    return Deadline(end, why | _facts_of_days(why, since, end))


def _in_working_time(limit: Limit, since: dt.datetime) -> dt.datetime:
    calendar = _calendar_from(since)
    if limit.unit == "days":
        return calendar.add_days(since, limit.amount)
    return calendar.add_time(since, dt.timedelta(hours=limit.amount))


def _last_day(limit: Limit, first: dt.date) -> dt.date:
    if limit.unit == "calendar_days":
        return first + limit.amount * ONE_DAY
    years, month = divmod(first.month - 1 + limit.amount, 12)
    year, month = first.year + years, month + 1
    return dt.date(year, month, min(first.day, almanac.monthrange(year, month)[1]))


def _end_of(day: dt.date, why: Mapping[str, Any]) -> dt.datetime:
    """The end of that day, or of the next worked one where the rule says so."""
    if why.get("on_working_day"):
        day = WorkCalendar.load(day, day + HORIZON).next_working(day)
    return clock.at_wall(day, LAST_SECOND)


def _calendar_from(moment: dt.datetime, until: dt.datetime | None = None) -> WorkCalendar:
    return WorkCalendar.load(clock.local(moment).date(), clock.local(until or moment).date() + HORIZON)


def shifted(
    due_at: dt.datetime,
    *,
    paused_at: dt.datetime,
    resumed_at: dt.datetime,
    why: Mapping[str, Any] = IN_WORKING_TIME,
) -> dt.datetime:
    """A limit whose clock stood still from ``paused_at`` to ``resumed_at``: what was left then is left now, by the clock that
    its facts name. One that was over before has nothing left."""
    runs = runs_how(why)
    if runs == WORKING:
        calendar = _calendar_from(paused_at, resumed_at)
        return calendar.add_time(resumed_at, calendar.time_between(paused_at, due_at))
    if due_at <= paused_at:
        return resumed_at
    end = resumed_at + (due_at - paused_at)
    return _end_of(clock.local(end).date(), why) if runs == DATES else end


def extended(due_at: dt.datetime, *, days: int, why: Mapping[str, Any] = IN_WORKING_TIME) -> dt.datetime:
    """A limit so many days later: working days, or for one that does not run in working time days of the calendar."""
    runs = runs_how(why)
    if runs == WORKING:
        return _calendar_from(due_at).add_days(due_at, days)
    later = due_at + days * ONE_DAY
    return _end_of(clock.local(later).date(), why) if runs == DATES else later


def moved(why: dict[str, Any], *, to: dt.datetime) -> dict[str, Any]:
    """The facts of a limit that ends elsewhere now: with the odd days up to there, and whether that year is a guess."""
    facts = {name: value for name, value in why.items() if name != "day_off"}
    return facts | _facts_of_days(facts, dt.datetime.fromisoformat(why["since"]), to)


def for_appointment(
    due_at: dt.datetime | None,
    why: dict[str, Any],
    *,
    starts_at: dt.datetime,
    wished: bool,
    promised_at: dt.datetime | None,
    again: bool = False,
) -> Deadline | None:
    """A limit that follows a time agreed with the resident; None when it stays what it is.

    It moves to the end of that working day (of the next one for an evening or a day off; of that very day where the limit is
    not one of working time), only for a time that the resident asked for (``wished``), once unless they themselves gave the
    time up (``again``), never beyond the promise of the whole matter. A time agreed anew within the first limit takes it back
    there.
    """
    earlier = why.get("appointment", {})
    first = dt.datetime.fromisoformat(earlier["instead_of"]) if earlier else due_at
    if due_at is None or first is None:
        return None
    if starts_at <= first:
        facts = {"instead_of": first.isoformat()}
        return Deadline(first, moved(why, to=first) | {"appointment": facts}) if "at" in earlier else None
    if not wished or (earlier and not again):
        return None
    end = _end_of_the_day_of(starts_at, why)
    until = min(end, promised_at) if promised_at else end
    if until <= due_at:
        return None
    facts = {"at": starts_at.isoformat(), "until": until.isoformat(), "instead_of": first.isoformat()}
    return Deadline(until, moved(why, to=until) | {"appointment": facts})


def _end_of_the_day_of(starts_at: dt.datetime, why: Mapping[str, Any]) -> dt.datetime:
    if runs_how(why) != WORKING:
        return _end_of(clock.local(starts_at).date(), why)
    working = clock.local(_calendar_from(starts_at).first_working_moment(starts_at)).date()
    return clock.at_wall(working, OFFICE_CLOSES)


def _terms(limit: Limit, since: dt.datetime, round_the_clock: bool) -> dict[str, Any]:
    with translation.override(settings.LANGUAGE_CODE):
        rule = str(limit.rule)
    why: dict[str, Any] = {
        "rule": rule,
        "of": list(limit.of),
        "amount": limit.amount,
        "unit": limit.unit,
        "since": since.isoformat(),
    }
    if limit.on_working_day:
        why["on_working_day"] = True
    if round_the_clock and UNITS[limit.unit] == WORKING:
        why["round_the_clock"] = True
    return why


def _facts_of_days(why: Mapping[str, Any], since: dt.datetime, end: dt.datetime) -> dict[str, Any]:
    """Of the calendar only what decided: a limit that runs day and night passes over no holiday."""
    facts: dict[str, Any] = {"until": end.isoformat(), "odd_days": [], "is_guess": False}
    if runs_how(why) != WORKING and not why.get("on_working_day"):
        return facts
    calendar = WorkCalendar.load(clock.local(since).date(), clock.local(end).date())
    if runs_how(why) == WORKING:
        odd = calendar.odd_days_between(since, end)
        facts["odd_days"] = [{"date": d.date.isoformat(), "kind": d.kind, "name": d.name} for d in odd]
    return facts | {"is_guess": calendar.is_guess(clock.local(end).date())}


def explain(why: dict[str, Any], *, paused_at: dt.datetime | None = None, waits: str | Promise = "") -> str:
    """The facts of a deadline as a sentence or two in the reader's language; empty when there is no limit.

    ``waits`` says for whom, while the clock stands still: 等居民补充.
    """
    if not why.get("until"):
        return ""
    since, until = (_moment(why, key) for key in ("since", "until"))
    words = _("%(rule)s：%(amount)s。%(since)s 起算，%(until)s 到期。")
    first = words % {"rule": _rule(why), "amount": _amount(why), "since": since, "until": until}
    return in_reader_language("", " ").join([first, *_which_days(why), *_what_moved_it(why, paused_at, waits)])


def _moment(why: dict[str, Any], key: str) -> str:
    """To the minute, or to the second where seconds count."""
    moment = clock.local(dt.datetime.fromisoformat(why[key]))
    return plain_when(moment) + (f":{moment:%S}" if why["unit"] == "seconds" else "")


def _amount(why: dict[str, Any]) -> str:
    n, at_night = why["amount"], why.get("round_the_clock")
    words = {
        "seconds": ngettext("%(n)s 秒", "%(n)s 秒", n),
        "minutes": pgettext("limit", "%(n)s 分钟"),
        "hours": ngettext("%(n)s 小时", "%(n)s 小时", n)
        if at_night
        else ngettext("%(n)s 个工作小时", "%(n)s 个工作小时", n),
        "days": ngettext("%(n)s 天", "%(n)s 天", n) if at_night else ngettext("%(n)s 个工作日", "%(n)s 个工作日", n),
        "calendar_days": ngettext("%(n)s 个自然日", "%(n)s 个自然日", n),
        "months": ngettext("%(n)s 个月", "%(n)s 个月", n),
    }
    return words[why["unit"]] % {"n": n}


def _which_days(why: dict[str, Any]) -> list[str]:
    """Which days counted."""
    runs = runs_how(why)
    if runs == ALWAYS:
        return [_("夜里和节假日都计时。")]
    if runs == DATES:
        moved = _("%(date)s 休息，顺延到下一个工作日。")
        day_off = [moved % {"date": plain_day(dt.date.fromisoformat(why["day_off"]))}] if why.get("day_off") else []
        return [_("当天不算，节假日也算，到最后一天结束为止。"), *day_off]
    return [_odd_day(day) for day in why.get("odd_days", [])] or [_("期间没有调休。")]


def _what_moved_it(why: dict[str, Any], paused_at: dt.datetime | None, waits: str | Promise) -> list[str]:
    sentences = []
    if why.get("extended_days"):
        working = runs_how(why) == WORKING
        words = _("经批准延长 %(n)s 个工作日。") if working else _("经批准延长 %(n)s 天。")
        sentences.append(words % {"n": why["extended_days"]})
    if why.get("appointment", {}).get("at"):
        sentences.append(_appointment(why["appointment"]))
    if paused_at:
        words = _("%(since)s 起%(waits)s，不计时；等到以后，剩下的时间接着算。")
        sentences.append(words % {"since": plain_when(paused_at), "waits": waits})
    if why.get("paused"):
        sentences.append(_("等待期间不计时。"))
    if why.get("is_guess"):
        sentences.append(_("这一年的放假安排还没有公布，先按法定节假日和周末推算。"))
    return sentences


def _appointment(facts: dict[str, str]) -> str:
    at, until = (clock.local(dt.datetime.fromisoformat(facts[key])) for key in ("at", "until"))
    when = in_reader_language(f"{at:%m-%d} {at.hour}:{at:%M}", plain_when(at))
    if at.date() == until.date() and until.time() == OFFICE_CLOSES:
        return _("居民约在 %(when)s，时限顺延到当天下班。") % {"when": when}
    return _("居民约在 %(when)s，时限顺延到 %(until)s。") % {"when": when, "until": plain_when(until)}


def _rule(why: dict[str, Any]) -> str:
    """照护·上门核实. Earlier rows hold both in ``rule``, in the language of whoever took the step."""
    of = in_reader_language(*why.get("of", ("", "")))
    return "·".join(filter(None, [of, *(_(word) for word in why["rule"].split("·") if word)]))


def _odd_day(day: dict[str, str]) -> str:
    words = (
        _("%(date)s %(name)s 调休上班，计入。")
        if day["kind"] == DayKind.MAKEUP
        else _("%(date)s %(name)s 放假，不计。")
    )
    return words % {
        "date": plain_day(dt.date.fromisoformat(day["date"])),
        "name": feast_in_reader_language(day["name"]),
    }
