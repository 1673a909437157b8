"""What the database says of drills, whoever writes: each by SQL of its own."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from safety.models import CorrectiveAction, Drill, DrillMark, GroupMember, HeadCount, Helper, MarkKind, Question
from tests.cast import MONDAY, Cast
from tests.safety.drilling import after, make_draft, make_evaluated, make_frail, make_party, make_running, press

pytestmark = pytest.mark.django_db


def refused(statement: str, *values: Any) -> str:
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    diag = getattr(error.value.__cause__, "diag", None)
    return getattr(diag, "constraint_name", None) or str(error.value)


@pytest.mark.parametrize(
    ("change", "truth"),
    [
        ("evaluator_id = commander_id", "drill_is_evaluated_by_another"),
        ("evaluator_id = deputy_id", "drill_is_not_evaluated_by_the_deputy"),
        ("notified_at = starts_at + interval '1 minute'", "drill_is_announced_before_it_starts"),
        ("ends_at = starts_at", "drill_starts_before_it_ends"),
        ("over_at = alarm_at", "drill_ends_after_its_alarm"),
        ("over_at = now(), alarm_at = NULL", "drill_ends_after_its_alarm"),
        ("state = 'aborted', closed_at = now()", "aborted_drill_says_why"),
        ("state = 'actions'", "closed_drill_is_evaluated"),
        ("state = 'flying'", "drill_state_exists"),
    ],
)
def test_of_a_drill(cast: Cast, change: str, truth: str) -> None:
    drill = make_running(make_party(cast))
    assert refused(f"UPDATE safety_drill SET {change} WHERE id = %s", drill.pk) == truth


def test_of_groups_stations_and_checks(cast: Cast) -> None:
    drill = make_draft(make_party(cast))
    GroupMember.objects.create(drill=drill, group="aid", name="另一位")
    assert (
        refused("UPDATE safety_groupmember SET is_leader = true WHERE name = '另一位'") == "one_leader_per_drill_group"
    )
    station = drill.stations.get(skill="ebike")
    over = "UPDATE safety_drillstation SET practised = 11, practised_at = now() WHERE id = %s"
    assert refused(over, station.pk) == "station_is_over_with_a_reason"
    posted = "UPDATE safety_checkitem SET done_at = now(), done_by_id = %s WHERE what = 'notices' AND drill_id = %s"
    assert refused(posted, cast.manager.pk, drill.pk) == "posted_notices_have_a_photo"
    assert (
        refused("UPDATE safety_checkitem SET waived_why = 'x' WHERE drill_id = %s", drill.pk)
        == "waived_check_says_when"
    )


def test_of_marks(cast: Cast) -> None:
    party = make_party(cast)
    drill = make_running(party)
    press(drill, MarkKind.ALARM, by=party.deputy, at=after(9))
    assert (
        refused("UPDATE safety_drillmark SET is_live = true WHERE drill_id = %s", drill.pk)
        == "one_live_mark_per_kind_and_scope"
    )
    assert "no_mark_is_taken_away" in refused("DELETE FROM safety_drillmark") or "annot delete" in refused(
        "DELETE FROM safety_drillmark"
    )
    assert "pdate" in refused("UPDATE safety_drillmark SET happened_at = now()")
    mark = DrillMark(
        drill=drill, kind="floor_clear", pressed_at=after(1), happened_at=after(1), key="x", recorded_at=after(1)
    )
    with pytest.raises(DatabaseError, match="floor_mark_names_its_floor"), transaction.atomic():
        mark.save()
    mark = DrillMark(
        drill=drill, kind="found", pressed_at=after(1), happened_at=after(1), key="y", recorded_at=after(1)
    )
    with pytest.raises(DatabaseError, match="mark_of_a_person_names_them"), transaction.atomic():
        mark.save()
    mark = DrillMark(
        drill=drill, kind="call_119", pressed_at=after(1), is_correction=True, key="z", recorded_at=after(1)
    )
    with pytest.raises(DatabaseError, match="correction_says_why"), transaction.atomic():
        mark.save()


def test_of_head_counts(cast: Cast) -> None:
    drill = make_running(make_party(cast))
    point = drill.points.get()
    row = {"point": point, "expected": 20, "at": after(1), "recorded_at": after(1)}
    with pytest.raises(DatabaseError, match="more_than_expected_walked_in"), transaction.atomic():
        HeadCount.objects.create(present=21, key="a", **row)
    with pytest.raises(DatabaseError), transaction.atomic():
        HeadCount.objects.create(present=-1, key="b", **row)
    HeadCount.objects.create(present=20, key="c", **row)
    assert HeadCount.objects.get().unaccounted == 0
    assert "pdate" in refused("UPDATE safety_headcount SET present = 3")


def test_of_helpers_and_questions(cast: Cast) -> None:
    party = make_party(cast)
    drill, frail = make_draft(party), make_frail(party)
    Helper.objects.create(drill=drill, community=cast.home, resident=frail, asked_at=MONDAY)
    assert refused("UPDATE safety_helper SET helper_id = resident_id") == "nobody_is_their_own_helper"
    assert refused("UPDATE safety_helper SET name = '某人'") == "assigned_helper_has_a_name"
    assert refused("UPDATE safety_helper SET confirmed_at = now()") == "assigned_then_confirmed"
    assert Question.objects.exists()
    assert refused("UPDATE safety_question SET before_right = 3") == "no_more_right_than_asked"


@pytest.mark.parametrize(
    ("change", "truth"),
    [
        ("state = 'proof'", "action_done_has_proof"),
        ("state = 'checked', proof = 'x', closed_at = now()", "checked_action_says_by_whom"),
        ("done_by_id = handler_id, checked_by_id = handler_id", "action_is_checked_by_another"),
        ("retest_in_id = drill_id", "retest_is_another_drill"),
        ("state = 'retested', proof = 'x', done_by_id = handler_id, closed_at = now()", "checked_action_says_by_whom"),
    ],
)
def test_of_an_action(cast: Cast, change: str, truth: str) -> None:
    drill = make_evaluated(make_party(cast))
    assert CorrectiveAction.objects.filter(drill=drill).count() == 1
    assert truth in refused(f"UPDATE safety_correctiveaction SET {change}") or "retested_in_a_drill" in refused(
        f"UPDATE safety_correctiveaction SET {change}"
    )


def test_an_evacuation_takes_two_hours_at_most(cast: Cast) -> None:
    drill = make_running(make_party(cast))
    assert (
        refused("UPDATE safety_drillpremises SET evacuated_in = 7201 WHERE drill_id = %s", drill.pk)
        == "evacuation_within_two_hours"
    )
    assert Drill.objects.get(pk=drill.pk).houses.get().evacuated_in is None
