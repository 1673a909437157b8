"""A wire that another service found: it goes on here, in the same case (matters/passing.py)."""

import datetime as dt
from typing import Any

from charging.actions.wires import report_wire
from charging.models import WireReport
from community_portal.casework.models import Matter
from community_portal.people.models import User
from community_portal.places.models import Building, Estate


def wire_from(
    matter: Matter,
    *,
    estate: Estate,
    building: Building | None,
    place: str,
    words: str,
    by: User | None,
    at: dt.datetime,
    **_more: Any,
) -> WireReport:
    """Whoever reported it hears what comes of it, by the number that they have."""
    case = matter.case
    return report_wire(
        estate=estate,
        building=building,
        place=place,
        words=words or case.words,
        asker=None,
        source=case.source,
        case=case,
        by=by,
        at=at,
    )
