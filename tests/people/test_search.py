"""The one box: every way to find somebody, and nobody from elsewhere."""

import importlib

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community_portal import clock
from community_portal.people.actions import register_resident
from community_portal.people.models import Resident, User
from community_portal.people.register.search import candidates, find_residents, read_box, search_residents
from tests.cast import make_cast
from tests.factories import make_building, make_household, make_resident
from tests.people.id_numbers import number_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    people = make_cast()
    other = make_building(estate=people.building.estate, grid=people.grid, number=3)
    people.zhang = register_resident(
        community=people.home,
        name="张小明",
        phones=["13511112222", "80001018"],
        household=make_household(building=other, unit="1", room="201"),
        id_number=number_for(),
        by=people.reception,
        at=clock.now(),
    )
    people.yuchi = make_resident(household=people.household, name="尉迟单", phone=None)
    people.uighur = make_resident(household=people.household, name="阿依古丽·买买提", phone=None)
    make_resident(community=people.next_door, name="张小明", phone="+8613511112222")
    return people


def names(user, text):
    return [resident.name for resident in search_residents(user, text)]


FINDS_ZHANG = [
    "张小明", "张小", "小明", "张", "zhangxiaoming", "zhang xiao ming", "Zhangx", "zxm", "ZX", "2222", "２２２２", "1018",
    "13511112222", "+8613511112222", "80001018", "051380001018", "3幢201", "3栋 201", "３-201", "3-1-201", "三幢", "3#",
    "张 3幢201", "张 3幢 1单元 201", "龙田花苑3幢201", "小明 2222", "zxm 3幢", number_for(), number_for().lower(),
    f"{number_for()[:6]} {number_for()[6:14]} {number_for()[14:]}",
]  # fmt: skip


@pytest.mark.parametrize("text", FINDS_ZHANG)
def test_every_way_to_find_one(people, text):
    assert names(people.reception, text) == ["张小明"]


@pytest.mark.parametrize("text", ["", "  ", "张明", "xm", "222", "22222", "12345678901234567", "3-1-999", "3-2-201", "李 3幢201",
                                  "小明 1111", "LT-26-0318", "lt-26-0318", "—", "'", "%", "_", "张%"])  # fmt: skip
def test_what_finds_nobody(people, text):
    assert names(people.reception, text) == []


@pytest.mark.parametrize("text", ["尉迟", "yuchi", "ycd", "yuchidan"])
def test_two_character_surnames(people, text):
    assert names(people.reception, text) == ["尉迟单"]


@pytest.mark.parametrize("text", ["买买提", "阿依古丽·买买提", "阿依古丽•买买提", "古丽·买", "ayigu", "aygl"])
def test_names_with_a_dot(people, text):
    assert names(people.reception, text) == ["阿依古丽·买买提"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Connery", ["Sean Connery"]), ("connery", ["Sean Connery"]), ("CONNERY", ["Sean Connery"]),
        ("sean", ["Sean Connery"]), ("Sean Connery", ["Sean Connery"]), ("Mary", ["O'Connor, Mary-Jane"]),
        ("O'Connor", ["O'Connor, Mary-Jane"]), ("jane", ["O'Connor, Mary-Jane"]), ("Conner", ["Sean Connery"]),
        ("Con", ["O'Connor, Mary-Jane", "Sean Connery"]), ("Connors", []),
    ],
)  # fmt: skip
def test_a_western_name_is_found_by_any_of_its_words(people, text, found):
    for name in ("Sean Connery", "O'Connor, Mary-Jane"):
        make_resident(community=people.home, name=name, phone=None)
    assert sorted(names(people.reception, text)) == found
    assert sorted(resident.name for resident in find_residents(people.reception, text, most=20)) == found


def test_nobody_from_another_community(people):
    assert names(people.stranger, "张小明") == ["张小明"]
    assert search_residents(people.stranger, "3幢201") == []
    assert len(search_residents(people.admin, "张小明")) == 2
    assert search_residents(people.elder_account, "张小明") == []
    assert search_residents(people.street_officer, "zxm") == [people.zhang]


def test_merged_files_are_not_found(people):
    people.zhang.merged_into = people.elder
    people.zhang.save()
    assert names(people.reception, "张小明") == []


def test_exact_initials_come_first(people):
    make_resident(community=people.home, name="张新民华", phone=None)
    make_resident(community=people.home, name="周欣", phone=None)
    assert names(people.reception, "zx")[0] == "周欣"


def test_the_number_of_a_matter_is_for_casework():
    assert read_box("LT-26-0318") == [] and read_box("XF-26-1") == []
    assert read_box("3-201")[0].kind == "door"
    assert [term.kind for term in read_box("张 3 幢 201")] == ["name", "door"]
    assert [term.kind for term in read_box("一 二 三 四 五 六")] == ["name"] * 4


def test_as_many_queries_for_one_as_for_thirty(people):
    for text in ("张小明", "zxm"):
        user = User.objects.get(pk=people.reception.pk)
        with CaptureQueriesContext(connection) as one:
            assert len(search_residents(user, text)) == 1
        for _i in range(30):
            make_resident(household=make_household(building=people.building), name="张小明")
        user = User.objects.get(pk=people.reception.pk)
        with CaptureQueriesContext(connection) as many:
            assert len(search_residents(user, text)) == 20
        assert len(one) == len(many) <= 5
        people.home.residents.filter(name="张小明").exclude(pk=people.zhang.pk).delete()


def test_the_index_over_places_serves_the_search(people):
    """A plain number is int4 to PostgreSQL, which the GIN index over (community, grams) cannot use."""
    sql = str(Resident.objects.visible_to(people.reception).query)
    assert f"({people.home.pk})::bigint" in sql


def test_a_tail_is_answered_by_its_index_alone(people):
    """A hundred people in a city share a tail: their rows lie far apart, and only the index lies together."""
    found = candidates(Resident.objects.current(), read_box("2222"), most=20)
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "nestloop", "mergejoin"):  # of four rows every way is as good
            cursor.execute(f"SET LOCAL enable_{way} = off")
    assert "Index Only Scan using contact_tail_of_whom" in found.explain()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("138 1111 0044", "吕布"), ("+86 138 1111 0044", "吕布"), ("138-1111-0044", "吕布"), ("0851-23456801", "阿卜杜拉"),
        ("（0851）23456801", "阿卜杜拉"), ("lv", "吕布"), ("lu", "吕布"), ("lyu", "吕布"), ("lubu", "吕布"), ("lü bu", "吕布"),
        ("abudula", "阿卜杜拉"), ("müller", "Müller"), ("muller", "Müller"), ("MULLER", "Müller"), ("jose", "José M. Pérez"),
        ("Ｊｏｓé", "José M. Pérez"), ("josé", "José M. Pérez"), ("Li Wang", "Wang Li"), ("Wang Li", "Wang Li"),
    ],
)  # fmt: skip
def test_however_a_name_or_a_number_is_typed(people, text, found):
    for name, phone in (("吕布", "13811110044"), ("阿卜杜拉", "0851-23456801"), ("Müller", "13811110045"),
                        ("José M. Pérez", "13811110046"), ("Wang Li", "13811110047")):  # fmt: skip
        register_resident(community=people.home, name=name, phones=[phone], by=people.reception, at=clock.now())
    assert names(people.reception, text) == [found]
    assert [one.name for one in find_residents(people.reception, text, most=5)] == [found]


def test_doors_and_names_from_before_are_brought_into_one_form(people):
    migration = importlib.import_module("community_portal.people.migrations.0019_doors_and_names_in_one_form")
    alone = make_resident(household=make_household(building=people.building, room="0602"), name="José", phone=None)
    both = make_resident(household=make_household(building=people.building, room="0503东户"), name="吕布", phone=None)
    twin = make_household(building=people.building, room="503东户")
    Resident.objects.filter(pk=alone.pk).update(pinyin="jos", initials="j", door="12-0602")
    with connection.cursor() as cursor:
        for statement in (migration.TWINS, migration.ROOMS, migration.DOORS):
            cursor.execute(statement)
    migration.name_keys(apps, None)
    for resident in (alone, both):
        resident.refresh_from_db()
    assert (alone.household.room, alone.door, alone.pinyin) == ("602", "12-602", "jose")
    assert both.household == twin
