"""交接: who goes on with what somebody has in hand, one by one, all at once, and of itself when they no longer work here."""

import datetime as dt

import pytest

from appointments.models import HelpRequest
from appointments.requests.actions import steps
from appointments.workflow import HANDLED, State
from community_portal import clock
from community_portal.bookings.models import BookingState
from community_portal.casework import leaving
from community_portal.casework.leaving import release_left_behind
from community_portal.casework.models import Task
from community_portal.casework.tasks import release_left_behind as release_task
from community_portal.matters.actions import hands, visits
from community_portal.matters.actions.steps import take
from community_portal.matters.hand_over import hand_over_work, in_hands_of
from community_portal.outbox.kinds import KINDS
from community_portal.outbox.last_look import last_look
from community_portal.outbox.models import Message
from community_portal.people.models import User
from community_portal.refusals import NotAllowed, Refusal
from tests.cast import AGREED, MONDAY, Cast, leaves
from tests.factories import Role, make_member
from tests.help_requests import open_task, under_way

LATER = MONDAY + dt.timedelta(hours=3)


@pytest.mark.parametrize("state", [State.HANDLING, State.WAITING])
def test_what_is_handed_over_goes_on_with_its_limits_in_the_new_inbox(state: str, cast: Cast) -> None:
    request = under_way(cast, state)
    before = (request.state, request.due_at, request.paused_at, open_task(request).due_at)
    hands.hand_over(request, officer=cast.reception, words="老李住院了", by=cast.manager, at=LATER)
    request = HelpRequest.objects.get(pk=request.pk)
    task = open_task(request)
    assert (request.state, request.due_at, request.paused_at, task.due_at) == before
    assert (request.handler, task.assignee, task.role) == (cast.reception, cast.reception, "")
    assert not Task.objects.inbox_of(cast.officer).filter(pk=task.pk).exists()
    message = Message.objects.get(kind="matter_handed_over")
    assert message.user == cast.reception and last_look(message, KINDS["matter_handed_over"], at=LATER) is None
    line = request.case.events.get(kind="hand_over")
    assert (line.words, line.is_public, line.detail["from"]) == ("老李住院了", False, str(cast.officer))


def test_nobody_from_elsewhere_and_not_the_same_again(cast: Cast) -> None:
    request = under_way(cast)
    gone = make_member(Role.RECEPTIONIST, community=cast.home)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    for officer in (cast.stranger, User.objects.get(pk=gone.pk), cast.officer):
        with pytest.raises(Refusal) as refused:
            hands.hand_over(request, officer=officer, by=cast.manager, at=LATER)
        assert refused.value.field == "officer"
    with pytest.raises(NotAllowed):
        hands.hand_over(request, officer=cast.reception, by=cast.officer, at=LATER)


def test_all_at_once_and_what_moved_on_is_left_alone(cast: Cast) -> None:
    door, work, gone = under_way(cast, State.ASSIGNED), under_way(cast), under_way(cast)
    visit = visits.plan_visit(door, starts_at=AGREED, wished=True, by=cast.officer, at=MONDAY)
    rows = list(in_hands_of(cast.officer, cast.home))
    assert len(rows) == 3
    hands.hand_over(gone, officer=cast.reception, by=cast.manager, at=MONDAY)
    colleague = make_member(Role.GRID_OFFICER, grid=cast.grid)
    assert hand_over_work(rows, leaver=cast.officer, officer=colleague, by=cast.manager, at=LATER) == 2
    held = {found.pk: found.handler for found in HelpRequest.objects.all()}
    assert held == {door.pk: colleague, work.pk: colleague, gone.pk: cast.reception}
    visit.refresh_from_db()
    assert visit.state == BookingState.CANCELLED


def test_who_has_left_keeps_no_task(cast: Cast) -> None:
    request, untouched = under_way(cast), under_way(cast)
    hands.hand_over(untouched, officer=cast.reception, by=cast.manager, at=MONDAY)
    due = open_task(request).due_at
    assert release_left_behind(at=clock.now()) == 0
    leaves(cast.officer)
    release_task()
    task = open_task(request)
    assert (task.assignee, task.role, task.due_at) == (None, "receptionist", due)
    assert Task.objects.inbox_of(cast.reception).filter(pk=task.pk).exists()
    assert request.case.events.filter(kind="released").count() == 1
    assert open_task(untouched).assignee == cast.reception
    [message] = Message.objects.filter(kind="work_left_behind")
    assert message.user == cast.manager and message.context["count"] == 1
    release_task()
    assert Message.objects.filter(kind="work_left_behind").count() == 1
    assert request.case.events.filter(kind="released").count() == 1


def test_a_closed_account_keeps_no_task_and_a_street_officer_keeps_his(cast: Cast) -> None:
    request, passed = under_way(cast), under_way(cast)
    take(passed, "pass_to_street", words="要拆墙", by=cast.manager, at=MONDAY)
    Task.objects.filter(case=passed.case).open().update(assignee=cast.street_officer)
    User.objects.filter(pk=cast.officer.pk).update(is_active=False)
    assert release_left_behind(at=clock.now()) == 1
    assert open_task(request).assignee is None
    assert open_task(passed).assignee == cast.street_officer
    leaves(cast.street_officer)
    assert release_left_behind(at=clock.now()) == 1
    assert open_task(passed).role == "street_officer"


def test_more_than_a_batch_goes_back_in_several(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _n in range(3):
        under_way(cast)
    leaves(cast.officer)
    monkeypatch.setattr(leaving, "BATCH", 2)
    assert [release_left_behind(at=clock.now()) for _n in range(3)] == [2, 1, 0]


def test_what_is_in_somebodys_hands() -> None:
    assert frozenset({"assigned", "visiting", "applying", "handling", "waiting"}) == HANDLED


def test_an_administrators_task_is_his_though_he_belongs_to_no_place(cast: Cast) -> None:
    request = under_way(cast)
    Task.objects.filter(case=request.case).open().update(assignee=cast.admin)
    assert release_left_behind(at=clock.now()) == 0
    assert open_task(request).assignee == cast.admin


def test_what_is_opened_again_after_its_handler_left_waits_at_the_desk(cast: Cast) -> None:
    request = under_way(cast)
    steps.resolve(request, outcome="solved", words="修好了", by=cast.officer, at=LATER)
    leaves(cast.officer)
    request = HelpRequest.objects.get(pk=request.pk)
    steps.reopen(request, words="又坏了", by=cast.reception, at=LATER)
    assert (request.handler, open_task(request).assignee, open_task(request).role) == (None, None, "receptionist")
    assert not Message.objects.filter(kind="matter_reopened").exists()
