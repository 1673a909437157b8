"""Due and overdue are told once, to whom the task is handed or waits for, and to the manager, however often the task runs."""

import datetime as dt

import pytest

from appointments.models import HelpRequest
from appointments.requests.actions import steps
from appointments.requests.actions.intake import register_request
from appointments.workflow import State
from community_portal import clock
from community_portal.casework import escalation
from community_portal.casework.escalation import escalate_overdue
from community_portal.casework.models import Event, Task
from community_portal.matters.actions import extensions, hands
from community_portal.matters.actions.steps import take
from community_portal.matters.actions.words import answer
from community_portal.outbox.kinds import KINDS
from community_portal.outbox.last_look import last_look
from community_portal.outbox.models import Message
from community_portal.outbox.sweep import words_of
from community_portal.people.models import Membership, User
from tests.appointments.test_steps import put_into
from tests.cast import Cast
from tests.factories import Role, make_category, make_member, make_resident

MONDAY = clock.at_wall(dt.date(2026, 11, 23), dt.time(9, 42))
A_DAY_LATER = MONDAY + dt.timedelta(days=1)


def take_in(cast: Cast, **over: object) -> HelpRequest:
    given = {
        "community": cast.home, "category": make_category(), "words": "灯坏了", "resident": cast.elder,
        "by": cast.reception, "at": MONDAY,
    }  # fmt: skip
    return register_request(**given | over)  # type: ignore[arg-type]


def told(kind: str) -> set[str]:
    return set(Message.objects.filter(kind=kind).values_list("user__username", flat=True))


def test_told_once_and_only_after_the_limit(cast: Cast) -> None:
    taken = take_in(cast)
    assert escalate_overdue(at=MONDAY + dt.timedelta(hours=23)) == 0
    late = A_DAY_LATER + dt.timedelta(minutes=1)
    assert escalate_overdue(at=late) == 1
    before = (Event.objects.count(), Message.objects.count())
    assert escalate_overdue(at=late) == 0
    assert escalate_overdue(at=late + dt.timedelta(days=3)) == 0
    assert (Event.objects.count(), Message.objects.count()) == before
    assert told("task_overdue") == {"grid", "manager"}
    assert Task.objects.get(case=taken.case).escalated_at == late
    assert taken.case.events.filter(kind="overdue").count() == 1


@pytest.mark.parametrize(("on", "is_told"), [(dt.date(2026, 11, 26), True), (dt.date(2026, 11, 27), False)])
def test_the_manager_in_office_is_the_one_of_the_day_in_shanghai(on: dt.date, is_told: bool, cast: Cast) -> None:
    """At half past midnight in Shanghai it is still yesterday in UTC."""
    make_member(Role.MANAGER, community=cast.home, username="new_manager")
    Membership.objects.filter(user__username="new_manager").update(starts_on=on)
    take_in(cast)
    half_past_midnight = clock.at_wall(dt.date(2026, 11, 26), dt.time(0, 30)).astimezone(dt.UTC)
    assert half_past_midnight.date() == dt.date(2026, 11, 25)
    escalate_overdue(at=half_past_midnight)
    assert ("new_manager" in told("task_overdue")) is is_told


def test_what_waits_for_a_role_is_told_to_all_who_hold_it(cast: Cast) -> None:
    make_member(Role.RECEPTIONIST, community=cast.home, username="second_desk")
    take_in(cast, resident=make_resident(community=cast.home, household=None))
    due = Task.objects.get().due_at
    assert due is not None
    Task.objects.update(opened_at=due - dt.timedelta(hours=3))
    escalate_overdue(at=due - dt.timedelta(hours=1))
    assert told("task_due") == {"reception", "second_desk"}
    escalate_overdue(at=due + dt.timedelta(minutes=1))
    assert told("task_overdue") == {"reception", "second_desk", "manager"}


def test_what_waits_for_the_street_is_told_to_the_street(cast: Cast) -> None:
    request = put_into(take_in(cast), State.HANDLING, cast.officer)
    take(request, "pass_to_street", words="要拆墙", by=cast.manager, at=MONDAY)
    escalate_overdue(at=request.due_at + dt.timedelta(minutes=1))
    assert told("task_overdue") == {"street", "manager"}


def test_due_is_told_two_hours_before_and_worthless_once_it_is_over(cast: Cast) -> None:
    take_in(cast)
    escalate_overdue(at=A_DAY_LATER - dt.timedelta(hours=3))
    assert told("task_due") == set()
    for minutes in (120, 60, 10):
        escalate_overdue(at=A_DAY_LATER - dt.timedelta(minutes=minutes))
    message = Message.objects.get(kind="task_due")
    assert message.user == cast.officer
    assert last_look(message, KINDS["task_due"], at=A_DAY_LATER) is not None


def test_nobody_goes_untold_because_others_were_told_first(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are due at once, and whatever a round takes at a time."""
    monkeypatch.setattr(escalation, "BATCH", 2)
    cases = {take_in(cast, resident=make_resident(household=cast.household)).case.number for _ in range(5)}
    for minutes in (120, 119, 118):
        escalate_overdue(at=A_DAY_LATER - dt.timedelta(minutes=minutes))
    assert {m.context["number"] for m in Message.objects.filter(kind="task_due")} == cases


def test_due_is_told_again_to_whoever_has_it_now(cast: Cast) -> None:
    request = put_into(take_in(cast), State.HANDLING, cast.officer)
    soon = request.due_at - dt.timedelta(hours=1)
    escalate_overdue(at=soon)
    hands.hand_over(request, officer=cast.reception, by=cast.manager, at=soon, words="请接着办")
    escalate_overdue(at=soon + dt.timedelta(minutes=1))
    assert told("task_due") == {"grid", "reception"}
    before = Message.objects.count()
    escalate_overdue(at=soon + dt.timedelta(minutes=2))
    assert Message.objects.count() == before


def test_a_resident_who_says_nothing_is_rung_after_three_working_days(cast: Cast) -> None:
    request = put_into(take_in(cast), State.HANDLING, cast.officer)
    thursday = clock.at_wall(dt.date(2026, 11, 26), dt.time(10))
    take(request, "ask_resident", words="请补一张照片", by=cast.officer, at=thursday)
    for day in range(5):
        escalate_overdue(at=thursday + dt.timedelta(days=day))
    assert told("task_waits") == set(), "a weekend is no silence"
    tuesday = thursday + dt.timedelta(days=5)
    escalate_overdue(at=tuesday)
    escalate_overdue(at=tuesday + dt.timedelta(days=9))
    message = Message.objects.get(kind="task_waits")
    assert (message.user, message.context["number"]) == (cast.officer, request.case.number)
    assert "等居民补充，三个工作日了还没有回音" in words_of(message)
    assert told("task_overdue") == set() and not request.case.events.filter(kind="overdue").exists()
    assert last_look(message, KINDS["task_waits"], at=tuesday) is None
    answer(request, words="照片来了", by=cast.elder_account, at=tuesday)
    assert last_look(message, KINDS["task_waits"], at=tuesday) is not None


def test_a_limit_that_was_extended_is_told_again_when_it_ends(cast: Cast) -> None:
    request = put_into(take_in(cast), State.HANDLING, cast.officer)
    HelpRequest.objects.filter(pk=request.pk).update(extension_asked_days=0)
    request.extension_asked_days = 0
    escalate_overdue(at=A_DAY_LATER + dt.timedelta(minutes=1))
    extensions.ask_extension(request, days=2, words="等配件", by=cast.officer, at=A_DAY_LATER + dt.timedelta(hours=1))
    extensions.grant_extension(request, by=cast.manager, at=A_DAY_LATER + dt.timedelta(hours=1))
    assert escalate_overdue(at=A_DAY_LATER + dt.timedelta(days=1)) == 0
    assert escalate_overdue(at=request.due_at + dt.timedelta(minutes=1)) == 1
    assert Message.objects.filter(kind="task_overdue", user=cast.officer).count() == 2


def test_who_has_left_hears_of_no_task_any_more(cast: Cast) -> None:
    take_in(cast)
    escalate_overdue(at=A_DAY_LATER + dt.timedelta(minutes=1))
    message = Message.objects.get(kind="task_overdue", user=cast.officer)
    assert last_look(message, KINDS["task_overdue"], at=A_DAY_LATER) is None
    Membership.objects.filter(user=cast.officer).update(ends_on=clock.today() - dt.timedelta(days=1))
    message = Message.objects.get(pk=message.pk)
    verdict = last_look(message, KINDS["task_overdue"], at=A_DAY_LATER)
    assert verdict is not None and verdict.until is None


def test_a_withdrawn_request_escalates_no_more(cast: Cast) -> None:
    request = take_in(cast)
    steps.withdraw(request, words="不用了", by=cast.elder_account, at=MONDAY)
    assert escalate_overdue(at=MONDAY + dt.timedelta(days=30)) == 0


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "11-24 09:42"), ("en", "24 Nov, 9:42")])
def test_a_limit_is_told_in_the_words_of_who_is_told(language: str, words: str, cast: Cast) -> None:
    User.objects.update(language=language)
    take_in(cast)
    escalate_overdue(at=A_DAY_LATER + dt.timedelta(minutes=1))
    assert {message.context["due"] for message in Message.objects.filter(kind="task_overdue")} == {words}
    assert Message.objects.get(kind="help_assigned", user=cast.officer).context["due"] == words


def test_what_was_short_from_the_start_is_not_called_nearly_due(cast: Cast) -> None:
    """Who got it a moment ago has just been told; a reminder is for what lay about."""
    take_in(cast)
    Task.objects.update(opened_at=A_DAY_LATER - dt.timedelta(minutes=90))
    escalate_overdue(at=A_DAY_LATER - dt.timedelta(minutes=60))
    assert told("task_due") == set()


def test_a_house_without_a_manager_is_its_streets_to_hear_of(cast: Cast) -> None:
    Membership.objects.filter(user=cast.manager).delete()
    take_in(cast)
    escalate_overdue(at=A_DAY_LATER + dt.timedelta(minutes=1))
    assert told("task_overdue") == {"grid", "street"}
