"""Every step × every state × every role of the table of an adaptation."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from community_portal import clock
from community_portal.casework.actions import commission
from community_portal.people.models import Role
from community_portal.signing.actions import Signer
from community_portal.signing.actions import sign as sign_row
from community_portal.signing.models import Means, Relation
from eldercare.models import Adaptation, CatalogueItem, ChangeOrder, PlanVersion, Programme, WorkOrder
from eldercare.queries.plans import content_of
from eldercare.workflow.adaptation import ADAPTATION
from eldercare.workflow.states import BUILT, State
from tests.cast import Cast
from tests.eldercare.adapting import TOLD, ink, make_builder, make_carer, make_eligible
from tests.eldercare.elders import MONDAY, make_adaptation
from tests.matters.walk import broken_rules, people_of

pytestmark = pytest.mark.django_db
LATER = MONDAY + dt.timedelta(days=20)
AGREED = clock.at_wall(dt.date(2026, 12, 15), dt.time(9, 30))
# The deeds of applying, deciding, planning and ordering, and those that are of any matter; what the others wait for is tested
# with them.
DONE_HERE = (
    "submit", "ask_resident", "answer", "find_eligible", "reject", "end_notice", "propose", "change_plan", "order",
    "ask_change", "grant_change", "refuse_change", "grant_extension", "refuse_extension", "pause", "go_on", "withdraw", "cancel",
)  # fmt: skip


def whole(cast: Cast) -> tuple[Adaptation, dict[str, Any]]:
    """One with everything that any step may want: told, signed, ordered, with a change that is signed."""
    make_eligible(cast)
    carer, (firm, builder) = make_carer(cast), make_builder()
    house, assessor = make_builder("评估中心", Role.ASSESSOR)
    made = make_adaptation(
        cast, consent_at=MONDAY, notice_from=MONDAY.date(), notice_until=MONDAY.date(), bound=300, subsidy=300, **TOLD
    )
    Programme.objects.update(committed=300)
    before = signed_version(made, 1)
    WorkOrder.objects.create(adaptation=made, contractor=firm, plan=before, ordered_on=MONDAY.date())
    commission(made, organisation=firm, role=Role.CONTRACTOR, by=cast.reception, at=MONDAY)
    commission(made, organisation=house, role=Role.ASSESSOR, by=cast.reception, at=MONDAY)
    people = people_of(cast, eldercare=carer, contractor=builder, assessor=assessor)
    return made, people | {"firm": firm}


def signed_version(made: Adaptation, number: int) -> PlanVersion:
    plan = PlanVersion.objects.create(
        adaptation=made, version=number, made_at=MONDAY, proposed_at=MONDAY, total=300, subsidy=300
    )
    plan.lines.create(
        number=1, item=CatalogueItem.objects.get(code="rail"), why="站起来要扶", quantity=1, price=300, funded=300
    )
    return plan


def put_into(made: Adaptation, state: str, firm: Any, step: str) -> Adaptation:
    spec = ADAPTATION.states[state]
    stands = {"paused_at": MONDAY if spec.stops_clock else None, "resume_state": "planning" if spec.stops_clock else ""}
    Adaptation.objects.filter(pk=made.pk).update(
        state=state,
        contractor=firm if state in BUILT else None,
        accepted_at=MONDAY if state in (State.ACCEPTED, State.FOLLOW_UP, State.CLOSED) else None,
        exclusion="unsafe" if state == State.REJECTED else "",
        closed_at=MONDAY if spec.is_end else None,
        extension_asked_days=0 if step == "ask_extension" else 3,
        handler=made.handler,
        **stands,
    )
    return Adaptation.objects.select_related("case__resident", "community__street", "programme", "resident").get(
        pk=made.pk
    )


def data_for(step: str, cast: Cast, firm: Any, made: Adaptation) -> dict[str, Any]:
    return {
        "words": "写一句说明", "seen": None, "exclusion": "unsafe", "assessor": None, "contractor": firm, "days": 2,
        "starts_at": AGREED, "minutes": 30, "wished": True, "photos": [], "officer": cast.officer,
        "line": made.plans.get(version=1).lines.get(), "what": "change", "price": Decimal(280), "signature": None,
        "signed_by": "陈平", "satisfaction": 5, "relation": Relation.SELF, "means": Means.PAPER,
        "starts_on": LATER.date(), "ends_on": LATER.date(), "safety_read": True,
    }  # fmt: skip


@pytest.mark.parametrize("step", [step.name for step in ADAPTATION.steps])
def test_the_table_opens_a_step_to_nobody_else(step: str, cast: Cast) -> None:
    """For each state and each person: the step is offered if and only if the table says so."""
    made, people = whole(cast)
    firm, known = people.pop("firm"), ADAPTATION.by_name[step]
    broken = []
    for state in ADAPTATION.states:
        found = put_into(made, state, firm, step)
        if not known.when(found):
            continue
        for role, person in people.items():
            offered = known in ADAPTATION.open_steps(found, person, is_party=role == "resident")
            if offered != (state in known.sources and role in known.roles):
                broken.append(f"{step} from {state} by {role}")
    assert broken == []


@pytest.mark.parametrize("step", DONE_HERE)
def test_step_is_open_exactly_where_the_table_says(step: str, cast: Cast) -> None:
    """The deed goes through if and only if the table opens it to them."""
    made, people = whole(cast)
    firm = people.pop("firm")
    before = made.plans.get(version=1)
    if step in ("order", "change_plan", "ask_change"):
        sign_by_hand(made, before, cast)
    if step in ("grant_change", "refuse_change"):
        sign_by_hand(made, before, cast)
        after = signed_version(made, 2)
        sign_by_hand(made, after, cast)
        ChangeOrder.objects.create(
            adaptation=made, before=before, after=after, why="换一家的", asked_by=people["contractor"], asked_at=MONDAY
        )
    broken = broken_rules(
        ADAPTATION,
        ADAPTATION.by_name[step],
        people=people,
        put_into=lambda state: put_into(made, state, firm, step),
        data=data_for(step, cast, firm, made),
        at=LATER,
    )
    assert list(broken) == []


def sign_by_hand(made: Adaptation, plan: PlanVersion, cast: Cast) -> None:
    sign_row(
        made,
        document="plan",
        part=f"v{plan.version}",
        content=content_of(plan),
        signer=Signer("陈平", Relation.SELF, made.resident),
        means=Means.FINGER,
        by=cast.reception,
        at=MONDAY,
        authority="role:receptionist",
        needs_own_will=True,
        signature=ink(),
    )
    PlanVersion.objects.filter(pk=plan.pk).update(signed_at=MONDAY)
