"""What people type and press wrongly, where no other test of these says it: beside the field, with a sentence, and nothing is lost."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from community_portal import clock
from community_portal.places.models import CalendarDay, DayKind
from community_portal.refusals import NotAllowed, Refusal
from safety.actions import corrective, day, plans
from safety.actions.campaigns import confirm, correct, hold, plan_session
from safety.actions.practice import count_answers, count_practice
from safety.models import CampaignSession, Drill, DrillMark, MarkKind
from safety.queries.plans import warnings_of
from tests.cast import MONDAY, Cast
from tests.safety.campaigning import COUNTS, about_session, make_campaign, make_premises, make_safety, make_session_of
from tests.safety.drilling import STARTS, after, make_draft, make_ended, make_party, make_ready, make_running, press

pytestmark = pytest.mark.django_db


# ---- the day -----------------------------------------------------------------------------------------------------------
def test_a_phone_that_is_forty_minutes_wrong_marks_the_right_moment(cast: Cast, client: Client) -> None:
    """What it says of itself is kept; what counts is by our clock, less the time for which the form lay on the phone."""
    party = make_party(cast)
    drill = make_running(party)
    client.force_login(party.safety)
    now = clock.now()
    wrong = now + dt.timedelta(minutes=40)
    late = {
        "X-Captured-At": f"{wrong - dt.timedelta(seconds=90):%Y-%m-%dT%H:%M:%S.000Z}",
        "X-Sent-At": f"{wrong:%Y-%m-%dT%H:%M:%S.000Z}",
    }
    device = f"{wrong - dt.timedelta(seconds=90):%Y-%m-%dT%H:%M:%S.000Z}"
    client.post(
        f"/safety/drills/{drill.case.number}/day/press/", {"kind": "first_out", "once": "w", "device_at": device},
        headers=late,
    )  # fmt: skip
    mark = DrillMark.objects.get(kind="first_out")
    assert abs((mark.pressed_at - (now - dt.timedelta(seconds=90))).total_seconds()) < 5
    assert mark.device_at is not None and 35 * 60 < (mark.device_at - mark.pressed_at).total_seconds() < 45 * 60


@pytest.mark.parametrize(("seconds", "took"), [(0, 0), (7200, 7200), (7201, None), (-5, None)])
def test_an_evacuation_before_the_alarm_or_after_two_hours_is_no_time(
    cast: Cast, seconds: int, took: int | None
) -> None:
    party = make_party(cast, floors=1)
    drill = make_running(party)
    moment = after(seconds)
    press(
        drill, MarkKind.FLOOR_CLEAR, by=party.safety, at=after(9000), offline=moment, house=drill.houses.get(), floor=1
    )
    assert drill.houses.get().evacuated_in == took
    assert DrillMark.objects.filter(kind="floor_clear").count() == 1  # what was pressed stays


@pytest.mark.parametrize(
    "numbers",
    [{"present": -1}, {"present": 1, "excused": -1}, {"present": 1, "walk_ins": -1}, {"present": 1, "expected": -1}],
)
def test_heads_are_never_negative(cast: Cast, numbers: dict[str, int]) -> None:
    party = make_party(cast)
    drill = make_running(party)
    with pytest.raises(Refusal) as refused:
        day.count_heads(drill.points.get(), key="n", by=party.safety, at=after(60), **numbers)
    assert (refused.value.code, refused.value.field) == ("negative", "present")


def test_nought_is_a_number_and_what_is_missing_stays_in_sight(cast: Cast) -> None:
    party = make_party(cast)
    drill = make_running(party)
    row = day.count_heads(drill.points.get(), present=0, key="n", by=party.safety, at=after(60))
    assert row.unaccounted == 20
    row = day.count_heads(drill.points.get(), present=20, key="m", by=party.safety, at=after(90))
    assert row.unaccounted == 0


def test_started_twice_and_ended_twice_by_the_table(cast: Cast) -> None:
    party = make_party(cast)
    drill = make_ready(party)
    day.start(drill, by=party.safety, at=STARTS)
    for again in (day.start, day.end):
        if again is day.end:
            again(drill, by=party.safety, at=after(60), words="提前散了")
        with pytest.raises(Refusal) as refused:
            again(drill, by=party.safety, at=after(90), words="再来一次")
        assert refused.value.status == 409
    assert DrillMark.objects.filter(is_live=True, kind="alarm").count() == 1


# ---- the plan ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "moves", "words"),
    [
        (DayKind.HOLIDAY, 0, "法定节假日"),
        (DayKind.HOLIDAY, 1, "节假日前一天"),
        (DayKind.ORDINARY, 0, ""),
    ],
)
def test_a_holiday_and_its_eve_are_said(cast: Cast, kind: str, moves: int, words: str) -> None:
    CalendarDay.objects.update_or_create(
        date=clock.local(STARTS).date() + dt.timedelta(days=moves), defaults={"kind": kind, "name": "节"}
    )
    said = warnings_of(make_draft(make_party(cast)))
    assert any(words in str(one) for one in said) if words else not said


def test_at_night_it_is_said_and_the_street_decides(cast: Cast) -> None:
    party = make_party(cast)
    drill = make_draft(party, starts_at=STARTS.replace(hour=21))
    assert any("夜里" in str(one) for one in warnings_of(drill))
    plans.submit(drill, by=party.safety, at=MONDAY)
    with pytest.raises((NotAllowed, Refusal)):
        plans.approve(drill, by=party.safety, at=MONDAY)
    plans.approve(drill, by=cast.street_officer, at=MONDAY)
    assert Drill.objects.get(pk=drill.pk).state == "approved"


# ---- what is left to be put right --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("over", "field"),
    [({"title": " "}, "title"), ({"officer": None}, "officer"), ({"due_on": STARTS.date()}, "due_on")],
)
def test_an_action_has_a_name_an_owner_and_a_day_after_the_drill(cast: Cast, over: dict[str, Any], field: str) -> None:
    party = make_party(cast)
    drill = make_ended(party)
    seen = drill.observations.create(kind="improve", words="堆物", at=after(500), by=party.judge)
    given = {"title": "清堆物", "officer": party.deputy, "due_on": after(86400 * 9).date()} | over
    with pytest.raises(Refusal) as refused:
        corrective.open_action(seen, by=party.judge, at=after(86400), **given)
    assert refused.value.field == field


def test_more_practised_or_answered_than_can_be(cast: Cast) -> None:
    party = make_party(cast)
    drill = make_running(party)
    station, question = drill.stations.get(skill="ebike"), drill.questions.all()[0]
    station.drill = question.drill = drill
    for practised, field in ((-1, "practised"), (11, "over_why")):
        with pytest.raises(Refusal) as refused:
            count_practice(station, practised=practised, by=party.safety, at=after(60))
        assert refused.value.field == field
    numbers = {"before_asked": 20, "before_right": 8, "after_asked": 20, "after_right": 17}
    for name, n in (("before_right", 21), ("after_right", 22), ("before_asked", -1)):
        with pytest.raises(Refusal) as refused:
            count_answers(question, by=party.safety, at=after(60), **numbers | {name: n})
        assert refused.value.field in (name, "before_asked", "before_right")


# ---- campaigns ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["leaflets", "heads", "right_after", "people_sent"])
def test_a_number_of_a_session_is_never_negative(cast: Cast, signed_in: Any, name: str) -> None:
    safety = make_safety(cast)
    session = make_session_of(cast, safety)
    confirm(session, by=safety, at=clock.now(), words="周园长")
    with pytest.raises(Refusal) as refused:
        hold(session, by=safety, at=session.ends_at, **COUNTS | {name: -1})
    assert (refused.value.code, refused.value.field) == ("negative", name)
    session.refresh_from_db()
    assert session.state == "confirmed"
    typed = {key: value for key, value in COUNTS.items() if value != ""} | {name: -1, "seen": session.version}
    answer = signed_in(safety).post(f"/safety/sessions/{session.case.number}/hold/", typed)
    assert answer.status_code == 422
    assert 'value="96"' in answer.content.decode()  # what else was typed is still there
    hold(session, by=safety, at=session.ends_at, **COUNTS)
    held = CampaignSession.objects.get(pk=session.pk)
    with pytest.raises(Refusal):
        correct(held, by=safety, at=session.ends_at, **COUNTS | {name: -1})


def test_two_names_of_one_place_are_one_place(cast: Cast) -> None:
    safety, campaign = make_safety(cast), make_campaign(cast)
    premises = make_premises(cast, kind="kindergarten", name="花桥幼儿园", floors=3, height_m=9)
    premises.save()
    make_session_of(cast, safety, campaign, premises=premises)
    other = about_session(place="花桥幼儿园（总园）", premises=premises)
    with pytest.raises(Refusal) as refused:
        plan_session(campaign, cast.home, by=safety, at=clock.now(), **other)
    assert (refused.value.code, refused.value.field) == ("twice", "is_sure")
    plan_session(campaign, cast.home, is_sure=True, by=safety, at=clock.now(), **other)
