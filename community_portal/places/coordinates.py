"""Points on the ground: stored as WGS-84, with what was typed and in which system, for three systems are in use and lie 500 m apart.

What is converted serves to draw and to say what is near. A distance that decides anything is measured on the spot.
"""

import math
import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal.refusals import Refusal


class Crs(models.TextChoices):
    """The systems in which maps and telephones in China say where something is."""

    WGS84 = "wgs84", _("GPS、天地图（WGS-84）")
    GCJ02 = "gcj02", _("高德、腾讯地图（GCJ-02）")
    BD09 = "bd09", _("百度地图（BD-09）")


class Box(NamedTuple):
    """A rectangle in degrees, WGS-84."""

    west: Decimal
    south: Decimal
    east: Decimal
    north: Decimal

    def holds(self, lon: Decimal, lat: Decimal) -> bool:
        return self.west <= lon <= self.east and self.south <= lat <= self.north


class Placed(NamedTuple):
    """A point in WGS-84, and what was typed for it in which system."""

    lon: Decimal
    lat: Decimal
    crs: str
    entered: str


CHINA = Box(Decimal("73.4"), Decimal("3.4"), Decimal("135.1"), Decimal("53.6"))
SIX_PLACES = Decimal("0.000001")  # a tenth of a metre
_TWO_NUMBERS = re.compile(r"\s*(-?\d{1,9}(?:\.\d{1,15})?)\s*[,，;；\s]\s*(-?\d{1,9}(?:\.\d{1,15})?)\s*")
_AXIS, _FLATNESS, _EARTH = 6378245.0, 0.00669342162296594323, 6371008.8


def read_point(typed: str, crs: str, *, box: Box | None = None, field: str = "point") -> Placed:
    """The point of "120.9431, 31.9523". Raises Refusal beside ``field`` with what may be meant instead."""
    found = _TWO_NUMBERS.fullmatch(unicodedata.normalize("NFKC", typed))
    if not found:
        raise _no(gettext("请写成“经度, 纬度”，如 120.943112, 31.952301。"), "unreadable_point", field)
    return placed_at(Decimal(found[1]), Decimal(found[2]), crs, box=box, field=field)


def placed_at(lon: Decimal, lat: Decimal, crs: str, *, box: Box | None = None, field: str = "point") -> Placed:
    """The point of two numbers in one of the systems. It lies in ``box``, that of the street, or in the country where no box
    is known; else Refusal beside ``field``, with a guess."""
    if not (lon or lat):
        raise _no(gettext("0, 0 在大西洋里：手机没有定位成功。请重新定位，或者手填。"), "null_island", field)
    if not _is_degrees(lon, lat):
        raise _no(_out_of_range(lon, lat, box or CHINA), "no_degrees", field)
    point = to_wgs84(lon, lat, crs)
    if not (box or CHINA).holds(*point):
        raise _no(_guess(lon, lat, crs, box), "outside_box", field)
    return Placed(*point, crs, f"{lon}, {lat}")


def _no(sentence: str, code: str, field: str) -> Refusal:
    return Refusal(sentence, code=code, field=field)


def _is_degrees(lon: Decimal, lat: Decimal) -> bool:
    return lon.is_finite() and lat.is_finite() and abs(lon) <= 180 and abs(lat) <= 90


def _out_of_range(lon: Decimal, lat: Decimal, box: Box) -> str:
    if _is_degrees(lat, lon) and box.holds(lat, lon):
        return _swapped()
    return gettext("这不是经纬度。平面坐标（以米计的）要先换算成经纬度。")


def _swapped() -> str:
    return gettext("是不是经纬度写反了？先写经度，再写纬度。")


def _guess(lon: Decimal, lat: Decimal, crs: str, box: Box | None) -> str:
    """Why a point may lie outside: the two numbers changed places, or another system was meant."""
    area = box or CHINA
    if area.holds(lat, lon):
        return _swapped()
    if box is None:
        return gettext("这个点不在国内，请核对。")
    other = next((one for one in Crs if one != crs and box.holds(*to_wgs84(lon, lat, one))), None)
    if other:
        return gettext("不在本街道的范围里。是不是从“%(map)s”上抄的？请把坐标来源选对。") % {"map": other.label}
    far = metres_between(to_wgs84(lon, lat, crs), _nearest_in(box, *to_wgs84(lon, lat, crs)))
    return gettext("不在本街道的范围里，差 %(km)s 公里，请核对。") % {"km": f"{max(far / 1000, 0.1):.1f}"}


def _nearest_in(box: Box, lon: Decimal, lat: Decimal) -> tuple[Decimal, Decimal]:
    return min(max(lon, box.west), box.east), min(max(lat, box.south), box.north)


# ---- the three systems -----------------------------------------------------------------------------------------


def to_wgs84(lon: Decimal, lat: Decimal, crs: str) -> tuple[Decimal, Decimal]:
    """Undone by closing in on it: the way there has a formula, the way back has none."""
    if crs == Crs.WGS84:
        return lon.quantize(SIX_PLACES), lat.quantize(SIX_PLACES)
    there = {Crs.GCJ02: _to_gcj02, Crs.BD09: _to_bd09}[Crs(crs)]
    wanted = float(lon), float(lat)
    x, y = wanted
    for _round in range(4):
        gone = there(x, y)
        x, y = x - (gone[0] - wanted[0]), y - (gone[1] - wanted[1])
    return Decimal(x).quantize(SIX_PLACES), Decimal(y).quantize(SIX_PLACES)


def from_wgs84(lon: Decimal, lat: Decimal, crs: str) -> tuple[Decimal, Decimal]:
    """As a map that draws in ``crs`` wants it."""
    there = {Crs.GCJ02: _to_gcj02, Crs.BD09: _to_bd09}.get(Crs(crs))
    x, y = there(float(lon), float(lat)) if there else (lon, lat)
    return Decimal(x).quantize(SIX_PLACES), Decimal(y).quantize(SIX_PLACES)


def _to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """The shift that Chinese maps are drawn with, as it is known since 2010."""
    x, y = lon - 105.0, lat - 35.0
    waves = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + waves
    east += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + waves
    north += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    bend = 1 - _FLATNESS * math.sin(math.radians(lat)) ** 2
    along = _AXIS / math.sqrt(bend) * math.cos(math.radians(lat))
    across = _AXIS * (1 - _FLATNESS) / (bend * math.sqrt(bend))
    return lon + math.degrees(east / along), lat + math.degrees(north / across)


def _to_bd09(lon: float, lat: float) -> tuple[float, float]:
    """One more shift, on top of that one."""
    x, y = _to_gcj02(lon, lat)
    turn = math.pi * 3000.0 / 180.0
    radius = math.hypot(x, y) + 0.00002 * math.sin(y * turn)
    angle = math.atan2(y, x) + 0.000003 * math.cos(x * turn)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def metres_between(a: tuple[Decimal, Decimal], b: tuple[Decimal, Decimal]) -> float:
    """How far two points (longitude, latitude) lie apart, over the ground; to find what is near, never to decide."""
    (lon_a, lat_a), (lon_b, lat_b) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    half = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * _EARTH * math.asin(math.sqrt(half))
