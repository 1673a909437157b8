"""The plan and the names under it: what each deed refuses, and why."""

import datetime as dt
from decimal import Decimal

import pytest

from community_portal.casework.actions import PartsMissing
from community_portal.people.models import Delegation, DelegationScope
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.signing.models import Means, Relation, Signing
from eldercare.actions import orders, plans
from eldercare.models import FamilyContact, PlanLine, Programme
from eldercare.queries.plans import plan_to_sign
from eldercare.workflow.states import State
from tests.cast import Cast
from tests.eldercare.adapting import (
    DAY,
    HOUR,
    add_line,
    fresh,
    make_builder,
    make_carer,
    make_eligible,
    planning,
    proposed,
    sign,
)
from tests.eldercare.elders import MONDAY, make_catalogue, make_programme
from tests.factories import make_resident, make_user

pytestmark = pytest.mark.django_db


def code_of(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.code


# ---- the plan --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"why": ""}, "reason"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "-1"}, "quantity"),
        ({"price": "-1"}, "price"),
        ({"price": "0", "quantity": "3"}, "price"),
        ({"room": "cellar"}, "room"),
        ({"ownership": "lent"}, "ownership"),
    ],
)
def test_a_line_says_why_and_costs_something(cast: Cast, line: dict[str, str], field: str) -> None:
    carer = make_carer(cast)
    made = planning(cast)
    with pytest.raises(Refusal) as refused:
        add_line(made, "rail", by=carer, **line)
    assert refused.value.field == field
    assert not PlanLine.objects.exists()


def test_only_a_given_device_may_cost_nothing(cast: Cast) -> None:
    carer = make_carer(cast)
    made = planning(cast)
    assert add_line(made, "bed", by=carer, price="0", quantity="3").family == 0


def test_the_cap_of_the_decision_stays_whatever_the_programme_says_later(cast: Cast) -> None:
    carer = make_carer(cast)
    made = planning(cast)
    Programme.objects.update(cap=100)
    line = add_line(fresh(made), "rail", by=carer, quantity="2")
    assert (line.funded, line.family) == (600, 0)


def test_an_item_of_another_list_is_refused(cast: Cast) -> None:
    carer = make_carer(cast)
    made = planning(cast)
    other = make_catalogue(version=2)
    with pytest.raises(Refusal) as refused:
        plans.save_line(
            made, item=other.items.first(), quantity=Decimal(1), price=Decimal(1), why="要扶", by=carer, at=MONDAY
        )
    assert code_of(refused) == "other_list"


def test_changing_and_dropping_lines_makes_the_sums_anew(cast: Cast) -> None:
    carer = make_carer(cast)
    made = planning(cast)
    line = add_line(made, "rail", by=carer, quantity="2", price="400")
    plan = made.plan
    assert (plan.total, plan.subsidy, plan.self_pay) == (800, 700, 100)
    item = line.item
    plans.save_line(
        made, number=1, item=item, quantity=Decimal(1), price=Decimal(400), why="要扶", by=carer, at=MONDAY,
        is_self_paid=True,
    )  # fmt: skip
    assert (made.plan.subsidy, made.plan.self_pay) == (0, 400)
    plans.drop_line(made, number=1, by=carer, at=MONDAY)
    assert made.plan.total == 0
    with pytest.raises(PartsMissing):
        plans.propose(made, by=carer, at=MONDAY)


def test_reception_makes_no_plan(cast: Cast) -> None:
    made = planning(cast)
    with pytest.raises(NotAllowed):
        add_line(made, "rail", by=cast.reception)


def test_the_budget_refuses_what_it_has_not(cast: Cast) -> None:
    carer = make_carer(cast)
    make_programme(cast, budget=Decimal("500"))
    made = planning(cast)
    add_line(made, "rail", by=carer, quantity="2")
    with pytest.raises(Refusal) as refused:
        plans.propose(made, by=carer, at=MONDAY)
    assert code_of(refused) == "no_budget"
    assert fresh(made).state == State.PLANNING and fresh(made).bound == 0


def test_going_back_frees_the_money_and_the_next_version_is_another(cast: Cast) -> None:
    carer = make_carer(cast)
    made = proposed(cast, carer)
    assert Programme.objects.get().committed == 600
    sign(made)
    made = fresh(made)
    plans.change_plan(made, words="夜灯也要", by=cast.elder_account, at=MONDAY + 3 * HOUR)
    assert Programme.objects.get().committed == 0 and made.subsidy == 0
    add_line(made, "floor", by=carer, price="500")
    assert [plan.version for plan in made.plans.all()] == [2, 1]
    assert made.plans.get(version=1).lines.count() == 1 and made.plan.lines.count() == 2
    plans.propose(made, by=carer, at=MONDAY + 4 * HOUR)
    with pytest.raises(PartsMissing, match="还没有签字"):
        orders.order(made, contractor=make_builder()[0], by=carer, at=MONDAY + 5 * HOUR)
    assert Signing.objects.count() == 1  # the old name stays readable


# ---- names -----------------------------------------------------------------------------------------------------------
def test_what_is_ours_to_pay_is_ticked_first(cast: Cast) -> None:
    carer = make_carer(cast)
    made = planning(cast)
    add_line(made, "bed", by=carer, price="2500")
    plans.propose(made, by=carer, at=MONDAY)
    with pytest.raises(Refusal) as refused:
        sign(made, pays=False)
    assert (code_of(refused), refused.value.field) == ("not_told_to_pay", "pays")
    sign(made)


@pytest.mark.parametrize("relation", [Relation.CHILD, Relation.SPOUSE, Relation.OTHER, Relation.GUARDIAN])
def test_nobody_else_signs(cast: Cast, relation: str) -> None:
    made = proposed(cast, make_carer(cast))
    with pytest.raises(Refusal):
        sign(made, relation=relation, by=cast.reception)
    assert not Signing.objects.exists()


def test_the_guardian_on_file_signs_and_nobody_with_another_number(cast: Cast) -> None:
    make_eligible(cast)
    FamilyContact.objects.create(
        elder=cast.elder.elder, name="陈晓", relation="女儿", phone="+8613811112222", is_guardian=True
    )
    made = proposed(cast, make_carer(cast))
    son = make_user(username="son", phone="+8613811113333")
    with pytest.raises(NotAllowed):
        sign(made, relation=Relation.GUARDIAN, name="陈晓", by=son)
    daughter = make_user(username="daughter", phone="+8613811112222")
    plan = sign(made, relation=Relation.GUARDIAN, name="陈晓", by=daughter)
    assert made.signed_plan == plan


def test_builders_assessors_agents_children_and_empty_canvases_sign_nothing(cast: Cast) -> None:
    firm, builder = make_builder()
    made = proposed(cast, make_carer(cast))
    with pytest.raises(NotAllowed):
        sign(made, by=builder)
    with pytest.raises(NotAllowed):
        sign(made, by=cast.stranger)
    agent = make_user(username="agent", phone="+8613811112222")
    Delegation.objects.create(
        principal=cast.elder, agent=agent, relation="女儿", proof="当面", created_by=cast.reception, created_at=MONDAY,
        scopes=DelegationScope.values, starts_on=MONDAY.date() - DAY,
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        sign(made, by=agent)
    with pytest.raises(Refusal) as refused:
        sign(made, signature=None)
    assert code_of(refused) == "no_signature"
    cast.elder.born_on = dt.date(2020, 5, 1)
    cast.elder.save()
    with pytest.raises(Refusal) as refused:
        sign(made)
    assert code_of(refused) == "minor"
    assert not Signing.objects.exists()


def test_the_phone_of_who_works_on_it_signs_nothing(cast: Cast) -> None:
    made = proposed(cast, make_carer(cast))
    type(cast.reception).objects.filter(pk=cast.reception.pk).update(work_phone="+8613844445555")
    with pytest.raises(Refusal) as refused:
        sign(made, phone="+8613844445555")
    assert code_of(refused) == "not_their_phone"
    child = make_resident(household=cast.household, name="陈小", phone="+8613866667777", born_on=dt.date(2019, 1, 1))
    assert child.contacts.exists()
    with pytest.raises(Refusal):
        sign(made, phone="+8613866667777")


def test_another_hash_is_another_plan(cast: Cast) -> None:
    made = proposed(cast, make_carer(cast))
    with pytest.raises(Refusal) as refused:
        sign(made, seen_hash="0" * 64)
    assert code_of(refused) == "content_changed"
    sign(made, seen_hash=plan_to_sign(made).content_sha256)
    with pytest.raises(Changed):
        sign(made)


def test_paper_is_a_photo_and_who_wrote_it_down(cast: Cast) -> None:
    made = proposed(cast, make_carer(cast))
    sign(made, means=Means.PAPER, by=cast.officer)
    kept = Signing.objects.get()
    assert (kept.means, kept.recorded_by) == (Means.PAPER, cast.officer) and kept.attachment is not None
