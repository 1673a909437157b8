"""What has to be done this week, by which clause, with what gets it done."""

import datetime as dt
from typing import Any, NamedTuple

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from community_portal.dues.models import DueItem
from community_portal.dues.queries import standing_of
from community_portal.people.models import Role
from community_portal.web.spoken import short_day
from safety.dues import DUTIES
from safety.models import Drill
from safety.workflow.states import BEFORE

FIVE = 5
KIND_NAMES = tuple(kind.name for kind in DUTIES.values())
OF_DRILLS = tuple(kind.name for kind in DUTIES.values() if kind.tags)


class Must(NamedTuple):
    """A line: what, where, by which clause, until when, and the button that gets it done."""

    pk: int
    what: str
    where: str
    clause: str
    who: str
    chip: str
    tone: str
    is_done: bool
    url: str
    button: str


def our_dues(user: Any) -> Any:
    """Those of this service within one's scope."""
    rows = DueItem.objects.visible_to(user).filter(kind__in=KIND_NAMES)
    return rows.select_related("organisation", "assignee")


def week_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """Monday and Sunday."""
    monday = day - dt.timedelta(days=day.weekday())
    return monday, monday + dt.timedelta(days=6)


def of_the_week(user: Any, *, on: dt.date) -> tuple[list[Must], int, int]:
    """Five lines: what is late and what is due until Sunday first, then what was done this week, then what comes next; and how
    many of all of them are done and still to do."""
    monday, sunday = week_of(on)
    rows = our_dues(user)
    owed = rows.open().filter(due_on__lte=sunday)
    done = rows.filter(done_on__range=(monday, sunday))
    items = list(owed.order_by("due_on", "id")[:FIVE])
    items += list(done.order_by("-done_on", "-id")[: FIVE - len(items)])
    if len(items) < FIVE:
        next_ones = rows.open().filter(due_on__gt=sunday, opens_on__lte=on)
        items += list(next_ones.order_by("due_on", "id")[: FIVE - len(items)])
    return _lines(items, on=on), done.count(), owed.count()


def coming_after(user: Any, *, on: dt.date, shown: list[Must], most: int = 10) -> list[Must]:
    """What is due after this week and is not among the five, soonest first."""
    _monday, sunday = week_of(on)
    rows = our_dues(user).open().filter(due_on__gt=sunday).exclude(pk__in=[one.pk for one in shown])
    return _lines(list(rows.order_by("due_on", "id")[:most]), on=on)


def _lines(items: list[DueItem], *, on: dt.date) -> list[Must]:
    drills = _drills_ahead({item.subject_ref for item in items if item.kind in OF_DRILLS and item.is_open})
    return [_line(item, on, drills.get(item.subject_ref)) for item in items]


def _drills_ahead(refs: set[str]) -> dict[str, Drill]:
    """The next drill that is held at each of these premises; one query."""
    numbers = [int(ref.partition(":")[2]) for ref in refs]
    if not numbers:
        return {}
    ahead = Drill.objects.filter(state__in=BEFORE, houses__premises__in=numbers).select_related("case")
    found: dict[str, Drill] = {}
    for drill in ahead.order_by("-starts_at").prefetch_related("houses"):
        found |= {f"premises:{house.premises_id}": drill for house in drill.houses.all()}
    return found


def _line(item: DueItem, on: dt.date, drill: Drill | None) -> Must:
    chip, tone = standing_of(item, on)
    tick = reverse("tick_due", args=[item.pk])
    if not item.is_open:
        url, button = tick, _("看记录")
    elif drill:
        url, button = (
            reverse("drill", args=[drill.case.number]),
            _("排在 %(day)s 的演练") % {"day": short_day(drill.starts_at)},
        )
    elif item.kind in OF_DRILLS:
        url, button = item.url, _("筹划演练")
    else:
        url, button = tick, _("办好了")
    who = str(item.organisation or item.assignee or Role(item.role).label)
    return Must(item.pk, item.label, item.subject_label, item.clause, who, chip, tone, not item.is_open, url, button)


def numbers_of(user: Any, *, on: dt.date) -> dict[str, int]:
    """Late, due this month, due this year; one query."""
    rows = our_dues(user).open()
    month = Q(due_on__year=on.year, due_on__month=on.month)
    return rows.aggregate(
        late=Count("pk", filter=Q(due_on__lt=on)),
        month=Count("pk", filter=month),
        year=Count("pk", filter=Q(due_on__year=on.year)),
    )
