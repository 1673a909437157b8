"""Staff plan what the house has on, see who signed up, sign somebody up, and call it off."""

import datetime as dt
from typing import Any

import pytest

from community_portal import clock
from community_portal.bookings.actions import book, cancel_booking, cancel_session, undo_cancel
from community_portal.bookings.models import Booking, BookingState, Session, SessionKind, SessionState
from community_portal.outbox.models import Message
from community_portal.places.models import Room
from tests.access.test_lists import queries
from tests.cast import Cast
from tests.factories import make_resident, make_session

DAY = dt.timedelta(days=1)


@pytest.fixture
def room(cast: Cast) -> Room:
    return Room.objects.create(community=cast.home, name="韬奋书吧", capacity=20)


def typed(place: Room | None = None, **over: Any) -> dict[str, Any]:
    day = clock.today() + 5 * DAY
    given = {"title": "读书会", "day": f"{day}", "begins": "09:30", "ends": "11:00", "capacity": 12, "note": "请带水杯"}
    return given | ({"room": place.pk} if place else {}) | over


def evening(cast: Cast, **over: Any) -> Session:
    given = {"title": "春日诗会", "capacity": 2} | over
    return make_session(community=cast.home, kind=SessionKind.ACTIVITY, **given)


def test_what_is_planned_stands_on_home_and_can_be_signed_up_for(cast: Cast, room: Room, signed_in: Any) -> None:
    desk = signed_in(cast.reception)
    answer = desk.post("/desk/activities/new/", typed(room))
    session = Session.objects.get(kind=SessionKind.ACTIVITY)
    assert answer["Location"] == f"/desk/activities/{session.pk}/"
    day = clock.today() + 5 * DAY
    assert (session.starts_at, session.ends_at) == (clock.at_wall(day, dt.time(9, 30)), clock.at_wall(day, dt.time(11)))
    assert (session.room, session.capacity, session.community) == (room, 12, cast.home)
    assert "读书会" in desk.get("/desk/activities/").content.decode()
    assert "读书会" in signed_in(cast.elder_account).get("/").content.decode()


@pytest.mark.parametrize(
    ("over", "field", "sentence"),
    [
        ({"title": ""}, "title", "请写活动名称。"),
        ({"day": "昨天"}, "day", ""),
        ({"day": "2020-01-01"}, "begins", "已经过去了"),
        ({"day": f"{clock.today() + 367 * DAY}"}, "day", "活动最多提前一年安排。"),
        ({"ends": "09:00"}, "ends", "结束时间要晚于开始时间。"),
        ({"capacity": 0}, "capacity", ""),
        ({"capacity": 21}, "capacity", "坐得下"),
        ({"capacity": 10**9}, "capacity", ""),
        ({"room": 10**9}, "room", ""),
    ],
)
def test_bad_input_is_answered_beside_the_field_and_kept(
    over: dict[str, Any], field: str, sentence: str, cast: Cast, room: Room, signed_in: Any
) -> None:
    answer = signed_in(cast.reception).post("/desk/activities/new/", typed(room, **over))
    assert answer.status_code == 422 and not Session.objects.exists()
    errors = answer.context["form"].errors
    assert list(errors) == [field] and sentence in str(errors[field])
    assert "请带水杯" in answer.content.decode()


def test_a_room_holds_one_activity_at_a_time(cast: Cast, room: Room, signed_in: Any) -> None:
    desk = signed_in(cast.reception)
    desk.post("/desk/activities/new/", typed(room))
    answer = desk.post("/desk/activities/new/", typed(room, title="同时", begins="10:30", ends="12:00"))
    assert answer.status_code == 422 and "这个房间这个时间已有安排。" in str(answer.context["form"].errors["room"])
    assert desk.post("/desk/activities/new/", typed(title="不占房间", begins="10:30", ends="12:00")).status_code == 303
    assert Session.objects.count() == 2


def test_somebody_on_the_line_is_signed_up_until_it_is_full(cast: Cast, signed_in: Any) -> None:
    session, desk = evening(cast), signed_in(cast.reception)
    url = f"/desk/activities/{session.pk}/"
    assert "陈平" in desk.get(f"{url}?q=陈平").content.decode()
    assert desk.post(url, {"resident": cast.elder.pk}).status_code == 303
    assert Booking.objects.get(session=session).resident == cast.elder
    again = desk.post(url, {"resident": cast.elder.pk})
    assert again.status_code == 422 and Booking.objects.filter(session=session).count() == 1
    second, third = (make_resident(community=cast.home, name=name) for name in ("居民甲乙", "居民丙丁"))
    assert desk.post(url, {"resident": second.pk}).status_code == 303
    full = desk.post(url, {"resident": third.pk})
    assert full.status_code == 422 and Booking.objects.filter(session=session).count() == 2
    for wrong in ("", "0", "x", f"{cast.stranger_resident.pk}"):
        assert "请先找到居民。" in desk.post(url, {"resident": wrong}).content.decode()


def test_calling_it_off_tells_everybody_once(cast: Cast, signed_in: Any) -> None:
    session, desk = evening(cast), signed_in(cast.manager)
    booking = book(session=session, resident=cast.elder, by=cast.reception, at=clock.now())
    given = {"seen": Session.objects.get().version, "reason": "停电"}
    url = f"/desk/activities/{session.pk}/call-off/"
    assert desk.post(url, given)["Location"] == "/desk/activities/"
    session.refresh_from_db()
    booking.refresh_from_db()
    assert (session.state, session.note) == (SessionState.CANCELLED, "停电")
    assert booking.state == BookingState.CANCELLED
    told = Message.objects.filter(kind="booking_cancelled_by_house", resident=cast.elder).count()
    assert told and desk.post(url, given).status_code == 409
    assert Message.objects.filter(kind="booking_cancelled_by_house", resident=cast.elder).count() == told
    assert "春日诗会" not in signed_in(cast.elder_account).get("/").content.decode()
    assert "春日诗会" in desk.get("/desk/activities/?past=1").content.decode()


def changed(**over: Any) -> dict[str, Any]:
    return {"title": "春日诗会（改）", "title_en": "", "room": "", "capacity": 2, "note": "请带水杯"} | over


def test_another_room_is_told_and_waiting_reminders_name_it(cast: Cast, room: Room, signed_in: Any) -> None:
    session, desk = evening(cast), signed_in(cast.manager)
    book(session=session, resident=cast.elder, by=cast.reception, at=clock.now())
    url = f"/desk/activities/{session.pk}/change/"
    assert desk.get(url).context["form"]["title"].value() == "春日诗会"
    given = changed(room=room.pk, seen=Session.objects.get().version)
    answer = desk.post(url, given)
    assert answer["Location"] == f"/desk/activities/{session.pk}/"
    assert "1 位报名的人" in desk.get(answer["Location"]).content.decode()
    session.refresh_from_db()
    assert (session.title, session.room, session.note, session.taken) == ("春日诗会（改）", room, "请带水杯", 1)
    told = Message.objects.filter(kind="session_other_room", resident=cast.elder)
    assert told and all("韬奋书吧" in m.context["where"] for m in told)
    reminders = Message.objects.filter(kind="booking_reminder_day", resident=cast.elder)
    assert reminders and all("韬奋书吧" in m.context["where"] and m.context["link"] for m in reminders)
    assert {m.context["what"] for m in reminders} == {"春日诗会（改）"}
    again = desk.post(url, given)
    assert "请带水杯" in again.content.decode(), "what was typed is not lost"
    assert again.status_code == 409 and Session.objects.get().version == session.version
    count = told.count()
    other = Room.objects.create(community=cast.home, name="议事厅", capacity=20)
    assert desk.post(url, changed(room=other.pk)).status_code == 303
    assert told.filter(state="cancelled").count() == told.filter(state="waiting").count() == count
    assert all("议事厅" in m.context["where"] for m in told.filter(state="waiting")), (
        "each hears of the last room, once"
    )


def test_reminders_of_a_cancellation_taken_back_name_the_new_room(cast: Cast, room: Room, signed_in: Any) -> None:
    session = evening(cast)
    booking = book(session=session, resident=cast.elder, by=cast.reception, at=clock.now())
    cancel_booking(booking=booking, reason="no_time", by=cast.reception, at=clock.now())
    given = changed(room=room.pk)
    assert signed_in(cast.manager).post(f"/desk/activities/{session.pk}/change/", given).status_code == 303
    undo_cancel(booking=Booking.objects.get(), by=cast.reception, at=clock.now())
    reminders = Message.objects.filter(kind="booking_reminder_day", state="waiting")
    assert reminders and all("韬奋书吧" in m.context["where"] for m in reminders)


def test_other_words_alone_are_told_to_nobody(cast: Cast, signed_in: Any) -> None:
    session, desk = evening(cast), signed_in(cast.manager)
    book(session=session, resident=cast.elder, by=cast.reception, at=clock.now())
    before = Message.objects.count()
    assert desk.post(f"/desk/activities/{session.pk}/change/", changed(capacity=30)).status_code == 303
    assert Message.objects.count() == before and Session.objects.get().capacity == 30


def test_what_cannot_be_changed_says_why_and_keeps_what_was_typed(cast: Cast, room: Room, signed_in: Any) -> None:
    session, desk = evening(cast), signed_in(cast.manager)
    for name in ("居民甲乙", "居民丙丁"):
        guest = make_resident(community=cast.home, name=name)
        book(session=session, resident=guest, by=cast.reception, at=clock.now())
    evening(cast, room=room, title="同时", starts_at=session.starts_at, ends_at=session.ends_at)
    url = f"/desk/activities/{session.pk}/change/"
    for over, field, sentence in (
        ({"capacity": 1}, "capacity", "已经有 2 人报名"),
        ({"capacity": 21, "room": room.pk}, "capacity", "坐得下"),
        ({"room": room.pk}, "room", "这个房间这个时间已有安排。"),
        ({"title": ""}, "title", "请写活动名称。"),
    ):
        answer = desk.post(url, changed(**over))
        assert answer.status_code == 422 and sentence in str(answer.context["form"].errors[field])
        assert "请带水杯" in answer.content.decode()
    session.refresh_from_db()
    assert (session.title, session.room, session.capacity) == ("春日诗会", None, 2)
    cancel_session(session=session, by=cast.reception, at=clock.now())
    over = desk.post(url, changed())
    assert over.status_code == 409 and "已经开始或取消" in over.content.decode()
    assert signed_in(cast.stranger).post(url, changed()).status_code == 404


def test_who_signed_up_is_not_offered_again(cast: Cast, signed_in: Any) -> None:
    session, desk = evening(cast), signed_in(cast.reception)
    url = f"/desk/activities/{session.pk}/?q=陈平"
    assert desk.get(url).context["found"] == [(cast.elder, False)]
    book(session=session, resident=cast.elder, by=cast.reception, at=clock.now())
    assert desk.get(url).context["found"] == [(cast.elder, True)] and "已报名" in desk.get(url).content.decode()


def test_a_page_from_before_is_refused(cast: Cast, signed_in: Any) -> None:
    session = evening(cast)
    Session.objects.filter(pk=session.pk).update(version=3)
    answer = signed_in(cast.manager).post(f"/desk/activities/{session.pk}/call-off/", {"seen": "1"})
    assert answer.status_code == 409 and Session.objects.get().state == SessionState.OPEN


def test_lists_cost_the_same_however_long(cast: Cast, signed_in: Any) -> None:
    desk, session = signed_in(cast.reception), evening(cast, capacity=60)

    def costs() -> list[int]:
        return [queries(desk, url) for url in ("/desk/activities/", f"/desk/activities/{session.pk}/")]

    def add(first: int, last: int) -> None:
        for n in range(first, last):
            evening(cast, starts_at=clock.now() + (3 + n) * DAY)
            guest = make_resident(community=cast.home, name=f"居民{chr(0x4E00 + n)}")
            book(session=session, resident=guest, by=cast.reception, at=clock.now())

    add(0, 2)
    few = costs()
    add(2, 30)
    assert costs() == few
    page = desk.get(f"/desk/activities/{session.pk}/?print=1").content.decode()
    assert page.count("/residents/") >= 30 and "data-print-now" in page


def test_another_house_finds_nothing(cast: Cast, signed_in: Any) -> None:
    session = evening(cast)
    stranger = signed_in(cast.stranger)
    assert stranger.get(f"/desk/activities/{session.pk}/").status_code == 404
    assert stranger.post(f"/desk/activities/{session.pk}/call-off/").status_code == 404
    cancel_session(session=session, by=cast.reception, at=clock.now())
    assert signed_in(cast.reception).get(f"/desk/activities/{session.pk}/").status_code == 200
