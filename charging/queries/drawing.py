"""The plan of a place and of those that it follows, drawn in metres from what is on the map: outlines, buildings, an arrow from
the place that was given up. Where nothing is on the map there is no drawing."""

import itertools
import math
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from charging.models import Site
from community_portal.places.models import Building

SIDE, MARGIN = 5.0, 8.0  # metres: of a place without an outline, and around everything
DEGREE = 111_320.0
BUILDINGS = 12


@dataclass(frozen=True)
class Shape:
    """A polygon as SVG takes it, with its words and where they stand."""

    css: str
    points: str
    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Drawing:
    view: str
    title: str
    shapes: list[Shape]
    arrows: list[str]
    size: float
    bar: float
    bar_x: float
    bar_y: float


def drawing_of(site: Site) -> Drawing | None:
    """The chain of the place on one plan."""
    chain = [one for one in site.chain if one.point or one.outline]
    if not chain:
        return None
    middle = _middle(chain[0])
    rings = [(one, _ring(one, middle)) for one in chain]
    shapes = [_building(one, middle) for one in _buildings(site, middle)]
    shapes += [_shape(one, ring, n) for n, (one, ring) in enumerate(rings, start=1)]
    arrows = [_arrow(a, b) for (_one, a), (_two, b) in itertools.pairwise(rings)]
    corners = [corner for _one, ring in rings for corner in ring]
    return _drawn(corners, shapes, arrows, _title(site, chain))


def _middle(site: Site) -> tuple[float, float]:
    if site.point:
        return float(site.lon or 0), float(site.lat or 0)
    x, y = site.outline["coordinates"][0][0]  # type: ignore[index]
    return float(x), float(y)


def _metres(lon: Any, lat: Any, middle: tuple[float, float]) -> tuple[float, float]:
    """East and south of the middle: on paper north is up."""
    across = (float(lon) - middle[0]) * DEGREE * math.cos(math.radians(middle[1]))
    return round(across, 2), round((middle[1] - float(lat)) * DEGREE, 2)


def _ring(site: Site, middle: tuple[float, float]) -> list[tuple[float, float]]:
    if site.outline:
        return [_metres(x, y, middle) for x, y in site.outline["coordinates"][0][:-1]]
    x, y = _metres(site.lon, site.lat, middle)
    half = SIDE / 2
    return [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]


def _buildings(site: Site, middle: tuple[float, float]) -> list[Building]:
    """Those of the estate that lie near enough to be on the same sheet."""
    rows = Building.objects.filter(estate=site.estate_id, lon__isnull=False).select_related("estate")
    near = [one for one in rows if math.hypot(*_metres(one.lon, one.lat, middle)) < 120]
    return near[:BUILDINGS]


def _building(one: Building, middle: tuple[float, float]) -> Shape:
    x, y = _metres(one.lon, one.lat, middle)
    corners = [(x - 12, y - 6), (x + 12, y - 6), (x + 12, y + 6), (x - 12, y + 6)]
    return Shape("drawn-building", _points(corners), x, y, str(one))


def _shape(site: Site, ring: list[tuple[float, float]], number: int) -> Shape:
    x, y = _centre(ring)
    css = "drawn-no" if site.state == "rejected" else "drawn-yes"
    return Shape(css, _points(ring), x, round(min(b for _a, b in ring) - 1.2, 2), f"{number} {site.name}")


def _centre(ring: list[tuple[float, float]]) -> tuple[float, float]:
    return round(sum(a for a, _b in ring) / len(ring), 2), round(sum(b for _a, b in ring) / len(ring), 2)


def _points(ring: list[tuple[float, float]]) -> str:
    return " ".join(f"{a:.2f},{b:.2f}" for a, b in ring)


def _arrow(a: list[tuple[float, float]], b: list[tuple[float, float]]) -> str:
    (x, y), (u, v) = _centre(a), _centre(b)
    return f"M{x} {y}Q{(x + u) / 2:.2f} {min(y, v) - 4:.2f} {u} {v}"


def _drawn(corners: list[tuple[float, float]], shapes: list[Shape], arrows: list[str], title: str) -> Drawing:
    xs = [a for a, _b in corners] + [one.x for one in shapes]
    ys = [b for _a, b in corners] + [one.y for one in shapes]
    left, top = min(xs) - MARGIN - 8, min(ys) - MARGIN
    width, height = max(xs) - left + MARGIN + 8, max(ys) - top + MARGIN
    size = round(max(width / 28, 1.0), 2)
    return Drawing(
        view=f"{left:.1f} {top:.1f} {width:.1f} {height:.1f}",
        title=title,
        shapes=shapes,
        arrows=arrows,
        size=size,
        bar=10,
        bar_x=round(left + 2, 1),
        bar_y=round(top + height - 2, 1),
    )


def _title(site: Site, chain: list[Site]) -> str:
    told = "；".join(f"{n} {one.name}（{one.spec.label}）" for n, one in enumerate(chain, start=1))
    return _("%(estate)s的平面图：%(places)s") % {"estate": site.estate, "places": told}
