"""The register: one item a turn however often it is made, moved with its subject, settled by any deed that fulfils it."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from community_portal import clock
from community_portal.dues import kinds
from community_portal.dues.actions import generate_dues, put_turns, settle_dues, take_back, tick_off, waive
from community_portal.dues.kinds import register_dues
from community_portal.dues.models import DueItem
from community_portal.dues.notices import remind_of_dues
from community_portal.outbox.models import Message
from community_portal.outbox.sweep import deliver_due
from community_portal.people.models import Organisation, Role
from community_portal.refusals import Changed, NotAllowed, Refusal
from tests.cast import Cast
from tests.dues import duties
from tests.dues.duties import EBIKE, WEEKLY, YEARLY, subject
from tests.factories import make_member
from tests.race import all_at_once

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 11, 29)


@pytest.fixture(autouse=True)
def declared() -> Iterator[None]:
    before = dict(kinds.KINDS)
    kinds.KINDS.clear()
    register_dues(WEEKLY, YEARLY, EBIKE)
    duties.PEOPLE.clear()
    duties.HOUSES.clear()
    yield
    kinds.KINDS.clear()
    kinds.KINDS.update(before)


def make(on: dt.date = ON) -> int:
    return generate_dues(on=on, at=clock.at_wall(on, dt.time(5, 30)))


def the_item(**about: Any) -> DueItem:
    return DueItem.objects.open().get(**about)


def test_made_twice_is_made_once(cast: Cast) -> None:
    duties.PEOPLE.append(subject(1, cast.home.pk, since=ON))
    assert (make(), make()) == (1, 0)
    item = the_item()
    assert (item.due_on, item.clause, item.role) == (ON + dt.timedelta(days=7), "探访办法 3", "grid_officer")


@pytest.mark.django_db(transaction=True)
def test_two_makers_at_once_make_one(cast: Cast) -> None:
    duties.PEOPLE.extend(subject(n, cast.home.pk, since=ON) for n in range(50))
    assert sum(all_at_once([make, make])) >= 50
    assert DueItem.objects.count() == 50


def test_a_stricter_tier_moves_what_is_open(cast: Cast) -> None:
    who = subject(1, cast.home.pk, since=ON)
    duties.PEOPLE.append(who)
    make()
    stricter = kinds.DueKind(**vars(WEEKLY) | {"next_turn": kinds.every_days(2)})
    put_turns(stricter, [who], on=ON, at=clock.now())
    assert the_item().due_on == ON + dt.timedelta(days=2)
    assert DueItem.objects.count() == 1


def test_a_subject_that_moved_takes_its_item_along(cast: Cast) -> None:
    duties.PEOPLE.append(subject(1, cast.home.pk, since=ON))
    make()
    duties.PEOPLE[:] = [subject(1, cast.next_door.pk, since=ON)]
    make()
    assert the_item().community == cast.next_door


def test_who_is_no_subject_any_more_has_nothing_open(cast: Cast) -> None:
    duties.PEOPLE.append(subject(1, cast.home.pk, since=ON))
    make()
    duties.PEOPLE.clear()
    make()
    assert not DueItem.objects.open().exists()


def test_one_drill_settles_the_duties_of_two_services(cast: Cast) -> None:
    duties.HOUSES.append(subject(7, cast.home.pk))
    make()
    assert settle_dues(tags={"drill"}, refs=["resident:7"], on=ON, ref="drill:3", by=cast.manager, at=clock.now()) == 2
    assert set(DueItem.objects.values_list("done_on", "done_ref", "done_by")) == {(ON, "drill:3", cast.manager.pk)}
    make()
    assert {item.starts_on for item in DueItem.objects.open()} == {dt.date(2027, 1, 1)}


def test_done_late_is_done_late_and_the_next_is_counted_from_then(cast: Cast) -> None:
    duties.PEOPLE.append(subject(1, cast.home.pk, since=ON - dt.timedelta(days=20)))
    make()
    settle_dues(tags={"visit"}, refs=["resident:1"], on=ON, ref="visit:1", by=cast.officer, at=clock.now())
    assert DueItem.objects.get().was_late
    make()
    assert the_item().due_on == ON + dt.timedelta(days=7)


def test_a_deed_of_before_the_turn_settles_nothing(cast: Cast) -> None:
    duties.PEOPLE.append(subject(1, cast.home.pk, since=ON))
    make()
    before = ON - dt.timedelta(days=1)
    assert settle_dues(tags={"visit"}, refs=["resident:1"], on=before, ref="x", by=cast.officer, at=clock.now()) == 0


def test_done_on_the_day_on_which_the_turn_began_starts_no_second_item_of_that_day(cast: Cast) -> None:
    duties.PEOPLE.append(subject(1, cast.home.pk, since=ON))
    make()
    settle_dues(tags={"visit"}, refs=["resident:1"], on=ON, ref="visit:1", by=cast.officer, at=clock.now())
    make()
    assert the_item().starts_on > ON


def test_ticked_off_once_with_words(cast: Cast) -> None:
    duties.PEOPLE.append(subject(1, cast.home.pk, since=clock.today(), grid_id=cast.grid.pk))
    make(clock.today())
    item = the_item()
    with pytest.raises(Refusal):
        tick_off(item, on=clock.today(), words=" ", by=cast.officer, at=clock.now())
    for day in (clock.today() + dt.timedelta(days=1), clock.today() - dt.timedelta(days=1)):
        with pytest.raises(Refusal):
            tick_off(item, on=day, words="去看过了", by=cast.officer, at=clock.now())
    tick_off(item, on=clock.today(), words="去看过了", by=cast.officer, at=clock.now())
    with pytest.raises(Changed):
        tick_off(item, on=clock.today(), words="又去了", by=cast.officer, at=clock.now())


def test_waiving_is_for_managers_and_a_duty_with_a_page_is_not_ticked_off(cast: Cast) -> None:
    duties.HOUSES.append(subject(7, cast.home.pk))
    make()
    item = the_item(kind="test_drill")
    with pytest.raises(NotAllowed):
        tick_off(item, on=ON, words="做过了", by=cast.manager, at=clock.now())
    with pytest.raises(NotAllowed):
        waive(item, words="楼空了", by=cast.reception, at=clock.now())
    waive(item, words="楼空了", by=cast.manager, at=clock.now())
    assert not item.is_open


def test_a_stranger_settles_nothing_by_hand(cast: Cast) -> None:
    duties.PEOPLE.append(subject(1, cast.home.pk, since=clock.today()))
    make(clock.today())
    with pytest.raises(NotAllowed):
        tick_off(the_item(), on=clock.today(), words="去看过了", by=cast.stranger, at=clock.now())


def test_taken_back_in_the_deed_that_ends_the_subject(cast: Cast) -> None:
    duties.PEOPLE.append(subject(1, cast.home.pk, since=ON))
    make()
    assert take_back(refs=["resident:1"], at=clock.now()) == 1
    assert not DueItem.objects.open().exists()


@pytest.mark.parametrize(
    "change, name",
    [
        ("done_at = now()", "done_due_item_has_its_day"),
        ("waived_at = now()", "waived_due_item_says_why"),
        ("opens_on = due_on + 1", "due_item_opens_before_it_is_due"),
    ],
)
def test_the_database_knows_what_an_item_can_be(cast: Cast, change: str, name: str) -> None:
    duties.PEOPLE.append(subject(1, cast.home.pk, since=ON))
    make()
    with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE dues_dueitem SET {change}")


def test_who_sees_what(cast: Cast) -> None:
    firm = Organisation.objects.create(name="长安物业", kind=Role.PROPERTY)
    clerk = make_member(Role.PROPERTY, organisation=firm)
    safety = make_member(Role.SAFETY, community=cast.home)
    duties.PEOPLE.extend(
        [
            subject(1, cast.home.pk, grid_id=cast.grid.pk),
            subject(2, cast.home.pk),
            subject(3, cast.next_door.pk, organisation_id=firm.pk),
            subject(4, cast.next_door.pk, assignee_id=cast.reception.pk),
        ]
    )
    duties.HOUSES.append(subject(9, cast.home.pk))
    make()

    def seen(user: Any) -> set[str]:
        return {f"{i.kind}:{i.subject_ref[9:]}" for i in DueItem.objects.visible_to(user)}

    assert seen(cast.manager) == {"test_visit:1", "test_visit:2", "test_drill:9", "test_ebike:9"}
    assert seen(cast.reception) == {"test_visit:1", "test_visit:2", "test_visit:4", "test_ebike:9"}
    assert seen(cast.officer) == {"test_visit:1"}
    assert seen(safety) == {"test_visit:1", "test_visit:2", "test_drill:9", "test_ebike:9"}
    assert seen(clerk) == {"test_visit:3"}
    assert seen(cast.elder_account) == set()


def test_each_is_told_once_a_day_and_not_of_what_is_settled_by_then(cast: Cast) -> None:
    today = clock.today()
    duties.PEOPLE.extend(
        subject(n, cast.home.pk, since=today - dt.timedelta(days=4), grid_id=cast.grid.pk) for n in (1, 2)
    )
    make(today)
    at = clock.at_wall(today, dt.time(9))
    assert (remind_of_dues(at=at), remind_of_dues(at=at)) == (1, 1)
    message = Message.objects.get(kind="dues_today")
    assert (message.user, message.context["count"]) == (cast.officer, 2)
    settle_dues(tags={"visit"}, refs=["resident:1", "resident:2"], on=today, ref="x", by=cast.officer, at=at)
    deliver_due(at=at)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("cancelled", "已经办了")


def test_nobody_is_told_when_nothing_is_due(cast: Cast) -> None:
    duties.PEOPLE.append(subject(1, cast.home.pk, since=clock.today(), grid_id=cast.grid.pk))
    make(clock.today())
    assert remind_of_dues(at=clock.now()) == 0
