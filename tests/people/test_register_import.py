"""A list of people becomes files by the same rules as one by one, all of them or none, in a few statements."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from community_portal import clock
from community_portal.people.actions import register_resident
from community_portal.people.models import Contact, Household, Resident
from community_portal.people.register.importing import Imported, Line, import_residents
from community_portal.people.register.search import search_residents
from community_portal.refusals import NotAllowed
from tests.cast import Cast, make_cast
from tests.people.id_numbers import number_for
from tests.race import all_at_once

pytestmark = pytest.mark.django_db
BORN = dt.date(1950, 3, 8)
LINES = (
    Line(
        "单桂兰",
        phones=("138 0000 1111", "0513-85001234", "13800001111"),
        address="龙田花苑 12栋503",
        sex="f",
        born_on=BORN,
    ),
    Line(
        " 王建国 ",
        address="龙田花苑12幢 503",
        id_number=number_for(born="19500308"),
        care_tags=("aged_80", "lives_alone"),
    ),
    Line("何小明", address="河西自建房 张家门口", note="说话要大声"),
    Line("Maria Rossi", phones=("13900002222",), id_number="YA 123 456", id_type="passport"),
)


def take_in(cast: Cast, *lines: Line) -> Imported:
    return import_residents(lines, community=cast.home, by=cast.reception, at=clock.now())


def all_of(resident: Resident) -> dict[str, Any]:
    """What a file says, its telephones and its home, whatever their numbers."""
    told = model_to_dict(resident, exclude=["id", "household", "registered_at"]) | {"door": str(resident.household)}
    return told | {"phones": list(resident.contacts.values_list("phone", "is_primary", "community"))}


def test_a_line_becomes_the_file_that_it_becomes_at_the_desk(cast: Cast) -> None:
    found = take_in(cast, *LINES).residents
    told = [all_of(Resident.objects.get(pk=resident.pk)) for resident in found]
    assert [resident.name for resident in found] == ["单桂兰", "王建国", "何小明", "Maria Rossi"]
    homes = [resident.household_id for resident in found]
    assert homes[0] == homes[1] != homes[2] and homes[3] is None
    Resident.objects.filter(pk__in=[resident.pk for resident in found]).delete()
    for line, was in zip(LINES, told, strict=True):
        words = {key: value for key, value in vars(line).items() if key not in ("phones", "care_tags")}
        again = register_resident(
            community=cast.home,
            **words,
            phones=list(line.phones),
            care_tags=list(line.care_tags),
            by=cast.reception,
            at=clock.now(),
        )
        assert all_of(Resident.objects.get(pk=again.pk)) == was
        assert again.household_id in homes


def test_homes_that_are_known_are_taken(cast: Cast) -> None:
    before = Household.objects.count()
    lines = [Line("王甲", address="12幢 503"), Line("王乙", address="12幢 504"), Line("王丙", address="老街 7 号")]
    assert take_in(cast, *lines).residents[0].household == cast.household
    take_in(cast, Line("王丁", address="12幢504"), Line("王戊", address="老街 7 号"))
    assert Household.objects.count() == before + 2


def test_they_are_found_and_their_history_is_kept(cast: Cast) -> None:
    found = take_in(cast, *LINES).residents[0]
    assert found in search_residents(cast.reception, "shan")
    assert found.events.filter(pgh_label="insert").count() == 1  # type: ignore[attr-defined]


def test_with_one_wrong_line_nothing_is_written_and_each_wrong_line_is_named(cast: Cast) -> None:
    before = Resident.objects.count(), Household.objects.count()
    wrong = (
        Line("", address="12幢 901"),
        Line("王甲", phones=("12",)),
        Line("王乙", id_number="320602195003080000"),
        Line("王丙", born_on=clock.today() + dt.timedelta(days=1)),
        Line("王丁", care_tags=("king",)),
        Line("王戊", address="路" * 201),
    )
    found = take_in(cast, LINES[0], *wrong, LINES[1])
    assert found.residents == [] and [number for number, _refusal in found.refused] == [2, 3, 4, 5, 6, 7]
    fields = [refusal.field for _number, refusal in found.refused]
    assert fields == ["name", "phone", "id_number", "born_on", "care_tags", "address"]
    assert (Resident.objects.count(), Household.objects.count()) == before


def test_nobody_gets_a_second_file(cast: Cast) -> None:
    take_in(cast, LINES[1])
    other = Line("李四", id_number=number_for())
    found = take_in(cast, other, LINES[1], LINES[0], other)
    assert [(number, refusal.code) for number, refusal in found.refused] == [(2, "id_on_file"), (4, "id_on_file")]
    assert Resident.objects.filter(name__in=["李四", "单桂兰"]).count() == 0


def test_only_staff_of_the_community_may(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        import_residents(LINES, community=cast.home, by=cast.stranger, at=clock.now())
    with pytest.raises(NotAllowed):
        import_residents(LINES, community=cast.home, by=cast.elder_account, at=clock.now())


def test_as_many_statements_for_thirty_as_for_three(cast: Cast) -> None:
    def asked(count: int, building: int) -> int:
        lines = [Line(f"居民{n}", phones=(f"1390000{n:04d}",), address=f"12幢 {building}{n:02d}") for n in range(count)]
        with CaptureQueriesContext(connection) as queries:
            take_in(cast, *lines)
        return len(queries)

    asked(1, 5)
    assert asked(3, 6) == asked(30, 7) < 20
    assert Contact.objects.filter(phone__startswith="+861390000000").count() == 14


@pytest.mark.django_db(transaction=True)
def test_two_lists_at_once_make_one_file() -> None:
    cast = make_cast()
    lines = [LINES[1], *(Line(f"居民{n}", address=f"12幢 7{n:02d}") for n in range(50))]
    answers = all_at_once([lambda: take_in(cast, *lines)] * 2)
    kept = [answer for answer in answers if isinstance(answer, Imported) and answer.residents]
    assert len(kept) == 1 and Resident.objects.filter(name="王建国").count() == 1
    assert Household.objects.filter(room__startswith="7").count() == 50
