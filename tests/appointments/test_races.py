"""Two people, one request: real connections, one wins and the other gets a clear word."""

import datetime as dt
import threading
import time
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from appointments.workflow import State
from community_portal import clock
from community_portal.bookings import seats
from community_portal.bookings.actions import give_up_booking
from community_portal.bookings.models import Booking, Session
from community_portal.casework.models import Case, Task
from community_portal.casework.queries import broken_link
from community_portal.matters.actions import visits
from community_portal.matters.actions.steps import take
from community_portal.outbox.models import Message
from community_portal.places.working_time import ONE_DAY, WorkCalendar
from community_portal.refusals import Changed, Refusal
from tests.cast import make_cast
from tests.factories import make_category, make_household, make_resident
from tests.race import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_officers_take_the_same_step_and_one_wins() -> None:
    cast = make_cast()
    made = register_request(
        community=cast.home,
        category=make_category(),
        words="灯坏了",
        resident=cast.elder,
        by=cast.reception,
        at=clock.now(),
    )

    def go() -> None:
        mine = HelpRequest.objects.select_related("case__resident", "category", "community").get(pk=made.pk)
        take(mine, "set_out", by=cast.officer, at=clock.now(), seen=made.version)

    found = all_at_once([go] * 6)
    assert sum(result is None for result in found) == 1
    assert all(isinstance(result, Changed) for result in found if result is not None)
    assert HelpRequest.objects.get(pk=made.pk).state == State.VISITING
    assert Task.objects.open().filter(case=made.case).count() == 1
    assert list(made.case.events.values_list("kind", flat=True)).count("set_out") == 1
    assert broken_link(made.case) is None


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k1"}])
def test_a_step_over_the_api_that_waits_too_long_is_refused_like_on_the_page(headers: dict[str, str]) -> None:
    cast = make_cast()
    made = register_request(
        community=cast.home, category=make_category(), words="灯坏了", resident=cast.elder, by=cast.reception,
        at=clock.now(),
    )  # fmt: skip
    api = APIClient(HTTP_HOST="localhost")
    api.force_authenticate(cast.officer)
    url, gate = f"/api/v1/help-requests/{made.case.number}/set_out/", threading.Event()

    def hold() -> None:
        with transaction.atomic():
            HelpRequest.objects.select_for_update().get(pk=made.pk)
            gate.wait(20)

    def step() -> Any:
        time.sleep(0.3)
        try:
            return api.post(url, {"seen": made.version}, format="json", headers=headers)
        finally:
            gate.set()

    _held, answer = all_at_once([hold, step])
    assert (answer.status_code, answer.json()["code"]) == (409, "busy")
    assert "请稍等几秒再试一次" in answer.json()["detail"]
    again = api.post(url, {"seen": made.version}, format="json", headers=headers)
    assert (again.status_code, again.json()["state"]) == (200, "visiting")


def test_numbers_are_gapless_for_twenty_at_once() -> None:
    cast, category = make_cast(), make_category()

    def ask() -> str:
        taken = register_request(
            community=cast.home,
            category=category,
            words="灯坏了",
            resident=cast.elder,
            by=cast.reception,
            at=clock.now(),
        )
        return taken.case.number

    found = all_at_once([ask] * 20)
    assert sorted(n.rsplit("-", 1)[1] for n in found) == [f"{n:04d}" for n in range(1, 21)]
    assert Case.objects.count() == 20


def morning() -> dt.datetime:
    """Nine o'clock on the next working day."""
    day = clock.today() + ONE_DAY
    calendar = WorkCalendar.load(day, day + 30 * ONE_DAY)
    return clock.local(calendar.first_working_moment(clock.at_wall(day, dt.time.min))).replace(hour=9, minute=0)


def test_two_desks_agree_one_officer_for_the_same_time_and_one_wins() -> None:
    cast, category, at, starts_at = make_cast(), make_category(), clock.now(), morning()
    homes = [make_resident(household=make_household(building=cast.building)) for _ in range(4)]
    made = [
        register_request(community=cast.home, category=category, words="灯坏了", resident=r, by=cast.reception, at=at)
        for r in homes
    ]
    said = Message.objects.count()

    def agree(pk: int, by: Any, minutes_later: int) -> Any:
        def go() -> Booking:
            mine = HelpRequest.objects.select_related("case__resident", "category", "community", "handler").get(pk=pk)
            when = starts_at + dt.timedelta(minutes=minutes_later)
            return visits.plan_visit(mine, starts_at=when, by=by, at=at, seen=mine.version)

        return go

    desks = (cast.reception, cast.manager, cast.officer, cast.reception)
    found = all_at_once([agree(r.pk, by, 5 * n) for n, (r, by) in enumerate(zip(made, desks, strict=True))])
    won = [answer for answer in found if isinstance(answer, Booking)]
    lost = [answer for answer in found if isinstance(answer, Refusal)]
    assert (len(won), len(lost)) == (1, 3)
    assert {(r.code, r.field, str(r)) for r in lost} == {("host_busy", "starts_at", "这位工作人员这个时间已有安排。")}
    assert [s.pk for s in Session.objects.all()] == [won[0].session_id]
    assert [b.pk for b in Booking.objects.all()] == [won[0].pk]
    assert list(HelpRequest.objects.filter(planned_visit__isnull=False).values_list("planned_visit", flat=True)) == [
        won[0].pk
    ]
    assert sum(r.case.events.filter(kind="plan_visit").count() for r in made) == 1
    assert set(Message.objects.order_by("id")[said:].values_list("subject", flat=True)) == {f"booking:{won[0].pk}"}
    assert seats.miscounted_sessions() == []


def test_the_same_request_agreed_twice_at_once_and_given_up_meanwhile() -> None:
    cast, at, starts_at = make_cast(), clock.now(), morning()
    made = register_request(
        community=cast.home, category=make_category(), words="灯坏了", resident=cast.elder, by=cast.reception, at=at
    )
    first = visits.plan_visit(made, starts_at=starts_at, by=cast.officer, at=at)

    def agree(hours: int) -> Any:
        def go() -> Booking:
            mine = HelpRequest.objects.select_related("case__resident", "category", "community", "handler").get(
                pk=made.pk
            )
            return visits.plan_visit(
                mine, starts_at=starts_at + dt.timedelta(hours=hours), by=cast.reception, at=at, seen=made.version
            )

        return go

    def give_up() -> Booking:
        mine = Booking.objects.select_related("session", "community", "resident").get(pk=first.pk)
        return give_up_booking(booking=mine, reason="no_time", by=None, at=at, by_link=True)

    found = all_at_once([agree(1), agree(2), give_up])
    assert sum(isinstance(answer, Booking) for answer in found[:2]) == 1
    assert all(isinstance(answer, (Booking, Changed)) for answer in found), found
    assert Session.objects.filter(state="open").count() == 1
    assert Booking.objects.filter(state="booked").count() == 1
    assert HelpRequest.objects.get().planned_visit == Booking.objects.get(state="booked")
    assert seats.miscounted_sessions() == [] and broken_link(made.case) is None
