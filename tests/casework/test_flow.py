"""A flow of another service stands on the same inboxes, journals and deadlines, and brings its own words and people."""

import dataclasses
from typing import Any

import pytest

from community_portal import clock
from community_portal.casework.flow import FLOWS, Flow
from community_portal.casework.leaving import release_left_behind
from community_portal.casework.models import Event, SavedFilter, Task
from community_portal.casework.queries import timeline, what_happened
from tests.cast import Cast, leaves
from tests.loans import assigned, borrow
from tests.toy_service.workflow import LOAN

pytestmark = pytest.mark.usefixtures("toy")


@pytest.fixture
def hazard(monkeypatch: pytest.MonkeyPatch) -> Flow:
    lines = {"opened": "上报了隐患", "inspected": "复查了第 %(line)s 处"}
    flow = dataclasses.replace(
        LOAN,
        name="hazard",
        lines=lines,
        said_by_the_portal=frozenset({"inspected"}),
        pool="safety",
    )
    monkeypatch.setitem(FLOWS, flow.name, flow)
    return flow


@pytest.mark.parametrize(
    ("kind", "detail", "words"),
    [
        ("opened", {}, "上报了隐患"),
        ("inspected", {"line": 3}, "复查了第 3 处"),
        ("inspected", {}, "复查了第  处"),
        ("finish", {}, "改装好了"),
        ("note", {}, "补充了几句"),
    ],
)
def test_the_journal_speaks_in_the_words_of_the_flow(
    kind: str, detail: dict[str, Any], words: str, hazard: Flow
) -> None:
    assert what_happened(Event(flow="hazard", kind=kind, detail=detail)) == words


def test_what_another_kind_of_matter_calls_its_lines_is_not_said_of_these(cast: Cast, hazard: Flow) -> None:
    assert [line["what"] for line in timeline(borrow(cast).case)][-1] == "申请借助行器"


def test_work_left_behind_goes_to_those_who_may_do_it(cast: Cast, hazard: Flow) -> None:
    loan = assigned(cast)
    Task.objects.filter(case=loan.case).update(flow="hazard")
    leaves(cast.officer)
    assert release_left_behind(at=clock.now()) == 1
    assert Task.objects.open().get(case=loan.case).role == "safety"


def test_a_filter_kept_or_forgotten_leads_back_to_its_list(cast: Cast, signed_in: Any) -> None:
    client, page = signed_in(cast.reception), "http://localhost/hazards/?state=open"
    kept = {"name": "没办结的", "page": "hazards", "query": "state=open"}
    assert client.post("/filters/", kept, headers={"Referer": page})["Location"] == page
    row = SavedFilter.objects.get(owner=cast.reception)
    assert client.post("/filters/", {"forget": row.pk}, headers={"Referer": page})["Location"] == page
    assert not SavedFilter.objects.exists()
