"""A piece of equipment through its life: its dates by rule and clause, its history, what comes due for it."""

import datetime as dt
from typing import Any

import pytest

from community_portal import clock
from community_portal.dues.actions import generate_dues
from community_portal.dues.kinds import Last, Subject
from community_portal.dues.models import DueItem
from community_portal.refusals import Changed, NotAllowed, Refusal
from safety.actions.equipment import (
    Place,
    change_piece,
    find_piece,
    miss_piece,
    move_piece,
    register_piece,
    scrap_piece,
    send_to_service,
    service_piece,
)
from safety.equipment_dues import EQUIPMENT_DUES, next_check
from safety.equipment_rules import EquipmentRules
from safety.models import Equipment
from tests.cast import MONDAY, Cast
from tests.safety.equipping import make_crew, make_piece, make_place

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
D = dt.date


@pytest.mark.parametrize(
    ("kind", "serviced", "service_due", "scrap"),
    [
        ("powder", None, D(2026, 5, 1), D(2031, 5, 1)),
        ("powder", D(2026, 5, 1), D(2028, 5, 1), D(2031, 5, 1)),
        ("water", None, D(2024, 5, 1), D(2027, 5, 1)),
        ("water", D(2026, 5, 1), D(2027, 5, 1), D(2027, 5, 1)),
        ("co2", None, D(2026, 5, 1), D(2033, 5, 1)),
        ("hydrant", None, D(2022, 5, 1), None),
    ],
)
def test_dates_follow_from_the_rules_of_the_kind(
    cast: Cast, kind: str, serviced: Any, service_due: Any, scrap: Any
) -> None:
    piece = make_piece(make_crew(cast), kind=kind, made_on=D(2021, 5, 1), serviced_on=serviced)
    assert (piece.service_due_on, piece.scrap_on) == (service_due, scrap)
    piece.refresh_from_db()
    assert piece.expires_on == min(filter(None, (service_due, scrap)))


def test_each_term_has_its_clause(cast: Cast) -> None:
    make_crew(cast)
    rules = EquipmentRules(cast.street.pk, MONDAY.date())
    for kind in ("powder", "water", "co2", "hydrant"):
        service = rules.service(kind, is_first=True)
        assert service and service.clause and service.plain
    assert rules.check("homes").months == 1 and rules.check("school").months == 0.5  # type: ignore[union-attr]
    assert "GB 50444" in rules.check("homes").clause  # type: ignore[union-attr]


def test_the_makers_earlier_day_of_scrapping_holds(cast: Cast) -> None:
    crew = make_crew(cast)
    assert make_piece(crew, maker_scrap_on=D(2030, 1, 1)).scrap_on == D(2030, 1, 1)
    assert make_piece(crew, maker_scrap_on=D(2050, 1, 1)).scrap_on == D(2036, 5, 1)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"code": "x"}, "code"),
        ({"code": "MF 1"}, "code"),
        ({"made_on": D(2027, 1, 1)}, "made_on"),
        ({"serviced_on": D(2026, 4, 30)}, "serviced_on"),
        ({"maker_scrap_on": D(2026, 5, 1)}, "maker_scrap_on"),
        ({"floor": 200}, "floor"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(cast: Cast, facts: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        make_piece(make_crew(cast), **facts)
    assert refused.value.field == field


def test_a_code_is_registered_once_and_only_by_those_who_keep_the_register(cast: Cast) -> None:
    crew = make_crew(cast)
    make_piece(crew, code="MF-1")
    with pytest.raises(Refusal) as refused:
        make_piece(crew, code="mf-1")
    assert refused.value.code == "twice"
    piece = Equipment(premises=crew.house, kind="powder", code="MF-2", spot="楼梯口", made_on=D(2026, 5, 1))
    for nobody in (cast.reception, cast.officer, cast.stranger):
        with pytest.raises(NotAllowed):
            register_piece(piece, by=nobody, at=MONDAY)


def test_a_move_is_a_line_of_its_history(cast: Cast) -> None:
    crew = make_crew(cast)
    piece, other = make_piece(crew, from_stairs_m=3), make_place(cast, "方圆 3 幢")
    move_piece(piece, Place(other, -1, "泵房"), by=crew.safety, at=MONDAY, words="换地方")
    piece.refresh_from_db()
    event = piece.events.get(what="moved")
    assert (event.was, event.where) == ("方圆 2 幢 3 层 楼梯口", "方圆 3 幢 地下 1 层 泵房")
    assert piece.from_stairs_m is None  # measured at the old place
    with pytest.raises(Refusal) as refused:
        move_piece(piece, Place(other, -1, "泵房"), by=crew.safety, at=MONDAY)
    assert refused.value.code == "same_place"
    away = make_place(cast, "邻居", community=cast.next_door, grid=None)
    with pytest.raises(Refusal) as refused:
        move_piece(piece, Place(away, 1, "门口"), by=crew.safety, at=MONDAY)
    assert refused.value.code == "elsewhere"


def test_from_new_to_scrapped(cast: Cast) -> None:
    crew = make_crew(cast)
    piece = make_piece(crew, made_on=D(2022, 1, 10))
    assert DueItem.objects.open().get(subject_ref=piece.ref).due_on == D(2027, 1, 10)
    send_to_service(piece, by=crew.safety, at=MONDAY)
    with pytest.raises(Changed):
        send_to_service(piece, by=crew.safety, at=MONDAY)
    assert not DueItem.objects.open().filter(subject_ref=piece.ref).exists()  # it is there already
    service_piece(piece, on=MONDAY.date(), by=crew.safety, at=MONDAY, words="换粉")
    piece.refresh_from_db()
    assert (piece.state, piece.service_due_on) == ("in_use", D(2028, 11, 23))
    miss_piece(piece, by=crew.safety, at=MONDAY)
    find_piece(piece, by=crew.safety, at=MONDAY)
    with pytest.raises(Changed):
        find_piece(piece, by=crew.safety, at=MONDAY)
    with pytest.raises(Refusal) as refused:
        scrap_piece(piece, words=" ", by=crew.safety, at=MONDAY)
    assert refused.value.field == "words"
    scrap_piece(piece, words="瓶身锈穿", by=crew.safety, at=MONDAY)
    told = [event.what for event in piece.events.order_by("pk")]
    assert told == ["registered", "sent", "serviced", "missing", "found", "scrapped"]
    for deed in (send_to_service, miss_piece):
        with pytest.raises(Refusal):
            deed(piece, by=crew.safety, at=MONDAY)


def test_a_service_day_outside_its_life_is_refused(cast: Cast) -> None:
    crew = make_crew(cast)
    piece = make_piece(crew)
    for on in (MONDAY.date() + DAY, D(2026, 4, 1)):
        with pytest.raises(Refusal) as refused:
            service_piece(piece, on=on, by=crew.safety, at=MONDAY)
        assert refused.value.field == "on"


def test_a_changed_day_moves_what_is_due(cast: Cast) -> None:
    crew = make_crew(cast)
    piece = make_piece(crew, made_on=D(2022, 1, 10))
    facts = {
        name: getattr(piece, name) for name in ("spec", "serviced_on", "maker_scrap_on", "organisation", "responsible")
    }
    change_piece(piece, facts=facts | {"made_on": D(2022, 1, 20)}, by=crew.safety, at=MONDAY)
    assert list(DueItem.objects.open().filter(subject_ref=piece.ref).values_list("due_on", flat=True)) == [
        D(2027, 1, 20)
    ]
    with pytest.raises(Changed):
        change_piece(piece, facts=facts, by=crew.safety, at=MONDAY, seen="another")


def test_criterion_26_service_scrapping_and_rounds_come_due_by_the_register(cast: Cast) -> None:
    crew = make_crew(cast)
    piece = make_piece(crew, made_on=D(2022, 1, 10))
    old = make_piece(crew, kind="water", made_on=D(2021, 1, 5), serviced_on=D(2026, 10, 1))
    DueItem.objects.all().delete()
    on = MONDAY.date()
    assert generate_dues(on=on, at=MONDAY, kinds=EQUIPMENT_DUES) == 3
    assert generate_dues(on=on, at=MONDAY, kinds=EQUIPMENT_DUES) == 0  # run again, nothing is new
    items = {(item.kind, item.subject_ref): item for item in DueItem.objects.open()}
    assert items["safety_equipment_service", piece.ref].due_on == D(2027, 1, 10)
    assert items["safety_equipment_scrap", old.ref].due_on == D(2027, 1, 5)
    check = items["safety_equipment_check", crew.house.ref]
    assert (check.starts_on, check.due_on) == (D(2026, 11, 1), D(2026, 11, 30))
    assert all(item.clause for item in items.values())
    scrap_piece(old, words="到年限", by=crew.safety, at=MONDAY)
    done = DueItem.objects.get(kind="safety_equipment_scrap", subject_ref=old.ref)
    assert done.done_on == on


@pytest.mark.parametrize(
    ("day", "due"),
    [(D(2026, 11, 1), D(2026, 11, 15)), (D(2026, 11, 15), D(2026, 11, 15)), (D(2026, 11, 16), D(2026, 11, 30)),
     (D(2026, 2, 28), D(2026, 2, 28)), (D(2026, 12, 31), D(2026, 12, 31))],
)  # fmt: skip
def test_crowded_places_are_looked_at_in_each_half_of_a_month(cast: Cast, day: dt.date, due: dt.date) -> None:
    crew = make_crew(cast)
    school = make_place(cast, "小学", kind="school")
    make_piece(crew, premises=school)
    DueItem.objects.all().delete()
    generate_dues(on=day, at=clock.at_wall(day, dt.time(6)), kinds=EQUIPMENT_DUES[:1])
    assert DueItem.objects.get(subject_ref=school.ref).due_on == due


def test_the_half_after_one_that_was_done_comes_next() -> None:
    subject = Subject("premises:1", "x", 1, D(2020, 1, 1), terms={"months": 0.5, "clause": "c"})
    turn = next_check(subject, Last(D(2026, 12, 16), D(2026, 12, 20)), D(2026, 12, 21))
    assert turn and (turn.starts_on, turn.due_on) == (D(2027, 1, 1), D(2027, 1, 15))


def test_a_place_from_which_all_is_gone_owes_no_round(cast: Cast) -> None:
    crew = make_crew(cast)
    piece = make_piece(crew)
    assert DueItem.objects.open().filter(subject_ref=crew.house.ref, kind="safety_equipment_check").exists()
    scrap_piece(piece, words="锈了", by=crew.safety, at=MONDAY)
    assert not DueItem.objects.open().filter(subject_ref=crew.house.ref, kind="safety_equipment_check").exists()
