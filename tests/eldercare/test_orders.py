"""The order, what is changed in it, what comes to nothing, and what the database itself keeps."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from community_portal.casework.actions import PartsMissing
from community_portal.casework.models import Commission
from community_portal.matters.actions.steps import take
from community_portal.outbox.models import Message
from community_portal.people.models import Role
from community_portal.refusals import Refusal
from eldercare.actions import changes, giving_up, orders
from eldercare.models import Adaptation, PlanLine, PlanVersion, Programme, WorkOrder
from eldercare.workflow.states import State
from tests.cast import Cast
from tests.eldercare.adapting import (
    DAY,
    HOUR,
    fresh,
    make_builder,
    make_carer,
    ordered,
    proposed,
    sign,
)
from tests.eldercare.elders import MONDAY, make_adaptation, make_programme

pytestmark = pytest.mark.django_db


def code_of(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.code


# ---- the order and what is changed in it ----------------------------------------------------------------------------
def test_nothing_is_ordered_without_a_name_or_without_people(cast: Cast) -> None:
    carer = make_carer(cast)
    firm, _builder = make_builder()
    made = proposed(cast, carer)
    with pytest.raises(PartsMissing):
        orders.order(made, contractor=firm, by=carer, at=MONDAY)
    sign(made)
    made = fresh(made)
    empty = type(firm).objects.create(name="空壳施工队", kind=Role.CONTRACTOR)
    for contractor, code in ((None, "no_contractor"), (empty, "nobody_there")):
        with pytest.raises(Refusal) as refused:
            orders.order(made, contractor=contractor, by=carer, at=MONDAY)
        assert code_of(refused) == code
    assert not WorkOrder.objects.exists() and not Commission.objects.exists()


def test_another_builder_takes_the_place_of_the_first(cast: Cast) -> None:
    carer, (firm, first), (other, second) = make_carer(cast), make_builder(), make_builder("新安施工队")
    made = ordered(cast, carer, firm)
    orders.order(made, contractor=other, by=carer, at=MONDAY + 5 * HOUR)
    assert [order.contractor for order in WorkOrder.objects.filter(refused_at=None)] == [other]
    assert not Adaptation.objects.visible_to(first).exists() and Adaptation.objects.visible_to(second).exists()


def at_work(cast: Cast) -> tuple[Adaptation, Any, Any]:
    carer, (firm, builder) = make_carer(cast), make_builder()
    made = ordered(cast, carer, firm)
    Adaptation.objects.filter(pk=made.pk).update(state=State.WORKS)
    return fresh(made), builder, carer


def test_a_change_holds_when_the_elder_signed_and_the_street_granted_it(cast: Cast) -> None:
    made, builder, _carer = at_work(cast)
    line = made.signed_plan.lines.get()
    before = made.signed_plan
    changes.ask_change(made, line=line, price=Decimal("320"), spec="加厚", words="原来的停产了", by=builder, at=MONDAY)
    assert made.state == State.CHANGING and made.signed_plan == before
    with pytest.raises(PartsMissing, match="还没有签字"):
        changes.grant_change(made, by=cast.street_officer, at=MONDAY)
    after = sign(made)
    assert after.version == 2 and fresh(made).signed_plan == before
    made = fresh(made)
    changes.grant_change(made, by=cast.street_officer, at=MONDAY)
    assert made.signed_plan == after and made.bound == made.subsidy == 640
    assert WorkOrder.objects.get().plan == after
    assert Programme.objects.get().committed == 640


def test_a_refused_change_leaves_the_plan_as_it_was(cast: Cast) -> None:
    made, builder, _carer = at_work(cast)
    before = made.signed_plan
    line = before.lines.get()
    with pytest.raises(Refusal) as refused:
        changes.ask_change(made, line=line, words="一样的", by=builder, at=MONDAY)
    assert code_of(refused) == "same_line"
    made = fresh(made)
    with pytest.raises(Refusal) as refused:
        changes.ask_change(made, line=line, what=changes.DROP, words="不做了", by=builder, at=MONDAY)
    assert code_of(refused) == "nothing_left"
    made = fresh(made)
    changes.ask_change(made, line=line, quantity=Decimal(1), words="只装得下一根", by=builder, at=MONDAY)
    sign(made)
    made = fresh(made)
    changes.refuse_change(made, words="两根都要", by=cast.street_officer, at=MONDAY)
    assert made.state == State.WORKS and made.signed_plan == before and made.subsidy == 600


# ---- coming to nothing -----------------------------------------------------------------------------------------------
def test_withdrawing_frees_the_money(cast: Cast) -> None:
    made = proposed(cast, make_carer(cast))
    giving_up.withdraw(made, words="孩子不同意", by=cast.elder_account, at=MONDAY + 3 * HOUR)
    assert made.state == State.WITHDRAWN and Programme.objects.get().committed == 0


def test_ending_ordered_works_tells_the_builder(cast: Cast) -> None:
    firm, builder = make_builder()
    made = ordered(cast, make_carer(cast), firm)
    giving_up.cancel(made, words="房子卖了", by=cast.street_officer, at=MONDAY + 5 * HOUR)
    assert Message.objects.filter(kind="adapt_cancelled", user=builder).exists()
    assert not Message.objects.filter(kind="adapt_cancelled", resident=cast.elder).exists()
    assert Programme.objects.get().committed == 0 and not Commission.objects.in_force().exists()


def test_paused_works_go_on_where_they_were(cast: Cast) -> None:
    made, _builder, carer = at_work(cast)
    take(made, "pause", words="住院", by=carer, at=MONDAY + 5 * HOUR)
    take(made, "go_on", by=carer, at=MONDAY + DAY)
    assert made.state == State.WORKS


# ---- the database ----------------------------------------------------------------------------------------------------
def test_the_database_keeps_a_signed_plan_and_its_lines(cast: Cast) -> None:
    made = proposed(cast, make_carer(cast))
    sign(made)
    line = PlanLine.objects.get()
    for deed in (
        lambda: PlanVersion.objects.update(total=1),
        lambda: PlanLine.objects.update(quantity=3),
        lambda: PlanLine.objects.filter(pk=line.pk).delete(),
        lambda: PlanLine.objects.create(plan=line.plan, number=9, item=line.item, quantity=1, price=1, why="偷偷加的"),
    ):
        with pytest.raises(Exception, match=r"signed plan|signed_plan|Cannot"), transaction.atomic():
            deed()


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"committed": 100_001}, "programme_stays_within_its_budget"),
        ({"committed": -1}, "programme_stays_within_its_budget"),
        ({"cap": 0}, "programme_has_a_cap"),
    ],
)
def test_the_database_keeps_the_budget(cast: Cast, values: dict[str, int], name: str) -> None:
    make_programme(cast)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Programme.objects.update(**values)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"subsidy": 3001}, "subsidy_stays_within_the_cap"),
        ({"bound": 3001}, "bound_money_stays_within_the_cap"),
        ({"settled_sum": 1}, "settled_is_at_most_what_was_accepted"),
        ({"state": State.REJECTED, "closed_at": MONDAY}, "rejected_adaptation_has_a_reason"),
    ],
)
def test_the_database_keeps_the_money_of_a_home(cast: Cast, values: dict[str, Any], name: str) -> None:
    made = make_adaptation(cast)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Adaptation.objects.filter(pk=made.pk).update(**values)
