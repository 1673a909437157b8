"""What somebody reads of a case follows from its matters: the first may be none of their business, the second theirs."""

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from appointments.models import HelpRequest
from appointments.workflow import HELP
from community_portal import clock
from community_portal.casework.actions import open_case, open_part
from community_portal.casework.flow import FLOWS, Flow, may_open
from community_portal.casework.models import (
    Attachment,
    AttachmentKind,
    Case,
    Matter,
    Task,
)
from community_portal.casework.notices import tell_about_task
from community_portal.casework.queries import count_of_others, inbox_rows, timeline, told_elsewhere
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.front.doors import DOORS, _door
from community_portal.matters.actions.visits import plan_visit
from community_portal.matters.api import MatterSerializer
from community_portal.matters.finders import find_matters
from community_portal.matters.lines import family_of, relatives_of
from community_portal.matters.lists import filtered, for_list, table_of
from community_portal.matters.notices import tell_officer
from community_portal.matters.queries import subject_for, under_way_for
from community_portal.outbox.models import Message
from community_portal.people.models import Organisation, User
from tests.cast import Cast
from tests.factories import Role, make_category, make_member
from tests.help_requests import take_in
from tests.loans import borrow, put_into
from tests.toy_service.models import Loan
from tests.toy_service.workflow import LOAN, State


class LoanSerializer(MatterSerializer):
    class Meta(MatterSerializer.Meta):
        model = Loan


@pytest.fixture(autouse=True)
def read_by_safety(toy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loans are read by those who do their steps, and by the specialists of safety."""
    flow = dataclasses.replace(LOAN, readers=HELP.readers | {"safety"})
    monkeypatch.setattr(Loan, "flow", flow)
    monkeypatch.setitem(FLOWS, flow.name, flow)


@dataclasses.dataclass
class Two:
    """A request for care, and the loan that grew out of it on the same case."""

    request: HelpRequest
    loan: Loan
    readers: dict[str, User]


@pytest.fixture
def two(cast: Cast) -> Two:
    request = take_in(cast, category=make_category(readers=[Role.ELDERCARE]))
    loan = borrow(cast, case=request.case, words="走路不稳")
    readers = {role: make_member(role, community=cast.home) for role in (Role.ELDERCARE, Role.SAFETY, Role.CHARGING)}
    return Two(request, loan, {"reception": cast.reception} | {str(role): user for role, user in readers.items()})


# Who reads what of the case: its first matter, its second.
READS = {
    "reception": (True, True),
    "eldercare": (True, False),
    "safety": (False, True),
    "charging": (False, False),
}


@pytest.mark.parametrize("role", READS)
def test_matters_case_journal_and_count_go_together(role: str, two: Two) -> None:
    user, (first, second) = two.readers[role], READS[role]
    read = HelpRequest.objects.visible_to(user), Loan.objects.visible_to(user)
    assert tuple(rows.exists() for rows in read) == (first, second)
    assert Case.objects.visible_to(user).exists() == (first or second)
    flows = {FLOWS[name].label for name, is_read in ((HELP.name, first), (LOAN.name, second)) if is_read}
    quotes = {line["quote"] for line in timeline(two.request.case, reader=user)}
    assert (two.request.case.words in quotes, "走路不稳" in quotes) == (first, second)
    assert count_of_others(two.request.case, user) == 2 - len(flows)
    assert Task.objects.open().visible_to(user).count() == len(flows)


@pytest.mark.parametrize("role", READS)
def test_what_is_under_way_names_what_the_reader_reads_and_counts_the_rest(role: str, two: Two, cast: Cast) -> None:
    first, second = READS[role]
    told = under_way_for(cast.elder, reader=two.readers[role])
    titles = {str(line["title"]) for line in told.lines}
    # Who does not read the first matter is not told its subject, which is that of the case.
    assert (two.request.case.title in titles, told.others) == (first, 2 - first - second)
    assert ("助行器借用" in titles) == (second and not first)


@pytest.mark.parametrize("role", READS)
def test_a_file_is_read_with_its_matter(role: str, two: Two, cast: Cast) -> None:
    def keep(matter: Matter, number: int) -> Attachment:
        event = matter.case.events.get(flow=matter.flow.name, kind="opened")
        file = ReadFile(b"%%PDF-1.4 %d" % number, "证明.pdf", "application/pdf", "pdf")
        about: dict[str, Any] = {"kind": AttachmentKind.PAPER, "by": cast.reception, "at": clock.now()}
        return keep_file(matter.case, file, event=event, **about)

    files = keep(two.request, 1), keep(two.loan, 2)
    seen = set(Attachment.objects.visible_to(two.readers[role]))
    assert tuple(file in seen for file in files) == READS[role]


def test_the_inbox_of_a_specialist_does_not_quote_the_first_matter(two: Two) -> None:
    Task.objects.filter(matter_id=two.loan.pk, flow="loan").update(assignee=two.readers["safety"])
    for role, title in (("safety", "助行器借用"), ("reception", two.request.case.title)):
        user = two.readers[role]
        tasks = list(Task.objects.filter(flow="loan").select_related("case__resident"))
        assert [row["title"] for row in inbox_rows(tasks, user=user, at=clock.now())] == [title]


def rows_for(user: User, **wanted: str) -> list[Any]:
    """The list of loans, narrowed."""
    found = filtered(for_list(Loan.objects.visible_to(user)), wanted, reader=user, at=clock.now())
    return list(table_of(Loan, found, reader=user, at=clock.now()))


def _hits(user: Any, text: str) -> list[Any]:
    return dict(find_matters(user, text)).get("助行器借用", [])


def test_the_list_of_the_second_kind_shows_no_subject_of_the_first_and_finds_nothing_by_it(two: Two) -> None:
    title, number = two.request.case.title, two.request.case.number
    for role, is_told in (("reception", True), ("safety", False)):
        user = two.readers[role]
        [line] = rows_for(user)
        assert line.title == (title if is_told else "助行器借用")
        assert bool(rows_for(user, q=title[:3])) == is_told
        assert rows_for(user, q=number) and rows_for(user, q=str(two.request.case.resident))
        assert {hit.title for hit in _hits(user, title)} == ({title} if is_told else set())
        assert {hit.title for hit in _hits(user, number)} == {line.title}


def test_nor_does_the_inbox_find_by_it(two: Two, signed_in: Any) -> None:
    Task.objects.filter(matter_id=two.loan.pk, flow="loan").update(assignee=two.readers["safety"])
    Task.objects.filter(matter_id=two.request.pk, flow=HELP.name).update(assignee=two.readers["reception"])
    for role, is_told in (("reception", True), ("safety", False)):
        client = signed_in(two.readers[role])
        for text, finds in ((two.request.case.title[1:4], is_told), (two.request.case.number, True)):
            assert bool(client.get("/inbox/", {"q": text}).context["groups"]) == finds, (role, text)


def test_slip_step_api_doors_and_relatives_say_as_little(two: Two, cast: Cast, rf: Any) -> None:
    title, loan = two.request.case.title, Loan.objects.select_related("case").get(pk=two.loan.pk)
    for role, is_told in (("reception", True), ("safety", False)):
        user = two.readers[role]
        wanted = title if is_told else "助行器借用"
        request = rf.get("/")
        request.user = user
        assert subject_for(loan, user) == wanted
        assert LoanSerializer(loan, context={"request": request}).data["title"] == wanted
        assert [row["title"] for row in LoanSerializer([loan], many=True, context={"request": request}).data] == [
            wanted
        ]
    Loan.objects.filter(pk=loan.pk).update(handler=two.readers["safety"])
    door = _door(DOORS[-1], loan, clock.now(), told_elsewhere([loan.case], two.readers["safety"]))
    assert title not in (door.title, door.label)
    part = open_part(two.request.case, title="又一件", words="又一件", source="desk", by=None, at=clock.now())
    other = borrow(cast, case=part)  # the relative of that loan
    assert {row["title"] for row in relatives_of(family_of(other), two.readers["safety"])} == {"助行器借用"}
    assert title in {row["title"] for row in relatives_of(family_of(other), two.readers["reception"])}


def test_pages_of_staff_name_no_subject_but_the_one_that_is_told() -> None:
    """The template is given what the reader may know; only the resident's own page shows what their case is about."""
    templates = Path(settings.BASE_DIR, "templates")
    naming = {path.relative_to(templates) for path in templates.rglob("*.html") if "case.title" in path.read_text()}
    about_places = {"charging", "deliberations", "safety"}  # of a drill or a site everybody may read what it is about
    assert {str(path) for path in naming if path.parts[0] not in about_places} == {"matters/my_matter.html"}


def test_messages_and_visits_of_the_second_matter_do_not_speak_of_the_first(two: Two, cast: Cast) -> None:
    at, title = clock.now(), two.request.case.title
    loan = Loan.objects.get(pk=two.loan.pk)
    tell_officer("matter_assigned", loan, two.readers["safety"], at=at)
    tell_about_task("task_overdue", Task.objects.get(matter_id=loan.pk, flow="loan"), due=at, at=at)
    said = [message.context for message in Message.objects.filter(kind__in=["matter_assigned", "task_overdue"])]
    said = [context for context in said if context["number"] == loan.case.number][-2:]
    assert len(said) >= 2 and {context["title"] for context in said} == {"助行器借用"} and title not in str(said)
    assert two.request.own_subject == title
    tomorrow = clock.at_wall(clock.today() + dt.timedelta(days=1), dt.time(14))
    loan = put_into(loan, State.READY, cast)
    agreed = plan_visit(loan, starts_at=tomorrow, wished=True, by=loan.handler, at=at)
    assert agreed.note == "助行器借用", "who reads the visit reads what it is for, and no more"


def test_a_case_without_a_matter_is_the_whole_house_s(cast: Cast, two: Two) -> None:
    empty = open_case(
        community=cast.home, grid=cast.grid, resident=cast.elder, asker=None, title="空", words="空", source="desk",
        phone_tail="", by=cast.reception, at=clock.now(),
    )  # fmt: skip
    for user in two.readers.values():
        assert empty in Case.objects.visible_to(user)
    assert empty not in Case.objects.visible_to(cast.stranger)


def test_nobody_does_what_they_may_not_read() -> None:
    with pytest.raises(ValueError, match="receptionist"):
        dataclasses.replace(LOAN, name="secret", readers=frozenset({"manager", "grid_officer"}))


def test_who_may_open_a_matter_is_data(cast: Cast) -> None:
    property_firm = Organisation.objects.create(name="好邻物业", kind=Role.PROPERTY)
    keeper = make_member(Role.PROPERTY, organisation=property_firm)
    safety = make_member(Role.SAFETY, community=cast.home)
    plain = dataclasses.replace(LOAN, name="plain", openers=frozenset())
    hazard = dataclasses.replace(LOAN, name="hazard", openers=frozenset({Role.SAFETY, Role.PROPERTY}))

    def opens(flow: Flow) -> list[str]:
        people = {
            "reception": cast.reception, "officer": cast.officer, "safety": safety, "keeper": keeper,
            "street": cast.street_officer, "stranger": cast.stranger, "elder": cast.elder_account,
        }  # fmt: skip
        return [name for name, user in people.items() if may_open(flow, user, cast.home)]

    assert opens(plain) == ["reception", "officer"]
    assert opens(hazard) == ["safety", "keeper"], "the property company names no street: it works in all"
    property_firm.streets.add(cast.street)
    assert opens(hazard) == ["safety", "keeper"]
    assert not may_open(hazard, keeper, cast.next_door), "in its streets only"
    assert may_open(plain, cast.admin, cast.home)
