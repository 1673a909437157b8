"""Looks and rounds: once a day, a failure opens a hazard once, too quick is counted apart, and what the end of a round lists."""

import datetime as dt
from typing import Any

import pytest

from community_portal import clock
from community_portal.captured import captured
from community_portal.casework.uploads import ReadFile
from community_portal.dues.models import DueItem
from community_portal.outbox.models import Message
from community_portal.refusals import Changed, NotAllowed, Refusal
from safety.actions.equipment import Place, scrap_piece
from safety.actions.inspection_lists import publish_list
from safety.actions.inspections import inspect, not_found
from safety.actions.rounds import end_round, start_round
from safety.models import Hazard, Inspection, InspectionAnswer, RoundGap
from safety.queries.rounds import metres_between, nearest_first, standing_of
from safety.workflow.states import Hazarding
from tests.cast import MONDAY, Cast
from tests.safety.equipping import Crew, found, look, make_crew, make_piece, make_place, make_round

pytestmark = pytest.mark.django_db
MINUTE, DAY, SECOND = dt.timedelta(minutes=1), dt.timedelta(days=1), dt.timedelta(seconds=1)
PHOTO = ReadFile(b"\xff\xd8photo", "needle.jpg", "image/jpeg", "jpg", 10, 10, None)


@pytest.fixture
def crew(cast: Cast) -> Crew:
    return make_crew(cast)


def test_criterion_24_looked_at_twice_on_a_day_counts_once(crew: Crew) -> None:
    piece = make_piece(crew)
    first, is_new = inspect(piece, found(piece), key="a", by=crew.safety, at=MONDAY)
    again, is_again = inspect(piece, found(piece), key="b", by=crew.officer, at=MONDAY + MINUTE)
    assert is_new and not is_again and again == first
    assert Inspection.objects.count() == 1
    tomorrow = look(piece, by=crew.safety, at=MONDAY + DAY)
    assert tomorrow.is_counted and Inspection.objects.filter(is_counted=True).count() == 2


def test_a_failure_that_was_overlooked_before_is_kept_and_not_counted(crew: Crew) -> None:
    piece = make_piece(crew)
    look(piece, by=crew.safety)
    again = look(piece, "seal", by=crew.officer, at=MONDAY + MINUTE)
    assert not again.is_counted and Hazard.objects.count() == 1
    same, is_new = inspect(piece, found(piece, "seal"), key="z", by=crew.safety, at=MONDAY + MINUTE * 2)
    assert not is_new and Hazard.objects.count() == 1 and same.is_counted


def test_criterion_21_each_failed_item_opens_one_hazard_once(crew: Crew) -> None:
    piece = make_piece(crew)
    look(piece, "pressure", "seal", by=crew.safety)
    assert Hazard.objects.count() == 2
    hazard = Hazard.objects.get(found_by_answers__item__code="pressure")
    assert (hazard.kind, hazard.source, hazard.premises) == ("extinguisher", "round", crew.house)
    assert hazard.clause and piece.code in hazard.case.words
    assert (hazard.place, hazard.case.title.count("方圆 2 幢")) == ("3 层 楼梯口", 1)
    look(piece, "pressure", by=crew.officer, at=MONDAY + DAY)
    assert Hazard.objects.count() == 2 and hazard.found_by_answers.count() == 2
    Hazard.objects.filter(pk=hazard.pk).update(state=Hazarding.NOT_HAZARD, closed_at=MONDAY)
    look(piece, "pressure", by=crew.officer, at=MONDAY + DAY * 2)
    assert Hazard.objects.count() == 3  # it had ended: this is another


def test_another_version_of_the_list_knows_the_failure_again(crew: Crew) -> None:
    piece = make_piece(crew)
    look(piece, "pressure", by=crew.safety)
    lines = [{"code": "pressure", "words": "指针在绿区"}, {"code": "new", "words": "有检查卡"}]
    made = publish_list(
        "powder",
        lines,
        street=crew.cast.street,
        source="街道",
        valid_from=MONDAY.date(),
        by=crew.cast.street_officer,
        at=MONDAY,
    )
    answers = {"pressure": "fail", "new": "ok"}
    row = look(piece, by=crew.safety, at=MONDAY + DAY, answers=answers, words={"pressure": "还是红的"})
    assert row.template == made and Hazard.objects.count() == 1
    assert Inspection.objects.earliest("pk").template.street is None  # the first keeps the list that it was done by
    other = make_piece(crew, kind="light")
    with pytest.raises(Refusal) as refused:
        publish_list("light", [], street=None, source="", valid_from=MONDAY.date(), by=None, at=MONDAY)
    assert refused.value.field == "lines" and other.kind == "light"


def test_a_failure_is_shown_or_said_and_every_item_answered(crew: Crew) -> None:
    piece = make_piece(crew)
    with pytest.raises(Refusal) as refused:
        look(piece, "seal", by=crew.safety, words={})
    assert (refused.value.code, refused.value.field) == ("no_proof", "seal")
    look(piece, "seal", by=crew.safety, words={}, photos={"seal": PHOTO})
    answer = InspectionAnswer.objects.get(result="fail")
    assert answer.photo and answer.photo.case == answer.hazard.case
    answers = dict(found(piece).answers)
    del answers["hose"]
    with pytest.raises(Refusal) as refused:
        look(piece, by=crew.safety, at=MONDAY + DAY, answers=answers)
    assert (refused.value.code, refused.value.field) == ("missing", "hose")


def test_who_looks_after_safety_hears_of_a_failure_while_it_is_open(crew: Crew) -> None:
    look(make_piece(crew), "seal", by=crew.safety)
    told = Message.objects.filter(kind="equipment_fails")
    assert {message.user for message in told} == {crew.safety, crew.officer}
    look(make_piece(crew), by=crew.safety)
    assert told.count() == 2


def test_what_was_scrapped_is_not_looked_at(crew: Crew) -> None:
    piece = make_piece(crew)
    scrap_piece(piece, words="瓶身锈穿", by=crew.safety, at=MONDAY)
    with pytest.raises(Refusal) as refused:
        look(piece, by=crew.safety, at=MONDAY + MINUTE)
    assert refused.value.code == "scrapped" and "瓶身锈穿" in str(refused.value)
    with captured(MONDAY - MINUTE):  # done before, on a phone that had no network
        assert look(piece, by=crew.safety, at=MONDAY + MINUTE).was_offline


@pytest.mark.parametrize("who", ["reception", "street_officer", "stranger"])
def test_only_those_who_go_round_look(crew: Crew, who: str) -> None:
    with pytest.raises(NotAllowed):
        look(make_piece(crew), by=getattr(crew.cast, who))


# ---- too quick -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("seconds", "flag"), [(8, ""), (7, "quick"), (0, "quick")])
def test_less_than_eight_seconds_a_piece_is_counted_apart(crew: Crew, seconds: int, flag: str) -> None:
    assert look(make_piece(crew), by=crew.safety, seconds=seconds).flag == flag


def test_time_that_was_told_for_one_does_not_count_for_the_next(crew: Crew) -> None:
    pieces = [make_piece(crew) for _n in range(2)]
    assert look(pieces[0], by=crew.safety).flag == ""
    assert look(pieces[1], by=crew.safety, at=MONDAY + SECOND * 2).flag == "quick"  # thirty seconds, two of them new
    assert look(make_piece(crew), by=crew.officer, at=MONDAY + SECOND * 2).flag == ""


@pytest.mark.parametrize(("count", "marked"), [(50, 0), (51, 51)])
def test_more_than_fifty_in_a_minute_are_marked_whatever_their_order(crew: Crew, count: int, marked: int) -> None:
    pieces = [make_piece(crew) for _n in range(count)]
    order = sorted(range(count), key=lambda n: n * 7 % count)
    for n in order:
        look(pieces[n], by=crew.safety, at=MONDAY + SECOND * 60 * n / (count - 1), seconds=9)
    assert Inspection.objects.filter(flag="bulk").count() == marked


# ---- rounds --------------------------------------------------------------------------------------------------------------
def test_criterion_25_the_end_of_a_round_lists_and_moves(crew: Crew) -> None:
    other = make_place(crew.cast, "方圆 3 幢")
    fine, lost, moved, stray, left = (make_piece(crew) for _n in range(5))
    away = make_piece(crew, premises=other)
    round_ = make_round(crew)
    look(fine, by=crew.safety, round=round_)
    not_found(lost, key="lost", by=crew.safety, at=MONDAY, round=round_, words="柜子是空的")
    look(moved, by=crew.safety, round=round_, place=Place(crew.house, 4, "电梯口"))
    look(away, by=crew.safety, round=round_, place=Place(crew.house, 1, "大厅"))
    moved.refresh_from_db()
    assert moved.floor == 3  # applied with the end
    with pytest.raises(Refusal) as refused:
        end_round(round_, words="", by=crew.safety, at=MONDAY + MINUTE * 30)
    assert (refused.value.code, refused.value.field) == ("not_all", "words")
    end_round(round_, words="门锁着", by=crew.safety, at=MONDAY + MINUTE * 30)
    listed = {(gap.equipment, gap.what) for gap in RoundGap.objects.select_related("equipment")}
    assert listed == {
        (lost, "not_found"), (moved, "moved"), (away, "moved"), (stray, "not_visited"), (left, "not_visited"),
    }  # fmt: skip
    for piece in (lost, moved, away):
        piece.refresh_from_db()
    assert (lost.state, moved.where, away.premises) == ("missing", "方圆 2 幢 4 层 电梯口", crew.house)
    assert moved.events.filter(what="moved").exists()
    assert DueItem.objects.open().filter(subject_ref=crew.house.ref, kind="safety_equipment_check").exists()
    with pytest.raises(Changed):
        end_round(round_, words="", by=crew.safety, at=MONDAY + MINUTE * 31)
    with pytest.raises(Changed):
        look(stray, by=crew.safety, at=MONDAY + MINUTE * 40, round=round_)


def test_a_whole_round_settles_the_duty_of_its_place(crew: Crew) -> None:
    piece = make_piece(crew)
    round_ = make_round(crew)
    look(piece, by=crew.safety, round=round_)
    end_round(round_, words="", by=crew.safety, at=MONDAY + MINUTE)
    item = DueItem.objects.get(subject_ref=crew.house.ref, kind="safety_equipment_check", done_on__isnull=False)
    assert (item.done_ref, item.done_on) == (f"round:{round_.pk}", MONDAY.date())


def test_looked_at_this_morning_is_not_looked_at_again_in_the_round(crew: Crew) -> None:
    piece = make_piece(crew)
    look(piece, by=crew.officer, at=MONDAY - MINUTE * 60)
    assert standing_of(make_round(crew)).done == 1


def test_found_again_in_a_later_look_it_is_in_use(crew: Crew) -> None:
    piece = make_piece(crew)
    round_ = make_round(crew)
    not_found(piece, key="n", by=crew.safety, at=MONDAY, round=round_)
    end_round(round_, words="", by=crew.safety, at=MONDAY + MINUTE)
    look(piece, by=crew.officer, at=MONDAY + MINUTE * 2)
    piece.refresh_from_db()
    assert piece.state == "in_use" and piece.events.first().what == "found"


def test_what_a_phone_brings_after_the_end_was_done_before_and_closes_the_gap(crew: Crew) -> None:
    piece = make_piece(crew)
    round_ = make_round(crew)
    end_round(round_, words="没电了", by=crew.safety, at=MONDAY + MINUTE * 20)
    assert RoundGap.objects.get().what == "not_visited"
    with captured(MONDAY + MINUTE * 10):
        row = look(piece, by=crew.officer, at=MONDAY + MINUTE * 50, round=round_)
    assert row.was_offline and row.ended_at == MONDAY + MINUTE * 10
    assert not RoundGap.objects.exists()
    assert DueItem.objects.filter(done_ref=f"round:{round_.pk}").exists()


def test_before_its_days_a_round_takes_nothing(crew: Crew) -> None:
    piece = make_piece(crew)
    round_ = make_round(crew, opens_on=MONDAY.date() + DAY, due_on=MONDAY.date() + DAY * 9)
    with pytest.raises(Refusal) as refused:
        look(piece, by=crew.safety, round=round_)
    assert refused.value.code == "too_early"


@pytest.mark.parametrize(("facts", "field"), [({"title": " "}, "title"), ({"due_on": dt.date(2026, 1, 1)}, "due_on")])
def test_a_round_that_cannot_be(crew: Crew, facts: dict[str, Any], field: str) -> None:
    make_piece(crew)
    with pytest.raises(Refusal) as refused:
        make_round(crew, **facts)
    assert refused.value.field == field


def test_a_round_needs_somewhere_with_equipment(crew: Crew) -> None:
    days = {"opens_on": MONDAY.date(), "due_on": MONDAY.date()}
    for places in (
        [],
        [crew.house],
        [crew.house, make_place(crew.cast, "邻", community=crew.cast.next_door, grid=None)],
    ):
        with pytest.raises(Refusal) as refused:
            start_round(places, title="月检", by=crew.safety, at=MONDAY, **days)
        assert refused.value.field == "premises"


def test_the_nearest_comes_first(crew: Crew) -> None:
    here = make_piece(crew, floor=3, from_stairs_m=2)
    near = make_piece(crew, floor=3, from_stairs_m=14)
    above = make_piece(crew, floor=4, from_stairs_m=2)
    unmeasured = make_piece(crew, floor=5)
    next_house = make_piece(crew, premises=make_place(crew.cast, "方圆 3 幢"), floor=3)
    order = {crew.house.pk: 0, next_house.premises_id: 1}
    stops = nearest_first([next_house, unmeasured, above, near], here, order)
    assert [stop.piece for stop in stops] == [near, above, unmeasured, next_house]
    assert [str(stop.how_far) for stop in stops] == ["约 12 米", "约 9 米", "上 2 层", "另一处"]
    assert metres_between(here, unmeasured) is None
    assert clock.local(MONDAY).date() == MONDAY.date()
