"""What lies near: by points on the map, good for saying who hears of something, not for a rule."""

from typing import Any

from community_portal.places import coordinates


def metres_between(one: Any, other: Any) -> float | None:
    """Between two rows that may have a point; None where one of them has none."""
    if one.point is None or other.point is None:
        return None
    return coordinates.metres_between(one.point, other.point)


def is_near(one: Any, other: Any, metres: Any) -> bool:
    """By their points; where one has none, by the same building, or by the same estate when no building is told."""
    found = metres_between(one, other)
    if found is not None:
        return found <= float(metres)
    if one.estate_id != other.estate_id:
        return False
    return one.building_id is None or other.building_id is None or one.building_id == other.building_id
