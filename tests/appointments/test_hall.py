"""A manager sets how the house is called and who answers its telephone, and what rooms it has."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from appointments.activities.desk import ActivityForm
from appointments.hall.plan_settings import OpeningForm
from community_portal import clock
from community_portal.bookings.actions import cancel_session
from community_portal.bookings.models import SessionKind
from community_portal.places.actions import set_hall
from community_portal.places.models import Room
from community_portal.refusals import NotAllowed
from tests.cast import Cast
from tests.factories import make_opening, make_room, make_session

TYPED = {"name": "龙田新社区", "name_en": "New Longtian", "address": "竹行路 8 号", "phone": "０５１３－85990001"}


@pytest.fixture
def manager(cast: Cast, signed_in: Any) -> Client:
    return signed_in(cast.manager)


def test_what_is_set_stands_on_the_pages_of_residents(cast: Cast, manager: Client, signed_in: Any) -> None:
    assert manager.post("/settings/hall/", TYPED).status_code == 303
    page = signed_in(cast.elder_account).get("/").content.decode()
    assert "龙田新社区" in page and 'href="tel:0513-85990001"' in page


@pytest.mark.parametrize("wrong", [{"phone": "12"}, {"phone": "12345"}, {"phone": ""}, {"name": ""}, {"name": "——"}])
def test_nobody_is_left_without_a_name_or_a_telephone(wrong: dict[str, str], cast: Cast, manager: Client) -> None:
    answer = manager.post("/settings/hall/", TYPED | wrong)
    assert answer.status_code == 422 and answer.context["form"].errors.keys() == wrong.keys()
    cast.home.refresh_from_db()
    assert cast.home.name == "龙田社区"


def test_who_saw_an_older_page_is_asked_to_look_again(cast: Cast, manager: Client) -> None:
    seen = manager.get("/settings/hall/").context["seen"]
    assert manager.post("/settings/hall/", TYPED | {"seen": seen}).status_code == 303
    assert manager.post("/settings/hall/", TYPED | {"seen": seen, "name": "别的"}).status_code == 409


def test_only_who_runs_the_house_sets_it(cast: Cast) -> None:
    for who in (cast.reception, cast.stranger):
        with pytest.raises(NotAllowed):
            set_hall(cast.home, **TYPED, by=who)
    set_hall(cast.home, **TYPED, by=cast.street_officer)


def test_a_room_is_added_renamed_and_put_out_of_use(cast: Cast, manager: Client) -> None:
    typed = {"name": "棋牌室", "name_en": "Games room", "capacity": 12, "is_active": "on"}
    assert manager.post("/settings/rooms/new/", typed).status_code == 303
    room = Room.objects.get()
    assert (room.community, room.capacity, room.is_active) == (cast.home, 12, True)
    assert manager.post("/settings/rooms/new/", typed).status_code == 422, "two of one name"
    assert manager.post(f"/settings/rooms/{room.pk}/", {"name": "书画室", "capacity": 9}).status_code == 303
    room.refresh_from_db()
    assert (room.name, room.capacity, room.is_active) == ("书画室", 9, False)
    assert "停用" in manager.get("/settings/hall/").content.decode()
    for form in (ActivityForm(community=cast.home), OpeningForm(community=cast.home)):
        assert not form.fields["room"].queryset.exists(), "offered no more"  # type: ignore[attr-defined]


def test_what_is_planned_in_a_room_keeps_it_in_use_and_large_enough(cast: Cast, manager: Client) -> None:
    room = make_room(community=cast.home)
    evening = make_session(community=cast.home, kind=SessionKind.ACTIVITY, room=room, capacity=15)
    typed = {"name": room.name, "capacity": 20, "is_active": "on"}
    out_of_use, smaller = {"name": room.name, "capacity": 20}, typed | {"capacity": 14}
    for wrong, field in ((out_of_use, "is_active"), (smaller, "capacity")):
        answer = manager.post(f"/settings/rooms/{room.pk}/", wrong)
        assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]
    room.refresh_from_db()
    assert room.is_active and room.capacity == 20
    cancel_session(session=evening, by=cast.manager, at=clock.now())
    weekly = make_opening(community=cast.home, room=room)
    assert manager.post(f"/settings/rooms/{room.pk}/", out_of_use).status_code == 422
    type(weekly).objects.update(
        valid_from=clock.today() - dt.timedelta(days=9), valid_until=clock.today() - dt.timedelta(days=1)
    )
    assert manager.post(f"/settings/rooms/{room.pk}/", out_of_use).status_code == 303
