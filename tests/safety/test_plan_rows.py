"""Rows of a plan that come, go and are typed wrong: whoever needs help stays on the list, and nothing technical is shown."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from community_portal import clock
from community_portal.dashboards.periods import Period
from community_portal.outbox.models import Message
from community_portal.people.models import Role, User
from community_portal.refusals import Refusal
from safety.actions import plans
from safety.actions.corrective import carry
from safety.actions.day import count_heads
from safety.actions.helping import ask_for_help, assign_helper
from safety.actions.outcome import follow
from safety.actions.sign_up import sign_up, sign_up_group
from safety.models import Drill, DrillPremises, GroupMember
from safety.queries.helping import by_staircase
from safety.workflow.missing import to_close, to_submit
from tests.cast import MONDAY, Cast
from tests.factories import make_grid, make_member, make_resident
from tests.figures import totals
from tests.safety.drilling import (
    Party,
    after,
    help_row,
    make_draft,
    make_evaluated,
    make_frail,
    make_notified,
    make_party,
    make_ready,
    make_running,
    press,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]


@pytest.fixture
def party(cast: Cast) -> Party:
    return make_party(cast)


def test_a_house_goes_from_the_plan_and_who_needs_help_there_stays(party: Party, client: Client) -> None:
    drill, frail = make_draft(party), make_frail(party)
    ask_for_help(drill, frail, by=party.safety, at=MONDAY)
    house = drill.houses.get()
    assert (help_row(drill, frail).house, help_row(drill, frail).floor) == (house, 3)
    client.force_login(party.safety)
    page = f"/safety/drills/{drill.case.number}/plan/houses/{house.pk}/remove/"
    assert client.post(page, {"once": "r1"}).status_code == 303
    assert (help_row(drill, frail).house, help_row(drill, frail).floor) == (None, None)
    again = DrillPremises(premises=party.premises, floors=3)
    plans.add_to_plan(drill, again, part="houses", by=party.safety, at=MONDAY)
    assert (help_row(drill, frail).house, help_row(drill, frail).floor) == (again, 3)


@pytest.mark.parametrize(
    ("part", "typed", "sentence"),
    [
        ("stations", {"skill": "kitchen", "rounds": 0, "per_round": 10}, "不能小于 1"),
        ("stations", {"skill": "kitchen", "rounds": 4, "per_round": 99999}, "不能大于 300"),
        ("points", {"name": "健身角", "expected": -3}, "不能小于 0"),
        ("houses", {"floors": 500}, "不能大于 120"),
        ("members", {"group": "aid", "name": "朱医生", "phone": "123"}, "电话"),
    ],
)
def test_a_row_typed_wrong_is_said_beside_its_field(
    party: Party, client: Client, part: str, typed: dict[str, Any], sentence: str
) -> None:
    drill = make_draft(party)
    client.force_login(party.safety)
    answer = client.post(f"/safety/drills/{drill.case.number}/plan/{part}/", {"once": "w", **typed})
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and "field-error" in page
    assert "约束" not in page and "station_has_rounds" not in page


def test_the_number_of_a_member_is_kept_as_it_is_dialled(party: Party, client: Client) -> None:
    drill = make_draft(party)
    client.force_login(party.safety)
    typed = {"group": "aid", "name": "朱医生", "phone": "139 1234 5678", "once": "m"}
    assert client.post(f"/safety/drills/{drill.case.number}/plan/members/", typed).status_code == 303
    assert GroupMember.objects.get(name="朱医生").phone == "+8613912345678"


def test_a_staircase_is_called_by_its_whole_name(party: Party) -> None:
    drill, frail = make_draft(party), make_frail(party)
    home = frail.household
    assert home is not None
    type(home).objects.filter(pk=home.pk).update(unit="2")
    ask_for_help(drill, frail, by=party.safety, at=MONDAY)
    assert [stairs for stairs, _rows in by_staircase(drill)] == [f"幸福家园 {party.premises.building} 2 单元"]


def test_a_company_hears_of_an_abort_as_well(party: Party) -> None:
    drill = make_notified(party)
    sign_up_group(drill, group="南通织造厂", phone="13912340000", heads=6, by=party.safety, at=MONDAY)
    type(drill).objects.filter(pk=drill.pk).update(state="ready")
    drill.refresh_from_db()
    plans.abort(drill, words="真的起火了", by=party.safety, at=after(60))
    assert Message.objects.filter(kind="drill_aborted", address="+8613912340000").exists()


@pytest.mark.parametrize(("deed", "kind"), [(plans.abort, "drill_aborted"), (plans.cancel, "drill_called_off")])
def test_before_its_hour_whoever_signed_up_hears_why_and_nothing_else(party: Party, deed: Any, kind: str) -> None:
    """Not that "it is not offered here any more", which the booking would say."""
    drill = make_ready(party)
    neighbour = make_resident(household=party.cast.household, name="邻居", phone="+8613811112222")
    sign_up(drill, neighbour, by=party.safety, at=MONDAY)
    sign_up_group(drill, group="南通织造厂", phone="13912340000", heads=6, by=party.safety, at=MONDAY)
    deed(drill, words="东门水管爆了", by=party.safety, at=MONDAY + dt.timedelta(days=1))
    assert not drill.session.bookings.filter(state="booked").exists()  # type: ignore[union-attr]
    for number in ("+8613811112222", "+8613912340000"):
        heard = Message.objects.filter(address=number, state="waiting", kind__in=[kind, "booking_no_more"])
        assert [(one.kind, one.context["words"]) for one in heard] == [(kind, "东门水管爆了")]


def test_what_is_put_right_was_seen_in_a_drill_and_asked_by_no_resident(party: Party, client: Client) -> None:
    action = make_evaluated(party).actions.get()
    client.force_login(party.safety)
    page = client.get(f"/safety/actions/{action.case.number}/").content.decode()
    assert "演练时看到的" in page and "3 楼楼道堆了纸箱" in page and "居民原话" not in page


def test_the_report_bears_the_name_of_its_drill_and_who_was_elsewhere_makes_up(party: Party, client: Client) -> None:
    drill = make_running(party)
    count_heads(drill.points.get(), present=19, excused=1, key="h", by=party.safety, at=after(300))
    client.force_login(party.safety)
    page = client.get(f"/dossier/drill/{drill.case.number}/").content.decode()
    assert f"<title>{drill.title}" in page and "一户一档" not in page
    assert "应到 20，到了 19，差 0（在别处 1）" in page


def test_the_times_of_an_aborted_drill_are_no_figure(party: Party, client: Client) -> None:
    drill = make_running(party)
    house = drill.houses.get()
    for floor in house.levels:
        press(drill, "floor_clear", by=party.safety, at=after(60), house=house, floor=floor)
    day = Period(clock.local(after(0)).date(), clock.local(after(0)).date() + dt.timedelta(days=1))
    assert totals([party.cast.home.pk], day)["drill_evacuations"] == 1
    plans.abort(drill, words="真的起火了", by=party.safety, at=after(90))
    assert totals([party.cast.home.pk], day)["drill_evacuations"] == 0
    assert drill.marks.filter(is_live=True, kind="floor_clear").count() == 3
    follow(Drill.objects.get(pk=drill.pk), at=after(120))  # as a correction of a mark does
    assert totals([party.cast.home.pk], day)["drill_evacuations"] == 0
    client.force_login(party.safety)
    report = client.get(f"/dossier/drill/{drill.case.number}/").content.decode()
    assert "为什么中止" in report and "真的起火了" in report


@pytest.mark.parametrize("deed", [plans.abort, plans.cancel])
def test_nothing_is_tried_in_a_drill_that_was_none(party: Party, deed: Any) -> None:
    held = make_evaluated(party)
    action, later = held.actions.get(), after(90000)
    coming = make_draft(party, at=later, starts_at=after(86400 * 200), title="下一场")
    carry(action, drill=coming, by=party.safety, at=later)
    assert not to_close(held)
    Drill.objects.filter(pk=coming.pk).update(state="ready", alarm_at=after(86400 * 200))
    deed(
        Drill.objects.select_related("case").get(pk=coming.pk),
        words="真的起火了",
        by=party.safety,
        at=after(86400 * 200 + 9),
    )
    action.refresh_from_db()
    assert action.retest_in is None and len(to_close(held)) == 1


def test_twenty_are_people_in_english(party: Party, client: Client) -> None:
    drill = make_running(party)
    client.force_login(party.safety)
    client.cookies["django_language"] = "en"
    assert "20 people" in client.get(f"/safety/drills/{drill.case.number}/day/").content.decode()


def test_before_the_alarm_nobody_is_missing_at_a_point_or_on_a_floor(party: Party, client: Client) -> None:
    drill = make_notified(party)
    client.force_login(party.safety)
    pages = [f"/safety/drills/{drill.case.number}/{rest}/" for rest in ("wall", "day", "evaluation")]
    for page in pages:
        shown = client.get(page).content.decode()
        assert "差 20 人" not in shown and "差 3 层" not in shown and "没点到</dt>" not in shown, page
    running = make_running(party, title="正在办的")
    shown = client.get(f"/safety/drills/{running.case.number}/wall/").content.decode()
    assert "差 20 人" in shown and "差 3 层" in shown


def test_who_helps_and_whose_grid_it_is_open_the_drill(party: Party, client: Client) -> None:
    """An account that was given somebody to bring down presses on the day; the officer of the grid reads what is held there."""
    drill, frail, cast = make_notified(party), make_frail(party), party.cast
    elsewhere = make_grid(community=cast.home)
    helper = make_member(Role.GRID_OFFICER, grid=elsewhere, username="carries")
    stranger = make_member(Role.GRID_OFFICER, grid=elsewhere, username="elsewhere")
    page = f"/safety/drills/{drill.case.number}/day/"

    def opens(user: User) -> int:
        client.force_login(user)
        return client.get(page).status_code

    assert (opens(cast.officer), opens(helper), opens(stranger)) == (200, 404, 404)
    ask_for_help(drill, frail, by=party.safety, at=MONDAY)
    row = help_row(drill, frail)
    assign_helper(row, name="曹建军", phone="13800001234", user=helper, by=party.safety, at=MONDAY)
    assert (opens(helper), opens(stranger)) == (200, 404)


def test_only_who_may_press_is_shown_a_button(party: Party, client: Client) -> None:
    drill = make_running(party)
    page = f"/safety/drills/{drill.case.number}/day/"

    def shown(user: User) -> tuple[bool, bool]:
        client.force_login(user)
        text = client.get(page).content.decode()
        return 'value="call_119"' in text, 'value="end"' in text

    assert shown(party.safety) == shown(party.deputy) == (True, True)
    assert shown(party.judge) == (True, False)
    assert shown(party.cast.officer) == (False, False)  # reads what is held in their grid, and is in no group
    GroupMember.objects.create(drill=drill, group="aid", name="网格员", user=party.cast.officer)
    assert shown(party.cast.officer) == (True, False)


def test_the_number_that_was_counted_stands_in_its_field_again(party: Party, client: Client) -> None:
    """A field of numbers takes nothing but the number: a line break beside it leaves it empty."""
    drill = make_running(party)
    count_heads(drill.points.get(), present=19, key="c", by=party.safety, at=after(60))
    client.force_login(party.safety)
    assert 'value="19"' in client.get(f"/safety/drills/{drill.case.number}/day/").content.decode()


def test_a_plan_without_a_place_does_not_go_to_the_street(party: Party) -> None:
    """What the street said yes to cannot be changed: a place that is missing then would send it back."""
    drill = make_draft(party)
    drill.place = ""
    drill.save()
    with pytest.raises(Refusal) as refused:
        plans.submit(drill, by=party.safety, at=MONDAY)
    assert refused.value.code == "parts_missing"
    assert [str(part.sentence) for part in to_submit(drill)] == ["还没写在哪里集合"]
