"""Calendars to subscribe to: what stands in them and what never does, that they hear of changes, and what asking again costs."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from appointments.visits.calendar_feeds import FeedThrottle
from community_portal import clock
from community_portal.bookings.actions import book, cancel_session, open_session
from community_portal.bookings.models import Session, SessionKind
from community_portal.places.models import Room
from tests.cast import Cast
from tests.factories import make_session

pytestmark = pytest.mark.usefixtures("fresh_limits")
DAY = dt.timedelta(days=1)
LT = "/calendar/LT.ics"


@pytest.fixture
def machine() -> Client:
    """A calendar's server: no cookies, no script."""
    return Client(HTTP_HOST="localhost")


def events(answer: Any) -> list[Any]:
    assert answer.status_code == 200, answer.status_code
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def read(client: Client, path: str) -> dict[str, Any]:
    """Events by their words."""
    return {str(event["summary"]): event for event in events(client.get(path))}


def costs(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        events(client.get(path))
    return len(asked)


@pytest.fixture
def activity(cast: Cast) -> Callable[..., Session]:
    def made(title: str = "读书会", *, days: float = 3, hour: int = 9, **over: Any) -> Session:
        starts_at = clock.at_wall(clock.today() + DAY * days, dt.time(hour))
        over = {"community": cast.home, "kind": SessionKind.ACTIVITY, "title": title, "starts_at": starts_at} | over
        return make_session(**over)

    return made


# ---- the feed of a house ---------------------------------------------------------------------------------------------


def test_what_the_house_has_on_stands_in_its_calendar_at_the_hour_of_its_wall(
    cast: Cast, machine: Client, activity: Any
) -> None:
    room = Room.objects.create(community=cast.home, name="多功能厅", capacity=40)
    made = activity("重阳节，茶话会；长者优先", hour=9, room=room, note="自带茶杯")
    answer = machine.get(LT)
    calendar = Calendar.from_ical(answer.content)
    assert calendar["X-WR-CALNAME"] == "龙田社区活动"
    assert calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert calendar["REFRESH-INTERVAL"].dt == dt.timedelta(hours=1)
    assert "X-PUBLISHED-TTL:PT1H" in answer.content.decode()
    (event,) = events(answer)
    assert event["summary"] == "重阳节，茶话会；长者优先"
    local = event["dtstart"].dt.astimezone(clock.SHANGHAI)
    assert (local.date(), local.time(), local.utcoffset()) == (
        clock.today() + 3 * DAY,
        dt.time(9),
        dt.timedelta(hours=8),
    )
    assert event["location"] == f"龙田社区 多功能厅，{cast.home.address}"
    assert (event["description"], event["status"], event["uid"]) == (
        "自带茶杯",
        "CONFIRMED",
        f"session-{made.pk}@localhost",
    )
    assert event["last-modified"].dt == event["dtstamp"].dt == made.changed_at.replace(microsecond=0)
    assert event["url"].endswith(f"/activities/?picked={made.pk}")


def test_nobody_stands_in_the_calendar_of_a_house(cast: Cast, machine: Client, activity: Any) -> None:
    made = activity(host=cast.officer, capacity=9)
    book(session=made, resident=cast.elder, note="老伴卧床", by=None, at=clock.now())
    text = machine.get(LT).content.decode()
    for secret in (cast.elder.name, "周敏", "老伴卧床", "2046"):
        assert secret not in text


def test_only_activities_of_that_house_of_these_weeks_stand_there(cast: Cast, machine: Client, activity: Any) -> None:
    activity("别处的", community=cast.next_door)
    activity("窗口", kind=SessionKind.VISIT)
    activity("上门核实", kind=SessionKind.HOME_VISIT, host=cast.officer)
    for days in (-31, -30, 90, 91):
        activity(f"第{days}天", days=days)
    assert set(read(machine, LT)) == {"第-30天", "第90天"}
    assert set(read(machine, "/calendar/XF.ics")) == {"别处的"}
    for unknown in ("XX", "lt", "龙田", "LTLTL"):
        assert machine.get(f"/calendar/{unknown}.ics").status_code == 404
    cast.home.is_active = False
    cast.home.save()
    assert machine.get(LT).status_code == 404


def test_what_is_called_off_says_so_for_a_month(cast: Cast, machine: Client, time_machine: Any) -> None:
    starts_at = clock.at_wall(clock.today() + 50 * DAY, dt.time(9))
    made = open_session(
        community=cast.home, kind=SessionKind.ACTIVITY, title="读书会", starts_at=starts_at,
        ends_at=starts_at + DAY / 24, by=cast.manager, at=clock.now(),
    )  # fmt: skip
    before = read(machine, LT)["读书会"]
    time_machine.move_to(clock.now() + dt.timedelta(minutes=1))
    cancel_session(session=made, reason="老师病了", by=cast.manager, at=clock.now())
    after = read(machine, LT)["已取消：读书会"]
    assert (after["status"], after["uid"]) == ("CANCELLED", before["uid"])
    assert after["sequence"] > before["sequence"] and after["last-modified"].dt > before["last-modified"].dt
    assert "老师病了" not in machine.get(LT).content.decode(), "a sentence for staff"
    time_machine.shift(29 * DAY)
    assert len(read(machine, LT)) == 1
    time_machine.shift(2 * DAY)
    assert read(machine, LT) == {}


def test_the_calendar_of_a_house_speaks_the_language_that_is_asked_for(cast: Cast, activity: Any) -> None:
    activity("读书会", title_en="Reading circle")
    answer = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en").get(LT)
    assert [str(event["summary"]) for event in events(answer)] == ["Reading circle"]
    assert Calendar.from_ical(answer.content)["X-WR-CALNAME"] == "Activities of Longtian Community"
    assert answer["Content-Language"] == "en"


def test_the_address_on_an_english_page_gives_an_english_calendar(
    cast: Cast, machine: Client, activity: Any, signed_in: Any
) -> None:
    activity("读书会", title_en="Reading circle")
    reader = signed_in(None)
    assert "LT.ics?lang" not in reader.get("/activities/").content.decode()
    reader.cookies["django_language"] = "en"
    assert f"{LT}?lang=en" in reader.get("/activities/").content.decode()
    chinese = machine.get(LT)
    english = machine.get(f"{LT}?lang=en", HTTP_IF_NONE_MATCH=chinese["ETag"])
    assert list(read(machine, f"{LT}?lang=en")) == ["Reading circle"]
    assert (english.status_code, english["Content-Language"]) == (200, "en"), "what stands in the other is no answer"
    again = machine.get(f"{LT}?lang=en", HTTP_IF_NONE_MATCH=english["ETag"])
    assert again.status_code == 304
    assert machine.get(f"{LT}?lang=xx").content == chinese.content


def test_whoever_has_the_newest_is_not_sent_it_again(machine: Client, activity: Any) -> None:
    activity("读书会")
    first = machine.get(LT)
    for again in ({"HTTP_IF_NONE_MATCH": first["ETag"]}, {"HTTP_IF_MODIFIED_SINCE": first["Last-Modified"]}):
        answer = machine.get(LT, **again)
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", first["ETag"])
    activity("合唱", hour=14)
    for again in ({"HTTP_IF_NONE_MATCH": first["ETag"]}, {"HTTP_IF_MODIFIED_SINCE": first["Last-Modified"]}):
        assert len(events(machine.get(LT, **again))) == 2, "changed within the same second, and still new"


def test_the_calendar_of_a_house_may_be_kept_by_others_but_not_found(machine: Client, activity: Any) -> None:
    activity()
    answer = machine.get(LT)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=900" and answer["X-Robots-Tag"] == "noindex"
    assert machine.head(LT).status_code == 200
    assert machine.post(LT).status_code == 405


def test_thirty_activities_cost_as_much_as_one(machine: Client, activity: Any) -> None:
    activity()
    one = costs(machine, LT)
    for n in range(30):
        activity(f"活动{n}", days=n)
    assert costs(machine, LT) == one


def test_who_asks_too_often_is_told_when_to_come_again(machine: Client, cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(FeedThrottle, "rate", "3/min", raising=False)
    assert [machine.get(LT).status_code for _n in range(4)] == [200, 200, 200, 429]
    answer = machine.get(LT)
    assert 0 < int(answer["Retry-After"]) <= 60


def test_the_page_of_activities_offers_the_calendar(cast: Cast, signed_in: Any, activity: Any) -> None:
    activity()
    page = signed_in(None).get("/activities/").content.decode()
    assert "webcal://" in page and LT in page
    assert "/activities/#calendar" in signed_in(None).get("/").content.decode()
