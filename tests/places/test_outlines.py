"""Outlines: one ring of at most two hundred points that does not cross itself."""

import json
import math
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_portal.places.coordinates import Box
from community_portal.places.outlines import crosses_itself, lies_in, read_outline
from community_portal.refusals import Refusal

BOX = Box(D("120"), D("31"), D("122"), D("33"))
SQUARE = "120.9, 31.9\n120.91, 31.9\n120.91, 31.91\n120.9, 31.91"


def geo(*points: tuple[float, float], kind: str = "Polygon") -> str:
    return json.dumps({"type": kind, "coordinates": [[list(point) for point in points]]})


def round_(count: int) -> list[tuple[float, float]]:
    turns = [2 * math.pi * i / count for i in range(count)]
    return [(120.9 + 0.01 * math.cos(t), 31.9 + 0.01 * math.sin(t)) for t in turns]


def refused(typed: str, box: Box | None = BOX) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        read_outline(typed, "wgs84", box=box)
    assert refusal.value.field == "outline"
    return refusal.value


def test_lines_and_geojson_give_the_same_closed_ring() -> None:
    ring = [[120.9, 31.9], [120.91, 31.9], [120.91, 31.91], [120.9, 31.91], [120.9, 31.9]]
    assert read_outline(SQUARE, "wgs84", box=BOX) == {"type": "Polygon", "coordinates": [ring]}
    assert read_outline(geo(*map(tuple, ring)), "wgs84", box=BOX)["coordinates"] == [ring]  # type: ignore[arg-type]
    feature = json.dumps({"type": "Feature", "geometry": json.loads(geo(*map(tuple, ring)))})  # type: ignore[arg-type]
    assert read_outline(feature, "wgs84", box=BOX)["coordinates"] == [ring]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("120.9, 31.9\n120.91, 31.9", "no_area"),
        ("120.9, 31.9\n120.91, 31.9\n120.92, 31.9", "no_area"),
        ("120.9, 31.9\n120.91, 31.91\n120.91, 31.9\n120.9, 31.91", "crosses_itself"),
        ("120.9, 31.9\n120.92, 31.9\n120.92, 31.91\n120.91, 31.9\n120.9, 31.91", "crosses_itself"),
        ("120.9, 31.9\n120.92, 31.9\n120.91, 31.9\n120.91, 31.92", "crosses_itself"),
        ("120.9, 31.9\n0, 0\n120.91, 31.91", "null_island"),
        ("120.9, 31.9\n31.9, 120.91\n120.91, 31.91", "no_degrees"),
        (geo(*round_(201)), "too_many_points"),
        ("\n".join("120.9, 31.9" for _ in range(10_000)), "too_many_points"),
        ("{", "unreadable"),
        ('{"type": "Point", "coordinates": [120, 31]}', "unreadable"),
        (geo((120.9, 31.9), kind="LineString"), "unreadable"),
        ('{"type": "Polygon", "coordinates": [["a", "b"]]}', "unreadable"),
        ('{"type": "Polygon", "coordinates": [[[NaN, 1], [1, 2], [2, 3]]]}', "no_degrees"),
        ("{" * 9_000, "unreadable"),
    ],
)
def test_what_is_no_outline(typed: str, code: str) -> None:
    assert refused(typed).code == code


def test_the_sentence_says_which_point() -> None:
    assert str(refused("120.9, 31.9\n120.91, 31.9\n125, 31.91").sentence).startswith("第 3 个点")


def test_two_hundred_points_are_not_too_many() -> None:
    assert len(read_outline(geo(*round_(200)), "wgs84", box=BOX)["coordinates"][0]) == 201


@given(st.lists(st.floats(0.2, 1.0), min_size=3, max_size=40))
def test_a_star_seen_from_its_middle_never_crosses_and_holds_its_middle(reach: list[float]) -> None:
    points = [(round(1e4 * r * x), round(1e4 * r * y)) for r, (x, y) in zip(reach, _turns(len(reach)), strict=True)]
    assert not crosses_itself(points)
    ring = [[x / 1e6, y / 1e6] for x, y in [*points, points[0]]]
    outline = {"type": "Polygon", "coordinates": [ring]}
    assert lies_in(outline, D(0), D(0)) and not lies_in(outline, D(1), D(0))


def _turns(count: int) -> list[tuple[float, float]]:
    return [(math.cos(2 * math.pi * i / count), math.sin(2 * math.pi * i / count)) for i in range(count)]


def test_who_stands_on_the_line_stands_inside() -> None:
    square = read_outline(SQUARE, "wgs84", box=BOX)
    assert lies_in(square, D("120.905"), D("31.9")) and lies_in(square, D("120.9"), D("31.91"))
    assert not lies_in(square, D("120.899999"), D("31.905"))
