"""Addresses as people say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_portal.places.addresses import find_building, number_of, read_address
from tests.factories import make_building, make_community, make_estate, make_grid

SAID = [
    ("3栋", (3, "", "无", "无")),
    ("三幢", (3, "", "无", "无")),
    ("3#", (3, "", "无", "无")),
    ("３＃", (3, "", "无", "无")),
    ("3号楼", (3, "", "无", "无")),
    ("第三幢", (3, "", "无", "无")),
    ("３幢", (3, "", "无", "无")),
    ("3 幢 1 单元 201", (3, "", "1", "201")),
    ("3幢一单元201室", (3, "", "1", "201")),
    ("3-1-201", (3, "", "1", "201")),
    ("3-201", (3, "", "无", "201")),
    ("3—201", (3, "", "无", "201")),
    ("3A幢201", (3, "A", "无", "201")),
    ("二十一幢502", (21, "", "无", "502")),
    ("九十九幢", (99, "", "无", "无")),
    ("龙田花苑 十二号楼 二单元 503室", (12, "", "2", "503")),
    ("竹行街道龙田社区龙田花苑12幢503", (12, "", "无", "503")),
    ("上海路 9 号楼 9幢1单元401", (9, "", "1", "401")),
    ("上海路 9 号楼 401", (9, "", "无", "401")),
    ("龙田花苑 12幢503室东户", (12, "", "无", "503东户")),
    ("12幢2单元 503 室（东门进）", (12, "", "2", "503(东门进)")),
    ("龙田花苑12幢1-503", (12, "", "1", "503")),
    ("上海路 9 号楼 9-1-401", (9, "", "1", "401")),
    ("3栋2-201室", (3, "", "2", "201")),
    ("3号楼2-201", (3, "", "2", "201")),
    ("3#2-201", (3, "", "2", "201")),
    ("12幢-1-503", (12, "", "1", "503")),
    ("12号楼1单元-503", (12, "", "1", "503")),
    ("龙田花苑１２幢１－５０３", (12, "", "1", "503")),
    ("十二幢1—1203东户", (12, "", "1", "1203东户")),
    ("12幢1单元五零三", (12, "", "1", "503")),
    ("12幢五〇三室", (12, "", "无", "503")),
    ("十二幢一单元一二〇三", (12, "", "1", "1203")),
    ("12幢0503", (12, "", "无", "503")),
    ("12-1-0503", (12, "", "1", "503")),
    ("Room 0503, Building 12", (12, "", "无", "503")),
    ("12棟1單元503", (12, "", "1", "503")),
    ("12號樓503", (12, "", "无", "503")),
    ("12幢1003", (12, "", "无", "1003")),
    ("12幢503-2", (12, "", "无", "503-2")),
    ("12幢 503 、504", (12, "", "无", "503、504")),
    ("12幢A503", (12, "", "无", "A503")),
    ("12幢5楼3号", (12, "", "无", "5楼3号")),
    ("12幢底楼车库", (12, "", "无", "底楼车库")),
    ("12-503东户", (12, "", "无", "503东户")),
    ("12-1-503, Longtian Garden", (12, "", "1", "503")),
    ("Longtian Garden 12-1-503", (12, "", "1", "503")),
    ("Longtian Garden, building 12, room 503", (12, "", "无", "503")),
    ("Rm 503a, Unit 2, Bldg. 3B, Longtian Garden", (3, "B", "2", "503A")),
]
NOT_BUILDINGS = ["竹行街道龙田路18号", "通州村 5 组 12 号", "0513-80001018", "2026-11-24", "", "十十", "1204幢3"]


@pytest.mark.parametrize(("text", "parts"), SAID)
def test_many_ways_to_say_one_building(text, parts):
    read = read_address(text)
    assert (read.number, read.suffix, read.unit, read.room) == parts
    assert read.raw == " ".join(text.split())


@pytest.mark.parametrize("text", NOT_BUILDINGS)
def test_what_names_no_building_stays_words(text):
    read = read_address(text)
    assert read.number is None and read.raw == text


def test_a_number_in_the_name_of_an_estate_stays_with_the_name():
    assert read_address("上海路 9 号楼 9幢1单元401").rest == "上海路 9 号楼"


def test_a_door_is_complete_and_a_building_alone_is_not():
    assert read_address("3-201").is_complete
    assert not read_address("3幢").is_complete


@given(st.text(max_size=40) | st.text(alphabet="0123456789一二三十两零〇幢栋单元室-# A号楼", max_size=14))
def test_reading_never_fails(text):
    read_address(text)


@given(st.integers(min_value=1, max_value=99))
def test_chinese_numerals_to_99(number):
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    said = ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "") if tens else digits[ones]
    assert number_of(said) == number
    assert read_address(f"{said}幢201").number == number


@pytest.mark.django_db
def test_the_building_that_is_meant():
    home = make_community(name="龙田社区")
    grid = make_grid(community=home)
    garden, second = (make_estate(community=home, name=name) for name in ("龙田花苑", "龙田花苑二期"))
    flats = make_estate(community=home, name="幸福公寓")
    one, two, three = (make_building(estate=estate, grid=grid, number=3) for estate in (garden, second, flats))
    only = make_building(estate=garden, grid=grid, number=12)
    make_building(grid=make_grid(community=make_community()), number=40)

    def found(text):
        return find_building(home, read_address(text))

    assert found("龙田花苑3幢201") == one
    garden.name_en, second.name_en = "Longtian Garden", "Longtian Garden II"
    garden.save()
    second.save()
    assert found("Room 201, Building 3, longtian garden") == one
    assert found("Longtian Garden II 3-201") == two
    assert found("Longtian 3-201") is None, "two estates begin like that"
    assert found("龙田花苑二期3栋") == two, "the longer name is the one meant"
    assert found("幸福3号楼") == three
    assert found("3幢201") is None, "three estates have a building 3"
    assert found("12幢503") == only
    assert found("龙田社区12幢503") == only, "the community's name is no estate"
    assert found("1网格12幢") == only
    assert found("别的小区12幢") is None
    assert found("40幢") is None, "another community's building is not ours"
    assert found("龙田路18号") is None
