"""After the acceptance: the invoice is paid within cap and budget, the elder is asked again, lent things come back."""

import datetime as dt
import json
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.actions import authority_over
from community_portal.dues.actions import settle_dues
from community_portal.matters.actions.steps import take
from community_portal.people.models import User
from community_portal.refusals import Changed, Refusal
from eldercare.actions.acceptance import record_interview
from eldercare.actions.budget import pay
from eldercare.followups import KINDS, months_of, put_all, ref_of
from eldercare.models import Adaptation, Loan, PlanLine, ProductRecord, Settlement
from eldercare.money import plain_sum
from eldercare.settling import subsidy_of
from eldercare.workflow.built import PASSED, newest_results
from eldercare.workflow.states import State


def payable_lines(adaptation: Adaptation) -> list[PlanLine]:
    """Those that passed; waived, failed and missing ones are not paid."""
    return [row.line for _n, row in sorted(newest_results(adaptation).items()) if row.result in PASSED]


@transaction.atomic
def settle(
    adaptation: Adaptation,
    *,
    invoice: str,
    invoice_sum: Any,
    amounts: Any,
    bank_tail: str,
    paid_on: Any,
    by: User,
    at: dt.datetime,
    **given: Any,
) -> Settlement:
    """Pays what really stands there. Raises Refusal beside ``invoice``, ``invoice_sum``, ``amounts`` or ``paid_on``."""
    asked = _amounts(amounts)
    lines = payable_lines(adaptation)
    _must_add_up(lines, asked, invoice_sum)
    _must_be_a_day(paid_on, adaptation, at)
    paid = subsidy_of(adaptation.cap, [(line.funded, asked.get(line.number, Decimal(0))) for line in lines])
    paid = min(paid, adaptation.accepted_sum)
    if not invoice.strip():
        raise Refusal(_("请写发票号。"), code="no_invoice", field="invoice")
    take(adaptation, "settle", by=by, at=at, changes={"settled_at": at, "settled_sum": paid}, **given)
    pay(adaptation, paid)
    row = Settlement(
        adaptation=adaptation,
        contractor=adaptation.contractor,
        invoice=invoice.strip(),
        invoice_sum=invoice_sum,
        amounts={str(number): str(amount) for number, amount in asked.items()},
        paid=paid,
        bank_tail=bank_tail,
        paid_on=paid_on,
        by=by,
        at=at,
    )
    _save(row)
    put_all(adaptation, at=at)
    return row


def _amounts(given: Any) -> dict[int, Decimal]:
    """What the invoice asks for each line, by its number; from the API as a JSON object."""
    try:
        found = json.loads(given) if isinstance(given, str) else given or {}
        amounts = {int(number): Decimal(str(amount)) for number, amount in found.items()}
    except (ValueError, AttributeError, InvalidOperation) as error:
        raise Refusal(_("金额读不懂，请重新填。"), code="bad_amounts", field="amounts") from error
    if any(not amount.is_finite() or amount < 0 for amount in amounts.values()):
        raise Refusal(_("金额不能是负数。"), code="bad_amounts", field="amounts")
    return amounts


def _must_add_up(lines: list[PlanLine], asked: dict[int, Decimal], invoice_sum: Decimal | None) -> None:
    known = {line.number: line.funded + line.family for line in lines}
    if set(asked) - set(known):
        raise Refusal(_("没有通过验收的项目不能结算。"), code="not_accepted", field="amounts")
    if invoice_sum is None or sum(asked.values(), Decimal(0)) != invoice_sum:
        raise Refusal(_("发票金额要等于各项加起来。"), code="sum_differs", field="invoice_sum")
    over = [number for number, amount in asked.items() if amount > known[number]]
    if over:
        sentence = _("第 %(n)s 项超过方案里的 %(most)s 元。") % {"n": over[0], "most": plain_sum(known[over[0]])}
        raise Refusal(sentence, code="over_plan", field="invoice_sum")


def _must_be_a_day(paid_on: dt.date | None, adaptation: Adaptation, at: dt.datetime) -> None:
    first = clock.local(adaptation.accepted_at or at).date()
    if paid_on is None or not first <= paid_on <= clock.local(at).date():
        raise Refusal(_("付款日期要在验收以后，不能在将来。"), code="bad_day", field="paid_on")


def _save(row: Settlement) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "invoice_is_paid_once" not in str(error):
            raise
        raise Refusal(_("这张发票已经结算过了。"), code="invoice_paid", field="invoice", status=409) from error


@transaction.atomic
def follow_up(adaptation: Adaptation, which: str, *, by: User, at: dt.datetime, **said: Any) -> None:
    """One of the three calls: what they say now, and the due item is done. Raises Changed when somebody asked already."""
    if adaptation.state != State.FOLLOW_UP:
        raise Changed(_("情况有变：这一户现在不用回访。"))
    today = clock.local(at).date()
    months = months_of(which, street=adaptation.community.street, on=today)
    record_interview(adaptation, visit=None, months=months, by=by, at=at, **said)
    adaptation.write("followed_up", by=by, at=at, authority=authority_over(adaptation, by), detail={"months": months})
    done = settle_dues(
        tags=KINDS[which].tags, refs=[ref_of(adaptation)], on=today, ref=adaptation.case.number, by=by, at=at
    )
    if not done:
        raise Changed(_("情况有变：这次回访刚刚已经做了。"))


@transaction.atomic
def take_loan_back(product: ProductRecord, *, on: dt.date, by: User, at: dt.datetime) -> None:
    """A thing that was lent is back, and may stand in another home."""
    adaptation = product.line.plan.adaptation
    authority = authority_over(adaptation, by)
    if on > clock.local(at).date():
        raise Refusal(_("收回日期不能在将来。"), code="bad_day", field="on")
    found = ProductRecord.objects.filter(pk=product.pk, loan=Loan.OUT)
    if not found.update(loan=Loan.BACK, came_back_on=on, version=F("version") + 1):
        raise Changed(_("情况有变：这一件已经收回了。"))
    adaptation.write("loan_came_back", by=by, at=at, authority=authority, detail={"product": str(product)})
