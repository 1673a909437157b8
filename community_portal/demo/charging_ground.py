"""Where Fumin's estates and buildings lie, and where beside a building a place is, as its name says: "3 幢西侧" is west of building 3,
"南门" at the southern edge of the estate."""

import math
from decimal import Decimal
from typing import Any, NamedTuple

from community_portal.demo.settle import Town
from community_portal.places.coordinates import SIX_PLACES, Placed, placed_at
from community_portal.places.models import Building, Estate


class Ground(NamedTuple):
    """Its first building (WGS-84), its e-bikes, its homes without a garage, its homes."""

    lon: str
    lat: str
    ebikes: int
    homes: int
    households: int


GROUNDS = {
    "上海路9号": Ground("120.943100", "31.952300", 60, 30, 30),
    "富民新村": Ground("120.938200", "31.954100", 1820, 682, 1240),
    "鑫景佳园": Ground("120.946800", "31.955600", 780, 40, 520),
    "中兴花苑": Ground("120.949300", "31.950900", 700, 0, 460),
    "富安新居": Ground("120.940700", "31.948300", 500, 120, 380),
}
DEGREE = 111_320.0
HOUSE = 12.0, 6.0  # metres, from its middle to its walls
ROOM, DEEP = 3.4, 3.0  # what stays free beside a wall, the depth of a place
ROWS, ACROSS, DOWN, AROUND = 4, 38.0, 34.0, 32.0  # houses in rows of four; the edge of the estate around the outermost
INSIDE = 4.0  # of a gate: so far within that edge
WINDS = {"东": (1, 0), "西": (-1, 0), "南": (0, -1), "北": (0, 1)}


def lie_down(town: Town) -> None:
    """Estates with their edges and their buildings on the map."""
    for name, ground in GROUNDS.items():
        estate = Estate.objects.get(community=town.communities["FM"], name=name)
        buildings = list(Building.objects.filter(estate=estate).order_by("number"))
        origin = float(ground.lon), float(ground.lat)
        for n, building in enumerate(buildings):
            _build(building, off(origin, ACROSS * (n % ROWS), -DOWN * (n // ROWS)), name)
        estate.place_at(placed_at(Decimal(ground.lon), Decimal(ground.lat), "wgs84"))
        estate.households, estate.outline = ground.households, _edge(buildings)
        estate.save()


def _build(building: Building, placed: Placed, name: str) -> None:
    is_mixed = name == "上海路9号"
    building.place_at(placed)
    building.use, building.garage = "mixed" if is_mixed else "homes", name in ("鑫景佳园", "中兴花苑")
    building.shops_to_floor = 2 if is_mixed else 0
    building.save()


def _edge(buildings: list[Building]) -> dict[str, Any]:
    west, south, east, north = _reach(buildings)
    corners = ((west, south), (east, south), (east, north), (west, north))
    return _ring([off(corner, x * AROUND, y * AROUND) for corner, (x, y) in zip(corners, OUTWARDS, strict=True)])


OUTWARDS = ((-1, -1), (1, -1), (1, 1), (-1, 1))


def _reach(buildings: list[Building]) -> tuple[float, float, float, float]:
    xs, ys = [float(one.lon or 0) for one in buildings], [float(one.lat or 0) for one in buildings]
    return min(xs), min(ys), max(xs), max(ys)


def _ring(corners: list[Placed]) -> dict[str, Any]:
    points = [[float(one.lon), float(one.lat)] for one in corners]
    return {"type": "Polygon", "coordinates": [[*points, points[0]]]}


def off(origin: tuple[float, float], east: float, north: float) -> Placed:
    """So many metres from there."""
    lon = origin[0] + east / (DEGREE * math.cos(math.radians(origin[1])))
    lat = origin[1] + north / DEGREE
    return placed_at(Decimal(lon).quantize(SIX_PLACES), Decimal(lat).quantize(SIX_PLACES), "wgs84")


class Lying(NamedTuple):
    """The middle of a place and its outline."""

    placed: Placed
    outline: dict[str, Any]


def lying(building: Building, name: str, ports: int) -> Lying:
    """As long as its ports need, along the wall or the edge that its name says."""
    x, y = WINDS[wind_of(name)]
    middle = _gate(building, x, y) if "门" in name else _beside(building, x, y)
    long, deep = ports * 0.8 / 2, DEEP / 2
    wide, high = (deep, long) if x else (long, deep)
    at = float(middle.lon), float(middle.lat)
    return Lying(middle, _ring([off(at, a * wide, b * high) for a, b in OUTWARDS]))


def wind_of(name: str) -> str:
    """The last that is told: "西片 3 幢东侧" is to the east."""
    return max((wind for wind in WINDS if wind in name), key=name.rindex, default="北")


def _beside(building: Building, x: int, y: int) -> Placed:
    far = ROOM + DEEP / 2
    return off((float(building.lon or 0), float(building.lat or 0)), x * (HOUSE[0] + far), y * (HOUSE[1] + far))


def _gate(building: Building, x: int, y: int) -> Placed:
    west, south, east, north = _reach(list(Building.objects.filter(estate=building.estate_id)))
    middle = ((west + east) + x * (east - west)) / 2, ((south + north) + y * (north - south)) / 2
    return off(middle, x * (AROUND - INSIDE), y * (AROUND - INSIDE))
