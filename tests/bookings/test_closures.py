"""A closure lists whom it hits, there and then; calling off tells them, opening again brings the times back."""

import datetime as dt
from typing import Any

import pytest

from community_portal import clock
from community_portal.bookings.actions import (
    book,
    call_off_bookings,
    change_week,
    close_hall,
    move_booking,
    open_planned_sessions,
    reopen_hall,
)
from community_portal.bookings.models import Booking, BookingState, Session
from community_portal.bookings.queries import bookings_in, bookings_to_move
from community_portal.outbox.models import Message
from community_portal.places.actions import hours_of
from community_portal.places.models import Closure, OpeningHours
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.factories import make_opening, make_resident, make_service, make_session

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def planned(cast: Cast) -> dict[str, Any]:
    """Open every weekday; the elder comes on the first day of the closure to be, somebody to a lecture that day, a third later."""
    at = clock.now()
    service = make_service(name="居住证明", name_en="Proof of residence")
    OpeningHours.objects.bulk_create(
        OpeningHours(community=cast.home, weekday=day, opens_at=dt.time(9), closes_at=dt.time(12)) for day in (5, 6)
    )
    for weekday in range(7):
        make_opening(community=cast.home, service=service, weekday=weekday, on_holidays=True)
    open_planned_sessions(at=at, community_id=cast.home.pk)
    day = clock.today() + 7 * DAY
    sessions = Session.objects.filter(community=cast.home, starts_at__gte=clock.day_bounds(day)[0]).order_by(
        "starts_at"
    )
    lecture = make_session(
        community=cast.home,
        kind="activity",
        title="读书会",
        title_en="Reading",
        starts_at=clock.at_wall(day, dt.time(15)),
    )
    later = sessions.filter(starts_at__gte=clock.day_bounds(day + DAY)[0]).first()
    other = make_resident(household=cast.household, name="张三", phone="+8613812345678")
    made = {
        "visit": book(session=sessions[0], resident=cast.elder, by=cast.reception, at=at),
        "lecture": book(session=lecture, resident=other, by=cast.reception, at=at),
        "later": book(session=later, resident=cast.elder, by=cast.reception, at=at),  # type: ignore[arg-type]
    }
    return made | {"day": day}


def close(cast: Cast, planned: dict[str, Any]) -> Closure:
    day = planned["day"]
    return close_hall(cast.home, first_on=day, last_on=day, reason="检修", by=cast.manager, at=clock.now())


def test_a_closure_empties_the_plan_and_lists_who_is_hit(cast: Cast, planned: dict[str, Any]) -> None:
    closure = close(cast, planned)
    assert bookings_in([closure], at=clock.now()) == {closure.pk: [planned["visit"], planned["lecture"]]}
    starts, ends = clock.day_bounds(planned["day"])
    left = Session.objects.filter(community=cast.home, opening__isnull=False, starts_at__gte=starts, starts_at__lt=ends)
    assert not left.exists()
    assert list(bookings_to_move(community_ids=[cast.home.pk], at=clock.now())) == [planned["visit"]]


def test_open_again_the_times_are_back_and_nobody_has_to_be_moved(cast: Cast, planned: dict[str, Any]) -> None:
    closure = close(cast, planned)
    starts, ends = clock.day_bounds(planned["day"])
    reopen_hall(closure, by=cast.manager, at=clock.now())
    assert Session.objects.filter(opening__isnull=False, starts_at__gte=starts, starts_at__lt=ends).count() == 4
    assert not bookings_to_move(community_ids=[cast.home.pk], at=clock.now())
    assert Booking.objects.get(pk=planned["visit"].pk).state == BookingState.BOOKED


def test_called_off_by_the_house_is_told_at_once_and_what_changed_meanwhile_stays(
    cast: Cast, planned: dict[str, Any]
) -> None:
    close(cast, planned)
    visit, lecture = planned["visit"], planned["lecture"]
    at = clock.now()
    assert call_off_bookings([(visit, visit.version), (lecture, lecture.version + 1)], by=cast.manager, at=at) == 1
    assert Booking.objects.get(pk=visit.pk).cancel_reason == "by_house"
    assert Booking.objects.get(pk=lecture.pk).state == BookingState.BOOKED
    told = Message.objects.get(subject=f"booking:{visit.pk}", kind="booking_cancelled_by_house", channel="sms")
    assert told.due_at == at and told.address == "+8613800002046"


def test_the_page_lists_who_when_and_phone_right_there(
    cast: Cast, planned: dict[str, Any], signed_in: SignedIn
) -> None:
    client, day = signed_in(cast.manager), planned["day"].isoformat()
    answer = client.post(
        "/settings/closures/", {"form": "closure", "first_on": day, "last_on": day, "reason": "检修"}, follow=True
    )
    page = answer.content.decode()
    assert (
        "这几天有 2 个预约" in page
        and "陈平" in page
        and "138 0000 2046" in page
        and "张三" in page
        and "读书会" in page
    )
    visit, lecture = planned["visit"], planned["lecture"]
    pairs = [f"{visit.pk}:{visit.version}", f"{lecture.pk}:{lecture.version}", "x:1", "7"]
    for _click in range(2):
        answer = client.post("/settings/bookings/call-off/", {"booking": pairs, "once": "k"}, follow=True)
    assert set(Booking.objects.filter(pk__in=[visit.pk, lecture.pk]).values_list("state", flat=True)) == {"cancelled"}
    assert Message.objects.filter(kind="booking_cancelled_by_house", channel="sms").count() == 2
    assert Booking.objects.get(pk=planned["later"].pk).state == BookingState.BOOKED


def test_another_house_cannot_be_called_off(cast: Cast, signed_in: SignedIn) -> None:
    theirs = book(
        session=make_session(community=cast.next_door),
        resident=cast.stranger_resident,
        by=cast.stranger,
        at=clock.now(),
    )
    signed_in(cast.manager).post("/settings/bookings/call-off/", {"booking": f"{theirs.pk}:{theirs.version}"})
    assert Booking.objects.get(pk=theirs.pk).state == BookingState.BOOKED


def test_openings_list_the_same_with_phones(cast: Cast, planned: dict[str, Any], signed_in: SignedIn) -> None:
    close(cast, planned)
    page = signed_in(cast.manager).get("/settings/openings/").content.decode()
    assert "138 0000 2046" in page and f'value="{planned["visit"].pk}:' in page


def week(closes: dt.time) -> list[tuple[int, dt.time, dt.time]]:
    return [(day, dt.time(9), closes) for day in range(7)]


def times_of_the_hall(cast: Cast) -> set[dt.time]:
    rows = Session.objects.filter(community=cast.home, opening__isnull=False, starts_at__gt=clock.now())
    return {clock.local(start).time() for start in rows.values_list("starts_at", flat=True)}


def test_shorter_hours_of_the_hall_empty_the_plan_and_list_who_is_hit(cast: Cast, planned: dict[str, Any]) -> None:
    at, half = clock.now(), dt.time(9, 30)
    assert len(times_of_the_hall(cast)) == 4
    visit, later = planned["visit"], planned["later"]  # both at nine
    late = move_booking(
        booking=later,
        to=Session.objects.filter(starts_at=clock.at_wall(planned["day"] + DAY, dt.time(10)), kind="visit").get(),
        by=cast.reception,
        at=at,
    )
    kept = change_week(cast.home, hours=week(dt.time(10)), by=cast.manager, at=at).kept
    assert [session.pk for session in kept] == [late.session_id]
    assert times_of_the_hall(cast) == {dt.time(9), half}
    assert list(bookings_to_move(community_ids=[cast.home.pk], at=at)) == [late]
    assert Booking.objects.get(pk=visit.pk).session.to_move is False
    open_planned_sessions(at=at)
    assert times_of_the_hall(cast) == {dt.time(9), half}, "the night brings nothing back"
    assert not change_week(cast.home, hours=week(dt.time(12)), by=cast.manager, at=at).kept
    assert len(times_of_the_hall(cast)) == 4 and not bookings_to_move(community_ids=[cast.home.pk], at=at)


def test_what_happens_elsewhere_goes_on_when_the_hall_shuts_earlier(cast: Cast) -> None:
    at_home = make_opening(community=cast.home, service=make_service(), channel="home", ends_at=dt.time(10))
    change_week(cast.home, hours=[(0, dt.time(14), dt.time(17))], by=cast.manager, at=clock.now())
    assert Session.objects.filter(opening=at_home).exists()


def test_whoever_shortens_the_week_is_led_to_whom_it_hits(
    cast: Cast, planned: dict[str, Any], signed_in: SignedIn
) -> None:
    client, body = signed_in(cast.manager), {"form": "week"}
    for day in range(7):
        body |= {f"opens_{day}": "10:00", f"closes_{day}": "12:00"}
    answer = client.post("/settings/closures/", body, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [("/settings/openings/", 303)]
    assert "有 2 场已经有人约了" in page and "138 0000 2046" in page
    assert hours_of(cast.home)[0] == (0, dt.time(10), dt.time(12))
