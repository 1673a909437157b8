"""What the plan of a house and a booking say no to, whoever asks: the guards behind the forms, which know it first."""

import datetime as dt
from typing import Any

import pytest

from community_portal import clock
from community_portal.bookings.actions import (
    book,
    change_party,
    move_booking,
    open_session,
    save_opening,
    save_service,
)
from community_portal.bookings.models import Opening, Service, Session, SessionKind
from community_portal.refusals import Changed, NotAllowed, Refusal
from tests.cast import Cast
from tests.factories import make_community, make_opening, make_room, make_service, make_session

SERVICE = {
    "name": "助餐", "minutes": 20, "channels": ["centre"], "party_max": 4, "lead_minutes": 30, "cancel_cutoff_minutes": 60,
    "move_cutoff_minutes": 120, "position": 100, "is_active": "1",
}  # fmt: skip


def refused(deed: Any, **words: Any) -> tuple[str, str]:
    """The code of the refusal, and the field beside which it stands."""
    with pytest.raises(Refusal) as caught:
        deed(at=clock.now(), **words)
    return caught.value.code, caught.value.field


@pytest.mark.parametrize(
    ("whose", "may"),
    [("house", {"manager", "street_officer", "admin"}), ("street", {"street_officer", "admin"}), ("city", {"admin"})],
)
def test_a_service_is_changed_by_those_whose_it_is(whose: str, may: set[str], cast: Cast) -> None:
    place = {"house": {"community": cast.home}, "street": {"street": cast.street}, "city": {}}[whose]
    service = make_service(**place)
    did = set()
    for name in ("reception", "officer", "manager", "street_officer", "stranger", "elder_account", "admin"):
        service.refresh_from_db()
        service.name = f"改过：{name}"
        try:
            save_service(service=service, by=getattr(cast, name), at=clock.now())
            did.add(name)
        except NotAllowed:
            assert Service.objects.get(pk=service.pk).name != service.name
    assert did == may


def test_of_two_who_change_a_service_the_later_hears_that_it_changed(cast: Cast, signed_in: Any) -> None:
    service = make_service(community=cast.home)
    seen = service.version
    save_service(service=service, by=cast.manager, at=clock.now(), seen=seen)
    with pytest.raises(Changed):
        save_service(service=service, by=cast.manager, at=clock.now(), seen=seen)
    page = signed_in(cast.manager).post(f"/settings/services/{service.pk}/", SERVICE | {"seen": seen})
    assert page.status_code == 409


def test_a_manager_adds_a_service_of_the_house_and_changes_it_on_its_page(cast: Cast, signed_in: Any) -> None:
    manager = signed_in(cast.manager)
    assert manager.post("/settings/services/new/", SERVICE).status_code == 303
    made = Service.objects.get(name="助餐")
    assert made.community == cast.home and made.code.startswith("lt-"), "a code of its own, after the house"
    page = manager.post(f"/settings/services/{made.pk}/", SERVICE | {"name": "助餐送餐", "seen": made.version})
    assert page.status_code == 303 and Service.objects.get(pk=made.pk).name == "助餐送餐"


@pytest.mark.parametrize(
    ("over", "why"),
    [
        ({"starts_at": dt.time(11), "ends_at": dt.time(9)}, ("times", "ends_at")),
        ({"valid_until": dt.date(2020, 1, 1)}, ("ends_before_start", "valid_until")),
        ({"room": "elsewhere"}, ("room", "room")),
    ],
)
def test_an_opening_that_cannot_be_is_refused_beside_its_field(over: dict[str, Any], why: Any, cast: Cast) -> None:
    if "room" in over:
        over = {"room": make_room(community=make_community())}
    opening = Opening(
        community=cast.home, service=make_service(), weekday=0, capacity=2, valid_from=clock.today(),
        **{"starts_at": dt.time(9), "ends_at": dt.time(11)} | over,
    )  # fmt: skip
    assert refused(save_opening, opening=opening, by=cast.manager) == why
    assert not Opening.objects.exists()


@pytest.mark.parametrize("who", ["officer", "stranger", "elder_account"])
def test_openings_are_planned_by_the_desk_the_manager_and_the_street(who: str, cast: Cast) -> None:
    opening = make_opening(community=cast.home)
    opening.capacity = 9
    with pytest.raises(NotAllowed):
        save_opening(opening=opening, by=getattr(cast, who), at=clock.now())
    assert Opening.objects.get(pk=opening.pk).capacity == 2


def test_a_room_of_another_house_is_no_room_for_an_activity(cast: Cast) -> None:
    room = make_room(community=make_community())
    starts = clock.now() + dt.timedelta(days=2)
    what = {"kind": SessionKind.ACTIVITY, "title": "读书会", "capacity": 5, "room": room}
    when = {"starts_at": starts, "ends_at": starts + dt.timedelta(hours=1)}
    assert refused(open_session, community=cast.home, by=cast.manager, **what, **when) == ("room", "room")
    assert not Session.objects.exists()


def test_a_booking_moves_only_to_another_time_of_the_same_house(cast: Cast) -> None:
    service = make_service()
    here = make_session(community=cast.home, service=service)
    booking = book(session=here, resident=cast.elder, by=cast.elder_account, at=clock.now())
    there = make_session(community=cast.next_door, service=service)
    other = make_session(community=cast.home, service=make_service(), starts_at=here.starts_at + dt.timedelta(days=1))
    for to, why in ((here, "same_session"), (there, "other_community"), (other, "other_service")):
        assert refused(move_booking, booking=booking, to=to, by=cast.elder_account) == (why, "session")
    booking.refresh_from_db()
    assert (booking.state, booking.session_id) == ("booked", here.pk)


def test_how_many_come_is_not_changed_on_a_page_that_is_old(cast: Cast) -> None:
    session = make_session(community=cast.home, capacity=5)
    booking = book(session=session, resident=cast.elder, by=cast.elder_account, at=clock.now())
    with pytest.raises(Changed):
        change_party(booking=booking, party_size=2, by=cast.elder_account, at=clock.now(), seen=booking.version + 1)
    session.refresh_from_db()
    assert session.taken == 1
