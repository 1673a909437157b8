"""Groups, those who just came, heads that were counted, and the door with its tickets."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community_portal import clock
from community_portal.bookings import actions
from community_portal.bookings.actions.gatherings import expected, here
from community_portal.bookings.door import find_by_ticket, tally_of
from community_portal.bookings.models import Booking, BookingState, HeadCount, Session, SessionKind
from community_portal.bookings.seats import miscounted_sessions
from community_portal.dashboards.periods import Period
from community_portal.outbox.models import Message
from community_portal.people.links import read_ticket, ticket_of
from community_portal.places.models import Room
from community_portal.refusals import Changed, Refusal
from tests.cast import Cast
from tests.factories import make_resident, make_session
from tests.figures import totals

SOON = dt.timedelta(hours=2)


@pytest.fixture(autouse=True)
def _afternoon(time_machine: Any) -> None:
    """What begins in two hours is of today, at whatever hour the tests run."""
    time_machine.move_to(clock.at_wall(clock.today(), dt.time(15)))


def evening(cast: Cast, **over: Any) -> Session:
    given = {"title": "消防演练", "capacity": 20, "starts_at": clock.now() + SOON} | over
    return make_session(community=cast.home, kind=SessionKind.ACTIVITY, **given)


def later() -> dt.datetime:
    """While it takes place."""
    return clock.now() + SOON + dt.timedelta(minutes=5)


def activity_visits(session: Session) -> int:
    day = clock.local(session.starts_at).date()
    return totals([session.community_id], Period(day, day + dt.timedelta(days=1)))["activity_visits"]


@pytest.mark.django_db
def test_it_is_in_a_room_or_elsewhere_and_never_both(cast: Cast) -> None:
    session = evening(cast, place_text="2 幢楼下空地")
    assert session.place == session.spot == "2 幢楼下空地"
    room = Room.objects.create(community=cast.home, name="书吧", capacity=30)
    about = {"title": "演练", "starts_at": clock.now() + SOON, "ends_at": clock.now() + 2 * SOON, "capacity": 5}
    with pytest.raises(Refusal, match="只能填一个"):
        actions.open_session(
            community=cast.home, kind=SessionKind.ACTIVITY, room=room, place_text="操场", by=cast.manager,
            at=clock.now(), **about,
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="in_a_room_or_elsewhere"), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(room=room)


@pytest.mark.django_db
def test_another_place_is_told_like_another_room(cast: Cast) -> None:
    session = evening(cast)
    actions.book(session=session, resident=cast.elder, by=cast.reception, at=clock.now())
    told = actions.change_session(
        session=session, title="消防演练", capacity=20, place_text="小区东门", by=cast.manager, at=clock.now()
    )
    assert len(told) == 1 and Message.objects.filter(kind="session_other_room", context__where="小区东门").exists()


@pytest.mark.django_db
def test_a_company_signs_up_whole_and_hears_of_it(cast: Cast) -> None:
    session = evening(cast)
    booked = actions.book_group(
        session=session, name="龙田物业", party_size=15, phone="13912345678", by=cast.reception, at=clock.now()
    )
    session.refresh_from_db()
    assert (session.taken, booked.resident, booked.who) == (15, None, "龙田物业") and miscounted_sessions() == []
    told = Message.objects.filter(subject=f"booking:{booked.pk}", kind="booking_confirmed")
    assert [one.address for one in told] == ["+8613912345678"]
    actions.cancel_session(session=session, by=cast.manager, at=clock.now())
    assert Message.objects.filter(kind="booking_cancelled_by_house", address="+8613912345678").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"party_size": 60}, "party_size"),
        ({"party_size": 0}, "party_size"),
        ({"name": " "}, "no_name"),
        ({"phone": "123"}, "bad_phone"),
    ],
)
def test_what_a_group_may_not_be(cast: Cast, over: dict[str, Any], code: str) -> None:
    given = {"name": "龙田物业", "party_size": 5} | over
    with pytest.raises(Refusal) as refused:
        actions.book_group(session=evening(cast), by=cast.reception, at=clock.now(), **given)
    assert refused.value.code == code


@pytest.mark.django_db
def test_a_group_comes_with_fewer_or_with_more(cast: Cast) -> None:
    session = evening(cast)
    few = actions.book_group(session=session, name="一班", party_size=10, by=cast.reception, at=clock.now())
    many = actions.book_group(session=session, name="二班", party_size=5, by=cast.reception, at=clock.now())
    actions.group_came(booking=few, came=8, by=cast.reception, at=later())
    actions.group_came(booking=many, came=7, by=cast.reception, at=later())
    session.refresh_from_db()
    assert session.taken == 13 and here(session) == 15 and miscounted_sessions() == []
    assert list(Booking.objects.filter(source="walk_in").values_list("group_name", "party_size")) == [("二班", 2)]


@pytest.mark.django_db
def test_who_just_came_takes_no_place_and_counts_as_a_visit(cast: Cast) -> None:
    session = evening(cast, capacity=2)
    for _ in range(2):
        actions.book(session=session, resident=make_resident(community=cast.home), by=cast.reception, at=clock.now())
    came = actions.walk_in(session=session, count=2, by=cast.reception, at=later())
    session.refresh_from_db()
    assert session.taken == 2 and miscounted_sessions() == [] and expected(session) == 2
    assert activity_visits(session) == 2
    actions.undo_walk_in(booking=came, by=cast.reception, at=later())
    assert activity_visits(session) == 0 and here(session) == 0


@pytest.mark.django_db
def test_a_crowd_beyond_the_room_is_explained(cast: Cast) -> None:
    session = evening(cast, capacity=80)
    with pytest.raises(Refusal) as refused:
        actions.walk_in(session=session, count=97, by=cast.reception, at=later())
    assert (refused.value.code, refused.value.field) == ("crowded", "why")
    actions.walk_in(session=session, count=97, why="在院子里，站着", by=cast.reception, at=later())
    for count in (0, -1, 501):
        with pytest.raises(Refusal, match="人数请填"):
            actions.walk_in(session=session, count=count, by=cast.reception, at=later())
    tomorrow = evening(cast, starts_at=clock.now() + dt.timedelta(days=2))
    with pytest.raises(Refusal, match="还没到那一天"):
        actions.walk_in(session=tomorrow, count=1, by=cast.reception, at=clock.now())
    with pytest.raises(Refusal):
        actions.walk_in(session=session, count=1, by=cast.stranger, at=later())


@pytest.mark.django_db
def test_two_who_count_are_both_kept_and_the_newest_is_shown(cast: Cast) -> None:
    session = evening(cast)
    at = later()
    actions.count_heads(session=session, heads=41, by=cast.reception, at=at)
    actions.count_heads(session=session, heads=0, by=cast.manager, at=at + dt.timedelta(seconds=1))
    assert HeadCount.objects.count() == 2
    tally = tally_of(session)
    assert tally.counted is not None and tally.counted.heads == 0 and tally.differs == 0
    with pytest.raises(Refusal, match="请填数到的人数"):
        actions.count_heads(session=session, heads=-1, by=cast.reception, at=at)


@pytest.mark.django_db
def test_a_ticket_is_ours_or_none(cast: Cast) -> None:
    booked = actions.book(session=evening(cast), resident=cast.elder, by=cast.reception, at=clock.now())
    code = ticket_of(booked.pk)
    assert read_ticket(code) == read_ticket(f"https://x/desk/check-in/?code={code}") == booked.pk
    for wrong in (code[:-1] + ("0" if code[-1] != "0" else "1"), f"{booked.pk + 1}-{code.split('-')[1]}", "", "7"):
        assert read_ticket(wrong) is None
    link = f"http://localhost/b/{booked.link_token}/"  # type: ignore[attr-defined]
    for typed in (code, link, f" {code} "):
        assert find_by_ticket(typed, user=cast.reception, at=clock.now()).pk == booked.pk
    with pytest.raises(Refusal, match="没有认出"):
        find_by_ticket(code, user=cast.stranger, at=clock.now())
    with pytest.raises(Refusal, match="不是今天"):
        find_by_ticket(code, user=cast.reception, at=clock.now() + dt.timedelta(days=1))


@pytest.mark.django_db
def test_the_door_costs_the_same_for_the_first_and_the_three_hundredth(cast: Cast, signed_in: Any) -> None:
    """Two phones let 300 people in within ten minutes: four seconds each, so what one check-in costs may not grow."""
    session, at = evening(cast, capacity=400), clock.now()
    desk = signed_in(cast.reception)

    def come() -> tuple[int, int]:
        booked = actions.book(
            session=session, resident=make_resident(community=cast.home), by=cast.reception, at=clock.now()
        )
        with CaptureQueriesContext(connection) as post:
            assert desk.post("/desk/check-in/", {"code": ticket_of(booked.pk)}).status_code == 303
            assert desk.get(f"/desk/check-in/?session={session.pk}").status_code == 200
        with CaptureQueriesContext(connection) as deed:
            actions.undo_mark(booking=Booking.objects.get(pk=booked.pk), by=cast.reception, at=clock.now())
            actions.check_in(booking=Booking.objects.get(pk=booked.pk), by=cast.reception, at=clock.now())
        return len(post), len(deed)

    come()
    first = come()
    people = [make_resident(community=cast.home) for _ in range(297)]
    Booking.objects.bulk_create(
        Booking(
            session=session, community=cast.home, resident=one, state=BookingState.ARRIVED, source="desk",
            starts_at=session.starts_at, ends_at=session.ends_at, created_at=at, arrived_at=at,
        )
        for one in people
    )  # fmt: skip
    Session.objects.filter(pk=session.pk).update(taken=299)
    assert come() == first
    assert here(session) == 300


@pytest.mark.django_db
def test_somebody_who_is_there_is_not_let_in_twice(cast: Cast, signed_in: Any) -> None:
    session = evening(cast)
    booked = actions.book(session=session, resident=cast.elder, by=cast.reception, at=clock.now())
    desk = signed_in(cast.reception)
    page = desk.get("/desk/check-in/", {"code": ticket_of(booked.pk)}).content.decode()
    booked.refresh_from_db()
    assert "陈平" in page and booked.state == BookingState.BOOKED  # reading changes nothing
    assert "到了，1 人" in desk.post("/desk/check-in/", {"booking": booked.pk}, follow=True).content.decode()
    booked.refresh_from_db()
    first = booked.arrived_at
    assert booked.state == BookingState.ARRIVED
    again = desk.post("/desk/check-in/", {"code": ticket_of(booked.pk)}, follow=True)
    assert again.status_code == 200 and "已经签到过了" in again.content.decode()
    booked.refresh_from_db()
    assert booked.arrived_at == first
    unknown = desk.post("/desk/check-in/", {"code": "12-0123456789ab"})
    assert unknown.status_code == 422 and "没有认出这张票" in unknown.content.decode()
    for words in ("陈平", "消防", cast.elder.contacts.get().phone[-4:]):
        found = desk.get("/desk/check-in/", {"q": words}).content.decode()
        assert ("陈平" in found) == (words != "消防")


@pytest.mark.django_db
def test_what_is_elsewhere_is_not_in_the_house_and_its_ticket_has_a_number_to_type(cast: Cast, client: Client) -> None:
    session = evening(cast, starts_at=clock.now() + dt.timedelta(days=2), place_text="东门小广场")
    booked = actions.book(session=session, resident=cast.elder, by=cast.reception, at=clock.now())
    assert session.way == "东门小广场" and evening(cast).way == "到会客厅"
    client.force_login(cast.reception)
    assert "到会客厅" not in client.get(f"/desk/visits/{booked.pk}/").content.decode()
    client.force_login(cast.elder_account)
    page = client.get(f"/my/bookings/{booked.pk}/").content.decode()
    assert "东门小广场" in page and "到会客厅" not in page
    assert f"编号 {ticket_of(booked.pk)}" in page


@pytest.mark.django_db
def test_the_page_of_an_activity_has_its_people(cast: Cast, signed_in: Any) -> None:
    session = evening(cast, starts_at=clock.now() + dt.timedelta(minutes=30), capacity=6)
    desk, url = signed_in(cast.reception), f"/desk/activities/{session.pk}/people"
    assert desk.post(f"{url}/group/", {"name": "龙田小学三（2）班", "party_size": 6}).status_code == 303
    full = desk.post(f"{url}/group/", {"name": "龙田物业", "party_size": 3})
    assert full.status_code == 409 and "龙田物业" in full.content.decode()
    queued = desk.post(f"{url}/group/", {"name": "龙田物业", "party_size": 3, "queue": 1, "phone": "13912345678"})
    assert queued.status_code == 303
    assert desk.post(f"{url}/wait/", {"resident": cast.elder.pk}).status_code == 303
    assert desk.post(f"{url}/walk-in/", {"count": "2"}).status_code == 303
    assert desk.post(f"{url}/heads/", {"heads": "9"}).status_code == 303
    page = desk.get(f"/desk/activities/{session.pk}/").content.decode()
    for words in ("龙田小学三（2）班", "1. 龙田物业", "2. 陈平", "9 人（", "和名单差 +7"):
        assert words in page, words
    group = Booking.objects.get(group_name="龙田小学三（2）班")
    assert desk.post(f"{url}/group-came/", {"booking": group.pk, "came": 5}).status_code == 303
    assert desk.post(f"{url}/walk-in/", {"count": "x"}).status_code == 422
    assert desk.post(f"{url}/nonsense/", {}).status_code == 404


@pytest.mark.django_db
def test_the_journal_of_who_came_is_kept(cast: Cast) -> None:
    session = evening(cast)
    came = actions.walk_in(session=session, count=3, name="路过的", by=cast.reception, at=later())
    actions.undo_walk_in(booking=came, by=cast.reception, at=later())
    with pytest.raises(Changed):
        actions.undo_walk_in(booking=came, by=cast.reception, at=later())
    assert list(came.events.values_list("kind", flat=True)) == ["walk_in", "walk_in_undone"]
