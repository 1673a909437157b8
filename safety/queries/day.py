"""What the screens of the day show: the five moments, the houses floor by floor, who is missing, who is counted."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

from safety.models import BY_LEADERS, MORE_MOMENTS, THE_FIVE, Drill, DrillMark, DrillPremises, Helper, MarkKind
from safety.queries.helping import helped
from safety.queries.outcome import Newest, Sums, cleared, live_marks, newest_counts, of_kind, seconds_after, sums_of
from safety.rights import sees_names, takes_part
from safety.workflow.states import ON_THE_DAY, Drilling


class Moment(NamedTuple):
    """One of the buttons: ``state`` is done, now or later; ``may`` says whether this reader presses it."""

    kind: str
    label: Any
    state: str
    mark: DrillMark | None
    seconds: int | None
    may: bool


class Floor(NamedTuple):
    number: int
    guide: str
    mark: DrillMark | None
    seconds: int | None
    waits: int
    key: str


class House(NamedTuple):
    row: DrillPremises
    floors: list[Floor]

    @property
    def left(self) -> int:
        return sum(floor.mark is None for floor in self.floors)


class Missing(NamedTuple):
    """Somebody who needs help and has not been counted yet; ``met`` when their helper is with them."""

    row: Helper
    met: DrillMark | None


@dataclass(frozen=True)
class Day:
    moments: list[Moment]
    more: list[Moment]
    houses: list[House]
    points: list[Newest]
    sums: Sums
    people: list[Missing]
    lost: int
    alarm: DrillMark | None
    is_open: bool
    takes_part: bool


def red_list(drill: Drill, user: Any) -> list[Missing]:
    """By name for those who lead; for a helper their own; for everybody else nobody. Before the day nobody has to be found."""
    if drill.state not in ON_THE_DAY:
        return []
    marks = live_marks(drill)
    found = {mark.helper_id for mark in marks if mark.kind == MarkKind.FOUND}
    met = {mark.helper_id: mark for mark in marks if mark.kind == MarkKind.MET}
    sees_all = sees_names(drill, user)
    rows = [row for row in helped(drill) if row.pk not in found and (sees_all or row.user_id == user.pk)]
    return [Missing(row, met.get(row.pk)) for row in rows]


def trail_of(drill: Drill) -> list[DrillMark]:
    """All that was pressed and corrected, the newest first."""
    rows = drill.marks.select_related("by", "house__premises", "helper__resident")
    return list(rows.order_by("-recorded_at", "-pk"))


def day_of(drill: Drill, user: Any, people: list[Missing]) -> Day:
    marks = live_marks(drill)
    alarm, points = of_kind(marks, MarkKind.ALARM), newest_counts(drill)
    waits = _waiting(drill, marks)
    leads, helps_out = drill.leads(user) or user.is_superuser, takes_part(drill, user)
    return Day(
        moments=_moments(THE_FIVE, marks, alarm, leads=leads, takes_part=helps_out),
        more=_moments(MORE_MOMENTS, marks, alarm, leads=leads, takes_part=helps_out),
        houses=_houses(drill, marks, alarm, waits),
        points=points,
        sums=sums_of(points),
        people=people,
        lost=len(waits),
        alarm=alarm,
        is_open=drill.state in ON_THE_DAY,
        takes_part=helps_out,
    )


def _waiting(drill: Drill, marks: list[DrillMark]) -> list[tuple[int | None, int | None]]:
    """House and floor of each who needs help and is not found: numbers, for screens that show no names."""
    found = {mark.helper_id for mark in marks if mark.kind == MarkKind.FOUND}
    return [(house, floor) for pk, house, floor in drill.helpers.values_list("pk", "house", "floor") if pk not in found]


def _moments(
    kinds: Any, marks: list[DrillMark], alarm: DrillMark | None, *, leads: bool, takes_part: bool
) -> list[Moment]:
    found, is_next = [], True
    for kind in kinds:
        mark = of_kind(marks, kind)
        state = "done" if mark else "now" if is_next else "later"
        is_next = is_next and mark is not None
        may = leads if kind in BY_LEADERS else takes_part
        found.append(Moment(kind, MarkKind(kind).label, state, mark, seconds_after(alarm, mark), may))
    return found


def _houses(drill: Drill, marks: list[DrillMark], alarm: DrillMark | None, waits: list[Any]) -> list[House]:
    found = []
    for row in drill.houses.select_related("premises"):
        clear = cleared(marks, row)
        floors = [
            Floor(
                n,
                row.guides.get(str(n), ""),
                clear.get(n),
                seconds_after(alarm, clear.get(n)),
                waits.count((row.pk, n)),
                f"h{row.pk}f{n}",
            )
            for n in row.levels
        ]
        found.append(House(row, floors))
    return found


@dataclass(frozen=True)
class Wall:
    """Numbers alone. ``seconds`` since the alarm, until the end once it is over."""

    sums: Sums
    points: list[Newest]
    houses: list[House]
    alarm_at: dt.datetime | None
    over_at: dt.datetime | None
    is_aborted: bool


def wall_of(drill: Drill) -> Wall:
    marks, points = live_marks(drill), newest_counts(drill)
    return Wall(
        sums=sums_of(points),
        points=points,
        houses=_houses(drill, marks, of_kind(marks, MarkKind.ALARM), []),
        alarm_at=drill.alarm_at,
        over_at=drill.over_at,
        is_aborted=drill.state == Drilling.ABORTED,
    )
