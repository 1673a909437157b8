"""Outlines on the ground: one ring as GeoJSON in WGS-84, read from what somebody drew or typed."""

import itertools
import json
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from community_portal.places.coordinates import Box, placed_at, read_point
from community_portal.refusals import Refusal

MOST_POINTS = 200
MOST_CHARACTERS = 20_000
Pair = tuple[int, int]
"""Millionths of a degree: whole numbers cross or they do not."""


def read_outline(typed: str, crs: str, *, box: Box | None = None, field: str = "outline") -> dict[str, Any]:
    """The outline of a GeoJSON polygon (alone or as the one feature), or of lines "longitude, latitude". Raises Refusal beside
    ``field`` for fewer than three points, more than two hundred, one that lies elsewhere, and for sides that cross."""
    if len(typed) > MOST_CHARACTERS:
        raise _no(_("边界太长，最多 %(n)s 个点。") % {"n": MOST_POINTS}, "too_many_points", field)
    points = _points_of(typed, field)
    points = points[:-1] if len(points) > 1 and points[0] == points[-1] else points
    if len(points) > MOST_POINTS:
        raise _no(_("边界最多 %(n)s 个点。") % {"n": MOST_POINTS}, "too_many_points", field)
    ring = [_placed(number, point, crs, box, field) for number, point in enumerate(points, start=1)]
    if len(set(ring)) < 3 or not _has_area(ring):
        raise _no(_("边界至少要有三个点，围成一块地方。"), "no_area", field)
    if crosses_itself(ring):
        raise _no(_("边界的两条边交叉了，请沿着一个方向依次点。"), "crosses_itself", field)
    closed = [[x / 1_000_000, y / 1_000_000] for x, y in [*ring, ring[0]]]
    return {"type": "Polygon", "coordinates": [closed]}


def _no(sentence: str, code: str, field: str) -> Refusal:
    return Refusal(sentence, code=code, field=field)


def _points_of(typed: str, field: str) -> list[Any]:
    """Pairs of numbers, or lines that hold one."""
    if not typed.lstrip().startswith("{"):
        return [line.strip() for line in typed.splitlines() if line.strip()]
    try:
        ring = _ring_of(json.loads(typed, parse_float=Decimal, parse_int=Decimal))
        return [(Decimal(lon), Decimal(lat)) for lon, lat, *_height in ring]
    except (ValueError, TypeError, KeyError, IndexError, InvalidOperation, RecursionError) as error:
        raise _no(_("读不懂这个边界：要 GeoJSON 的多边形，或者一行一个“经度, 纬度”。"), "unreadable", field) from error


def _ring_of(said: dict[str, Any]) -> list[Any]:
    """The outer ring of a polygon without holes."""
    if said.get("type") == "FeatureCollection":
        (said,) = said["features"]
    if said.get("type") == "Feature":
        said = said["geometry"]
    if said.get("type") != "Polygon":
        raise ValueError("not a polygon")
    (ring,) = said["coordinates"]
    return list(ring)


def _placed(number: int, point: Any, crs: str, box: Box | None, field: str) -> Pair:
    try:
        if isinstance(point, str):
            read = read_point(point, crs, box=box)
        else:
            lon, lat = point
            read = placed_at(lon, lat, crs, box=box)
    except Refusal as refusal:
        sentence = _("第 %(n)s 个点：%(why)s") % {"n": number, "why": refusal.sentence}
        raise _no(sentence, refusal.code, field) from refusal
    return int(read.lon * 1_000_000), int(read.lat * 1_000_000)


def _has_area(ring: list[Pair]) -> bool:
    """Do its points not all lie on one line?"""
    return any(_turn(ring[0], a, b) for a, b in itertools.pairwise(ring))


def crosses_itself(ring: list[Pair]) -> bool:
    """Whether two sides meet anywhere but at the corner that they share, or two corners are one."""
    if len(set(ring)) < len(ring):
        return True
    sides = list(zip(ring, ring[1:] + ring[:1], strict=True))
    return any(
        _fold_back(a, b) if is_next else _meet(a, b)
        for (i, a), (j, b) in itertools.combinations(enumerate(sides), 2)
        for is_next in [j - i == 1 or j - i == len(sides) - 1]
    )


def _turn(a: Pair, b: Pair, c: Pair) -> int:
    turn = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (turn > 0) - (turn < 0)


def _is_on(a: Pair, b: Pair, c: Pair) -> bool:
    """Is ``c``, which lies on the line through both, between them?"""
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])


def _meet(one: tuple[Pair, Pair], other: tuple[Pair, Pair]) -> bool:
    (a, b), (c, d) = one, other
    ends = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    abc, abd, cda, cdb = (_turn(*end) for end in ends)
    if abc * abd < 0 and cda * cdb < 0:
        return True
    return any(_turn(*end) == 0 and _is_on(*end) for end in ends)


def _fold_back(one: tuple[Pair, Pair], other: tuple[Pair, Pair]) -> bool:
    """Do two sides that share a corner lie upon each other?"""
    (corner,) = set(one) & set(other)
    (a,), (b,) = set(one) - {corner}, set(other) - {corner}
    return _turn(corner, a, b) == 0 and (_is_on(corner, a, b) or _is_on(corner, b, a))


def lies_in(outline: dict[str, Any], lon: Decimal, lat: Decimal) -> bool:
    """Is the point inside, or on the line? Counts how often a ray from it crosses the ring."""
    ring = [(round(x * 1_000_000), round(y * 1_000_000)) for x, y in outline["coordinates"][0]]
    here = int(lon * 1_000_000), int(lat * 1_000_000)
    is_inside = False
    for a, b in itertools.pairwise(ring):
        if _turn(a, b, here) == 0 and _is_on(a, b, here):
            return True
        if (a[1] > here[1]) != (b[1] > here[1]) and _turn(a, b, here) == (1 if b[1] > a[1] else -1):
            is_inside = not is_inside
    return is_inside
