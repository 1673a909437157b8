"""What lies near: distances on the ground between points of WGS-84, good for saying who hears of something, not for a rule."""

import math
from typing import Any

EARTH = 6371008.8


def metres_between(one: Any, other: Any) -> float | None:
    """Between two rows that have a point; None where one of them has none."""
    if None in (one.lon, one.lat, other.lon, other.lat):
        return None
    lat_a, lat_b = math.radians(one.lat), math.radians(other.lat)
    across = math.radians(float(other.lon) - float(one.lon))
    half = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(across / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, half)))


def is_near(one: Any, other: Any, metres: Any) -> bool:
    """By their points; where one has none, by the same building, or by the same estate when no building is told."""
    found = metres_between(one, other)
    if found is not None:
        return found <= float(metres)
    if one.estate_id != other.estate_id:
        return False
    return one.building_id is None or other.building_id is None or one.building_id == other.building_id
