"""Limits in working time that can say why they are what they are."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community_portal import clock
from community_portal.places.models import DayKind, feast_in_reader_language, in_reader_language
from community_portal.places.working_time import OFFICE_CLOSES, WorkCalendar
from community_portal.web.spoken import plain_day, plain_when

# Longer than any limit plus the longest holiday, so that one load of the calendar is enough.
HORIZON = dt.timedelta(days=400)


@dataclass(frozen=True)
class Limit:
    """So much working time, and by which rule: ``Limit(1, "days", _("上门核实"), of=("照护", "Care"))``.

    Units: ``hours`` or ``days`` of work. ``rule`` is a translatable word, ``of`` what it belongs to, in Chinese and English.
    """

    amount: int
    unit: str
    rule: str | Promise = ""
    of: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Deadline:
    """A moment and the facts behind it (JSON, kept on the matter so that it can be explained for ever)."""

    at: dt.datetime
    why: dict[str, Any]


def deadline_of(limit: Limit, *, since: dt.datetime) -> Deadline:
    """When ``limit`` ends if it starts at ``since``."""
    day = clock.local(since).date()
    calendar = WorkCalendar.load(day, day + HORIZON)
    if limit.unit == "days":
        end = calendar.add_days(since, limit.amount)
    else:
        end = calendar.add_time(since, dt.timedelta(hours=limit.amount))
    return Deadline(end, _reasons(calendar, limit, since, end))


def shifted(due_at: dt.datetime, *, paused_at: dt.datetime, resumed_at: dt.datetime) -> dt.datetime:
    """A limit whose clock stood still from ``paused_at`` to ``resumed_at``: what was left then is left now."""
    day = clock.local(paused_at).date()
    calendar = WorkCalendar.load(day, clock.local(resumed_at).date() + HORIZON)
    return calendar.add_time(resumed_at, calendar.time_between(paused_at, due_at))


def extended(due_at: dt.datetime, *, days: int) -> dt.datetime:
    """A limit ``days`` working days later."""
    day = clock.local(due_at).date()
    return WorkCalendar.load(day, day + HORIZON).add_days(due_at, days)


def moved(why: dict[str, Any], *, to: dt.datetime) -> dict[str, Any]:
    """The facts of a limit that ends elsewhere now: with the odd days up to there, and whether that year is a guess."""
    since = dt.datetime.fromisoformat(why["since"])
    calendar = WorkCalendar.load(clock.local(since).date(), clock.local(to).date())
    return why | _facts_of_days(calendar, since, to)


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

    It moves to the end of that working day (of the next one for an evening or a day off), only for a time that the resident
    asked for (``wished``), once unless he himself gave the time up (``again``), never beyond the promise of the whole
    matter. A time agreed anew within the first limit takes it back there.
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
    day = clock.local(starts_at).date()
    calendar = WorkCalendar.load(day, day + HORIZON)
    working = clock.local(calendar.first_working_moment(starts_at)).date()
    end = clock.at_wall(working, OFFICE_CLOSES)
    until = min(end, promised_at) if promised_at else end
    if until <= due_at:
        return None
    facts = {"at": starts_at.isoformat(), "until": until.isoformat(), "instead_of": first.isoformat()}
    return Deadline(until, moved(why, to=until) | {"appointment": facts})


def _reasons(calendar: WorkCalendar, limit: Limit, since: dt.datetime, end: dt.datetime) -> dict[str, Any]:
    with translation.override(settings.LANGUAGE_CODE):
        rule = str(limit.rule)
    return {
        "rule": rule,
        "of": list(limit.of),
        "amount": limit.amount,
        "unit": limit.unit,
        "since": since.isoformat(),
    } | _facts_of_days(calendar, since, end)


def _facts_of_days(calendar: WorkCalendar, since: dt.datetime, end: dt.datetime) -> dict[str, Any]:
    return {
        "until": end.isoformat(),
        "odd_days": [
            {"date": d.date.isoformat(), "kind": d.kind, "name": d.name} for d in calendar.odd_days_between(since, end)
        ],
        "is_guess": calendar.is_guess(clock.local(end).date()),
    }


def explain(why: dict[str, Any], *, paused_at: dt.datetime | None = None, waits: str | Promise = "") -> str:
    """The facts of a deadline as a sentence or two in the reader's language; empty when there is no limit.

    ``waits`` says for whom, while the clock stands still: 等居民补充.
    """
    if not why.get("until"):
        return ""
    since, until = (clock.local(dt.datetime.fromisoformat(why[key])) for key in ("since", "until"))
    if why["unit"] == "days":
        amount = ngettext("%(n)s 个工作日", "%(n)s 个工作日", why["amount"]) % {"n": why["amount"]}
    else:
        amount = ngettext("%(n)s 个工作小时", "%(n)s 个工作小时", why["amount"]) % {"n": why["amount"]}
    sentences = [
        _("%(rule)s：%(amount)s。%(since)s 起算，%(until)s 到期。")
        % {"rule": _rule(why), "amount": amount, "since": plain_when(since), "until": plain_when(until)}
    ]
    sentences += [_odd_day(day) for day in why.get("odd_days", [])]
    if not why.get("odd_days"):
        sentences.append(_("期间没有调休。"))
    return in_reader_language("", " ").join([*sentences, *_what_moved_it(why, paused_at, waits)])


def _what_moved_it(why: dict[str, Any], paused_at: dt.datetime | None, waits: str | Promise) -> list[str]:
    sentences = []
    if why.get("extended_days"):
        sentences.append(_("经批准延长 %(n)s 个工作日。") % {"n": why["extended_days"]})
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
