"""The calendar of one person, read from foreign servers: whose it is, what never stands in it, and when its address dies."""

import datetime as dt
import logging
import re
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.bookings.actions import book, cancel_booking, give_up_booking, move_booking
from community_portal.bookings.models import Booking, Session, SessionKind
from community_portal.matters.actions import visits
from community_portal.people.actions import grant_delegation, revoke_delegation
from community_portal.people.links import calendar_hash_of
from community_portal.people.models import CalendarLink, Membership, Resident, User
from community_portal.people.own_account.actions import renew_calendar_link
from community_portal.people.register.merging import merge_residents
from community_portal.people.register.retention import sweep
from community_portal.people.staff.memberships import end_membership
from tests.cast import Cast
from tests.factories import (
    Role,
    make_category,
    make_member,
    make_resident,
    make_service,
    make_session,
    make_user,
)
from tests.race import all_at_once

pytestmark = pytest.mark.usefixtures("fresh_limits")
DAY = dt.timedelta(days=1)
PAGE = "/account/calendar/"


@pytest.fixture
def machine() -> Client:
    """A calendar's server: no cookies, no script."""
    return Client(HTTP_HOST="localhost")


def path_of(user: User) -> str:
    return f"/calendar/{renew_calendar_link(user, at=clock.now())}.ics"


def events(client: Client, path: str) -> list[Any]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def texts(client: Client, path: str) -> str:
    """All of it, with folded lines put together again."""
    return client.get(path).content.decode().replace("\r\n ", "")


def at_nine(days: int) -> dt.datetime:
    return clock.at_wall(clock.today() + DAY * days, dt.time(9))


def session_on(cast: Cast, days: int = 3, **over: Any) -> Session:
    return make_session(**{"community": cast.home, "starts_at": at_nine(days), "capacity": 9} | over)


def booked(cast: Cast, resident: Resident | None = None, days: int = 3, **over: Any) -> Booking:
    return book(session=session_on(cast, days, **over), resident=resident or cast.elder, by=None, at=clock.now())


def agreed(cast: Cast, days: int = 3, words: str = "请准备好病历") -> HelpRequest:
    taken = register_request(
        community=cast.home, category=make_category(), words="老伴卧床", resident=cast.elder, by=cast.reception,
        at=clock.now(),
    )  # fmt: skip
    visits.plan_visit(taken, starts_at=at_nine(days), wished=True, words=words, by=cast.officer, at=clock.now())
    return HelpRequest.objects.get(pk=taken.pk)


@pytest.fixture
def daughter(db: None) -> User:
    return make_user(phone="+8613800000099", name="孙丽")


def lets_act(cast: Cast, agent: User, *scopes: str) -> Any:
    return grant_delegation(
        principal=cast.elder, agent=agent, relation="女儿", scopes=list(scopes) or ["book", "read"], proof="当面",
        by=cast.reception, at=clock.now(),
    )  # fmt: skip


# ---- the address -----------------------------------------------------------------------------------------------------


def address_on(page: Any) -> str:
    found = re.search(r"/calendar/([\w-]{32})\.ics", page.content.decode())
    assert found, "no address on the page"
    return found[0]


def test_the_address_is_shown_once_and_only_its_hash_is_kept(cast: Cast, signed_in: Any, machine: Client) -> None:
    client = signed_in(cast.elder_account)
    assert "做一个日历地址" in client.get(PAGE).content.decode()
    made = client.post(PAGE, {"deed": "new"})
    path = address_on(made)
    assert f'href="webcal:{settings.PORTAL_URL.partition(":")[2]}{path}"' in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    assert machine.get(path).status_code == 200
    link, token = CalendarLink.objects.get(), path.removeprefix("/calendar/").removesuffix(".ics")
    assert link.link_hash == calendar_hash_of(token) != token
    again = client.get(PAGE).content.decode()
    assert token not in again and "换一个新地址" in again


def test_a_new_address_ends_the_old_one_and_ending_ends_both(cast: Cast, signed_in: Any, machine: Client) -> None:
    client = signed_in(cast.elder_account)
    first, second = (address_on(client.post(PAGE, {"deed": "new"})) for _n in range(2))
    assert [machine.get(path).status_code for path in (first, second)] == [404, 200]
    etag = machine.get(second)["ETag"]
    assert client.post(PAGE, {"deed": "end"}).status_code == 303
    assert machine.get(second, HTTP_IF_NONE_MATCH=etag).status_code == 404
    assert CalendarLink.objects.count() == 0


def test_looking_and_nonsense_make_and_end_nothing(cast: Cast, signed_in: Any, machine: Client) -> None:
    client, path = signed_in(cast.elder_account), path_of(cast.elder_account)
    before = list(CalendarLink.objects.values_list())
    for ask in (client.get, client.head):
        assert ask(PAGE, {"deed": "end"}).status_code == 200
        assert ask(PAGE, {"deed": "new"}).status_code == 200
    assert client.post(PAGE, {"deed": "x"}).status_code == 200
    assert machine.get(path).status_code == 200
    assert list(CalendarLink.objects.values_list()) == before


@pytest.mark.parametrize("token", ["A" * 32, "short", "x" * 500, "..", "%00", "龙田社区"])
def test_a_guessed_address_is_nowhere(token: str, cast: Cast, machine: Client) -> None:
    path_of(cast.elder_account)
    assert machine.get(f"/calendar/{token}.ics").status_code == 404


def test_the_hash_is_no_address(cast: Cast, machine: Client) -> None:
    path_of(cast.elder_account)
    assert machine.get(f"/calendar/{CalendarLink.objects.get().link_hash}.ics").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_leave_one_address(cast: Cast) -> None:
    tokens = all_at_once([lambda: renew_calendar_link(cast.elder_account, at=clock.now())] * 4)
    link = CalendarLink.objects.get()
    assert link.link_hash in {calendar_hash_of(token) for token in tokens}


def test_the_log_of_refused_requests_holds_no_address(cast: Cast, machine: Client, caplog: Any) -> None:
    path = path_of(cast.elder_account)
    assert machine.post(path).status_code == 405
    console = next(handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler)
    lines = [console.format(record) for record in caplog.records]
    assert any("/calendar/***.ics" in line for line in lines), lines
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    assert not any(token in line for line in lines)


def test_somebody_elses_address_does_not_follow_who_is_signed_in(cast: Cast, signed_in: Any) -> None:
    booked(cast)
    path = path_of(cast.stranger_account)
    assert events(signed_in(cast.elder_account), path) == []


def test_a_closed_account_has_no_calendar_and_no_address_left(cast: Cast, machine: Client) -> None:
    path = path_of(cast.elder_account)
    path_of(cast.stranger_account)
    User.objects.filter(pk=cast.elder_account.pk).update(is_active=False)
    assert machine.get(path).status_code == 404
    assert sweep(at=clock.now())["calendar_links"] == 1
    assert CalendarLink.objects.get().user == cast.stranger_account


def test_who_left_long_ago_leaves_no_address(cast: Cast) -> None:
    path_of(cast.elder_account)
    Resident.objects.filter(pk=cast.elder.pk).update(moved_out_on=clock.today() - 4 * 365 * DAY)
    sweep(at=clock.now())
    assert CalendarLink.objects.count() == 0


# ---- a resident ------------------------------------------------------------------------------------------------------


def test_a_booking_stands_there_with_what_when_and_where(cast: Cast, machine: Client) -> None:
    made = booked(cast, service=make_service(), title="高龄津贴申领")
    answer = machine.get(path_of(cast.elder_account))
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (event["summary"], event["location"]) == ("高龄津贴申领", f"龙田社区，{cast.home.address}")
    begins = event["dtstart"].dt.astimezone(clock.SHANGHAI)
    assert (begins.date(), begins.time()) == (clock.today() + 3 * DAY, dt.time(9))
    assert event["dtend"].dt - event["dtstart"].dt == dt.timedelta(minutes=30)
    assert event["url"].endswith(f"/my/bookings/{made.pk}/")
    assert answer["Cache-Control"] == "private, no-cache" and answer["X-Robots-Tag"] == "noindex"
    assert machine.post(path_of(cast.elder_account)).status_code == 405


def test_it_is_the_same_event_as_in_the_file_of_the_booking(cast: Cast, machine: Client, signed_in: Any) -> None:
    made = booked(cast)
    file = Calendar.from_ical(signed_in(cast.elder_account).get(f"/my/bookings/{made.pk}/visit.ics").content)
    (single,), (event,) = file.walk("VEVENT"), events(machine, path_of(cast.elder_account))
    same = ("uid", "sequence", "dtstamp", "last-modified", "dtstart", "dtend")
    assert [single[name].to_ical() if hasattr(single[name], "to_ical") else single[name] for name in same] == [
        event[name].to_ical() if hasattr(event[name], "to_ical") else event[name] for name in same
    ]


def test_moved_twice_it_stays_one_event_with_a_rising_sequence(cast: Cast, machine: Client, time_machine: Any) -> None:
    path, made = path_of(cast.elder_account), booked(cast)
    seen = events(machine, path)
    for day in (5, 2):
        time_machine.move_to(clock.now() + dt.timedelta(minutes=1))
        made = move_booking(booking=made, to=session_on(cast, day), by=cast.reception, at=clock.now())
        seen += events(machine, path)
    assert len(seen) == 3 and len({event["uid"] for event in seen}) == 1
    assert [event["dtstart"].dt for event in seen] == [at_nine(day) for day in (3, 5, 2)]
    for earlier, later in zip(seen, seen[1:], strict=False):
        assert later["sequence"] > earlier["sequence"]
        assert later["last-modified"].dt > earlier["last-modified"].dt


def test_cancelled_it_says_so_for_a_month_and_is_free_time(cast: Cast, machine: Client, time_machine: Any) -> None:
    path, made = path_of(cast.elder_account), booked(cast, days=50, title="高龄津贴申领")
    (before,) = events(machine, path)
    cancel_booking(booking=made, reason="no_time", by=cast.elder_account, at=clock.now())
    (after,) = events(machine, path)
    assert (after["status"], after["transp"], after["summary"]) == ("CANCELLED", "TRANSPARENT", "已取消：高龄津贴申领")
    assert after["uid"] == before["uid"] and after["sequence"] > before["sequence"]
    time_machine.move_to(clock.now() + 31 * DAY)
    assert events(machine, path) == []


def test_what_is_held_or_far_away_does_not_stand_there(cast: Cast, machine: Client) -> None:
    for days in (-31, -30, 90, 91):
        session = session_on(cast, 3 + abs(days))
        one = book(session=session, resident=cast.elder, by=None, at=clock.now())
        for rows in (Session.objects.filter(pk=session.pk), Booking.objects.filter(pk=one.pk)):
            rows.update(starts_at=at_nine(days), ends_at=at_nine(days) + dt.timedelta(minutes=30))
    held = booked(cast, days=7)
    Booking.objects.filter(pk=held.pk).update(state="held", held_until=clock.now() + DAY)
    assert [event["dtstart"].dt for event in events(machine, path_of(cast.elder_account))] == [
        at_nine(-30),
        at_nine(90),
    ]


def test_a_visit_agreed_with_him_names_nobody_and_tells_nothing_of_the_matter(cast: Cast, machine: Client) -> None:
    taken = agreed(cast)
    path = path_of(cast.elder_account)
    (event,) = events(machine, path)
    assert (event["summary"], event["location"]) == ("上门核实", "上门")
    text = texts(machine, path)
    for secret in ("周敏", "陈平", "老伴卧床", "病历", taken.case.number, "503", "龙田花苑", "2046"):
        assert secret not in text, secret


def test_bookings_of_family_come_with_the_delegation_and_go_with_it(
    cast: Cast, machine: Client, daughter: User
) -> None:
    path = path_of(daughter)
    made = booked(cast, title="高龄津贴申领")
    agreed(cast, days=4)
    assert events(machine, path) == []
    delegation = lets_act(cast, daughter)
    assert [str(event["summary"]) for event in events(machine, path)] == [
        "高龄津贴申领（家人的）",
        "上门核实（家人的）",
    ]
    answer = machine.get(path)
    assert cast.elder.name not in texts(machine, path)
    revoke_delegation(delegation, by=cast.elder_account, at=clock.now())
    for asked in ({}, {"HTTP_IF_NONE_MATCH": answer["ETag"]}, {"HTTP_IF_MODIFIED_SINCE": answer["Last-Modified"]}):
        after = machine.get(path, **asked)
        assert (after.status_code, after.content.count(b"BEGIN:VEVENT")) == (200, 0), asked
    assert Booking.objects.get(pk=made.pk).state == "booked"


def test_a_file_merged_into_mine_is_mine(cast: Cast, machine: Client) -> None:
    """What is over stays on that file."""
    twin = make_resident(household=cast.household, name="陈平")
    over, gone = booked(cast, twin, title="法律咨询"), at_nine(-2)
    Booking.objects.filter(pk=over.pk).update(starts_at=gone, ends_at=gone + dt.timedelta(minutes=30), state="served")
    merge_residents(kept=cast.elder, merged=twin, by=cast.reception, at=clock.now())
    assert Booking.objects.get(pk=over.pk).resident == twin
    assert [str(event["summary"]) for event in events(machine, path_of(cast.elder_account))] == ["法律咨询"]


def test_it_speaks_the_language_of_its_owner(cast: Cast, machine: Client) -> None:
    booked(cast, title="高龄津贴申领", title_en="Old-age allowance")
    User.objects.filter(pk=cast.elder_account.pk).update(language="en")
    answer = machine.get(path_of(cast.elder_account), HTTP_ACCEPT_LANGUAGE="zh-CN")
    calendar = Calendar.from_ical(answer.content)
    assert calendar["X-WR-CALNAME"] == "Living room calendar"
    assert [str(event["summary"]) for event in calendar.walk("VEVENT")] == ["Old-age allowance"]
    assert answer["Content-Language"] == "en"


# ---- staff -----------------------------------------------------------------------------------------------------------


def test_an_agreed_visit_shows_its_officer_grid_and_number_but_not_the_resident(cast: Cast, machine: Client) -> None:
    taken = agreed(cast)
    path = path_of(cast.officer)
    (event,) = events(machine, path)
    assert event["summary"] == f"上门核实 {taken.case.number}"
    assert event["location"] == "龙田社区 3 网格"
    assert event["url"].endswith(f"/requests/{taken.case.number}/")
    assert event["dtstart"].dt == at_nine(3)
    text = texts(machine, path)
    for secret in ("陈平", "老伴卧床", "病历", "503", "龙田花苑", "2046", "13800002046"):
        assert secret not in text, secret
    assert events(machine, path_of(cast.reception)) == [], "nobody else's"


def test_an_agreed_visit_that_was_moved_and_given_up_stays_one_event(cast: Cast, machine: Client) -> None:
    taken, path = agreed(cast), path_of(cast.officer)
    (first,) = events(machine, path)
    visits.plan_visit(taken, starts_at=at_nine(4), wished=True, by=cast.officer, at=clock.now())
    (second,) = events(machine, path)
    assert (second["uid"], second["dtstart"].dt) == (first["uid"], at_nine(4))
    visit = HelpRequest.objects.get(pk=taken.pk).planned_visit
    assert visit is not None
    give_up_booking(booking=visit, reason="unwell", by=cast.elder_account, at=clock.now())
    (third,) = events(machine, path)
    assert (third["uid"], third["status"]) == (first["uid"], "CANCELLED")
    assert first["sequence"] < second["sequence"] < third["sequence"]


def test_hosted_sessions_stand_there_empty_ones_as_free_time(cast: Cast, machine: Client) -> None:
    empty = session_on(cast, 2, title="法律咨询", host=cast.officer)
    full = session_on(cast, 3, title="法律咨询", host=cast.officer)
    session_on(cast, 4, title="读书会", kind=SessionKind.ACTIVITY, host=cast.officer)
    session_on(cast, 5, title="别人的", host=cast.reception)
    book(session=full, resident=cast.elder, note="离婚", by=None, at=clock.now())
    path = path_of(cast.officer)
    found = {event["dtstart"].dt: event for event in events(machine, path)}
    assert [found[at_nine(day)]["transp"] for day in (2, 3, 4)] == ["TRANSPARENT", "OPAQUE", "OPAQUE"]
    assert len(found) == 3 and found[at_nine(2)]["uid"] == f"session-{empty.pk}@localhost"
    assert [found[at_nine(day)]["summary"] for day in (2, 3, 4)] == ["法律咨询（还没人约）", "法律咨询", "读书会"]
    assert "离婚" not in texts(machine, path) and "陈平" not in texts(machine, path)


def test_an_hour_that_passed_without_anybody_goes_one_with_somebody_stays(
    cast: Cast, machine: Client, time_machine: Any
) -> None:
    service = make_service()
    session_on(cast, 2, service=service, host=cast.officer)
    booked(cast, days=3, service=service, host=cast.officer)
    path, kept = path_of(cast.officer), at_nine(3)
    assert len(events(machine, path)) == 2
    time_machine.move_to(at_nine(4))
    assert [event["dtstart"].dt for event in events(machine, path)] == [kept]


def test_a_role_that_ended_takes_its_visits_away_and_the_address_with_the_last_one(cast: Cast, machine: Client) -> None:
    session_on(cast, host=cast.officer)
    path = path_of(cast.officer)
    assert len(events(machine, path)) == 1
    end_membership(Membership.objects.get(user=cast.officer), by=cast.manager, at=clock.now())
    assert machine.get(path).status_code == 404
    assert sweep(at=clock.now())["calendar_links"] == 1


def test_who_worked_here_and_lives_here_keeps_his_own_bookings(cast: Cast, machine: Client) -> None:
    """And sessions of a community they left do not stand there, though they work in another."""
    elsewhere = make_member(Role.RECEPTIONIST, community=cast.next_door)
    booked(cast, resident=cast.elder, title="高龄津贴申领")
    User.objects.filter(pk=cast.elder_account.pk).update(resident=None)
    User.objects.filter(pk=elsewhere.pk).update(resident=cast.elder)
    session_on(cast, 4, title="旧岗位的", host=elsewhere)
    session_on(cast, 5, title="新岗位的", host=elsewhere, community=cast.next_door)
    path = path_of(elsewhere)
    assert [str(event["summary"]) for event in events(machine, path)] == ["高龄津贴申领", "新岗位的（还没人约）"]
    end_membership(Membership.objects.get(user=elsewhere), by=cast.admin, at=clock.now())
    assert [str(event["summary"]) for event in events(machine, path)] == ["高龄津贴申领"]


def test_the_page_tells_staff_what_stands_there(cast: Cast, signed_in: Any) -> None:
    assert "网格和事项编号" in signed_in(cast.officer).get(PAGE).content.decode()
    assert "网格和事项编号" not in signed_in(cast.elder_account).get(PAGE).content.decode()
    assert f'href="{PAGE}"' in signed_in(cast.officer).get("/account/").content.decode()


# ---- what it costs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["elder_account", "officer"])
def test_thirty_events_cost_as_much_as_one(who: str, cast: Cast, machine: Client, daughter: User) -> None:
    user = getattr(cast, who)

    def add(days: range) -> None:
        for day in days:
            agreed(cast, day)
            moved = book(
                session=session_on(cast, day, starts_at=at_nine(day) + dt.timedelta(hours=3)),
                resident=cast.elder, by=None, at=clock.now(),
            )  # fmt: skip
            later = session_on(cast, day, starts_at=at_nine(day) + dt.timedelta(hours=5), host=cast.officer)
            move_booking(booking=moved, to=later, by=cast.reception, at=clock.now())

    def cost() -> int:
        machine.get(path)
        with CaptureQueriesContext(connection) as asked:
            found = events(machine, path)
        counts.append(len(found))
        return len(asked)

    path, counts = path_of(user), []
    add(range(1, 2))
    one = cost()
    add(range(2, 17))
    assert (cost(), counts) == (one, [2, 32])


def test_an_answer_that_did_not_change_is_not_sent_again(cast: Cast, machine: Client) -> None:
    path = path_of(cast.elder_account)
    booked(cast)
    first = machine.get(path)
    assert machine.get(path, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    assert machine.get(path, HTTP_IF_MODIFIED_SINCE=first["Last-Modified"]).status_code == 304
    booked(cast, days=5)
    assert machine.get(path, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200
