"""What the database says of equipment, rounds and looks, whoever writes: each by SQL of its own."""

import datetime as dt

import pytest

from safety.actions.equipment import scrap_piece
from safety.actions.rounds import end_round
from safety.models import Equipment, Hazard, Inspection, InspectionItem, InspectionTemplate
from tests.cast import MONDAY, Cast
from tests.safety.equipping import Crew, look, make_crew, make_piece, make_place, make_round
from tests.safety.test_truths import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew(cast: Cast) -> Crew:
    return make_crew(cast)


@pytest.mark.parametrize(
    ("change", "truth"),
    [
        ("scrap_on = made_on", "equipment_is_made_before_scrapped"),
        ("serviced_on = made_on - 1", "equipment_is_made_before_serviced"),
        ("state = 'scrapped'", "scrapped_equipment_says_why"),
        ("state = 'flying'", "equipment_state_exists"),
        ("kind = 'bucket'", "equipment_kind_exists"),
        ("spot = ''", "equipment_stands_somewhere"),
        ("scrapped_why = 'x'", "scrapped_equipment_says_why"),
    ],
)
def test_of_a_piece(crew: Crew, change: str, truth: str) -> None:
    assert refused(f"UPDATE safety_equipment SET {change} WHERE id = %s", make_piece(crew).pk) == truth


def test_a_piece_moves_with_a_history_stays_in_its_community_and_is_never_deleted(crew: Crew) -> None:
    piece = make_piece(crew)
    away = make_place(crew.cast, "邻", community=crew.cast.next_door, grid=None)
    assert "without a history" in refused("UPDATE safety_equipment SET floor = 9 WHERE id = %s", piece.pk)
    assert "another community" in refused(
        "UPDATE safety_equipment SET premises_id = %s WHERE id = %s", away.pk, piece.pk
    )
    assert "equipment_is_never_deleted" in refused("DELETE FROM safety_equipment WHERE id = %s", piece.pk)
    assert "equipment_history_stays" in refused("UPDATE safety_equipmentevent SET words = 'x'")


def test_a_code_is_there_once(crew: Crew) -> None:
    first, second = make_piece(crew), make_piece(crew)
    assert "code" in refused("UPDATE safety_equipment SET code = %s WHERE id = %s", first.code, second.pk)


def test_what_is_scrapped_stays_so_and_is_not_looked_at(crew: Crew) -> None:
    piece = make_piece(crew)
    row = look(piece, by=crew.safety)
    scrap_piece(piece, words="锈穿", by=crew.safety, at=MONDAY)
    back = "UPDATE safety_equipment SET state = 'in_use', scrapped_at = NULL, scrapped_why = '' WHERE id = %s"
    assert "equipment_scrapped_stays_so" in refused(back, piece.pk)
    copied = f"INSERT INTO safety_inspection ({_COLUMNS}) SELECT {_COLUMNS.replace('ended_at', 'recorded_at')} FROM safety_inspection"
    assert "scrapped" in refused(copied + " WHERE id = %s", row.pk)


_COLUMNS = (
    'community_id, equipment_id, template_id, result, "on", started_at, ended_at, recorded_at, was_offline, by_id, key, '
    "is_counted, flag, words, to_spot"
)


def test_a_look_counts_once_a_day_and_says_what_was_seen(crew: Crew) -> None:
    row = look(make_piece(crew), by=crew.safety)
    others = _COLUMNS.replace(", key,", ",").replace("is_counted, ", "")
    again = f"INSERT INTO safety_inspection (key, is_counted, {others}) SELECT 'other', true, {others} FROM safety_inspection WHERE id = %s"
    assert refused(again, row.pk) == "equipment_is_counted_once_a_day"
    same = again.replace("'other', true", "key, false")
    assert refused(same, row.pk) == "an_inspection_counts_once"
    assert "inspection_says_what_was_seen" in refused(
        "UPDATE safety_inspection SET result = 'fail' WHERE id = %s", row.pk
    )
    assert "inspection_stays" in refused("DELETE FROM safety_inspection WHERE id = %s", row.pk)
    backwards = others.replace("ended_at", "started_at - interval '1 minute'")
    ends = f"INSERT INTO safety_inspection (key, is_counted, {others}) SELECT 'x', false, {backwards} FROM safety_inspection WHERE id = %s"
    assert refused(ends, row.pk) == "inspection_begins_before_it_ends"


def test_what_fails_names_a_hazard_and_shows_or_says_it(crew: Crew) -> None:
    row = look(make_piece(crew), "seal", by=crew.safety)
    item = InspectionItem.objects.get(template=row.template, code="seal")
    assert "inspection_answer_stays" in refused(
        "UPDATE safety_inspectionanswer SET result = 'ok' WHERE item_id = %s", item.pk
    )
    other = Inspection.objects.create(
        community=row.community, equipment=row.equipment, template=row.template, result="fail", on=row.on,
        started_at=row.started_at, ended_at=row.ended_at, recorded_at=row.recorded_at, by=crew.safety, key="other",
    )  # fmt: skip
    hazard = Hazard.objects.get()
    put = "INSERT INTO safety_inspectionanswer (inspection_id, item_id, result, words, hazard_id) VALUES (%s, %s, 'fail', %s, %s)"
    truth = "what_fails_is_shown_and_opens_a_hazard"
    assert refused(put, other.pk, item.pk, "坏", None) == truth
    assert refused(put, other.pk, item.pk, "", hazard.pk) == truth
    look(make_piece(crew), "seal", by=crew.safety)
    second = Hazard.objects.latest("pk")
    assert "open hazard already" in refused(put, other.pk, item.pk, "坏", second.pk)


def test_a_round_has_its_window(crew: Crew) -> None:
    piece = make_piece(crew)
    round_ = make_round(crew)
    assert refused("UPDATE safety_inspectionround SET due_on = opens_on - 1") == "round_opens_before_it_is_due"
    ended = "UPDATE safety_inspectionround SET ended_at = started_at - interval '1 minute', pieces = 0"
    assert refused(ended) == "round_ends_after_it_began"
    row = look(piece, by=crew.safety)
    others = _COLUMNS.replace(", key,", ",").replace("is_counted, ", "")
    put = f"INSERT INTO safety_inspection (key, is_counted, round_id, {others}) SELECT 'x', false, %s, {others} FROM safety_inspection WHERE id = %s"
    ahead = make_round(crew, opens_on=MONDAY.date().replace(day=28))
    assert "outside the window" in refused(put, ahead.pk, row.pk)
    end_round(round_, words="够了", by=crew.safety, at=MONDAY + dt.timedelta(minutes=1))
    later = look(make_piece(crew), by=crew.safety, at=MONDAY + dt.timedelta(minutes=2))
    assert "outside the window" in refused(put, round_.pk, later.pk)


def test_published_lists_stay(crew: Crew) -> None:
    assert "inspection_list_stays" in refused("UPDATE safety_inspectiontemplate SET version = 9")
    assert "inspection_item_stays" in refused("DELETE FROM safety_inspectionitem")
    kind = InspectionTemplate.objects.earliest("pk")
    same = (
        "INSERT INTO safety_inspectiontemplate (kind, street_id, version, valid_from, source, published_at) "
        "SELECT kind, street_id, version, valid_from, source, published_at FROM safety_inspectiontemplate WHERE id = %s"
    )
    assert refused(same, kind.pk) == "one_inspection_list_per_version"
    assert Equipment.objects.count() == 0
