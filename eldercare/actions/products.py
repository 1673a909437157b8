"""Products as they stand in a home: make, number, papers; tried at the acceptance; found again by number when a maker recalls them."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.actions import authority_over
from community_portal.casework.models import AttachmentKind
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.people.models import User
from community_portal.refusals import Changed, Refusal
from eldercare.actions.acceptance import authority_to_accept, locked
from eldercare.models import AcceptanceLine, Loan, Ownership, PlanLine, ProductRecord


@transaction.atomic
def check_product(row: AcceptanceLine, *, by: User, at: dt.datetime, **facts: Any) -> ProductRecord:
    """A product looked at and tried by the party: not by whoever built it, and not once the round is decided."""
    authority_to_accept(locked(row.visit_id).adaptation, by)
    return record_product(row.line, by=by, at=at, **facts)


@transaction.atomic
def record_product(
    line: PlanLine,
    *,
    number: int,
    seen: int | None,
    by: User,
    at: dt.datetime,
    certificate: ReadFile | None = None,
    **facts: Any,
) -> ProductRecord:
    """One product of a line: make, number, papers; at the acceptance also whether it works. ``seen`` is the version that the
    card showed (None: there was none). Raises Changed when somebody saved it meanwhile, Refusal beside the field."""
    adaptation = line.plan.adaptation
    authority = authority_over(adaptation, by)
    there = ProductRecord.objects.select_for_update().filter(line=line, number=number).first()
    if (there.version if there else None) != seen:
        raise Changed(_("情况有变：这一件刚刚有人改过，请再看一眼。"))
    event = adaptation.write("product_recorded", by=by, at=at, authority=authority, detail={"line": line.number})
    product = there or ProductRecord(line=line, number=number)
    if certificate is not None:
        product.certificate = keep_file(
            adaptation.case, certificate, kind=AttachmentKind.PAPER, by=by, at=at, event=event
        )
    for name, value in facts.items():
        setattr(product, name, value)
    if line.ownership == Ownership.LENT and product.loan == Loan.NONE:
        product.loan = Loan.OUT
    product.recorded_by, product.recorded_at, product.version = by, at, (seen or 0) + 1
    _must_hold(product, at)
    _save(product)
    return product


def _must_hold(product: ProductRecord, at: dt.datetime) -> None:
    today = clock.local(at).date()
    if product.made_on and product.made_on > today:
        raise Refusal(_("生产日期在将来，请核对。"), code="made_in_future", field="made_on")
    if product.made_on and product.warranty_until and product.warranty_until <= product.made_on:
        raise Refusal(_("保修要到生产日期以后。"), code="warranty_too_early", field="warranty_until")


def _save(product: ProductRecord) -> None:
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError as error:
        if "serial_stands_in_one_home" not in str(error):
            raise Changed(_("情况有变：这一件刚刚有人记过，请再看一眼。")) from error
        sentence = _("这个厂家的这个序列号已经登记在别处了，请核对铭牌。")
        raise Refusal(sentence, code="serial_elsewhere", field="serial", status=409) from error
