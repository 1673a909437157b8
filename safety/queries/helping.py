"""Who may need help to leave a house: by what their file says, never why."""

from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from community_portal.people.models import CareTag, Resident
from safety.models import Drill, Helper

CANNOT_WALK = (CareTag.BEDRIDDEN, CareTag.IMMOBILE, CareTag.DISABLED)
MOST = 200


def candidates(drill: Drill) -> Any:
    """Of the houses of the drill, bedridden, immobile, disabled, or over eighty and alone; who is on the list already is not."""
    buildings = drill.houses.exclude(premises__building=None).values("premises__building")
    alone = Q(care_tags__contains=[CareTag.LIVES_ALONE, CareTag.AGED_80])
    found = Resident.objects.current().filter(Q(care_tags__overlap=list(CANNOT_WALK)) | alone)
    found = found.filter(community=drill.community_id, household__building__in=buildings)
    return (
        found.exclude(pk__in=drill.helpers.values("resident"))
        .select_related("household__building__estate")
        .order_by("household__building", "household__unit", "household__room", "pk")[:MOST]
    )


def helped(drill: Drill) -> Any:
    rows = Helper.objects.filter(drill=drill).select_related(
        "resident__household__building__estate", "house__premises", "user"
    )
    return rows.order_by(
        "resident__household__building", "resident__household__unit", "resident__household__room", "pk"
    )


def by_staircase(drill: Drill) -> list[tuple[str, list[Helper]]]:
    """Grouped as the helpers go: house and unit."""
    return [(stairs, list(rows)) for stairs, rows in groupby(helped(drill), _staircase)]


def _staircase(row: Helper) -> str:
    home = row.resident.household
    if home is None:
        return ""
    house = f"{home.building.estate} {home.building}" if home.building else home.address
    return house if home.unit in ("", "无") else _("%(house)s %(unit)s 单元") % {"house": house, "unit": home.unit}
