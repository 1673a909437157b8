"""A round as it stands: what is to be looked at, what was, and what is nearest from where somebody is."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from community_portal import clock
from safety.models import Equipment, Inspection, InspectionRound
from safety.workflow.equipment import Seen, Standing

LOOKED_FOR = (Standing.IN_USE, Standing.MISSING)
A_FLOOR = 5  # metres of stairs
FAR = 999


class Stop(NamedTuple):
    """A piece that is still to be looked at, how far it is (None where nobody measured), and in words."""

    piece: Equipment
    metres: int | None
    how_far: str


@dataclass
class Sight:
    """``seen`` is the newest look at each piece within the round, by the piece's number."""

    pieces: list[Equipment]
    seen: dict[int, Inspection]

    @property
    def left(self) -> list[Equipment]:
        return [piece for piece in self.pieces if piece.pk not in self.seen]

    @property
    def done(self) -> int:
        return len(self.seen)


def pieces_of(round_: InspectionRound) -> Any:
    """What stands at its premises and is to be found there, and what was found there though it belongs elsewhere."""
    here = Equipment.objects.filter(premises__in=round_.houses.values("premises"), state__in=LOOKED_FOR)
    strays = Equipment.objects.filter(pk__in=round_.inspections.values("equipment"))
    rows = Equipment.objects.filter(Q(pk__in=here.values("pk")) | Q(pk__in=strays.values("pk")))
    return rows.select_related("premises", "community").order_by("premises_id", "floor", "code")


def standing_of(round_: InspectionRound) -> Sight:
    """Looked at since the day on which it began counts, by whomever: what was looked at today is not looked at again."""
    pieces = list(pieces_of(round_))
    since, _until = clock.day_bounds(clock.local(round_.started_at).date())
    rows = Inspection.objects.filter(equipment__in=[piece.pk for piece in pieces], ended_at__gte=since)
    if round_.ended_at is not None:
        rows = rows.filter(ended_at__lte=round_.ended_at)
    of_round = rows.filter(~Q(result=Seen.NOT_FOUND) | Q(round=round_)).select_related("by", "to_premises")
    seen = {row.equipment_id: row for row in of_round.order_by("ended_at", "pk")}
    return Sight(pieces, seen)


def metres_between(a: Equipment, b: Equipment) -> int | None:
    """Along the floor, or by the stairs; None where a distance was not measured or another house lies between."""
    if a.premises_id != b.premises_id or None in (a.floor, b.floor, a.from_stairs_m, b.from_stairs_m):
        return None
    floors = abs(a.floor - b.floor)  # type: ignore[operator]
    if floors == 0:
        return abs(a.from_stairs_m - b.from_stairs_m)  # type: ignore[operator]
    return a.from_stairs_m + b.from_stairs_m + A_FLOOR * floors  # type: ignore[operator]


def nearest_first(left: list[Equipment], here: Equipment | None, order: dict[int, int]) -> list[Stop]:
    """From where somebody stands: the same floor, the same house, then house after house; without that, from the first on."""
    if here is None:
        ordered = sorted(left, key=lambda one: (order.get(one.premises_id, FAR), one.floor or 0, one.code))
        return [Stop(one, None, "") for one in ordered]

    def how_far(one: Equipment) -> tuple[int, int, int, str]:
        houses = abs(order.get(one.premises_id, FAR) - order.get(here.premises_id, FAR))
        metres = metres_between(here, one)
        return houses, abs((one.floor or 0) - (here.floor or 0)), FAR if metres is None else metres, one.code

    return [Stop(one, metres_between(here, one), _words(here, one)) for one in sorted(left, key=how_far)]


def _words(here: Equipment, there: Equipment) -> str:
    metres = metres_between(here, there)
    if metres is not None:
        return _("约 %(n)s 米") % {"n": metres}
    if here.premises_id != there.premises_id:
        return _("另一处")
    floors = (there.floor or 0) - (here.floor or 0)
    if floors == 0:
        return _("同一层")
    return (_("上 %(n)s 层") if floors > 0 else _("下 %(n)s 层")) % {"n": abs(floors)}


def where_somebody_is(standing: Sight, user: Any) -> Equipment | None:
    """At the piece that they looked at last."""
    mine = [row for row in standing.seen.values() if row.by_id == user.pk]
    newest = max(mine, key=lambda row: (row.ended_at, row.pk), default=None)
    return next((one for one in standing.pieces if newest and one.pk == newest.equipment_id), None)


def rounds_shown(user: Any) -> Any:
    return InspectionRound.objects.visible_to(user).select_related("community", "started_by").order_by("-pk")


def due_month(on: dt.date) -> tuple[dt.date, dt.date]:
    """The first and last day of this month."""
    first = on.replace(day=1)
    return first, (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
