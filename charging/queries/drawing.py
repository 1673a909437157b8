"""The plan of a place and of those that it follows, drawn in metres from what is on the map: outlines, buildings, an arrow from
the place that was given up, and the pipe for which it was. Where nothing is on the map there is no drawing."""

import itertools
import math
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charging.models import RejectedBecause, Site
from community_portal.places.models import Building

SIDE, MARGIN = 5.0, 9.0  # metres: of a place without an outline, and around everything
DEGREE = 111_320.0
BUILDINGS = 12
LONG, BESIDE = 500.0, 6.5  # metres: beyond any sheet, and from the middle of a place to the word of its pipe
BAND = 1.5  # metres on either side of a pipe
PIPES = {RejectedBecause.GAS_PIPE: gettext_lazy("燃气管"), RejectedBecause.OTHER_PIPE: gettext_lazy("管线")}
WIDE = 390  # as many units as a phone has pixels, so that words are as large as they are said to be


@dataclass(frozen=True)
class Shape:
    """A polygon as SVG takes it, with its word and where that stands."""

    css: str
    points: str
    x: float
    y: float
    label: str
    is_place: bool


@dataclass(frozen=True)
class Pipe:
    """A line through the sheet, as wide as ``band``, with its word beside it."""

    path: str
    band: float
    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Drawing:
    """``bar`` is as long as ten metres."""

    view: str
    title: str
    shapes: list[Shape]
    arrows: list[str]
    pipes: list[Pipe]
    bar: float
    bar_y: float


Ring = list[tuple[float, float]]


@dataclass(frozen=True)
class Sheet:
    """From metres to units of the drawing."""

    left: float
    top: float
    scale: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        return round((x - self.left) * self.scale, 1), round((y - self.top) * self.scale, 1)

    def points(self, ring: Ring) -> str:
        return " ".join(f"{a},{b}" for a, b in (self.at(x, y) for x, y in ring))


def drawing_of(site: Site) -> Drawing | None:
    """The chain of the place on one plan, by the numbers of the list below it."""
    chain = [(n, one) for n, one in enumerate(site.chain, start=1) if one.point or one.outline]
    if not chain:
        return None
    middle = _middle(chain[0][1])
    rings = [(n, one, _ring(one, middle)) for n, one in chain]
    houses = [(one, _house(one, middle)) for one in _buildings(site, middle)]
    corners = [corner for ring in (*(row[2] for row in rings), *(row[1] for row in houses)) for corner in ring]
    sheet, height = _sheet(corners)
    shapes = [_shape(sheet, "drawn-building", ring, str(one)) for one, ring in houses]
    shapes += [
        _shape(sheet, "drawn-no" if one.state == "rejected" else "drawn-yes", ring, str(n)) for n, one, ring in rings
    ]
    arrows = [_arrow(sheet, a[2], b[2]) for a, b in itertools.pairwise(rings)]
    pipes = [_pipe(sheet, rings, at) for at, row in enumerate(rings) if row[1].rejected_code in PIPES]
    view = f"0 0 {WIDE} {height}"
    title = _title(site, [one for _n, one in chain])
    return Drawing(view, title, shapes, arrows, pipes, bar=round(10 * sheet.scale, 1), bar_y=height - 12)


def _middle(site: Site) -> tuple[float, float]:
    if site.point:
        return float(site.lon or 0), float(site.lat or 0)
    x, y = site.outline["coordinates"][0][0]  # type: ignore[index]
    return float(x), float(y)


def _metres(lon: Any, lat: Any, middle: tuple[float, float]) -> tuple[float, float]:
    """East and south of the middle: on paper north is up."""
    across = (float(lon) - middle[0]) * DEGREE * math.cos(math.radians(middle[1]))
    return across, (middle[1] - float(lat)) * DEGREE


def _ring(site: Site, middle: tuple[float, float]) -> Ring:
    if site.outline:
        return [_metres(x, y, middle) for x, y in site.outline["coordinates"][0][:-1]]
    return _box(*_metres(site.lon, site.lat, middle), SIDE / 2, SIDE / 2)


def _box(x: float, y: float, wide: float, deep: float) -> Ring:
    return [(x - wide, y - deep), (x + wide, y - deep), (x + wide, y + deep), (x - wide, y + deep)]


def _buildings(site: Site, middle: tuple[float, float]) -> list[Building]:
    """Those of the estate that lie near enough to be on the same sheet."""
    rows = Building.objects.filter(estate=site.estate_id, lon__isnull=False)
    return [one for one in rows if math.hypot(*_metres(one.lon, one.lat, middle)) < 60][:BUILDINGS]


def _house(one: Building, middle: tuple[float, float]) -> Ring:
    """As large as a house mostly is: nobody has drawn it."""
    return _box(*_metres(one.lon, one.lat, middle), 12, 6)


def _sheet(corners: Ring) -> tuple[Sheet, int]:
    xs, ys = [x for x, _y in corners], [y for _x, y in corners]
    left, top = min(xs) - MARGIN, min(ys) - MARGIN
    scale = WIDE / (max(xs) - left + MARGIN)
    return Sheet(left, top, scale), round((max(ys) - top + MARGIN) * scale)


def _shape(sheet: Sheet, css: str, ring: Ring, label: str) -> Shape:
    x, y = sheet.at(*_centre(ring))
    return Shape(css, sheet.points(ring), x, y, label, is_place=css != "drawn-building")


def _centre(ring: Ring) -> tuple[float, float]:
    return sum(x for x, _y in ring) / len(ring), sum(y for _x, y in ring) / len(ring)


def _arrow(sheet: Sheet, one: Ring, other: Ring) -> str:
    (x, y), (u, v) = sheet.at(*_centre(one)), sheet.at(*_centre(other))
    return f"M{x} {y}Q{(x + u) / 2:.1f} {min(y, v) - 30:.1f} {u} {v}"


def _pipe(sheet: Sheet, rings: list[Any], at: int) -> Pipe:
    """Below the place that was given up for it. Nobody told which way it runs: it is drawn along the place as that was outlined, or
    past the one that took its stead, which does not lie over it; the page says that this is rough."""
    (_n, site, ring), after = rings[at], rings[at + 1 : at + 2]
    x, y = _centre(ring)
    across, down = _along(ring)
    if after and (not site.outline or _runs_below(after[0][2], (x, y), (across, down))):
        across, down = _past((x, y), _centre(after[0][2]))
    ends = [sheet.at(x + across * far, y + down * far) for far in (-LONG, LONG)]
    path = "M" + "L".join(f"{a} {b}" for a, b in ends)
    is_level = abs(across) > abs(down)
    word = (x - SIDE, y - SIDE) if is_level else (x + across * BESIDE + BAND + 0.5, y + down * BESIDE)
    u, v = sheet.at(*word)
    return Pipe(path, round(2 * BAND * sheet.scale, 1), u, v, str(PIPES[site.rejected_code]))


def _runs_below(ring: Ring, start: tuple[float, float], way: tuple[float, float]) -> bool:
    """Does a pipe through ``start`` come nearer to the place than its band?"""
    sides = [(x - start[0]) * way[1] - (y - start[1]) * way[0] for x, y in ring]
    return min(sides) < BAND and max(sides) > -BAND


def _past(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """Straight across the way from one to the other; upwards on paper."""
    x, y = other[0] - one[0], other[1] - one[1]
    far = math.hypot(x, y) or 1.0
    return (y / far, -x / far) if x > 0 else (-y / far, x / far)


def _along(ring: Ring) -> tuple[float, float]:
    """The way of its longest side."""
    a, b = max(itertools.pairwise([*ring, ring[0]]), key=lambda side: math.dist(*side))
    far = math.dist(a, b) or 1.0
    return (b[0] - a[0]) / far, (b[1] - a[1]) / far


def _title(site: Site, chain: list[Site]) -> str:
    told = "；".join(f"{one.name}（{one.spec.label}）" for one in chain)
    return _("%(estate)s的平面图：%(places)s") % {"estate": site.estate, "places": told}
