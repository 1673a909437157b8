"""What the marks and head counts of a drill come to."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from safety.models import AssemblyPoint, Drill, DrillMark, DrillPremises, HeadCount, MarkKind


def live_marks(drill: Drill) -> list[DrillMark]:
    return list(drill.marks.filter(is_live=True).select_related("by"))


def of_kind(marks: Iterable[DrillMark], kind: str) -> DrillMark | None:
    """The mark of the whole drill of this kind."""
    return next((mark for mark in marks if mark.kind == kind), None)


def cleared(marks: Iterable[DrillMark], house: DrillPremises) -> dict[int, DrillMark]:
    """The floors of a house that are clear."""
    return {
        mark.floor: mark
        for mark in marks
        if mark.kind == MarkKind.FLOOR_CLEAR and mark.house_id == house.pk and mark.floor
    }


def evacuated_at(marks: list[DrillMark], house: DrillPremises) -> dt.datetime | None:
    """When its last floor was clear; where floors were left unmarked, when somebody said that all are out."""
    floors = cleared(marks, house)
    if len(floors) == house.floors:
        return max(mark.happened_at for mark in floors.values() if mark.happened_at)
    all_out = of_kind(marks, MarkKind.LAST_OUT)
    return all_out.happened_at if all_out else None


@dataclass(frozen=True)
class Newest:
    """An assembly point with its newest head count."""

    point: AssemblyPoint
    count: HeadCount | None

    @property
    def expected(self) -> int:
        return self.count.expected if self.count else self.point.expected

    @property
    def present(self) -> int:
        return self.count.present if self.count else 0

    @property
    def excused(self) -> int:
        return self.count.excused if self.count else 0

    @property
    def walk_ins(self) -> int:
        return self.count.walk_ins if self.count else 0

    @property
    def missing(self) -> int:
        return self.count.missing if self.count else self.point.expected


def newest_counts(drill: Drill) -> list[Newest]:
    """Of each point the count that was taken last, by the time of counting; two queries."""
    rows = HeadCount.objects.filter(point__drill=drill).order_by("point_id", "-at", "-key").distinct("point_id")
    found = {row.point_id: row for row in rows}
    return [Newest(point, found.get(point.pk)) for point in drill.points.all()]


class Sums(NamedTuple):
    expected: int
    present: int
    excused: int
    missing: int


def sums_of(points: Iterable[Newest]) -> Sums:
    points = list(points)
    return Sums(
        sum(one.expected for one in points),
        sum(one.present for one in points),
        sum(one.excused for one in points),
        sum(one.missing for one in points),
    )


def not_done_yet(drill: Drill) -> list[tuple[str, Any]]:
    """Before everybody is out and counted: what is open, each with the kind of mark that it hinders."""
    marks = live_marks(drill)
    found: list[tuple[str, Any]] = []
    all_out = of_kind(marks, MarkKind.LAST_OUT)
    for house in [] if all_out else drill.houses.select_related("premises"):
        left = house.floors - len(cleared(marks, house))
        if left:
            found.append((MarkKind.LAST_OUT, _("%(house)s还差 %(n)s 层") % {"house": house, "n": left}))
    for one in newest_counts(drill):
        if one.count is None:
            found.append((MarkKind.END, _("%(point)s还没点人") % {"point": one.point}))
        elif one.missing:
            found.append((MarkKind.END, _("%(point)s还差 %(n)s 人") % {"point": one.point, "n": one.missing}))
    lost = drill.helpers.count() - sum(mark.kind == MarkKind.FOUND for mark in marks)
    if lost:
        found.append((MarkKind.END, _("还有 %(n)s 位要人帮的没点到") % {"n": lost}))
    return found


def seconds_after(alarm: DrillMark | None, mark: DrillMark | None) -> int | None:
    """From the alarm to this mark; None for what was before it."""
    if alarm is None or mark is None or alarm.happened_at is None or mark.happened_at is None:
        return None
    seconds = round((mark.happened_at - alarm.happened_at).total_seconds())
    return seconds if seconds >= 0 else None
