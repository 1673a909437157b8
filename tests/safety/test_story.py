"""A drill from its plan to what it left to be done, by its deeds; and who may not do what."""

import datetime as dt
from typing import Any

import pytest

from community_portal.bookings.models import Booking
from community_portal.dues import kinds
from community_portal.dues.models import DueItem
from community_portal.matters.actions.steps import take
from community_portal.outbox.models import Message
from community_portal.people.models import CareTag, ViewLog
from community_portal.refusals import Changed, NotAllowed, Refusal
from safety.actions import corrective, day, plans
from safety.actions.evaluation import hand_in, rate
from safety.actions.helping import assign_helper, confirm_helper
from safety.actions.sign_up import sign_up, sign_up_group
from safety.models import Helper, MarkKind
from safety.notices import while_it_is_due
from safety.queries.day import day_of, red_list, wall_of
from safety.queries.helping import candidates
from safety.workflow.states import Drilling
from tests.cast import MONDAY, Cast
from tests.factories import make_resident, make_resident_account
from tests.safety.drilling import (
    STARTS,
    Party,
    after,
    check_all,
    help_row,
    make_draft,
    make_ended,
    make_evaluated,
    make_frail,
    make_notified,
    make_party,
    make_ready,
    make_running,
    press,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(cast: Cast) -> Party:
    return make_party(cast)


def refusal_of(deed: Any) -> str:
    with pytest.raises(Refusal) as refused:
        deed()
    return refused.value.code


def test_a_plan_says_what_it_misses(party: Party) -> None:
    drill = plans.plan_drill(
        party.cast.home, title="演练", kinds=["evacuation"], starts_at=STARTS, ends_at=STARTS + dt.timedelta(hours=1),
        by=party.safety, at=MONDAY,
    )  # fmt: skip
    assert refusal_of(lambda: plans.submit(drill, by=party.safety, at=MONDAY)) == "parts_missing"
    assert drill.checks.count() == 5
    assert drill.case.number.startswith("LT-26-")


def test_a_plan_is_approved_announced_and_ready(party: Party) -> None:
    drill = make_draft(party)
    plans.submit(drill, by=party.safety, at=MONDAY)
    assert Message.objects.filter(kind="drill_to_approve", user=party.cast.street_officer).exists()
    with pytest.raises(NotAllowed):
        plans.approve(drill, by=party.safety, at=MONDAY)
    plans.approve(drill, by=party.cast.street_officer, at=MONDAY)
    assert drill.handler == party.safety
    plans.notify(drill, by=party.safety, at=MONDAY)
    assert drill.session.kind == "activity" and drill.session.capacity == 100
    assert refusal_of(lambda: take(drill, "make_ready", by=party.safety, at=MONDAY)) == "parts_missing"
    check_all(drill, party)
    take(drill, "make_ready", by=party.safety, at=MONDAY)
    assert drill.state == Drilling.READY


def test_people_are_told_three_days_before(party: Party) -> None:
    drill = make_draft(party)
    plans.submit(drill, by=party.safety, at=MONDAY)
    plans.approve(drill, by=party.cast.street_officer, at=MONDAY)
    assert refusal_of(lambda: plans.notify(drill, by=party.safety, at=STARTS - dt.timedelta(days=2))) == "too_late"
    plans.notify(drill, by=party.safety, at=STARTS - dt.timedelta(days=3))


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"starts_at": MONDAY - dt.timedelta(hours=1)}, "past"),
        ({"ends_at": STARTS - dt.timedelta(hours=1)}, "times"),
        ({"ends_at": STARTS + dt.timedelta(hours=9)}, "times"),
        ({"kinds": []}, "no_kinds"),
        ({"title": " "}, "no_title"),
    ],
)
def test_a_plan_that_cannot_be(party: Party, over: dict[str, Any], code: str) -> None:
    plan = {"title": "演练", "kinds": ["full"], "starts_at": STARTS, "ends_at": STARTS + dt.timedelta(hours=1)} | over
    assert refusal_of(lambda: plans.plan_drill(party.cast.home, by=party.safety, at=MONDAY, **plan)) == code


def test_nobody_evaluates_what_they_command(party: Party) -> None:
    plan = {"kinds": ["full"], "starts_at": STARTS, "ends_at": STARTS + dt.timedelta(hours=1)}
    people = {"commander": party.safety, "evaluator": party.safety}
    assert (
        refusal_of(
            lambda: plans.plan_drill(party.cast.home, title="演练", by=party.safety, at=MONDAY, **plan, **people)
        )
        == "own_judge"
    )
    people = {"commander": party.cast.stranger}
    assert (
        refusal_of(
            lambda: plans.plan_drill(party.cast.home, title="演练", by=party.safety, at=MONDAY, **plan, **people)
        )
        == "not_here"
    )


def test_a_family_signs_up_and_somebody_needs_help(party: Party) -> None:
    drill = make_notified(party)
    wife = make_frail(party)
    account = make_resident_account(wife, username="family")
    booking = sign_up(drill, wife, party_size=3, needs_help=wife, wish="坐轮椅", by=account, at=MONDAY)
    row = help_row(drill, wife)
    assert (booking.party_size, row.wish, row.floor) == (3, "坐轮椅", 3)
    assert row.house.premises == party.premises
    check_all(drill, party)
    assert refusal_of(lambda: take(drill, "make_ready", by=party.safety, at=MONDAY)) == "parts_missing"
    assign_helper(row, name="曹建军", phone="13800001234", by=party.safety, at=MONDAY)
    assert Message.objects.get(kind="drill_helper").address == "+8613800001234"
    confirm_helper(row, by=party.safety, at=MONDAY)
    take(drill, "make_ready", by=party.safety, at=MONDAY)


def test_sixty_of_a_company_do_not_fit_into_twenty_places(party: Party) -> None:
    drill = make_notified(party)
    drill.session.capacity = 20
    drill.session.save()
    group = {"group": "明日电子", "phone": "13800007777", "by": party.safety, "at": MONDAY}
    assert refusal_of(lambda: sign_up_group(drill, heads=60, **group)) == "party_size"
    assert not Booking.objects.exists()
    sign_up_group(drill, heads=20, **group)
    assert Booking.objects.get().group_name == "明日电子"
    assert refusal_of(lambda: sign_up_group(drill, heads=1, **group | {"group": "别家"})) == "session_full"


def test_who_needs_help_is_found_by_the_file_and_never_why(party: Party) -> None:
    drill = make_draft(party)
    lying = make_frail(party, "韩志明", "101", CareTag.BEDRIDDEN)
    make_frail(party, "只是独居", "102", CareTag.LIVES_ALONE)
    old = make_frail(party, "独居高龄", "103", CareTag.LIVES_ALONE, CareTag.AGED_80)
    make_resident(household=party.cast.household, name="别的楼", care_tags=[CareTag.BEDRIDDEN])
    assert {one.pk for one in candidates(drill)} == {lying.pk, old.pk}


def test_a_helper_can_walk_and_is_somebody_else(party: Party) -> None:
    drill = make_notified(party)
    frail, other = make_frail(party), make_frail(party, "韩志明", "101")
    Helper.objects.create(drill=drill, community=drill.community, resident=frail, asked_at=MONDAY)
    row = help_row(drill, frail)
    given = {"name": "某人", "phone": "13800001234", "by": party.safety, "at": MONDAY}
    assert refusal_of(lambda: assign_helper(row, helper=other, **given)) == "cannot_help"
    assert refusal_of(lambda: assign_helper(row, helper=frail, **given)) == "own_helper"


def test_the_commander_and_the_deputy_start_and_nobody_else(party: Party) -> None:
    drill = make_ready(party)
    for somebody in (party.judge, party.cast.officer, party.cast.street_officer):
        with pytest.raises(NotAllowed):
            press(drill, MarkKind.ALARM, by=somebody, at=STARTS)
    press(drill, MarkKind.ALARM, by=party.deputy, at=STARTS)
    drill.refresh_from_db()
    assert (drill.state, drill.alarm_at) == (Drilling.RUNNING, STARTS)


def test_a_second_press_answers_the_first(party: Party) -> None:
    drill = make_running(party)
    again = press(drill, MarkKind.ALARM, by=party.deputy, at=after(20))
    assert again.happened_at == STARTS
    assert drill.marks.filter(kind="alarm").count() == 2
    drill.refresh_from_db()
    assert drill.alarm_at == STARTS


def test_nothing_before_the_alarm(party: Party) -> None:
    drill = make_ready(party)
    assert refusal_of(lambda: press(drill, MarkKind.CALL_119, by=party.safety, at=STARTS)) == "alarm_first"
    assert refusal_of(lambda: press(drill, MarkKind.END, by=party.safety, at=STARTS)) == "alarm_first"
    assert (
        refusal_of(lambda: day.count_heads(drill.points.get(), present=3, key="a", by=party.safety, at=STARTS))
        == "alarm_first"
    )


def test_a_floor_that_is_not_there(party: Party) -> None:
    drill = make_running(party)
    house = drill.houses.get()
    assert (
        refusal_of(lambda: press(drill, MarkKind.FLOOR_CLEAR, by=party.safety, at=after(5), house=house, floor=4))
        == "no_floor"
    )


def test_the_end_wants_all_out_and_counted_or_a_reason(party: Party) -> None:
    drill = make_running(party)
    assert refusal_of(lambda: press(drill, MarkKind.LAST_OUT, by=party.safety, at=after(60))) == "not_all"
    assert refusal_of(lambda: press(drill, MarkKind.END, by=party.safety, at=after(60))) == "not_all"
    press(drill, MarkKind.END, by=party.safety, at=after(90), words="下大雨，提前散了")
    drill.refresh_from_db()
    assert drill.state == Drilling.ENDED
    assert drill.case.events.get(kind="end").words == "下大雨，提前散了"


def test_what_the_day_came_to(party: Party) -> None:
    drill = make_ended(party)
    assert (drill.state, drill.handler) == (Drilling.ENDED, party.judge)
    assert (drill.participants, drill.unaccounted, drill.over_at) == (20, 0, after(400))
    assert drill.houses.get().evacuated_in == 212


def test_head_counts(party: Party) -> None:
    drill = make_running(party)
    point = drill.points.get()
    first = day.count_heads(point, present=18, excused=1, key="one", by=party.safety, at=after(60))
    assert first.unaccounted == 1
    assert day.count_heads(point, present=18, excused=1, key="one", by=party.safety, at=after(61)).pk == first.pk
    assert (
        refusal_of(lambda: day.count_heads(point, present=22, key="two", by=party.safety, at=after(70))) == "too_many"
    )
    day.count_heads(point, present=22, walk_ins=2, key="two", by=party.deputy, at=after(80))
    wall = wall_of(drill)
    assert (wall.sums.present, wall.sums.missing, point.counts.count()) == (22, 0, 2)


def test_the_red_list_is_for_the_commander_and_the_helper(party: Party) -> None:
    drill = make_notified(party)
    one, two = make_frail(party), make_frail(party, "韩志明", "101")
    for resident, helper in ((one, party.cast.officer), (two, None)):
        Helper.objects.create(drill=drill, community=drill.community, resident=resident, asked_at=MONDAY)
        assign_helper(
            help_row(drill, resident), name="某人", phone="13800001234", user=helper, by=party.safety, at=MONDAY
        )
    check_all(drill, party)
    assert red_list(drill, party.safety) == []  # not before the day
    take(drill, "make_ready", by=party.safety, at=STARTS)
    press(drill, MarkKind.ALARM, by=party.safety, at=STARTS)
    drill.refresh_from_db()

    def named(user: Any) -> set[str]:
        return {row.row.resident.name for row in red_list(drill, user)}

    assert named(party.safety) == named(party.deputy) == {"沈玉英", "韩志明"}
    assert named(party.cast.officer) == {"沈玉英"}
    assert named(party.judge) == named(party.cast.street_officer) == set()
    press(drill, MarkKind.FOUND, by=party.cast.officer, at=after(100), helper=help_row(drill, one))
    assert named(party.safety) == {"韩志明"}
    assert day_of(drill, party.judge, []).lost == 1
    with pytest.raises(NotAllowed):
        press(drill, MarkKind.FOUND, by=party.cast.officer, at=after(101), helper=help_row(drill, two))


def test_a_real_alarm_ends_it_and_everybody_hears(party: Party) -> None:
    drill = make_notified(party)
    neighbour = make_resident(household=party.cast.household, name="邻居", phone="+8613811112222")
    sign_up(drill, neighbour, by=party.safety, at=MONDAY)
    check_all(drill, party)
    take(drill, "make_ready", by=party.safety, at=STARTS - dt.timedelta(hours=1))
    press(drill, MarkKind.ALARM, by=party.safety, at=STARTS)
    drill.refresh_from_db()
    with pytest.raises(Refusal):
        plans.abort(drill, words="", by=party.safety, at=after(60))
    plans.abort(drill, words="2 楼真着火了", by=party.deputy, at=after(60))
    assert (drill.state, drill.abort_why) == (Drilling.ABORTED, "2 楼真着火了")
    heard = Message.objects.filter(kind="drill_aborted")
    assert heard.filter(address="+8613811112222", is_urgent=True).exists()
    assert heard.filter(user=party.safety).exists()
    assert refusal_of(lambda: plans.abort(drill, words="再一次", by=party.safety, at=after(61)))


def test_another_day(party: Party) -> None:
    drill = make_notified(party)
    neighbour = make_resident(household=party.cast.household, name="邻居", phone="+8613811112222")
    sign_up(drill, neighbour, by=party.safety, at=MONDAY)
    session = drill.session
    plans.postpone(drill, words="台风", by=party.safety, at=MONDAY)
    session.refresh_from_db()
    assert (drill.state, session.state, drill.session, drill.notified_at) == (Drilling.DRAFT, "cancelled", None, None)
    assert Message.objects.filter(
        kind__startswith="booking_", kind__contains="cancelled", address="+8613811112222"
    ).exists()
    plans.change_plan(
        drill,
        **{name: getattr(drill, name) for name in plans.PLAN}
        | {"starts_at": STARTS + dt.timedelta(days=7), "ends_at": STARTS + dt.timedelta(days=7, hours=1)},
        by=party.safety,
        at=MONDAY,
    )
    plans.submit(drill, by=party.safety, at=MONDAY)


def test_what_the_street_approved_stays(party: Party) -> None:
    drill = make_notified(party)
    with pytest.raises(Changed):
        plans.change_plan(drill, place="别处", by=party.safety, at=MONDAY)
    with pytest.raises(Changed):
        plans.take_from_plan(drill, drill.objectives.get(), part="objectives", by=party.safety, at=MONDAY)
    with pytest.raises(NotAllowed):
        plans.take_from_plan(drill, drill.points.get(), part="points", by=party.cast.officer, at=MONDAY)


def test_somebody_else_evaluates(party: Party) -> None:
    drill = make_ended(party)
    objective = drill.objectives.select_related("drill").get()
    for one in (party.safety, party.deputy, party.cast.street_officer):
        with pytest.raises(NotAllowed):
            rate(objective, rating="P", by=one, at=after(500))
    assert refusal_of(lambda: rate(objective, rating="S", by=party.judge, at=after(500))) == "no_why"
    assert refusal_of(lambda: hand_in(drill, by=party.judge, at=after(500))) == "parts_missing"


def test_an_action_is_done_checked_carried_and_tried_again(party: Party) -> None:
    drill = make_evaluated(party)
    action = drill.actions.get()
    assert (drill.state, action.handler) == (Drilling.ACTIONS, party.deputy)
    assert action.case.part_of == drill.case
    assert refusal_of(lambda: take(drill, "close", by=party.safety, at=after(90000))) == "parts_missing"
    coming = make_draft(party, at=after(90000), starts_at=after(86400 * 200), title="下一场")
    corrective.carry(action, drill=coming, by=party.safety, at=after(90000))
    take(drill, "close", by=party.safety, at=after(90001))
    corrective.prove(action, words="清掉了", by=party.deputy, at=after(90002))
    with pytest.raises(NotAllowed):
        corrective.accept(action, by=party.deputy, at=after(90003))
    corrective.accept(action, by=party.judge, at=after(90003))
    assert refusal_of(lambda: corrective.pass_retest(action, by=party.judge, at=after(90004))) == "too_early"
    coming.alarm_at = after(86400 * 200)
    coming.save()
    action.retest_in = coming
    with pytest.raises(NotAllowed):
        corrective.pass_retest(action, by=party.safety, at=after(86400 * 201))
    corrective.pass_retest(action, by=party.judge, at=after(86400 * 201))
    assert (action.state, action.retest_passed) == ("retested", True)


def test_what_fails_the_retest_is_open_again(party: Party) -> None:
    drill = make_evaluated(party)
    action = drill.actions.get()
    coming = make_draft(party, at=after(90000), starts_at=after(86400 * 200), title="下一场")
    corrective.carry(action, drill=coming, by=party.safety, at=after(90000))
    corrective.prove(action, words="清掉了", by=party.deputy, at=after(90002))
    corrective.accept(action, by=party.judge, at=after(90003))
    type(coming).objects.filter(pk=coming.pk).update(alarm_at=after(86400 * 200))
    coming.refresh_from_db()
    action.retest_in = coming
    corrective.fail_retest(action, words="又堆上了", by=party.judge, at=after(86400 * 201))
    action.refresh_from_db()
    assert (action.state, action.retest_in, action.checked_by, action.closed_at) == ("open", None, None, None)


@pytest.mark.parametrize("days", [-1, 400])
def test_an_action_has_a_day_that_can_be(party: Party, days: int) -> None:
    drill = make_ended(party)
    seen = drill.observations.create(kind="improve", words="堆物", at=after(500), by=party.judge)
    due = (after(500) + dt.timedelta(days=days)).date()
    given = {"title": "清堆物", "officer": party.deputy, "by": party.judge, "at": after(500)}
    assert refusal_of(lambda: corrective.open_action(seen, due_on=due, **given)) == "bad_day"
    assert (
        refusal_of(
            lambda: corrective.open_action(seen, due_on=after(500).date(), **given | {"officer": party.cast.stranger})
        )
        == "not_an_officer"
    )


def test_one_drill_settles_several_duties(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:

    def duty(name: str, tag: str) -> Any:
        return kinds.DueKind(
            name, name, "fire", "safety", lambda on: [], lambda *a: None, lambda ref: "/", frozenset({tag})
        )

    for name, tag in (("drill_year", "drill"), ("ebike_drill", "drill_ebike"), ("other", "drill_full")):
        monkeypatch.setitem(kinds.KINDS, name, duty(name, tag))
        DueItem.objects.create(
            kind=name, community=party.cast.home, subject_ref=party.premises.ref, subject_label="5 幢", starts_on=dt.date(2026, 1, 1),
            opens_on=dt.date(2026, 1, 1), due_on=dt.date(2026, 12, 31), role="safety", made_at=MONDAY,
        )  # fmt: skip
    drill = make_ended(party)
    done = dict(DueItem.objects.values_list("kind", "done_ref"))
    assert done == {
        "drill_year": f"drill:{drill.case.number}",
        "ebike_drill": f"drill:{drill.case.number}",
        "other": "",
    }


def test_whoever_came_is_thanked(party: Party) -> None:
    drill = make_notified(party)
    neighbour = make_resident(household=party.cast.household, name="邻居", phone="+8613811112222")
    booking = sign_up(drill, neighbour, by=party.safety, at=MONDAY)
    Booking.objects.filter(pk=booking.pk).update(state="arrived", arrived_at=STARTS)
    check_all(drill, party)
    take(drill, "make_ready", by=party.safety, at=STARTS)
    press(drill, MarkKind.ALARM, by=party.safety, at=STARTS)
    press(drill, MarkKind.END, by=party.safety, at=after(300), words="提前散了")
    said = Message.objects.get(kind="drill_thanks")
    assert said.address == "+8613811112222" and f"/safety/my-drill/{booking.pk}/" in said.context["url"]


def test_a_look_at_who_needs_help_is_kept(party: Party, client: Any) -> None:
    drill = make_draft(party)
    frail = make_frail(party)
    client.force_login(party.safety)
    page = client.get(f"/safety/drills/{drill.case.number}/helpers/")
    assert frail.name in page.content.decode() and "行动不便" not in page.content.decode()
    client.get(f"/safety/drills/{drill.case.number}/helpers/")
    assert ViewLog.objects.filter(viewer=party.safety, resident=frail, reason=drill.case.number).count() == 1


def test_whoever_owns_an_action_is_reminded_while_it_is_open(party: Party) -> None:
    drill = make_evaluated(party)
    action = drill.actions.get()
    waiting = Message.objects.filter(kind="action_due", user=party.deputy, channel="screen").order_by("due_at")
    assert [(action.due_on - one.due_at.date()).days for one in waiting] == [3, 0]
    assert while_it_is_due(waiting[0], after(90000)) == ""
    corrective.prove(action, words="清掉了", by=party.deputy, at=after(90002))
    assert while_it_is_due(waiting[0], after(90003)) != ""
