"""Openings and the hall's week: nobody overwrites what they have not seen; the plan takes its bookings along."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from community_portal import clock
from community_portal.bookings.actions import book, save_opening
from community_portal.bookings.models import Opening, Service, Session
from community_portal.bookings.queries import sessions_to_move
from community_portal.people.models import User
from community_portal.places.models import Closure, OpeningHours, Room
from tests.cast import Cast
from tests.factories import make_opening, make_service


def shown(client: Client, url: str, form: str = "form") -> dict[str, str]:
    """What a browser would send back if nothing was changed."""
    context = client.get(url).context
    values = {bound.html_name: bound.value() for bound in context[form]}
    sent = {name: value for name, value in values.items() if value is not None and value is not False}
    return {name: "on" if value is True else value for name, value in sent.items()} | {"seen": context["seen"]}


@pytest.fixture
def manager(cast: Cast, signed_in: Any) -> Client:
    return signed_in(cast.manager)


def own_service(cast: Cast) -> Service:
    return make_service(community=cast.home, name="理发", minutes=30)


def test_two_who_change_an_opening_do_not_overwrite_each_other(cast: Cast, manager: Client) -> None:
    opening = make_opening(community=cast.home, service=own_service(cast))
    url = f"/settings/openings/{opening.pk}/"
    first, second = shown(manager, url), shown(manager, url)
    assert manager.post(url, first | {"capacity": 3}).status_code == 303
    assert manager.post(url, second | {"capacity": 4}).status_code == 409
    assert Opening.objects.get().capacity == 3


def test_two_who_change_the_week_do_not_overwrite_each_other(cast: Cast, manager: Client) -> None:
    url = "/settings/closures/"
    first = shown(manager, url, "week") | {"form": "week", "opens_5": "09:00", "closes_5": "12:00"}
    second = shown(manager, url, "week") | {"form": "week", "opens_6": "09:00", "closes_6": "12:00"}
    assert manager.post(url, first).status_code == 303
    assert manager.post(url, second).status_code == 409
    assert set(OpeningHours.objects.filter(community=cast.home).values_list("weekday", flat=True)) == {0, 1, 2, 3, 4, 5}


def test_a_double_click_on_a_new_opening_makes_one(cast: Cast, manager: Client) -> None:
    body = {
        "service": own_service(cast).pk, "channel": "centre", "weekday": 0, "starts_at": "09:00", "ends_at": "10:00",
        "capacity": 1, "valid_from": clock.today(), "once": "k",
    }  # fmt: skip
    assert [manager.post("/settings/openings/new/", body).status_code for _n in range(2)] == [303, 303]
    assert Opening.objects.count() == 1


def test_a_street_officer_plans_what_the_page_lets_him_plan(cast: Cast, signed_in: Any) -> None:
    opening = make_opening(community=cast.home, service=make_service())
    client = signed_in(cast.street_officer)
    url = f"/settings/openings/{opening.pk}/"
    assert client.post(url, shown(client, url) | {"capacity": 5}).status_code == 303


def rule(service: Service, **over: Any) -> dict[str, Any]:
    """What the form of a new opening sends."""
    given = {
        "service": service.pk, "channel": "centre", "weekday": 0, "starts_at": "09:00", "ends_at": "10:00",
        "capacity": 1, "valid_from": clock.today(),
    }  # fmt: skip
    return given | over


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("weekday", 7, "请选星期几。"),
        ("weekday", 77, "请选星期几。"),
        ("ends_at", "09:00", "结束时间要晚于开始时间。"),
        *(("capacity", places, "每场 1 到 1000 个名额。") for places in ("", "x", 0, 1001, 32767, 10**9)),
    ],
)
def test_openings_that_cannot_be_are_named_beside_their_field_and_nothing_is_written(
    field: str, typed: Any, sentence: str, cast: Cast, manager: Client
) -> None:
    answer = manager.post("/settings/openings/new/", rule(own_service(cast)) | {field: typed})
    assert answer.status_code == 422 and not Opening.objects.exists()
    assert answer.context["form"].errors == {field: [sentence]}


@pytest.mark.parametrize("typed", [{"minutes": 4}, {"minutes": 481}, {"party_max": 0}, {"party_max": 10**9}])
def test_no_page_speaks_of_constraints(typed: dict[str, int], cast: Cast, manager: Client) -> None:
    url = f"/settings/services/{own_service(cast).pk}/"
    answer = manager.post(url, shown(manager, url) | typed)
    assert answer.status_code == 422 and set(answer.context["form"].errors) == set(typed)
    assert "约束" not in answer.content.decode()


def test_an_opening_does_not_end_before_it_begins(cast: Cast, manager: Client) -> None:
    yesterday = clock.today() - dt.timedelta(days=1)
    for wrong, sentence in ((yesterday, "结束日期不能早于开始日期。"), ("9999-01-01", "年份不对")):
        answer = manager.post("/settings/openings/new/", rule(own_service(cast), valid_until=wrong))
        assert answer.status_code == 422 and sentence in str(answer.context["form"].errors["valid_until"])
        assert f'value="{wrong}"' in answer.content.decode()
    assert not Opening.objects.exists()


@pytest.mark.parametrize(
    "over",
    [
        {},
        {"starts_at": "09:30", "ends_at": "11:00"},
        {"capacity": 5, "valid_from": dt.timedelta(days=90)},
        {"valid_until": dt.timedelta()},
    ],
)
def test_the_same_rule_twice_does_not_double_the_places(over: dict[str, Any], cast: Cast, manager: Client) -> None:
    service = own_service(cast)
    assert manager.post("/settings/openings/new/", rule(service)).status_code == 303
    days = {name: clock.today() + value for name, value in over.items() if isinstance(value, dt.timedelta)}
    answer = manager.post("/settings/openings/new/", rule(service, **over | days))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"starts_at": ["已经有同样的开放时间。"]}
    assert Opening.objects.count() == 1


def test_rules_that_differ_stand_side_by_side(cast: Cast, manager: Client) -> None:
    service = own_service(cast)
    over: dict[str, Any]
    for over in (
        {"valid_until": clock.today()},
        {"valid_from": clock.today() + dt.timedelta(days=1)},
        {"weekday": 1},
        {"starts_at": "10:00", "ends_at": "11:00", "valid_from": clock.today()},
        {"host": cast.reception.pk},
        {"grid": cast.grid.pk},
        {"channel": "phone"},
        {"service": own_service(cast).pk},
    ):
        assert manager.post("/settings/openings/new/", rule(service) | over).status_code == 303, over
    url = f"/settings/openings/{Opening.objects.order_by('pk')[0].pk}/"
    assert manager.post(url, shown(manager, url) | {"capacity": 3}).status_code == 303, "a rule is not its own double"


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"starts_at": "08:00"}, "会客厅周一只在 08:30–12:00、13:30–17:30 开门。"),
        ({"starts_at": "17:00", "ends_at": "18:00"}, "会客厅周一只在 08:30–12:00、13:30–17:30 开门。"),
        ({"starts_at": "11:30", "ends_at": "14:00"}, "会客厅周一只在 08:30–12:00、13:30–17:30 开门。"),
        ({"weekday": 6}, "会客厅周日不开门。"),
    ],
)
def test_nobody_is_asked_to_come_when_the_hall_is_shut(
    over: dict[str, Any], sentence: str, cast: Cast, manager: Client
) -> None:
    hours = OpeningHours.objects.filter(community=cast.home)
    hours.filter(weekday=0).update(closes_at=dt.time(12))
    afternoon = OpeningHours(community=cast.home, weekday=0, opens_at=dt.time(13, 30), closes_at=dt.time(17, 30))
    afternoon.save()
    service = own_service(cast)
    answer = manager.post("/settings/openings/new/", rule(service, **over))
    assert answer.status_code == 422 and answer.context["form"].errors == {"starts_at": [sentence]}
    assert manager.post("/settings/openings/new/", rule(service, channel="home", **over)).status_code == 303
    hours.delete()
    assert manager.post("/settings/openings/new/", rule(service, **over)).status_code == 303


def test_what_stood_before_can_be_ended(cast: Cast, manager: Client) -> None:
    service = own_service(cast)
    double, _other, on_sunday = (make_opening(community=cast.home, service=service, weekday=day) for day in (0, 0, 6))
    for row in (double, on_sunday):
        url = f"/settings/openings/{row.pk}/"
        assert manager.post(url, shown(manager, url) | {"valid_until": clock.today()}).status_code == 303
        assert manager.post(url, shown(manager, url) | {"valid_until": ""}).status_code == 422, "but not begun again"


def test_two_stretches_that_meet_are_one(cast: Cast, manager: Client) -> None:
    OpeningHours.objects.filter(community=cast.home, weekday=0).update(closes_at=dt.time(12))
    OpeningHours.objects.create(community=cast.home, weekday=0, opens_at=dt.time(12), closes_at=dt.time(17))
    given = rule(own_service(cast), starts_at="11:00", ends_at="13:00")
    assert manager.post("/settings/openings/new/", given).status_code == 303


def soon() -> int:
    """The weekday of a day at least two ahead on which the hall is open."""
    ahead = (clock.today().weekday() + 2) % 7
    return ahead if ahead < 5 else 0


def test_shorter_hours_list_the_booking_and_never_orphan_it(cast: Cast) -> None:
    opening = make_opening(community=cast.home, service=own_service(cast), weekday=soon())
    save_opening(opening=opening, by=cast.manager, at=clock.now())
    last = Session.objects.filter(opening=opening).order_by("starts_at")[3]
    booking = book(session=last, resident=cast.elder, by=None, at=clock.now())
    opening.ends_at = dt.time(10)
    done = save_opening(opening=opening, by=cast.manager, at=clock.now())
    assert [session.pk for session in done.kept] == [booking.session_id]
    assert [s.pk for s in sessions_to_move(community_ids=[cast.home.pk], at=clock.now())] == [booking.session_id]


def test_bookings_on_a_day_that_is_closed_are_listed_at_once(cast: Cast) -> None:
    opening = make_opening(community=cast.home, service=own_service(cast), weekday=soon())
    save_opening(opening=opening, by=cast.manager, at=clock.now())
    session = Session.objects.filter(opening=opening).order_by("starts_at")[0]
    booking = book(session=session, resident=cast.elder, by=None, at=clock.now())
    assert not sessions_to_move(community_ids=[cast.home.pk], at=clock.now())
    day = clock.local(booking.starts_at).date()
    Closure.objects.create(community=cast.home, first_on=day, last_on=day, reason="装修")
    assert [s.pk for s in sessions_to_move(community_ids=[cast.home.pk], at=clock.now())] == [session.pk]


def test_a_room_that_is_taken_keeps_what_it_has(cast: Cast) -> None:
    room = Room.objects.create(community=cast.home, name="议事厅", capacity=20)
    weekday = soon()
    first = make_opening(community=cast.home, service=own_service(cast), weekday=weekday, room=room)
    save_opening(opening=first, by=cast.manager, at=clock.now())
    second = make_opening(community=cast.home, service=own_service(cast), weekday=weekday, room=room)
    save_opening(opening=second, by=cast.manager, at=clock.now())
    assert Session.objects.filter(opening=first).exists()
    assert not Session.objects.filter(opening=second).exists()


def test_who_has_left_is_not_offered_as_host(cast: Cast, manager: Client) -> None:
    def hosts() -> set[User]:
        return set(manager.get("/settings/openings/new/").context["form"].fields["host"].queryset)

    assert hosts() == {cast.reception, cast.officer, cast.manager}
    cast.officer.memberships.update(ends_on=clock.today() - dt.timedelta(days=1))
    assert hosts() == {cast.reception, cast.manager}
