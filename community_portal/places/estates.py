"""Deeds on what estates and buildings are and where they lie, and where everything of a street does.

Who decides about the house says so, and the specialists who go and look: charging and safety.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from community_portal.places.actions import RUNS_A_HALL
from community_portal.places.coordinates import Box, Placed
from community_portal.places.models import Building, Estate, Street, in_reader_language
from community_portal.refusals import NotAllowed, Refusal
from community_portal.web.editions import must_be

KNOWS_ESTATES = (*RUNS_A_HALL, "charging", "safety")
BUILDING_FACTS = (
    "use",
    "height_m",
    "floors",
    "below_ground",
    "shops_to_floor",
    "stilt_floor",
    "garage",
    "lift",
)


def _must_know(by: Any, estate: Estate) -> None:
    if by is not None and not by.has_role_at(estate.community_id, *KNOWS_ESTATES):
        raise NotAllowed(_("小区和楼幢的情况由社区书记、街道，或者充电、安全专员来填。"))


@transaction.atomic
def set_estate(
    estate: Estate,
    *,
    name_en: str,
    households: int | None,
    area_m2: Any,
    placed: Placed | None,
    outline: dict[str, Any] | None,
    by: Any,
    seen: str | None = None,
) -> None:
    """How many live there, how large it is, where it lies."""
    _must_know(by, estate)
    must_be(seen, Estate.objects.select_for_update().get(pk=estate.pk))
    estate.name_en, estate.households, estate.area_m2, estate.outline = name_en, households, area_m2, outline
    estate.place_at(placed)
    estate.save()


@transaction.atomic
def set_building(building: Building, *, placed: Placed | None, by: Any, seen: str | None = None, **facts: Any) -> None:
    """What a building is (``BUILDING_FACTS``) and where it stands. Raises Refusal when it has more floors of shops than floors."""
    _must_know(by, building.estate)
    must_be(seen, Building.objects.select_for_update().get(pk=building.pk))
    if (facts["shops_to_floor"] or 0) > facts["floors"]:
        raise Refusal(_("商铺的层数不能比楼的层数多。"), code="shops_above_the_roof", field="shops_to_floor")
    for name in BUILDING_FACTS:
        setattr(building, name, facts[name])
    building.place_at(placed)
    building.save()


@transaction.atomic
def set_box(street: Street, box: Box | None, *, by: Any) -> None:
    """Where everything of this street lies: a point outside is a slip. Raises Refusal for a box that is none."""
    if by is not None and not by.is_superuser and street.pk not in by.streets_as("street_officer"):
        raise NotAllowed(_("街道的范围由街道来定。"))
    street.west, street.south, street.east, street.north = box or (None, None, None, None)
    try:
        with transaction.atomic():
            street.save(update_fields=["west", "south", "east", "north"])
    except IntegrityError as error:
        raise Refusal(_("范围的四个数：西比东小，南比北小。"), code="no_box", field="west") from error


def estates_to_choose(places: frozenset[int] | None) -> list[tuple[int, str]]:
    """The estates of these communities, of all where None, for a list's filter: ids and names in the reader's language."""
    rows = Estate.objects.all() if places is None else Estate.objects.filter(community__in=places)
    return [
        (pk, in_reader_language(*names)) for pk, *names in rows.order_by("name").values_list("pk", "name", "name_en")
    ]
