"""Every step × every state × every role of the table, and each step's own rule."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from appointments.models import HelpRequest, Outcome, Paper, PaperState, VisitFinding
from appointments.requests.actions import steps
from appointments.requests.actions.papers import check_paper
from appointments.workflow import HELP, State
from community_portal.bookings.actions import call_off
from community_portal.casework.deadlines import explain
from community_portal.casework.models import Task
from community_portal.casework.queries import progress, timeline
from community_portal.dashboards.fold import all_differences
from community_portal.dashboards.periods import Period
from community_portal.matters.actions import ending, extensions, visits
from community_portal.matters.actions.steps import take
from community_portal.matters.actions.words import answer
from community_portal.outbox.models import Message
from community_portal.refusals import Changed, NotAllowed, Refusal
from tests.cast import AGREED, MONDAY, Cast
from tests.factories import Role, make_category, make_grid, make_member, make_resident
from tests.figures import totals
from tests.help_requests import put_into, take_in
from tests.matters.walk import broken_rules, people_of


def data_for(step: str, cast: Cast) -> dict[str, Any]:
    return {
        "words": "写一句说明",
        "officer": cast.reception if step == "hand_over" else cast.officer,
        "finding": VisitFinding.CONFIRMED,
        "photos": [],
        "signature": None,
        "signed_by": "陈平",
        "days": 2,
        "outcome": Outcome.SOLVED,
        "satisfaction": 5,
        "seen": None,
        "starts_at": AGREED,
        "minutes": 30,
        "wished": True,
    }


@pytest.mark.parametrize("step", [step.name for step in HELP.steps])
def test_step_is_open_exactly_where_the_table_says(step: str, cast: Cast) -> None:
    """For each state and each person: the deed goes through if and only if the table opens it to them."""
    request = take_in(cast)
    visit = visits.plan_visit(request, starts_at=AGREED, wished=True, by=cast.officer, at=MONDAY)
    HelpRequest.objects.update(planned_visit=None)
    if step == "plan_visit":
        call_off(booking=visit, authority="system", by=None, at=MONDAY)

    def possible_in(state: str) -> HelpRequest:
        found = put_into(request, state, cast.officer)
        if step == "ask_extension":
            found.extension_asked_days = 0
        if step == "call_off_visit":
            found.planned_visit = visit
        found.save(update_fields=["extension_asked_days", "planned_visit"])
        return found

    broken = broken_rules(
        HELP,
        HELP.by_name[step],
        people=people_of(cast),
        put_into=possible_in,
        data=data_for(step, cast),
        at=MONDAY + dt.timedelta(hours=1),
    )
    assert list(broken) == []


def test_registering_routes_to_the_officer_of_the_address_and_says_why(cast: Cast) -> None:
    request = take_in(cast)
    assert request.case.number == "LT-26-0001"
    assert (request.state, request.handler, request.routed_by) == (State.ASSIGNED, cast.officer, "building")
    assert request.due_at == MONDAY + dt.timedelta(days=1)
    assert request.due_why["rule"] == "上门核实" and request.due_why["of"][0].startswith("照护")
    assert [e.kind for e in request.case.events.all()] == ["opened", "routed"]
    task = Task.objects.get(case=request.case)
    assert (task.assignee, task.due_at) == (cast.officer, request.due_at)
    assert Message.objects.filter(kind="help_registered", resident=cast.elder).exists()
    assert Message.objects.filter(kind="help_assigned", user=cast.officer).exists()


def test_without_an_address_it_waits_at_the_desk_and_says_why(cast: Cast) -> None:
    homeless = make_resident(community=cast.home, name="无址", household=None)
    request = take_in(cast, resident=homeless)
    assert (request.state, request.handler, request.routed_by) == (State.REGISTERED, None, "no_address")
    assert Task.objects.get(case=request.case).role == "receptionist"


def test_the_whole_way_from_the_first_word_to_the_last(cast: Cast) -> None:
    request = take_in(cast)
    at = MONDAY
    take(request, "set_out", by=cast.officer, at=at + dt.timedelta(hours=1))
    steps.not_home(request, by=cast.officer, at=at + dt.timedelta(hours=2))
    assert (request.state, request.not_home_count) == (State.ASSIGNED, 1)
    take(request, "set_out", by=cast.officer, at=at + dt.timedelta(hours=3))
    steps.verify(
        request,
        finding=VisitFinding.CONFIRMED,
        words="属实",
        signed_by="陈平",
        by=cast.officer,
        at=at + dt.timedelta(hours=4),
    )
    steps.apply(request, by=cast.officer, at=at + dt.timedelta(hours=5))
    paper = Paper.objects.get(request=request)
    check_paper(paper, state=PaperState.CHECKED, by=cast.reception, at=at, from_whom="本人")
    steps.resolve(request, outcome=Outcome.SOLVED, words="办好了", by=cast.officer, at=at + dt.timedelta(days=1))
    ending.call_back(request, satisfaction=5, by=cast.reception, at=at + dt.timedelta(days=2))
    request.refresh_from_db()
    assert (request.state, request.outcome, request.satisfaction) == (State.CLOSED, Outcome.SOLVED, 5)
    assert request.closed_at == at + dt.timedelta(days=2)
    assert not Task.objects.open().filter(case=request.case).exists()


def test_waiting_for_the_resident_stops_the_clock(cast: Cast) -> None:
    request = put_into(take_in(cast), State.VERIFIED, cast.officer)
    steps.handle(request, by=cast.reception, at=MONDAY)
    due, promised = request.due_at, request.promised_at
    take(request, "ask_resident", words="请补一张照片", by=cast.officer, at=MONDAY + dt.timedelta(hours=2))
    assert not HelpRequest.objects.overdue(at=MONDAY + dt.timedelta(days=60)).filter(pk=request.pk).exists()
    answer(request, words="照片来了", by=cast.elder_account, at=MONDAY + dt.timedelta(days=2, hours=2))
    assert due and promised and request.due_at and request.promised_at
    assert request.due_at - due == dt.timedelta(days=2), "two working days stood still"
    assert request.promised_at > promised
    assert request.state == State.HANDLING


def test_extension_once_by_the_manager(cast: Cast) -> None:
    request = put_into(take_in(cast), State.VERIFIED, cast.officer)
    HelpRequest.objects.filter(pk=request.pk).update(extension_asked_days=0)
    request.extension_asked_days = 0
    steps.handle(request, by=cast.reception, at=MONDAY)
    due = request.due_at
    extensions.ask_extension(request, days=3, words="等配件", by=cast.officer, at=MONDAY)
    with pytest.raises(Refusal, match="一次"):
        extensions.ask_extension(request, days=3, words="还要", by=cast.officer, at=MONDAY)
    extensions.grant_extension(request, by=cast.manager, at=MONDAY)
    request.refresh_from_db()
    assert due and request.due_at and request.due_at > due
    assert request.due_why["extended_days"] == 3
    assert Task.objects.open().get(case=request.case).due_at == request.due_at


def test_a_stale_page_is_refused(cast: Cast) -> None:
    request = take_in(cast)
    seen = request.version
    take(request, "set_out", by=cast.officer, at=MONDAY, seen=seen)
    with pytest.raises(Changed):
        steps.not_home(request, by=cast.officer, at=MONDAY, seen=seen)


def test_only_the_resident_himself_rates(cast: Cast) -> None:
    request = put_into(take_in(cast), State.RESOLVED, cast.officer)
    with pytest.raises(NotAllowed):
        ending.rate(request, satisfaction=5, by=cast.stranger_account, at=MONDAY)
    ending.rate(request, satisfaction=4, by=cast.elder_account, at=MONDAY)
    assert HelpRequest.objects.get(pk=request.pk).satisfaction == 4


def test_reopening_comes_back_to_the_handler_with_its_number(cast: Cast) -> None:
    request = put_into(take_in(cast), State.CLOSED, cast.officer)
    steps.reopen(request, words="又漏了", by=cast.elder_account, at=MONDAY + dt.timedelta(days=3))
    request.refresh_from_db()
    assert (request.state, request.handler, request.reopened_count) == (State.HANDLING, cast.officer, 1)
    assert request.closed_at is None and request.outcome == ""


def test_what_comes_back_has_a_promise_and_a_rating_of_its_own(cast: Cast, signed_in: Any) -> None:
    """The first round stays in the journal; its answer, its call-back and its rating are not the second's."""
    request = put_into(take_in(cast), State.RESOLVED, cast.officer)
    ending.rate(request, satisfaction=2, by=cast.elder_account, at=MONDAY)
    ending.call_back(request, satisfaction=1, by=cast.reception, at=MONDAY)
    first, later = request.promised_at, MONDAY + dt.timedelta(days=30)
    steps.reopen(request, words="又漏了", by=cast.elder_account, at=later)
    request.refresh_from_db()
    assert (request.satisfaction, request.called_back_at, request.answer) == (None, None, "")
    assert first and request.promised_at and first < later < request.promised_at
    assert explain(request.due_why).startswith("照护·再次办理：5 个工作日。")
    assert "从重新办理那天算起" in signed_in(cast.reception).get(f"/requests/{request.case.number}/").content.decode()
    told = [line["what"] for line in timeline(request.case)]
    assert {"回访并办结了 （居民评 1 分）", "评了 2 分"} <= set(told)
    steps.resolve(request, outcome=Outcome.SOLVED, words="这次办好了", by=cast.officer, at=later)
    period = Period(MONDAY.date(), later.date())
    figures = totals([cast.home.pk], period)
    assert [figures[name] for name in ("help_requests_resolved", "help_requests_on_time", "help_requests_rated")] == [
        1,
        1,
        0,
    ]
    assert not all_differences()


def test_three_times_nobody_home_reaches_the_manager(cast: Cast) -> None:
    request = take_in(cast)
    for n in range(3):
        steps.not_home(request, by=cast.officer, at=MONDAY + dt.timedelta(hours=n))
    assert Message.objects.filter(kind="help_never_home", user=cast.manager).count() == 1


@pytest.mark.parametrize(
    ("words", "code"), [("", "no_words"), ("a", "no_words"), ("长" * 20_000, "too_long"), ("\x00\x07", "no_words")]
)
def test_words_that_cannot_be_kept_get_a_sentence(words: str, code: str, cast: Cast) -> None:
    with pytest.raises(Refusal) as refused:
        take_in(cast, words=words)
    assert (refused.value.code, refused.value.field) == (code, "words")


def test_the_database_refuses_what_cannot_be(cast: Cast) -> None:
    request = take_in(cast)
    for change in ({"state": "closed"}, {"state": "nonsense"}, {"satisfaction": 6}, {"handler": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            HelpRequest.objects.filter(pk=request.pk).update(**change)


def done(request: HelpRequest) -> list[int]:
    return [n for n, row in enumerate(progress(request)) if row["state"] == "done"]


def test_at_the_door_is_the_officer_of_that_grid_or_whoever_has_it_in_hand(cast: Cast) -> None:
    """Another officer of the same community is neither, until it is handed to them."""
    other = make_member(Role.GRID_OFFICER, grid=make_grid(community=cast.home))
    request = take_in(cast)
    with pytest.raises(NotAllowed):
        take(request, "set_out", by=other, at=MONDAY)
    assert HELP.open_steps(request, other) == []
    steps.assign(request, officer=other, by=cast.reception, at=MONDAY)
    take(request, "set_out", by=other, at=MONDAY)


def test_the_progress_line_ticks_only_what_happened(cast: Cast) -> None:
    withdrawn = take_in(cast)
    steps.withdraw(withdrawn, words="不用了", by=cast.elder_account, at=MONDAY)
    assert done(withdrawn) == [0, 5], "nobody came, nobody rang"
    refused = take_in(cast)
    verify = {"finding": VisitFinding.CONFIRMED, "words": "属实", "signed_by": "陈平"}
    steps.verify(refused, **verify, by=cast.officer, at=MONDAY)
    assert done(refused) == [0, 1]
    steps.find_not_eligible(refused, words="户口不在", by=cast.reception, at=MONDAY)
    assert done(refused) == [0, 1, 2]
    ending.call_back(refused, satisfaction=5, by=cast.reception, at=MONDAY)
    assert done(refused) == [0, 1, 2, 4, 5], "it never was solved"
    solved = take_in(cast)
    steps.verify(solved, **verify, by=cast.officer, at=MONDAY)
    steps.handle(solved, by=cast.reception, at=MONDAY)
    steps.resolve(solved, outcome=Outcome.SOLVED, words="办好了", by=cast.reception, at=MONDAY)
    assert done(solved) == [0, 1, 2, 3]
    ending.call_back(solved, satisfaction=5, by=cast.reception, at=MONDAY)
    assert done(solved) == [0, 1, 2, 3, 4, 5]


def test_the_journal_of_papers_reads_in_the_language_of_the_reader_not_of_who_acted(cast: Cast) -> None:
    request = put_into(take_in(cast, category=make_category(papers=["身份证"])), State.VERIFIED, cast.officer)
    steps.apply(request, by=cast.officer, at=MONDAY)
    with override("en"):
        check_paper(Paper.objects.get(), state=PaperState.CHECKED, by=cast.reception, at=MONDAY)
        assert timeline(request.case)[0]["quote"] == "身份证: Checked"
    assert request.case.events.get(kind="paper").words == "身份证：已核对"
    with override("zh-hans"):
        assert timeline(request.case)[0]["quote"] == "身份证：已核对"
