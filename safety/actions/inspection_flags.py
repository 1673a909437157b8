"""Looks that were too quick to be looks are marked and counted apart; nobody is held up."""

import datetime as dt

from community_portal.people.models import User
from safety.equipment_rules import BULK_WITHIN, TooQuick
from safety.models import Inspection
from safety.workflow.equipment import Flag, Seen


def flag_of(by: User | None, started: dt.datetime, ended: dt.datetime, limits: TooQuick) -> str:
    """Too few seconds for one piece. Time that was told for the one before does not count again."""
    before = Inspection.objects.filter(by=by, ended_at__lte=ended, ended_at__gt=started).order_by("-ended_at")
    busy_until = before.values_list("ended_at", flat=True).first()
    looked = ended - max(filter(None, [started, busy_until]))
    return Flag.QUICK if looked < dt.timedelta(seconds=limits.seconds) else Flag.NONE


def mark_bulk(by: User | None, moment: dt.datetime, limits: TooQuick) -> int:
    """More than so many by one person within a minute: all of that minute are marked, in whatever order they reached us."""
    near = Inspection.objects.filter(by=by, ended_at__range=(moment - BULK_WITHIN, moment + BULK_WITHIN))
    rows = list(near.exclude(result=Seen.NOT_FOUND).order_by("ended_at").values_list("pk", "ended_at"))
    marked: set[int] = set()
    first = 0
    for last, (_pk, ended) in enumerate(rows):
        while ended - rows[first][1] > BULK_WITHIN:
            first += 1
        if last - first + 1 > limits.pieces:
            marked |= {pk for pk, _ended in rows[first : last + 1]}
    return Inspection.objects.filter(pk__in=marked).exclude(flag=Flag.BULK).update(flag=Flag.BULK) if marked else 0
