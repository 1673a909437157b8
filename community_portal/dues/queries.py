"""The register as people read it: lines, and a month as a calendar."""

import calendar
import datetime as dt
from typing import Any, NamedTuple

from django.db.models import Count
from django.utils.translation import gettext as _

from community_portal.dues.kinds import KINDS
from community_portal.dues.models import DueItem
from community_portal.places.models import Community
from community_portal.web.spoken import short_day


class Line(NamedTuple):
    """An item as a line; ``tone`` is the chip's."""

    pk: int
    title: str
    sub: str
    url: str
    icon: str
    hue: str
    chip: str
    tone: str
    may_tick: bool
    is_open: bool


def lines_of(items: list[DueItem], *, on: dt.date, with_house: bool = False) -> list[Line]:
    """Lines of a list; one query for the houses where they stand beside them."""
    houses = Community.objects.in_bulk({item.community_id for item in items}) if with_house else {}
    return [_line(item, on, str(houses.get(item.community_id, ""))) for item in items]


def soon_due(user: Any, *, on: dt.date, most: int) -> list[Line]:
    """What waits for this person and is late or due in two weeks, the latest first."""
    return lines_of(list(DueItem.objects.waiting_for(user).coming(on=on)[:most]), on=on)


def _line(item: DueItem, on: dt.date, house: str) -> Line:
    kind = item.declared
    chip, tone = standing_of(item, on)
    return Line(
        pk=item.pk,
        title=str(item),
        sub=" · ".join(filter(None, [house, item.clause])),
        url=item.url,
        icon=kind.icon if kind else "calendar-check",
        hue=kind.hue if kind else "",
        chip=chip,
        tone=tone,
        may_tick=bool(kind and kind.by_hand and item.is_open),
        is_open=item.is_open,
    )


def standing_of(item: DueItem, on: dt.date) -> tuple[str, str]:
    """Where an item stands in words, and the tone of them."""
    if item.waived_at:
        return _("免做"), "plain"
    if item.done_on:
        return (_("晚办"), "warn") if item.was_late else (_("已办"), "ok")
    late = (on - item.due_on).days
    if late > 0:
        return _("超期 %(n)s 天") % {"n": late}, "late"
    return short_day(item.due_on), "warn" if late >= -3 else "plain"


def kind_choices() -> list[tuple[str, str]]:
    return [("", _("全部")), *sorted((kind.name, str(kind.label)) for kind in KINDS.values())]


def filtered(rows: Any, wanted: dict[str, str], *, on: dt.date) -> Any:
    """Narrowed by kind, by words of the subject, and by ``show``: open (also when it says nothing), late, done, all."""
    if wanted.get("kind"):
        rows = rows.filter(kind=wanted["kind"])
    if wanted.get("q"):
        rows = rows.filter(subject_label__icontains=wanted["q"])
    show = wanted.get("show", "")
    if show == "late":
        return rows.overdue(on=on)
    if show == "done":
        return rows.filter(done_at__isnull=False)
    return rows if show == "all" else rows.open()


def month_of(rows: Any, first: dt.date, *, on: dt.date) -> list[list[dict[str, Any]]]:
    """The weeks of a month, Monday first: of each day how many are due, and how many of those are open; one query."""
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    counted = rows.filter(due_on__range=(weeks[0][0], weeks[-1][-1])).order_by()
    everything = dict(counted.values_list("due_on").annotate(Count("pk")))
    still_open = dict(counted.open().values_list("due_on").annotate(Count("pk")))
    return [
        [
            {
                "day": day,
                "count": everything.get(day, 0),
                "open": still_open.get(day, 0),
                "is_late": day < on and day in still_open,
                "is_today": day == on,
                "is_outside": day.month != first.month,
            }
            for day in week
        ]
        for week in weeks
    ]
