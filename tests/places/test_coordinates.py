"""Points: stored as WGS-84 with what was typed; a slip is refused with what may be meant."""

import math
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_portal.places.coordinates import Box, Crs, from_wgs84, metres_between, placed_at, read_point, to_wgs84
from community_portal.refusals import Refusal

NANTONG = Box(D("120.80"), D("31.85"), D("121.10"), D("32.10"))
HERE = (D("120.943112"), D("31.952301"))
around = st.tuples(
    st.decimals("120.5", "121.5", places=6, allow_nan=False), st.decimals("31.5", "32.5", places=6, allow_nan=False)
)


def refused(typed: str, crs: str = "wgs84", box: Box | None = NANTONG) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        read_point(typed, crs, box=box)
    assert refusal.value.field == "point"
    return refusal.value


@pytest.mark.parametrize("typed", ["120.943112, 31.952301", "120.943112，31.952301", "１２０.943112 31.952301"])
def test_what_was_typed_is_kept_beside_the_point(typed: str) -> None:
    assert read_point(typed, "wgs84", box=NANTONG) == (*HERE, "wgs84", "120.943112, 31.952301")


@pytest.mark.parametrize(
    ("typed", "crs", "code", "words"),
    [
        ("somewhere", "wgs84", "unreadable_point", "经度, 纬度"),
        ("120.9", "wgs84", "unreadable_point", "经度, 纬度"),
        ("0, 0", "wgs84", "null_island", "大西洋"),
        ("0.0, 0.000", "gcj02", "null_island", "大西洋"),
        ("31.952301, 120.943112", "wgs84", "no_degrees", "写反"),
        ("40500000, 3537000", "wgs84", "no_degrees", "平面坐标"),
        ("121.30, 31.95", "wgs84", "outside_box", "公里"),
        ("2.3522, 48.8566", "wgs84", "outside_box", "公里"),
    ],
)
def test_a_slip_is_refused_with_what_may_be_meant(typed: str, crs: str, code: str, words: str) -> None:
    refusal = refused(typed, crs)
    assert refusal.code == code and words in str(refusal.sentence)


def test_numbers_that_changed_places_are_seen_where_both_could_be_degrees() -> None:
    box = Box(D("73.5"), D("30"), D("80"), D("40"))
    assert "写反" in str(refused("35, 75", box=box).sentence)


def test_another_system_is_guessed_at_the_edge_of_the_street() -> None:
    """A point 200 m inside the western edge, copied from a map whose points lie half a kilometre to the east."""
    shown = from_wgs84(D("121.0985"), D("31.95"), Crs.GCJ02)
    assert shown[0] > NANTONG.east
    assert "高德" in str(refused("{}, {}".format(*shown)).sentence)
    assert read_point("{}, {}".format(*shown), Crs.GCJ02, box=NANTONG).lon == pytest.approx(
        D("121.0985"), abs=D("1e-5")
    )


def test_without_a_box_the_country_is_one() -> None:
    assert placed_at(*HERE, "wgs84").lon == HERE[0]
    assert "不在国内" in str(refused("2.3522, 48.8566", box=None).sentence)


@given(around)
def test_there_and_back_is_less_than_a_hand(point: tuple[D, D]) -> None:
    for crs in (Crs.GCJ02, Crs.BD09):
        assert metres_between(to_wgs84(*from_wgs84(*point, crs), crs), point) < 0.3


def test_the_shift_of_chinese_maps_around_here() -> None:
    """As measured with another implementation: 457 to 498 m."""
    shifts = [
        metres_between(from_wgs84(lon, lat, Crs.GCJ02), (lon, lat))
        for lon in (D("120.7"), D("120.9"), D("121.1"))
        for lat in (D("31.8"), D("32.0"), D("32.2"))
    ]
    assert min(shifts) > 450 and max(shifts) < 505


def test_a_degree_of_latitude_is_as_long_as_it_is() -> None:
    assert metres_between((D(121), D(31)), (D(121), D(32))) == pytest.approx(math.pi * 6371008.8 / 180)
