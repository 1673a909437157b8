"""After the acceptance: money to the fen, three calls, what is lent comes back."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community_portal.casework.actions import PartsMissing
from community_portal.dues.actions import generate_dues
from community_portal.dues.models import DueItem
from community_portal.matters.actions.steps import take
from community_portal.people.actions import close_file
from community_portal.people.models import Role
from community_portal.refusals import Changed, Refusal
from eldercare.actions.acceptance import accept
from eldercare.actions.after import follow_up, settle, take_loan_back
from eldercare.actions.products import record_product
from eldercare.followups import KINDS
from eldercare.models import Loan, Ownership
from eldercare.settling import subsidy_of
from eldercare.workflow.states import State
from tests.eldercare.built import LATER, decide_all, fresh, hear, make_accepting, sign_all
from tests.factories import make_member

FEN = st.integers(0, 5_000_000).map(lambda fen: Decimal(fen) / 100)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(FEN, st.lists(st.tuples(FEN, FEN), max_size=8))
def test_the_programme_pays_the_lower_of_plan_and_invoice_within_the_cap(cap, lines):
    paid = subsidy_of(cap, lines)
    lower = sum(min(funded, invoiced) for funded, invoiced in lines)
    assert paid == min(cap, lower)
    assert 0 <= paid <= sum(invoiced for _funded, invoiced in lines)
    assert paid.as_tuple().exponent >= -2  # whole fen


def accepted(cast, *codes):
    adaptation, visit = make_accepting(cast, *codes)
    decide_all(visit, cast.street_officer)
    hear(adaptation, visit, cast.street_officer)
    sign_all(visit, cast.street_officer)
    accept(fresh(adaptation), by=cast.street_officer, at=LATER, words="")
    return fresh(adaptation)


def bill(cast, **over):
    given = {"invoice": "F-1", "invoice_sum": Decimal("800"), "amounts": {"1": "300", "2": "500"}, "bank_tail": "1234"}
    return given | {"paid_on": LATER.date(), "by": cast.street_officer, "at": LATER, "words": ""} | over


@pytest.mark.django_db
def test_settled_the_three_calls_stand_in_the_register(cast):
    adaptation = accepted(cast, "rail", "floor")
    row = settle(adaptation, **bill(cast))
    adaptation = fresh(adaptation)
    assert (row.paid, adaptation.settled_sum, adaptation.state) == (800, 800, State.FOLLOW_UP)
    assert adaptation.programme.settled == 800
    due = dict(DueItem.objects.values_list("kind", "due_on"))
    assert due == {
        "adaptation_first": dt.date(2026, 12, 25),
        "adaptation_second": dt.date(2027, 2, 25),
        "adaptation_third": dt.date(2027, 11, 25),
    }
    generate_dues(on=LATER.date(), at=LATER, kinds=KINDS.values())
    assert DueItem.objects.open().count() == 3


@pytest.mark.django_db
def test_a_cheaper_invoice_is_paid_as_it_is(cast):
    adaptation = accepted(cast, "rail", "floor")
    row = settle(adaptation, **bill(cast, amounts={"1": "250.50", "2": "500"}, invoice_sum=Decimal("750.50")))
    assert row.paid == Decimal("750.50")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"invoice": " "}, "invoice"),
        ({"invoice_sum": Decimal("801")}, "invoice_sum"),
        ({"amounts": {"1": "301", "2": "500"}, "invoice_sum": Decimal("801")}, "invoice_sum"),
        ({"amounts": {"9": "800"}}, "amounts"),
        ({"amounts": {"1": "-1", "2": "801"}}, "amounts"),
        ({"amounts": "[1]"}, "amounts"),
        ({"paid_on": LATER.date() + dt.timedelta(days=1)}, "paid_on"),
        ({"paid_on": None}, "paid_on"),
    ],
)
def test_a_bill_that_cannot_be_is_refused_beside_its_field(cast, over, field):
    adaptation = accepted(cast, "rail", "floor")
    with pytest.raises(Refusal) as refused:
        settle(adaptation, **bill(cast, **over))
    assert refused.value.field == field
    assert fresh(adaptation).state == State.ACCEPTED


@pytest.mark.django_db
def test_closed_when_the_calls_are_done_or_waived(cast):
    adaptation = accepted(cast, "rail", "floor")
    settle(adaptation, **bill(cast))
    adaptation, carer = fresh(adaptation), make_member(Role.ELDERCARE, community=cast.home)
    with pytest.raises(PartsMissing):
        take(adaptation, "close", by=carer, at=LATER)
    for which in KINDS:
        follow_up(adaptation, which, name="陈平", relation="self", score=4, by=carer, at=LATER)
        adaptation = fresh(adaptation)
    with pytest.raises(Changed):
        follow_up(adaptation, "first", name="陈平", relation="self", score=4, by=carer, at=LATER)
    take(fresh(adaptation), "close", by=carer, at=LATER)
    assert fresh(adaptation).state == State.CLOSED


@pytest.mark.django_db
def test_nobody_is_called_who_has_died(cast):
    adaptation = accepted(cast, "rail", "floor")
    settle(adaptation, **bill(cast))
    close_file(cast.elder, why="deceased", on=LATER.date(), by=cast.reception, at=LATER, seen=cast.elder.version)
    assert not DueItem.objects.open().exists()


@pytest.mark.django_db
def test_a_call_is_written_down_on_its_page(cast):
    adaptation = accepted(cast, "rail", "floor")
    settle(adaptation, **bill(cast))
    client = Client()
    client.force_login(cast.manager)
    url = f"/eldercare/{adaptation.case.number}/follow-up/first/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"name": "陈平", "relation": "self"}).status_code == 422  # neither score nor why not
    assert client.post(url, {"name": "陈平", "relation": "self", "score": "5"}).status_code == 303
    assert adaptation.interviews.filter(months=1).exists()


@pytest.mark.django_db
def test_what_is_lent_comes_back_and_may_stand_in_another_home(cast):
    adaptation, _visit = make_accepting(cast, "bed")
    line = adaptation.plan.lines.get()
    line.ownership = Ownership.LENT
    bed = record_product(line, number=1, seen=1, maker="康禾", serial="KH-1", brand="康禾", by=cast.manager, at=LATER)
    assert bed.loan == Loan.OUT
    client = Client()
    client.force_login(cast.manager)
    assert "KH-1" in client.get("/eldercare/lent/").content.decode()
    assert client.post(f"/eldercare/lent/{bed.pk}/", {"on": LATER.date()}).status_code in (303, 422)
    bed.refresh_from_db()
    if bed.loan == Loan.OUT:
        take_loan_back(bed, on=LATER.date(), by=cast.manager, at=LATER)
    other = record_product(line, number=2, seen=None, maker="康禾", serial="KH-1", by=cast.manager, at=LATER)
    assert other.loan == Loan.OUT
