"""The register of equipment as lists and figures read it: what stands, what is in order, what expires, what fails."""

import datetime as dt
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q

from community_portal import clock
from safety.equipment_rules import AHEAD
from safety.models import Equipment, Hazard, Inspection, InspectionAnswer, Premises
from safety.workflow.equipment import Answer, EquipmentKind, Seen, Standing
from safety.workflow.states import HAZARD_OPEN

A_MONTH = dt.timedelta(days=31)
MOST_PREMISES = 200


class Wanted(NamedTuple):
    """What a list is narrowed to."""

    q: str = ""
    kind: str = ""
    look: str = ""
    premises: str = ""

    @property
    def is_whole(self) -> bool:
        return not any(self)


def failing() -> Any:
    """Pieces about which a hazard is open that a look at them opened: few, so that they are asked for by the hazard."""
    return InspectionAnswer.objects.filter(result=Answer.FAIL, hazard__state__in=HAZARD_OPEN).values(
        "inspection__equipment"
    )


def expired(on: dt.date) -> Q:
    return Q(expires_on__lt=on)


def _look(name: str, on: dt.date) -> Q:
    """One of ``LOOKS``; anything else narrows nothing."""
    long_ago = clock.day_bounds(on - A_MONTH)[0]
    return {
        "fails": Q(pk__in=failing()),
        "late": expired(on) & ~Q(state=Standing.SCRAPPED),
        "soon": Q(expires_on__range=(on, on + AHEAD)) & ~Q(state=Standing.SCRAPPED),
        "unseen": (Q(inspected_at__lt=long_ago) | Q(inspected_at__isnull=True)) & Q(state=Standing.IN_USE),
        **{state: Q(state=state) for state in Standing.values},
    }.get(name, Q())


def pieces_shown(user: Any, wanted: Wanted, *, on: dt.date) -> Any:
    rows = Equipment.objects.visible_to(user).filter(_look(wanted.look, on))
    if wanted.kind in EquipmentKind.values:
        rows = rows.filter(kind=wanted.kind)
    if wanted.premises.isdecimal() and len(wanted.premises) < 10:
        rows = rows.filter(premises=int(wanted.premises))
    if wanted.q:
        named = Premises.objects.visible_to(user).filter(name__icontains=wanted.q).values_list("pk", flat=True)
        rows = rows.filter(Q(code__startswith=wanted.q.upper()) | Q(premises__in=list(named[:MOST_PREMISES])))
    return rows


def for_list(rows: Any) -> Any:
    """With what a line shows; whether it fails is asked with it."""
    about = InspectionAnswer.objects.filter(
        inspection__equipment=OuterRef("pk"), result=Answer.FAIL, hazard__state__in=HAZARD_OPEN
    )
    return rows.select_related("premises", "community", "organisation").annotate(fails=Exists(about))


# ---- figures ------------------------------------------------------------------------------------------------------------
def _standing(places: list[int]) -> Any:
    return Equipment.objects.standing().filter(community__in=places)


def in_order(places: list[int], at: dt.datetime) -> Any:
    """In use, within its dates, and nothing open about it."""
    on = clock.local(at).date()
    rows = Equipment.objects.filter(community__in=places, state=Standing.IN_USE)
    return rows.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=on)).exclude(pk__in=failing())


def all_of(places: list[int], at: dt.datetime) -> Any:
    return _standing(places)


def expiring(places: list[int], at: dt.datetime) -> Any:
    """To be serviced or scrapped within ninety days; what should have been already is among them."""
    return _standing(places).filter(expires_on__lte=clock.local(at).date() + AHEAD)


# ---- one piece ----------------------------------------------------------------------------------------------------------
def piece_page(piece: Equipment) -> dict[str, Any]:
    """Its history, its looks with what failed, and hazards that are open about it; four queries however much there is."""
    looks = Inspection.objects.filter(equipment=piece).select_related("by", "round")
    rows = list(looks.prefetch_related("answers__item", "answers__hazard__case", "answers__photo")[:12])
    for row in rows:
        row.failed = [answer for answer in row.answers.all() if answer.result == Answer.FAIL]  # type: ignore[attr-defined]
    return {
        "events": list(piece.events.select_related("by", "premises")[:30]),
        "looks": rows,
        "hazards": list(
            Hazard.objects.filter(state__in=HAZARD_OPEN, found_by_answers__inspection__equipment=piece)
            .select_related("case")
            .distinct()
        ),
    }


def flagged_of(rows: Any) -> int:
    return int(rows.exclude(flag="").exclude(result=Seen.NOT_FOUND).count())
