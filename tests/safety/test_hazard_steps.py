"""Every step × every state × every role of the table of hazards."""

from typing import Any

import pytest

from community_portal import clock
from community_portal.casework.actions import commission
from safety.models import Hazard
from safety.queries.hazards import asked_now
from safety.workflow.hazards import HAZARD
from safety.workflow.states import HAZARD_GIVEN
from tests.cast import MONDAY, Cast
from tests.matters.walk import broken_rules, people_of
from tests.safety.hazarding import DAY, DUE, Watch, bring_to, found, make_watch, picture, read, signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def watch(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = make_watch(cast)
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    return made


def one_in_each_state(watch: Watch) -> dict[str, int]:
    """Each reported by the elder, given to the company, in the hands of whoever would take its next step."""
    known = {}
    for state in HAZARD.states:
        mine = found(watch, by=watch.cast.elder_account, reporter=watch.cast.elder, code="")
        hazard = bring_to(state, watch, mine)
        commission(hazard, organisation=watch.firm, by=None, at=MONDAY)
        Hazard.objects.filter(pk=hazard.pk).update(handler=watch.cast.officer)
        known[str(state)] = hazard.pk
    return known


def put_into(known: dict[str, int], step: str, state: str) -> Hazard:
    hazard = read(Hazard.objects.get(pk=known[state]))
    if step in ("grant_extension", "refuse_extension") and state in HAZARD_GIVEN:
        Hazard.objects.filter(pk=hazard.pk).update(extension_asked_days=2)
    return read(hazard)


def data_for(watch: Watch, other: Hazard, step: str) -> dict[str, Any]:
    return {
        "words": "写一句说明", "kind": "blocked_way", "level": "general", "photos": [picture()], "officer": watch.safety,
        "organisation": watch.firm, "due_on": DUE, "days": 3, "signature": signature(), "body": watch.fire,
        "outcome": "takes", "name": "王站长", "estate": watch.building.estate, "first": other,
        "answers": dict.fromkeys(asked_now(other), True), "phone": "",
    }  # fmt: skip


def test_hazards(watch: Watch, subtests: pytest.Subtests) -> None:
    known, other = one_in_each_state(watch), found(watch)
    people = people_of(watch.cast, safety=watch.other, property=watch.fang)
    # The company's man mended what was submitted: nobody of theirs may look anyway. Safety's second looks at what the first mended.
    for step in HAZARD.steps:
        with subtests.test(step.name):
            broken = broken_rules(
                HAZARD,
                step,
                people=people,
                put_into=lambda state, name=step.name: put_into(known, name, state),
                data=data_for(watch, other, step.name),
                at=MONDAY + DAY if step.name == "submit" else MONDAY,
            )
            assert list(broken) == []


def test_what_no_table_opens_no_button_offers(watch: Watch) -> None:
    known = one_in_each_state(watch)
    people = people_of(watch.cast, safety=watch.other, property=watch.fang)
    del people["resident"]  # whose buttons are on a page of their own
    for state, pk in known.items():
        for role, person in people.items():
            hazard = read(Hazard.objects.get(pk=pk))
            offered = {step.name for step in HAZARD.open_steps(hazard, person)}
            in_the_table = {s.name for s in HAZARD.steps_from(state) if role in s.roles and s.when(hazard)}
            assert offered == in_the_table
