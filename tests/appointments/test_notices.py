"""What is said about a request is still true when it is read, and said to the one whom it concerns."""

import datetime as dt

from appointments.models import HelpRequest, Outcome
from appointments.requests.actions import steps
from appointments.workflow import State
from community_portal import clock
from community_portal.casework.models import Task
from community_portal.matters.actions import extensions
from community_portal.outbox.kinds import KINDS
from community_portal.outbox.models import Message
from community_portal.people.models import Membership, User
from tests.cast import MONDAY, Cast
from tests.factories import Role, make_member
from tests.help_requests import put_into, take_in


def is_true(message: Message) -> bool:
    return KINDS[message.kind].untrue_because(message, clock.now()) == ""


def resolved(cast: Cast) -> HelpRequest:
    request = put_into(take_in(cast), State.HANDLING, cast.officer)
    steps.resolve(request, outcome=Outcome.SOLVED, words="灯换好了", by=cast.officer, at=MONDAY)
    return request


def test_solved_is_not_said_of_what_was_reopened_meanwhile(cast: Cast) -> None:
    request = resolved(cast)
    said = Message.objects.filter(kind="help_resolved", channel="sms").get()
    assert is_true(said)
    steps.reopen(request, words="又坏了", by=cast.elder_account, at=MONDAY + dt.timedelta(hours=12))
    assert not is_true(said)


def test_a_door_is_announced_to_whoever_has_it_now(cast: Cast) -> None:
    request = take_in(cast)
    first = Message.objects.get(kind="help_assigned", user=cast.officer)
    assert is_true(first)
    other = make_member(Role.GRID_OFFICER, grid=cast.grid, username="grid2")
    steps.assign(request, officer=other, words="换人", by=cast.reception, at=MONDAY)
    assert not is_true(first)
    assert is_true(Message.objects.get(kind="help_assigned", user=other))


def test_reopened_goes_back_to_the_handler_in_words_of_its_own(cast: Cast) -> None:
    request = resolved(cast)
    steps.reopen(request, words="又坏了", by=cast.elder_account, at=MONDAY + dt.timedelta(days=1))
    said = Message.objects.get(kind="matter_reopened", user=cast.officer)
    assert is_true(said)
    assert Task.objects.open().get(case=request.case).assignee == cast.officer


def test_reopened_waits_at_the_desk_when_the_handler_has_left(cast: Cast) -> None:
    request = resolved(cast)
    Membership.objects.filter(user=cast.officer).update(ends_on=clock.today() - dt.timedelta(days=1))
    request.handler = User.objects.get(pk=cast.officer.pk)
    steps.reopen(request, words="又坏了", by=cast.elder_account, at=MONDAY + dt.timedelta(days=1))
    task = Task.objects.open().get(case=request.case)
    assert (task.assignee, task.role) == (None, "receptionist")
    assert not Message.objects.filter(kind="matter_reopened").exists()


def test_an_extension_that_was_decided_is_not_asked_for_any_more(cast: Cast) -> None:
    request = put_into(take_in(cast), State.HANDLING, cast.officer)
    HelpRequest.objects.filter(pk=request.pk).update(extension_asked_days=0)
    request.extension_asked_days = 0
    extensions.ask_extension(request, days=2, words="等配件", by=cast.officer, at=MONDAY)
    asked = Message.objects.get(kind="matter_extension_asked", user=cast.manager)
    assert is_true(asked)
    extensions.refuse_extension(request, words="本周办好", by=cast.manager, at=MONDAY)
    assert not is_true(asked)
    steps.resolve(request, outcome=Outcome.SOLVED, words="好了", by=cast.officer, at=MONDAY)


def test_reopening_forgets_an_extension_nobody_decided(cast: Cast) -> None:
    request = put_into(take_in(cast), State.HANDLING, cast.officer)
    assert request.extension_asked_days == 3
    steps.resolve(request, outcome=Outcome.SOLVED, words="好了", by=cast.officer, at=MONDAY)
    steps.reopen(request, words="又坏了", by=cast.reception, at=MONDAY)
    request.refresh_from_db()
    assert request.extension_asked_days == 0
    extensions.ask_extension(request, days=1, words="等配件", by=cast.officer, at=MONDAY)
