"""What follows from the marks, worked out anew whenever one arrives: t0 and the end, how long each house took, who is missing; and
the steps that the alarm and the end take in the table."""

import datetime as dt

from community_portal import clock
from community_portal.dues.actions import settle_dues
from community_portal.matters.actions.steps import take
from safety.actions.telling import tell_evaluator, thank_all
from safety.models import Drill, DrillMark, DrillPremises, MarkKind
from safety.queries.outcome import evacuated_at, live_marks, newest_counts, not_done_yet, of_kind, sums_of
from safety.workflow.states import Drilling

LONGEST = 7200


def follow(drill: Drill, *, at: dt.datetime) -> None:
    """The row is locked. Safe to run again: it reads everything and writes what it comes to."""
    marks = live_marks(drill)
    alarm, end = of_kind(marks, MarkKind.ALARM), of_kind(marks, MarkKind.END)
    _write_outcome(drill, marks, alarm, end)
    if alarm and drill.state == Drilling.READY:
        take(drill, "start", by=alarm.by, at=at, words=alarm.words)
    if drill.over_at and end and drill.state == Drilling.RUNNING and (end.words or not not_done_yet(drill)):
        _end(drill, end, at=at)


def _write_outcome(drill: Drill, marks: list[DrillMark], alarm: DrillMark | None, end: DrillMark | None) -> None:
    t0, over = alarm.happened_at if alarm else None, end.happened_at if end else None
    station = of_kind(marks, MarkKind.MICRO_STATION)
    sums = sums_of(newest_counts(drill))
    drill.alarm_at, drill.over_at = t0, over if t0 and over and over > t0 else None
    drill.micro_station_seconds = seconds_from(t0, station.happened_at if station else None)
    drill.participants, drill.unaccounted = sums.present, sums.missing
    drill.save(update_fields=["alarm_at", "over_at", "micro_station_seconds", "participants", "unaccounted"])
    for house in drill.houses.all():
        moment = evacuated_at(marks, house)
        took = None if drill.state == Drilling.ABORTED else seconds_from(t0, moment)
        DrillPremises.objects.filter(pk=house.pk).update(
            evacuated_at=moment if took is not None else None, evacuated_in=took
        )


def seconds_from(t0: dt.datetime | None, moment: dt.datetime | None) -> int | None:
    """None for what cannot be: before the alarm, or hours after it."""
    if t0 is None or moment is None:
        return None
    seconds = round((moment - t0).total_seconds())
    return seconds if 0 <= seconds <= LONGEST else None


def _end(drill: Drill, end: DrillMark, *, at: dt.datetime) -> None:
    """From now on it is in the evaluator's hands; duties that it fulfils are settled, whoever declared them."""
    take(drill, "end", by=end.by, at=at, words=end.words, changes={"handler": drill.evaluator})
    settle(drill, at=at)
    tell_evaluator(drill, at=at)
    thank_all(drill, at=at)


def settle(drill: Drill, *, at: dt.datetime) -> int:
    """Yearly drill, drill of the charging site, training in first aid: one drill, several duties."""
    skills = list(drill.stations.filter(practised__gt=0).values_list("skill", flat=True))
    tags = {"drill", *(f"drill_{kind}" for kind in drill.kinds), *(f"skill_{skill}" for skill in skills)}
    if skills:
        tags.add("training")
    moment = drill.alarm_at or at
    return settle_dues(
        tags=tags, refs=places_of(drill), on=clock.local(moment).date(), ref=f"drill:{drill.case.number}",
        by=drill.commander, at=at,
    )  # fmt: skip


def places_of(drill: Drill) -> list[str]:
    """As the due register knows them: each house, its building of the address book, and the community."""
    houses = [house.premises for house in drill.houses.select_related("premises")]
    buildings = [f"building:{one.building_id}" for one in houses if one.building_id]
    return [*(one.ref for one in houses), *buildings, f"community:{drill.community_id}"]
