"""A time for the home verification: agreed, moved, called off, given up by the resident; and how the limit follows."""

import contextlib
import datetime as dt
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appointments.models import HelpRequest, VisitFinding
from appointments.requests.actions import steps
from appointments.requests.actions.intake import register_request
from appointments.workflow import State
from community_portal import clock
from community_portal.bookings import seats
from community_portal.bookings.actions import book, close_visits, give_up_booking, move_booking, take_back_cancel
from community_portal.bookings.agreements import urls_of_visits
from community_portal.bookings.models import Booking, BookingState, Session, SessionKind, SessionState
from community_portal.bookings.queries import free_times
from community_portal.casework.deadlines import explain
from community_portal.casework.models import Task
from community_portal.casework.queries import timeline
from community_portal.matters.actions import visits
from community_portal.matters.actions.steps import take
from community_portal.matters.queries import agreed_visit
from community_portal.outbox.models import Message, MessageState
from community_portal.outbox.sweep import deliver_due
from community_portal.people.models import Resident, Role
from community_portal.people.register.merging import merge_residents
from community_portal.places.models import CalendarDay, DayKind
from community_portal.refusals import Changed, NotAllowed, Refusal
from tests.cast import Cast
from tests.factories import make_category, make_household, make_member, make_resident, make_session

MONDAY = clock.at_wall(dt.date(2026, 11, 23), dt.time(9, 42))
TUESDAY = clock.at_wall(dt.date(2026, 11, 24), dt.time(9))
SATURDAY = clock.at_wall(dt.date(2026, 11, 28), dt.time(9, 30))
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)


def take_in(cast: Cast, **over: Any) -> HelpRequest:
    given = {
        "community": cast.home, "category": make_category(name="照护"), "words": "老母亲摔了一跤。", "resident": cast.elder,
        "by": cast.reception, "at": MONDAY,
    }  # fmt: skip
    return register_request(**given | over)


def plan(request: HelpRequest, cast: Cast, **over: Any) -> Booking:
    return visits.plan_visit(request, **{"starts_at": TUESDAY, "by": cast.officer, "at": MONDAY + HOUR} | over)


def refused(deed: Any, *args: Any, **kwargs: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        deed(*args, **kwargs)
    return caught.value


def waiting(booking: Booking) -> list[str]:
    found = Message.objects.filter(subject=f"booking:{booking.pk}", state=MessageState.WAITING)
    return sorted(found.values_list("kind", flat=True))


def neighbour(cast: Cast, name: str = "钱芳") -> Resident:
    return make_resident(household=make_household(building=cast.building), name=name)


def test_a_file_merged_meanwhile_is_visited_and_told_by_the_one_that_counts(cast: Cast) -> None:
    double = make_resident(community=cast.home, name="陈平", phone="+8613811112222")
    request = take_in(cast, resident=double)
    merge_residents(kept=cast.elder, merged=double, by=cast.manager, at=MONDAY)
    request = HelpRequest.objects.get(pk=request.pk)
    if request.handler is None:
        steps.assign(request, officer=cast.officer, by=cast.manager, at=MONDAY)
    assert plan(request, cast).resident == cast.elder
    take(request, "set_out", by=cast.officer, at=TUESDAY)
    told = Message.objects.filter(kind="help_officer_on_the_way")
    assert set(told.values_list("channel", "resident")) == {("sms", cast.elder.pk), ("screen", cast.elder.pk)}


# ---- agreed ---------------------------------------------------------------------------------------------------------
def test_a_time_is_agreed_with_officer_and_resident(cast: Cast) -> None:
    request = take_in(cast)
    booking = plan(request, cast, words="请准备好病历")
    request.refresh_from_db()
    session = Session.objects.get(pk=booking.session_id)
    assert (request.planned_visit, request.state) == (booking, State.ASSIGNED)
    assert (session.kind, session.host, session.channel) == (SessionKind.HOME_VISIT, cast.officer, "home")
    assert (session.ends_at - session.starts_at, session.taken, session.capacity) == (30 * MINUTE, 1, 1)
    assert (booking.resident, booking.note) == (cast.elder, request.case.title)
    event = request.case.events.get(kind="plan_visit")
    assert event.is_public and event.actor == cast.officer and event.words == "请准备好病历"
    assert event.detail["agreed"] == {"at": TUESDAY.isoformat(), "with": "周敏", "wished": False}
    assert timeline(request.case)[0]["what"] == "约好了上门时间 11月24日 上午 9:00", "who agreed it comes in person"


def test_the_journal_names_the_officer_when_somebody_else_agreed_the_time(cast: Cast) -> None:
    request = take_in(cast)
    plan(request, cast, by=cast.reception)
    line = timeline(request.case)[0]
    assert (line["who"], line["what"]) == ("李玲", "约好了上门时间 11月24日 上午 9:00，周敏上门")


def test_everybody_hears_it_in_words_for_a_home_visit(cast: Cast) -> None:
    booking = plan(take_in(cast), cast, words="请准备好病历", by=cast.reception)
    deliver_due(at=MONDAY + HOUR)
    said = Message.objects.get(subject=f"booking:{booking.pk}", kind="home_visit_agreed", channel="sms")
    assert said.address == "+8613800002046" and "网格员周敏 11月24日 09:00 到您家" in said.body
    assert "请准备好病历" in said.body and "/b/" in said.body and "会客厅" not in said.body
    officer = Message.objects.get(subject=f"booking:{booking.pk}", kind="host_visit_agreed")
    assert officer.user == cast.officer and officer.channel == "screen" and "陈平家（龙田花苑" in officer.body
    screen = set(Message.objects.filter(user=cast.officer, state="waiting").values_list("kind", flat=True))
    assert screen == {"host_reminder_hours"}, "less than a day ahead: two hours before is all that is left"
    assert "home_visit_reminder_hours" in waiting(booking)
    far = plan(take_in(cast, resident=neighbour(cast)), cast, starts_at=TUESDAY + 24 * HOUR, wished=True)
    assert {"home_visit_reminder_day", "home_visit_reminder_hours", "host_reminder_day"} <= set(waiting(far))


def test_who_asked_hears_it_when_the_one_it_is_about_has_no_phone(cast: Cast) -> None:
    wife = make_resident(household=cast.household, name="吴秀英", phone=None)
    request = take_in(cast, resident=wife, asker=cast.elder)
    booking = plan(request, cast)
    assert Message.objects.filter(subject=f"booking:{booking.pk}", address="+8613800002046").count() == 2
    steps.return_to_desk(request, words="搬走了", by=cast.officer, at=MONDAY + 2 * HOUR)
    assert Message.objects.filter(kind="home_visit_called_off", address="+8613800002046").count() == 1


@pytest.mark.parametrize(
    ("over", "code", "field"),
    [
        ({"starts_at": None}, "no_time", "starts_at"),
        ({"starts_at": MONDAY}, "past", "starts_at"),
        ({"starts_at": MONDAY + dt.timedelta(days=400)}, "too_far", "starts_at"),
        ({"starts_at": TUESDAY + 13 * HOUR, "wished": True}, "at_night", "starts_at"),
        ({"starts_at": TUESDAY + 12 * HOUR - 15 * MINUTE, "wished": True}, "at_night", "starts_at"),
        ({"starts_at": TUESDAY - 2 * HOUR, "wished": True}, "at_night", "starts_at"),
        ({"starts_at": SATURDAY}, "not_working_time", "starts_at"),
        ({"starts_at": TUESDAY + 9 * HOUR}, "not_working_time", "starts_at"),
        ({"starts_at": TUESDAY + 8 * HOUR + 15 * MINUTE}, "not_working_time", "starts_at"),
        ({"minutes": 5}, "minutes", "minutes"),
        ({"minutes": 0}, "minutes", "minutes"),
        ({"minutes": 300}, "minutes", "minutes"),
        ({"words": "长" * 20_000}, "too_long", "words"),
    ],
)
def test_what_cannot_be_agreed_gets_a_sentence_beside_its_field(
    over: dict[str, Any], code: str, field: str, cast: Cast
) -> None:
    request = take_in(cast)
    error = refused(plan, request, cast, **over)
    assert (error.code, error.field) == (code, field)
    assert not Session.objects.exists() and not Booking.objects.exists()
    assert HelpRequest.objects.get().version == 1 and not request.case.events.filter(kind="plan_visit").exists()


def test_who_is_busy_then_is_refused_beside_the_time(cast: Cast) -> None:
    plan(take_in(cast), cast)
    second = take_in(cast, resident=neighbour(cast))
    error = refused(plan, second, cast, starts_at=TUESDAY + 15 * MINUTE)
    assert (error.code, error.field, error.status) == ("host_busy", "starts_at", 409)
    assert str(error) == "这位工作人员这个时间已有安排。"
    plan(second, cast, starts_at=TUESDAY + 30 * MINUTE)
    third = take_in(cast, resident=neighbour(cast, "孙五"))
    noon = make_session(community=cast.home, starts_at=TUESDAY + 3 * HOUR)
    book(session=noon, resident=third.case.resident, by=cast.reception, at=MONDAY)  # type: ignore[arg-type]
    assert refused(plan, third, cast, starts_at=TUESDAY + 3 * HOUR).code == "already_booked"


def test_permissions_plan_visit(cast: Cast) -> None:
    request = take_in(cast)
    other_grid = make_member(Role.GRID_OFFICER, grid=cast.grid.__class__.objects.create(community=cast.home, number=9))
    for user in (cast.stranger, cast.street_officer, cast.elder_account, other_grid):
        with pytest.raises(NotAllowed):
            plan(request, cast, by=user)
        request.refresh_from_db()
    for user in (cast.manager, cast.reception, cast.officer):
        plan(request, cast, by=user)
    with pytest.raises(NotAllowed):
        visits.call_off_visit(request, words="不去了", by=cast.stranger, at=MONDAY + HOUR)
    assert refused(plan, take_in(cast), cast, seen=7).status == 409


def test_offered_times_are_working_time_at_which_both_are_free(cast: Cast) -> None:
    offered = free_times(cast.officer, cast.elder, at=MONDAY)
    assert [f"{clock.local(t):%m-%d %H:%M}" for t in offered] == [
        "11-23 10:30", "11-23 14:00", "11-23 15:30", "11-24 09:00", "11-24 10:30", "11-24 14:00", "11-24 15:30",
        "11-25 09:00", "11-25 10:30", "11-25 14:00", "11-25 15:30",
    ]  # fmt: skip
    request = take_in(cast)
    plan(request, cast, minutes=120)
    for_another = free_times(cast.officer, neighbour(cast), at=MONDAY)
    assert not {TUESDAY, TUESDAY + 90 * MINUTE} & set(for_another) and len(for_another) == 9
    friday = clock.at_wall(dt.date(2026, 11, 27), dt.time(16))
    assert {clock.local(t).weekday() for t in free_times(cast.officer, None, at=friday)} == {0, 1, 2}
    CalendarDay.objects.bulk_create(
        CalendarDay(date=dt.date(2026, 11, 23) + n * dt.timedelta(days=1), kind=DayKind.HOLIDAY, name="停工")
        for n in range(40)
    )
    assert free_times(cast.officer, None, at=MONDAY) == []


# ---- moved and called off -------------------------------------------------------------------------------------------
def test_planning_again_moves_it_and_says_so_once(cast: Cast) -> None:
    request = take_in(cast)
    first = plan(request, cast)
    second = plan(request, cast, starts_at=TUESDAY + 15 * MINUTE, by=cast.reception)
    first.refresh_from_db()
    assert (first.state, first.session.state) == (BookingState.CANCELLED, SessionState.CANCELLED)
    assert (second.moved_from, request.planned_visit) == (first, second)
    assert waiting(first) == []
    resident = Message.objects.filter(subject=f"booking:{second.pk}", due_at__lte=MONDAY + HOUR, channel="sms")
    assert [m.kind for m in resident] == ["home_visit_moved"]
    assert "host_visit_moved" in waiting(second)
    assert Session.objects.filter(state="open", host=cast.officer).count() == 1
    assert seats.miscounted_sessions() == []


def test_the_officer_verifies_and_the_visit_took_place(cast: Cast) -> None:
    request = take_in(cast)
    booking = plan(request, cast)
    take(request, "set_out", by=cast.officer, at=TUESDAY - 10 * MINUTE)
    steps.verify(
        request,
        finding=VisitFinding.CONFIRMED,
        words="属实",
        signed_by="陈平",
        by=cast.officer,
        at=TUESDAY + 20 * MINUTE,
    )
    booking.refresh_from_db()
    assert (booking.state, booking.served_at) == (BookingState.SERVED, TUESDAY + 20 * MINUTE)


def test_met_before_its_day_the_time_is_free_again_without_a_word(cast: Cast) -> None:
    request = take_in(cast)
    booking = plan(request, cast)
    steps.verify(
        request, finding=VisitFinding.CONFIRMED, words="属实", signed_by="陈平", by=cast.officer, at=MONDAY + 2 * HOUR
    )
    booking.refresh_from_db()
    assert (booking.state, booking.session.state) == (BookingState.CANCELLED, SessionState.CANCELLED)
    assert waiting(booking) == []


def test_nobody_home_and_planned_again(cast: Cast) -> None:
    request = take_in(cast)
    booking = plan(request, cast)
    steps.not_home(request, by=cast.officer, at=MONDAY + 2 * HOUR)
    booking.refresh_from_db()
    assert booking.state == BookingState.BOOKED, "a knock before its time does not break what was agreed"
    steps.not_home(request, by=cast.officer, at=TUESDAY + 10 * MINUTE)
    booking.refresh_from_db()
    assert booking.state == BookingState.NO_SHOW
    shown = agreed_visit(request, at=TUESDAY + 11 * MINUTE)
    assert shown and (shown.gone, shown.is_coming) == ("没见到人", False)
    again = plan(request, cast, starts_at=TUESDAY + 5 * HOUR, at=TUESDAY + HOUR)
    assert again.state == BookingState.BOOKED and request.planned_visit == again
    assert close_visits(at=TUESDAY + 12 * HOUR) == 0, "how an agreed visit went is said by whoever went there"


def called_off(request: HelpRequest, how: str, cast: Cast) -> None:
    at = MONDAY + 2 * HOUR
    if how == "assign":
        steps.assign(request, officer=cast.reception, by=cast.manager, at=at)
    elif how == "return_to_desk":
        steps.return_to_desk(request, words="不归我管", by=cast.officer, at=at)
    elif how == "withdraw":
        steps.withdraw(request, words="不用了", by=cast.elder_account, at=at)
    else:
        visits.call_off_visit(request, words="要去开会", by=cast.reception, at=at)


@pytest.mark.parametrize("how", ["assign", "return_to_desk", "withdraw", "call_off_visit"])
def test_the_agreed_visit_follows_its_request_and_the_resident_is_told_once(how: str, cast: Cast) -> None:
    request = take_in(cast)
    booking = plan(request, cast)
    called_off(request, how, cast)
    booking.refresh_from_db()
    assert (booking.state, booking.session.state) == (BookingState.CANCELLED, SessionState.CANCELLED)
    said = Message.objects.filter(subject=f"booking:{booking.pk}", state="waiting")
    kind = "home_visit_cancelled" if how == "withdraw" else "home_visit_called_off"
    assert [m.kind for m in said.filter(channel="sms")] == [kind]
    assert said.filter(user=cast.officer, kind="host_visit_cancelled").count() == (how != "return_to_desk")
    kinds = list(request.case.events.values_list("kind", flat=True))
    assert kinds.count("appointment_called_off") == (how != "call_off_visit")
    assert request.case.events.filter(kind__in=["appointment_called_off", "call_off_visit"]).count() == 1


def test_assigning_to_the_same_officer_leaves_the_time_alone(cast: Cast) -> None:
    request = take_in(cast)
    booking = plan(request, cast)
    steps.assign(request, officer=cast.officer, by=cast.manager, at=MONDAY + 2 * HOUR)
    booking.refresh_from_db()
    assert booking.state == BookingState.BOOKED


def test_nothing_to_call_off(cast: Cast) -> None:
    request = take_in(cast)
    error = refused(visits.call_off_visit, request, words="不去了", by=cast.officer, at=MONDAY)
    assert (error.code, error.field) == ("not_now", None)


# ---- the resident ---------------------------------------------------------------------------------------------------
def test_the_resident_gives_it_up_by_the_link_and_it_is_planned_again(cast: Cast) -> None:
    request = take_in(cast)
    booking = plan(request, cast)
    give_up_booking(booking=booking, reason="no_time", by=None, at=MONDAY + 2 * HOUR, by_link=True)
    request.refresh_from_db()
    shown = agreed_visit(request, at=MONDAY + 2 * HOUR)
    assert shown and (shown.gone, shown.is_coming) == ("时间不合适", False)
    deliver_due(at=MONDAY + 2 * HOUR + 3 * MINUTE)
    officer = Message.objects.get(kind="host_visit_cancelled", user=cast.officer)
    assert officer.state == "sent" and "陈平家的上门取消了" in officer.body
    line = timeline(request.case, for_resident=True)[0]
    assert (line["who"], line["what"]) == ("居民（短信链接）", "取消了约好的时间 11月24日 上午 9:00")
    assert TUESDAY in free_times(cast.officer, cast.elder, at=MONDAY + 2 * HOUR)
    again = plan(request, cast, at=MONDAY + 3 * HOUR)
    assert again.starts_at == TUESDAY and again.moved_from is None
    with pytest.raises(Changed):
        take_back_cancel(booking=Booking.objects.get(pk=booking.pk), by=cast.elder_account, at=MONDAY + 2 * HOUR)


def test_why_it_was_given_up_is_kept_in_words_of_the_source(cast: Cast) -> None:
    request = take_in(cast)
    booking = Booking.objects.select_related("session", "community", "resident").get(pk=plan(request, cast).pk)
    with override("en"):
        give_up_booking(booking=booking, reason="unwell", by=cast.elder_account, at=MONDAY + 2 * HOUR)
        assert timeline(request.case)[0]["quote"] == "Not feeling well"
    assert request.case.events.last().words == "身体不舒服"


def test_given_up_by_mistake_and_taken_back(cast: Cast) -> None:
    request = take_in(cast)
    booking = plan(request, cast)
    booking = Booking.objects.select_related("session", "community", "resident").get(pk=booking.pk)
    give_up_booking(booking=booking, reason="no_time", by=cast.elder_account, at=MONDAY + 2 * HOUR)
    take_back_cancel(booking=booking, by=cast.elder_account, at=MONDAY + 2 * HOUR + MINUTE)
    booking.refresh_from_db()
    assert (booking.state, booking.session.state) == (BookingState.BOOKED, SessionState.OPEN)
    assert seats.miscounted_sessions() == []
    deliver_due(at=MONDAY + 3 * HOUR)
    assert not Message.objects.filter(kind__contains="cancelled", state="sent").exists()
    assert [e.kind for e in request.case.events.all()][-2:] == ["appointment_cancelled", "appointment_stands"]


def test_taken_back_too_late_when_the_officer_has_gone_elsewhere(cast: Cast) -> None:
    booking = plan(take_in(cast), cast)
    give_up_booking(booking=booking, reason="no_time", by=cast.elder_account, at=MONDAY + 2 * HOUR)
    plan(take_in(cast, resident=neighbour(cast)), cast, at=MONDAY + 2 * HOUR)
    fresh = Booking.objects.select_related("session", "community", "resident").get(pk=booking.pk)
    error = refused(take_back_cancel, booking=fresh, by=cast.elder_account, at=MONDAY + 2 * HOUR + MINUTE)
    assert error.code == "host_busy"


def test_cut_off_is_an_hour_and_another_session_is_no_place_for_it(cast: Cast) -> None:
    booking = plan(take_in(cast), cast)
    late = refused(give_up_booking, booking=booking, reason="no_time", by=None, at=TUESDAY - 59 * MINUTE, by_link=True)
    assert late.code == "too_late" and cast.home.phone in str(late)
    other = make_session(community=cast.home, starts_at=TUESDAY + 24 * HOUR)
    error = refused(move_booking, booking=booking, to=other, by=None, at=MONDAY + HOUR, by_link=True)
    assert error.code == "agreed"


# ---- the limit ------------------------------------------------------------------------------------------------------
def explained_end(request: HelpRequest) -> dt.datetime:
    return dt.datetime.fromisoformat(request.due_why["until"])


def test_the_limit_follows_a_time_that_the_resident_asked_for(cast: Cast) -> None:
    request = take_in(cast)
    due = request.due_at
    friday = clock.at_wall(dt.date(2026, 11, 27), dt.time(9, 30))
    plan(request, cast, starts_at=friday, wished=True)
    request.refresh_from_db()
    assert request.due_at == clock.at_wall(dt.date(2026, 11, 27), dt.time(17, 30)) != due
    assert "居民约在 11-27 9:30，时限顺延到当天下班。" in explain(request.due_why)
    assert Task.objects.open().get(case=request.case).due_at == request.due_at
    assert explained_end(request) == request.due_at
    plan(request, cast, starts_at=friday + 72 * HOUR, wished=True)
    request.refresh_from_db()
    assert clock.local(request.due_at).date() == friday.date(), "once in a chain"  # type: ignore[arg-type]
    give_up_booking(booking=request.planned_visit, reason="no_time", by=None, at=MONDAY + 2 * HOUR, by_link=True)  # type: ignore[arg-type]
    plan(request, cast, starts_at=friday + 72 * HOUR, wished=True, at=MONDAY + 3 * HOUR)
    request.refresh_from_db()
    assert request.due_at == clock.at_wall(dt.date(2026, 11, 30), dt.time(17, 30)), "the resident gave it up"
    plan(request, cast, starts_at=TUESDAY, at=MONDAY + 4 * HOUR)
    request.refresh_from_db()
    assert request.due_at == due and "居民约在" not in explain(request.due_why), "back within the first limit"
    assert explained_end(request) == due


def test_the_limit_stays_when_only_the_officer_wants_it_later(cast: Cast) -> None:
    request = take_in(cast)
    due = request.due_at
    plan(request, cast, starts_at=TUESDAY + 72 * HOUR)
    request.refresh_from_db()
    assert request.due_at == due


def test_a_day_off_moves_it_to_the_next_working_day_and_never_beyond_the_promise(cast: Cast) -> None:
    request = take_in(cast)
    plan(request, cast, starts_at=SATURDAY, wished=True)
    request.refresh_from_db()
    assert request.due_at == clock.at_wall(dt.date(2026, 11, 30), dt.time(17, 30))
    assert "居民约在 11-28 9:30，时限顺延到 11-30 17:30。" in explain(request.due_why)
    hasty = take_in(cast, category=make_category(name="急办", promise_days=2))
    plan(hasty, cast, starts_at=SATURDAY + HOUR, wished=True)
    hasty.refresh_from_db()
    assert hasty.due_at == hasty.promised_at


def do(deed: str, request: HelpRequest, quarter: int, cast: Cast) -> None:
    at, moment = MONDAY + HOUR, TUESDAY + quarter * 15 * MINUTE
    if deed == "plan":
        plan(request, cast, starts_at=moment, minutes=45, by=cast.manager)
    elif deed == "link" and request.planned_visit:
        give_up_booking(booking=request.planned_visit, reason="no_time", by=None, at=at, by_link=True)
    elif deed == "call_off":
        visits.call_off_visit(request, words="不去了", by=cast.manager, at=at)
    elif deed == "assign":
        steps.assign(request, officer=(cast.officer, cast.reception)[quarter % 2], by=cast.manager, at=at)
    else:
        steps.not_home(request, by=cast.manager, at=moment)


# ---- never in two places --------------------------------------------------------------------------------------------
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3), st.sampled_from(["plan", "link", "call_off", "assign", "not_home"]), st.integers(0, 24)
        ),
        max_size=14,
    )
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_officer_is_never_in_two_places(cast: Cast, deeds: list[tuple[int, str, int]]) -> None:
    """Whatever is planned, moved, given up and handed on, in whatever order."""
    people = [neighbour(cast, f"邻居{n}") for n in range(3)]
    requests = [take_in(cast, resident=people[n % 3]) for n in range(4)]
    for which, deed, quarter in deeds:
        request = HelpRequest.objects.select_related("case__resident", "handler", "community", "category").get(
            pk=requests[which].pk
        )
        with contextlib.suppress(Refusal):
            do(deed, request, quarter, cast)
    made = Session.objects.filter(community=cast.home, kind=SessionKind.HOME_VISIT)
    standing = list(made.filter(state="open").order_by("host", "starts_at"))
    for one, next_one in zip(standing, standing[1:], strict=False):
        assert one.host_id != next_one.host_id or one.ends_at <= next_one.starts_at
    for request in HelpRequest.objects.filter(planned_visit__state="booked").select_related("planned_visit__session"):
        assert request.planned_visit and request.planned_visit.session.host_id == request.handler_id
    booked = set(Booking.objects.filter(state="booked").values_list("pk", flat=True))
    assert booked == set(
        HelpRequest.objects.filter(planned_visit__state="booked").values_list("planned_visit", flat=True)
    ), "no time stands that no request waits for"
    assert set(made.filter(state="open").values_list("taken", flat=True)) <= {1}
    assert seats.miscounted_sessions() == []
    assert urls_of_visits(Booking.objects.select_related("session").filter(pk__in=booked)).keys() == booked
