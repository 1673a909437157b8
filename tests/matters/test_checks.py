"""What a service forgot is said when Django starts, by its number."""

import dataclasses
from typing import Any

import pytest

from community_portal.casework.flow import FLOWS, Flow
from community_portal.matters import checks
from community_portal.matters.kinds import KINDS, Deed, MatterKind
from tests.toy_service.models import Loan
from tests.toy_service.workflow import LOAN, State

pytestmark = pytest.mark.usefixtures("toy")


def ids(found: Any) -> list[str]:
    return [error.id for error in found]


def changed(**over: Any) -> MatterKind:
    return dataclasses.replace(KINDS[LOAN.name], **over)


def with_flow(monkeypatch: pytest.MonkeyPatch, **over: Any) -> Flow:
    flow = dataclasses.replace(LOAN, **over)
    monkeypatch.setitem(FLOWS, flow.name, flow)
    return flow


def test_what_stands_is_whole() -> None:
    assert checks.check_matters() == []


def test_a_flow_without_a_kind_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with_flow(monkeypatch, name="nobodys")
    assert ids(checks.check_matters()) == ["portal.E001"]


def test_a_step_without_a_deed_a_deed_without_a_step_and_a_field_that_is_none() -> None:
    deeds = KINDS[LOAN.name].deeds
    assert ids(checks.undone(changed(deeds=deeds[1:]))) == ["portal.E002"]
    assert ids(checks.undone(changed(deeds=(*deeds, Deed("fly"))))) == ["portal.E002"]
    assert ids(checks.undone(changed(deeds=(Deed("check", fields=("wings",)), *deeds[1:])))) == ["portal.E002"]


def test_a_state_to_which_no_way_leads_is_found() -> None:
    steps = tuple(step for step in LOAN.steps if step.target != State.CLOSED)
    assert ids(checks.unreachable(dataclasses.replace(LOAN, steps=steps))) == ["portal.E003"]


def test_a_message_without_words_is_found() -> None:
    steps = tuple(dataclasses.replace(step, notices=("loan_flown",)) for step in LOAN.steps[:1])
    assert ids(checks.untold(dataclasses.replace(LOAN, steps=steps))) == ["portal.E004"]


def test_an_address_that_leads_nowhere_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ids(checks.lost(changed(my_url="my_flights"))) == ["portal.E005"]
    assert ids(checks.lost(changed(my_url="my_loan_words"))) == ["portal.E005", "portal.E005"]


def test_a_field_that_is_none_cannot_be_forgotten() -> None:
    assert list(checks.unforgotten(changed(personal=("wish", "items__why")))) == []
    found = checks.unforgotten(changed(personal=("wishes", "items__reason", "wings__why")))
    assert ids(found) == ["portal.E007"] * 3


def test_a_truth_that_the_model_does_not_hold_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    held = [one for one in Loan._meta.constraints if one.name != "one_loan_per_case"]
    monkeypatch.setattr(Loan._meta, "constraints", held)
    assert ids(checks.untrue(KINDS[LOAN.name])) == ["portal.E006"]
