"""Whatever ends: a file by death or moving, a post, a service, a house, one file of two. Nobody's bookings, visits and messages
stay behind untrue, and what was a mistake is undone."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.authtoken.models import Token

from appointments.models import HelpRequest
from appointments.requests.actions import steps
from appointments.workflow import State
from community_portal import clock, departures
from community_portal.answers.models import AnswerLink
from community_portal.bookings import departures as of_bookings
from community_portal.bookings.actions import agree_time, book, open_planned_sessions, save_service, take_back_cancel
from community_portal.bookings.models import Booking, BookingState, CancelReason, Session, SessionKind, SessionState
from community_portal.casework.models import Task
from community_portal.dues.models import DueItem
from community_portal.matters.actions import visits
from community_portal.matters.actions.steps import take
from community_portal.outbox.kinds import KINDS
from community_portal.outbox.last_look import last_look
from community_portal.outbox.models import Message, MessageState
from community_portal.outbox.sweep import deliver_due, words_of
from community_portal.people.actions import close_file, grant_delegation, reopen_file
from community_portal.people.models import CalendarLink, Delegation, Membership, Organisation, Resident, User
from community_portal.people.own_account.actions import renew_calendar_link
from community_portal.people.register.merging import merge_residents, unmerge
from community_portal.people.register.queries import age_of
from community_portal.people.staff.memberships import end_membership
from community_portal.places.actions import close_house, reopen_house
from community_portal.places.models import Community
from community_portal.refusals import Changed, NotAllowed
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.factories import (
    Role,
    make_household,
    make_member,
    make_opening,
    make_resident,
    make_resident_account,
    make_service,
    make_session,
)
from tests.help_requests import put_into, take_in

MONDAY = clock.at_wall(dt.date(2026, 11, 23), dt.time(9, 42))
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
TOMORROW = clock.at_wall(dt.date(2026, 11, 24), dt.time(14))
LATER = clock.at_wall(dt.date(2026, 11, 23), dt.time(16))


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """The clock of the accounts' posts stands with the test."""
    with time_machine.travel(MONDAY, tick=False):
        yield


def booked(cast: Cast, resident: Resident | None = None, **over: Any) -> Booking:
    session = make_session(**{"community": cast.home, "starts_at": TOMORROW} | over)
    return book(session=session, resident=resident or cast.elder, by=cast.reception, at=MONDAY)


def visit(cast: Cast, **over: Any) -> tuple[HelpRequest, Booking]:
    """A request with a visit that the officer agreed with the elder."""
    request = put_into(take_in(cast), State.ASSIGNED, cast.officer)
    given = {"starts_at": TOMORROW + 2 * HOUR, "by": cast.officer, "at": MONDAY + HOUR}
    return request, visits.plan_visit(request, **given | over)


def close(cast: Cast, why: str = "deceased", at: dt.datetime = LATER) -> None:
    cast.elder.refresh_from_db()
    on = clock.local(at).date()
    close_file(cast.elder, why=why, on=on, by=cast.reception, at=at, seen=cast.elder.version)


def reopen(cast: Cast, at: dt.datetime = LATER + HOUR) -> None:
    reopen_file(cast.elder, by=cast.reception, at=at, seen=cast.elder.version)


def waiting(**about: Any) -> list[str]:
    return sorted(Message.objects.filter(state=MessageState.WAITING, **about).values_list("kind", flat=True))


def standing(booking: Booking) -> tuple[str, str]:
    booking.refresh_from_db()
    return booking.state, booking.cancel_reason


# ---- somebody dies --------------------------------------------------------------------------------------------------
def test_the_dead_are_waited_for_by_nobody_and_hear_nothing(cast: Cast) -> None:
    daughter = make_resident_account(make_resident(community=cast.home, name="陈女儿"))
    grant_delegation(
        principal=cast.elder, agent=daughter, relation="女儿", scopes=["book", "read"], proof="当面", by=cast.reception,
        at=MONDAY,
    )  # fmt: skip
    at_hall = booked(cast)
    of_daughter = book(
        session=make_session(community=cast.home, starts_at=TOMORROW + 4 * HOUR),
        resident=cast.elder,
        by=daughter,
        at=MONDAY,
    )
    _request, at_home = visit(cast)
    close(cast)
    for booking in (at_hall, at_home, of_daughter):
        assert standing(booking) == (BookingState.CANCELLED, CancelReason.FILE_CLOSED)
        assert Session.objects.get(pk=booking.session_id).taken == 0
    assert Session.objects.get(pk=at_home.session_id).state == SessionState.CANCELLED
    assert not waiting(resident=cast.elder) and not waiting(user=daughter) and not waiting(user=cast.elder_account)
    deliver_due(at=LATER + DAY)
    deliver_due(at=TOMORROW + DAY)
    sent = Message.objects.filter(state=MessageState.SENT)
    assert not sent.filter(resident=cast.elder).exists() and not sent.filter(user=daughter).exists()


def test_who_was_to_knock_hears_that_nobody_is_visited(cast: Cast) -> None:
    visit(cast)
    close(cast)
    message = Message.objects.get(kind="host_visit_cancelled")
    assert message.user == cast.officer
    assert last_look(message, KINDS["host_visit_cancelled"], at=LATER + HOUR) is None
    assert "陈平家的上门取消了" in words_of(message)
    assert not waiting(kind="host_reminder_day")


def test_matters_of_the_dead_stand_still_before_the_manager(cast: Cast) -> None:
    request, _booking = visit(cast)
    other = put_into(take_in(cast, resident=make_resident(household=cast.household)), State.HANDLING, cast.officer)
    seen = HelpRequest.objects.get(pk=request.pk).version
    close(cast)
    request = HelpRequest.objects.get(pk=request.pk)
    task = Task.objects.open().get(case=request.case)
    assert (task.role, task.assignee, task.due_at) == (Role.MANAGER, None, None)
    assert Task.objects.inbox_of(cast.manager).filter(pk=task.pk).exists()
    assert request.is_suspended and request.due_at is None and request.version > seen
    lines = set(request.case.events.order_by("-sequence").values_list("kind", flat=True)[:2])
    assert lines == {"suspended", "appointment_called_off"}
    told = Message.objects.get(kind="resident_left")
    assert (
        told.user == cast.manager and words_of(told) == "陈平去世了，还有 1 件没办完的事先停下来了，请看一下怎么收尾。"
    )
    assert not HelpRequest.objects.get(pk=other.pk).is_suspended
    with pytest.raises(Changed):
        take(request, "set_out", by=cast.officer, at=LATER, seen=seen)
    steps.withdraw(request, words="人已经不在了", by=cast.manager, at=LATER + HOUR)
    assert HelpRequest.objects.get(pk=request.pk).paused_at is None


def test_what_the_manager_takes_up_again_has_a_limit_anew(cast: Cast) -> None:
    request = put_into(take_in(cast), State.ASSIGNED, cast.officer)
    close(cast)
    request = HelpRequest.objects.get(pk=request.pk)
    steps.assign(request, officer=cast.officer, by=cast.manager, at=LATER)
    request = HelpRequest.objects.get(pk=request.pk)
    assert not request.is_suspended and request.due_at is not None and request.resume_state == ""


def test_who_asked_for_the_dead_is_not_told_of_steps_that_do_not_come(cast: Cast) -> None:
    daughter = make_resident(community=cast.home, name="陈女儿")
    request = put_into(take_in(cast, asker=daughter), State.ASSIGNED, cast.officer)
    take(request, "set_out", by=cast.officer, at=MONDAY + HOUR)
    assert waiting(kind="help_officer_on_the_way", resident=daughter)
    close(cast)
    assert not waiting(kind="help_officer_on_the_way")


def test_the_account_of_the_dead_is_closed_to_all_who_have_its_telephone(cast: Cast, signed_in: SignedIn) -> None:
    phone = signed_in(cast.elder_account)
    Token.objects.create(user=cast.elder_account)
    renew_calendar_link(cast.elder_account, at=MONDAY)
    neighbour = make_resident(community=cast.home)
    grant_delegation(
        principal=neighbour, agent=cast.elder_account, relation="邻居", scopes=["book"], proof="当面", by=cast.reception,
        at=MONDAY,
    )  # fmt: skip
    assert phone.get("/my/").status_code in (200, 404) and phone.get("/account/").status_code == 200
    close(cast)
    assert phone.get("/account/").status_code == 302
    assert not Token.objects.filter(user=cast.elder_account).exists()
    assert not CalendarLink.objects.filter(user=cast.elder_account).exists()
    assert not Delegation.objects.filter(agent=cast.elder_account, revoked_at__isnull=True).exists()


def test_the_dead_grow_no_older(cast: Cast) -> None:
    born, died = dt.date(1920, 5, 1), dt.date(2010, 6, 1)
    elder = make_resident(community=cast.home, born_on=born, deceased_on=died)
    assert age_of(elder, on=dt.date(2026, 11, 23)) == 90
    assert age_of(make_resident(community=cast.home, born_on=born), on=dt.date(2026, 11, 23)) == 106


def test_their_age_in_the_list_is_the_one_they_reached(cast: Cast, signed_in: SignedIn) -> None:
    make_resident(community=cast.home, name="老寿星", born_on=dt.date(1920, 5, 1), deceased_on=dt.date(2010, 6, 1))
    page = signed_in(cast.reception).get("/residents/").content.decode()
    assert ">90<" in page and ">106<" not in page


# ---- the same day it was a mistake ----------------------------------------------------------------------------------
def test_undone_the_same_day_everything_that_can_stands_again(cast: Cast) -> None:
    at_hall, (request, at_home) = booked(cast), visit(cast)
    before, said = HelpRequest.objects.get(pk=request.pk), waiting(resident=cast.elder)
    task = Task.objects.open().get(case=request.case)
    close(cast)
    deliver_due(at=LATER)
    reopen(cast)
    assert [standing(one)[0] for one in (at_hall, at_home)] == [BookingState.BOOKED] * 2
    assert Session.objects.get(pk=at_home.session_id).state == SessionState.OPEN
    now, task_now = HelpRequest.objects.get(pk=request.pk), Task.objects.open().get(case=request.case)
    assert not now.is_suspended and (task_now.assignee, task_now.role) == (task.assignee, task.role)
    assert now.due_at == task_now.due_at == before.due_at + HOUR, "what was left then is left now"
    assert waiting(resident=cast.elder) == said
    assert request.case.events.order_by("-sequence").first().kind in ("resumed", "appointment_stands")
    for message in Message.objects.filter(resident=cast.elder, kind="booking_reminder_hours"):
        assert last_look(message, KINDS[message.kind], at=TOMORROW - 2 * HOUR) is None


def test_who_was_to_knock_and_was_told_hears_that_it_stands_again(cast: Cast) -> None:
    visit(cast)
    close(cast)
    deliver_due(at=LATER + 5 * dt.timedelta(minutes=1))
    assert Message.objects.get(kind="host_visit_cancelled").state == MessageState.SENT
    reopen(cast)
    again = Message.objects.filter(kind="host_visit_agreed", user=cast.officer, state=MessageState.WAITING)
    assert [last_look(one, KINDS[one.kind], at=LATER + HOUR) for one in again] == [None]


def test_a_place_that_somebody_else_took_meanwhile_stays_theirs(cast: Cast) -> None:
    booking = booked(cast, capacity=1)
    close(cast)
    other = make_resident(community=cast.home)
    book(session=Session.objects.get(pk=booking.session_id), resident=other, by=cast.reception, at=LATER)
    reopen(cast)
    assert standing(booking)[0] == BookingState.CANCELLED
    assert Session.objects.get(pk=booking.session_id).taken == 1


def test_what_the_manager_moved_on_meanwhile_is_left_alone(cast: Cast) -> None:
    request = put_into(take_in(cast), State.HANDLING, cast.officer)
    close(cast)
    request = HelpRequest.objects.get(pk=request.pk)
    steps.resolve(request, outcome="explained", words="家属来办了", by=cast.manager, at=LATER)
    reopen(cast)
    assert HelpRequest.objects.get(pk=request.pk).state == State.RESOLVED
    assert not request.case.events.filter(kind="resumed").exists()


def test_nobody_else_may_take_it_back_as_if_it_had_been_a_cancellation(cast: Cast) -> None:
    booking = booked(cast)
    close(cast)
    booking.refresh_from_db()
    with pytest.raises(Changed):
        take_back_cancel(booking=booking, by=cast.reception, at=LATER)


def test_what_waited_for_the_resident_waits_on_after_a_mistake(cast: Cast) -> None:
    request = put_into(take_in(cast), State.HANDLING, cast.officer)
    take(request, "ask_resident", words="还差一张照片", by=cast.officer, at=MONDAY)
    paused = HelpRequest.objects.get(pk=request.pk).paused_at
    close(cast)
    reopen(cast)
    request = HelpRequest.objects.get(pk=request.pk)
    assert request.paused_at == paused and request.state == State.WAITING
    assert Task.objects.open().get(case=request.case).assignee == cast.officer


# ---- somebody moves away --------------------------------------------------------------------------------------------
def test_who_moved_away_hears_that_nobody_expects_them(cast: Cast) -> None:
    booking = booked(cast)
    close(cast, "moved_out")
    assert standing(booking)[0] == BookingState.CANCELLED
    assert set(waiting(resident=cast.elder)) == {"booking_cancelled"}
    deliver_due(at=LATER + HOUR)
    assert Message.objects.filter(kind="booking_cancelled", state=MessageState.SENT, resident=cast.elder).exists()
    reopen(cast, at=LATER + 2 * HOUR)
    assert standing(booking)[0] == BookingState.CANCELLED, "they were told that it is off, and have other plans by now"
    assert Message.objects.get(kind="booking_cancelled", channel="sms").state == MessageState.SENT


# ---- a post ---------------------------------------------------------------------------------------------------------
def ends(cast: Cast, at: dt.datetime = LATER) -> list[str]:
    return end_membership(cast.officer.memberships.get(), by=cast.manager, at=at)


def test_nobody_is_told_that_the_leaver_comes(cast: Cast) -> None:
    request, booking = visit(cast)
    assert set(ends(cast)) == {"1 个约好的上门取消了，已经告诉居民。", "1 件事退回了待办。"}
    assert standing(booking)[0] == BookingState.CANCELLED
    assert not waiting(kind__startswith="home_visit_reminder") and not waiting(kind="home_visit_agreed")
    told = Message.objects.filter(kind="home_visit_called_off", resident=cast.elder)
    assert told.exists() and "来不了了。我们会再跟您约时间" in words_of(told[0])
    assert request.case.events.filter(kind="appointment_called_off").exists()
    task = Task.objects.open().get(case=request.case)
    assert (task.assignee, task.role) == (None, "receptionist"), "put before somebody at that moment"


def test_who_ends_a_post_reads_what_became_of_what_lay_ahead(cast: Cast, signed_in: SignedIn) -> None:
    visit(cast)
    activity = make_session(
        community=cast.home, kind=SessionKind.ACTIVITY, host=cast.officer, starts_at=TOMORROW + 5 * HOUR
    )
    desk = signed_in(cast.manager)
    page = desk.get("/settings/staff/").content.decode()
    assert "还有：" in page and "1 个约好的上门" in page and "1 场由他（她）主持" in page and "手上 1 件事" in page
    answer = desk.post("/settings/staff/", {"end": cast.officer.memberships.get().pk, "once": "o-1"}, follow=True)
    text = answer.content.decode()
    assert "1 个约好的上门取消了，已经告诉居民。" in text and "1 场没有人主持了，请另外安排。" in text
    assert "取消了的上门" in text and "陈平" in text
    activity.refresh_from_db()
    assert activity.host is None and activity.state == SessionState.OPEN


def test_the_page_of_posts_asks_as_much_with_one_colleague_as_with_thirty(cast: Cast, signed_in: SignedIn) -> None:
    desk = signed_in(cast.manager)
    desk.get("/settings/staff/")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert desk.get("/settings/staff/").status_code == 200
        return len(found)

    visit(cast)
    alone = queries()
    for n in range(8):
        colleague = make_member(Role.RECEPTIONIST, community=cast.home)
        make_session(community=cast.home, kind=SessionKind.ACTIVITY, host=colleague, starts_at=TOMORROW + n * HOUR)
    assert queries() == alone


def test_the_other_managers_are_told_the_one_who_did_it_is_not(cast: Cast) -> None:
    visit(cast)
    deputy = make_member(Role.MANAGER, community=cast.home, username="deputy")
    ends(cast)
    told = Message.objects.filter(kind__in=["hosts_left", "work_left_behind"]).values_list("kind", "user__username")
    assert sorted(told) == [("hosts_left", "deputy"), ("work_left_behind", "deputy")]
    assert deputy.messages.count() == 2


def test_planned_doors_are_told_that_another_colleague_comes(cast: Cast) -> None:
    service = make_service(channels=["home"])
    session = make_session(
        community=cast.home, service=service, kind=SessionKind.HOME_VISIT, channel="home", host=cast.officer,
        starts_at=TOMORROW,
    )  # fmt: skip
    opening = make_opening(community=cast.home, service=service, channel="home", host=cast.officer)
    booking = book(session=session, resident=cast.elder, by=cast.reception, at=MONDAY)
    ends(cast)
    assert standing(booking)[0] == BookingState.BOOKED
    opening.refresh_from_db()
    assert opening.host is None
    told = Message.objects.filter(kind="home_visit_other_person", resident=cast.elder).first()
    assert told is not None and "周敏不来了" in words_of(told)
    for reminder in Message.objects.filter(kind__startswith="home_visit_reminder", resident=cast.elder):
        assert "周敏" not in words_of(reminder) and "我们" in words_of(reminder)
        assert last_look(reminder, KINDS[reminder.kind], at=TOMORROW - HOUR) is None


def test_who_has_another_post_there_goes_on(cast: Cast) -> None:
    Membership.objects.create(
        user=cast.officer, role=Role.RECEPTIONIST, community=cast.home, starts_on=dt.date(2026, 1, 1)
    )
    _request, booking = visit(cast)
    assert end_membership(cast.officer.memberships.get(role=Role.GRID_OFFICER), by=cast.manager, at=LATER) == []
    assert standing(booking)[0] == BookingState.BOOKED


@pytest.mark.parametrize("how", ["date", "account"])
def test_a_post_that_ended_by_its_date_and_an_account_that_was_closed_are_found(how: str, cast: Cast) -> None:
    _request, booking = visit(cast)
    reminder = Message.objects.get(kind="home_visit_reminder_day", channel="sms")
    if how == "date":
        Membership.objects.filter(user=cast.officer).update(ends_on=MONDAY.date() - DAY)
    else:
        User.objects.filter(pk=cast.officer.pk).update(is_active=False)
    verdict = last_look(reminder, KINDS[reminder.kind], at=LATER)
    assert verdict is not None and verdict.until is None, "not even before anybody has swept"
    assert of_bookings.release_left_behind(at=LATER) == 1
    assert standing(booking)[0] == BookingState.CANCELLED
    before = Message.objects.count()
    assert of_bookings.release_left_behind(at=LATER + HOUR) == 0 and Message.objects.count() == before
    assert Message.objects.filter(kind="hosts_left", user=cast.manager).count() == 1


def test_a_third_partys_visit_is_not_taken_for_a_leavers(cast: Cast) -> None:
    firm = Organisation.objects.create(name="安居", kind=Role.CONTRACTOR)
    builder = make_member(Role.CONTRACTOR, organisation=firm)
    session = make_session(
        community=cast.home, kind=SessionKind.HOME_VISIT, channel="home", host=builder, starts_at=TOMORROW
    )
    assert of_bookings.release_left_behind(at=LATER) == 0
    session.refresh_from_db()
    assert session.host == builder


# ---- a service, a house ---------------------------------------------------------------------------------------------
def test_whoever_had_booked_a_service_that_is_closed_is_told(cast: Cast) -> None:
    service = make_service()
    for weekday in range(5):
        make_opening(community=cast.home, service=service, weekday=weekday)
    open_planned_sessions(at=MONDAY, community_id=cast.home.pk)
    session = Session.objects.filter(service=service, starts_at__gt=MONDAY + DAY).first()
    assert session is not None
    booking = book(session=session, resident=cast.elder, by=cast.reception, at=MONDAY)
    service.is_active = False
    done = save_service(service=service, by=cast.admin, at=LATER)
    assert (done.called_off, done.kept) == (1, [])
    assert standing(booking) == (BookingState.CANCELLED, CancelReason.BY_HOUSE)
    assert not Session.objects.filter(service=service, state=SessionState.OPEN, starts_at__gt=LATER).exists()
    told = Message.objects.filter(kind="booking_no_more", resident=cast.elder, state=MessageState.WAITING)
    assert {message.channel for message in told} == {"sms", "screen"} and "以后这里不再办" in words_of(told[0])
    assert not waiting(kind__startswith="booking_reminder")


def test_a_house_that_is_given_up_calls_everything_off_and_leaves_its_matters_to_the_street(cast: Cast) -> None:
    booking, request = booked(cast), put_into(take_in(cast), State.HANDLING, cast.officer)
    empty = make_session(community=cast.home, starts_at=TOMORROW + DAY)
    elsewhere = make_session(community=cast.next_door, starts_at=TOMORROW)
    with pytest.raises(NotAllowed):
        close_house(cast.home, by=cast.manager, at=LATER)
    close_house(cast.home, by=cast.street_officer, at=LATER)
    assert standing(booking)[0] == BookingState.CANCELLED and waiting(kind="booking_no_more")
    states = dict(Session.objects.values_list("pk", "state"))
    assert states[empty.pk] == SessionState.CANCELLED and states[elsewhere.pk] == SessionState.OPEN
    [told] = Message.objects.filter(kind="house_left")
    assert told.user == cast.street_officer and "还有 1 件事没办完" in words_of(told)
    assert Task.objects.open().filter(case=request.case).exists()


def test_a_house_that_opens_again_has_its_plan_and_no_session_while_it_is_shut(cast: Cast) -> None:
    for weekday in range(5):
        make_opening(community=cast.home, weekday=weekday)
    close_house(cast.home, by=cast.street_officer, at=LATER)
    assert open_planned_sessions(at=LATER).created == 0
    reopen_house(cast.home, by=cast.street_officer, at=LATER + HOUR)
    assert Session.objects.filter(community=cast.home, state=SessionState.OPEN, starts_at__gt=LATER).exists()


def test_the_maintainers_tick_is_the_same_deed(cast: Cast, signed_in: SignedIn) -> None:
    booking = booked(cast)
    data = {name: getattr(cast.home, name) for name in ("code", "name", "name_en", "phone", "address")}
    address = f"/admin/places/community/{cast.home.pk}/change/"
    answer = signed_in(cast.admin).post(address, data | {"street": cast.street.pk})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    assert not Community.objects.get(pk=cast.home.pk).is_active
    assert standing(booking)[0] == BookingState.CANCELLED


# ---- one file of two ------------------------------------------------------------------------------------------------
def test_bookings_visits_and_words_go_along_with_a_merged_file_and_back(cast: Cast, settings: Any) -> None:
    double = make_resident(household=make_household(building=cast.building), name="陈平", phone="+8613811112222")
    at_hall = booked(cast, double)
    agreed = agree_time(
        host=cast.officer, resident=double, starts_at=TOMORROW + 2 * HOUR, minutes=30, title="上门核实", by=cast.officer,
        at=MONDAY,
    )  # fmt: skip
    stays = {"household": "kept"}
    merge = merge_residents(kept=cast.elder, merged=double, by=cast.manager, at=LATER, choices=stays)
    for booking in (at_hall, agreed):
        booking.refresh_from_db()
        assert (booking.resident, booking.state) == (cast.elder, BookingState.BOOKED)
    reminder = Message.objects.get(subject=f"booking:{agreed.pk}", kind="home_visit_reminder_day", channel="sms")
    assert last_look(reminder, KINDS[reminder.kind], at=LATER) is None
    unmerge(merge, by=cast.manager, at=LATER + HOUR)
    for booking in (at_hall, agreed):
        booking.refresh_from_db()
        assert booking.resident == double


def test_a_merged_file_that_is_closed_takes_all_its_bookings_along(cast: Cast, client: Client) -> None:
    double = make_resident(household=make_household(building=cast.building), name="陈平", phone="+8613811112222")
    request = put_into(take_in(cast, resident=double), State.HANDLING, cast.officer)
    booking = booked(cast, double)
    merge_residents(kept=cast.elder, merged=double, by=cast.manager, at=LATER, choices={"household": "kept"})
    close(cast, at=LATER + HOUR)
    assert standing(booking)[0] == BookingState.CANCELLED
    assert HelpRequest.objects.get(pk=request.pk).is_suspended
    assert not waiting(resident__in=[cast.elder, double])


# ---- what other rooms keep ------------------------------------------------------------------------------------------
def test_what_was_due_from_a_leaver_is_due_from_the_role(cast: Cast) -> None:
    item = DueItem.objects.create(
        kind="round", community=cast.home, subject_ref="elder:7", subject_label="陈平", starts_on=MONDAY.date(),
        opens_on=MONDAY.date(), due_on=MONDAY.date() + 7 * DAY, role=Role.GRID_OFFICER, assignee=cast.officer,
        made_at=MONDAY,
    )  # fmt: skip
    assert departures.ahead_of_posts([cast.officer.pk], community_id=cast.home.pk, at=LATER) == {
        cast.officer.pk: ["1 项到期要办的"]
    }
    assert ends(cast) == ["1 项到期要办的没有人负责了。"]
    item.refresh_from_db()
    assert (item.assignee, item.role) == (None, Role.GRID_OFFICER)


@pytest.mark.parametrize("firm", [False, True])
def test_nobody_in_the_family_is_asked_any_more_by_a_link(firm: bool, cast: Cast) -> None:
    request = put_into(take_in(cast), State.HANDLING, cast.officer)
    organisation = Organisation.objects.create(name="供电所", kind=Role.CONTRACTOR) if firm else None
    link = AnswerLink.objects.create(
        purpose="plan", case=request.case, flow="help_request", matter_id=request.pk, token_hash="t", second="tail",
        second_hash="s", sent_to="138****2046", who="陈平", organisation=organisation, made_at=MONDAY,
        expires_at=MONDAY + 7 * DAY,
    )  # fmt: skip
    close(cast)
    assert AnswerLink.objects.live().filter(pk=link.pk).exists() is firm
