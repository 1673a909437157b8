"""坏了，报修: under warranty it goes to who built it in the same deed; else eldercare decides. The builder finds, repairs and shows it;
the home says whether it works."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.actions import commission, end_commission, in_source_words, open_part
from community_portal.casework.models import Commission, Source
from community_portal.casework.uploads import ReadFile, keep_photos
from community_portal.matters.actions import ending
from community_portal.matters.actions.opening import open_for
from community_portal.matters.actions.steps import authority_in, take
from community_portal.matters.notices import tell_officer, tell_resident
from community_portal.people.models import Organisation, Role, User
from community_portal.people.wording import read_text
from community_portal.refusals import Refusal
from eldercare.actions.orders import members_of
from eldercare.models import Adaptation, ProductRecord, WarrantyTicket
from eldercare.queries.warranty import may_report
from eldercare.workflow.warranty import Fixing


@transaction.atomic
def report_fault(
    adaptation: Adaptation,
    *,
    product: ProductRecord,
    words: str,
    by: User,
    at: dt.datetime,
    photos: list[ReadFile] | None = None,
) -> WarrantyTicket:
    """By the home or by staff: a ticket on a case of its own, part of the adaptation's. Raises Refusal beside ``words`` or
    ``product``; NotAllowed for anybody else."""
    words = read_text(words, field="words")
    if len(words) < 2:
        raise Refusal(_("请写一句怎么坏了。"), code="no_words", field="words")
    if not may_report(adaptation) or product.line.plan.adaptation_id != adaptation.pk:
        raise Refusal(_("这家的改造里没有这一件，或者还没有验收。"), code="not_theirs", field="product")
    authority = authority_in(adaptation, by, at=at)
    ticket = _ticket(adaptation, product, words, at=at)
    ticket.case = open_part(
        adaptation.case,
        title=in_source_words(_("报修：%(product)s") % {"product": product.line.item.name}),
        words=words,
        source=Source.DESK if authority.startswith("role:") else Source.ONLINE,
        by=by,
        at=at,
    )
    event = _opened(ticket, words, by=by, at=at)
    keep_photos(ticket.case, photos or [], by=by, at=at, event=event)
    tell_resident("warranty_reported", ticket, at=at)
    _give_to(ticket, ticket.contractor, by=None, at=at)
    return ticket


def _ticket(adaptation: Adaptation, product: ProductRecord, words: str, *, at: dt.datetime) -> WarrantyTicket:
    """With who built it, if the product is under warranty and somebody there can be told."""
    today = clock.local(at).date()
    covered = product.warranty_until is not None and today <= product.warranty_until
    firm = adaptation.contractor if covered else None
    if firm is not None and not members_of(firm, on=today):
        firm = None
    return WarrantyTicket(
        adaptation=adaptation,
        product=product,
        fault=words,
        under_warranty=covered,
        contractor=firm,
        state=Fixing.SENT if firm else Fixing.REPORTED,
    )


def _opened(ticket: WarrantyTicket, words: str, *, by: User, at: dt.datetime) -> Any:
    case = ticket.case
    assert case.resident is not None
    try:
        with transaction.atomic():
            return open_for(
                case.resident, ticket, title=case.title, words=words, case=case, asker=case.asker, by=by, at=at
            )
    except IntegrityError as error:
        if "one_open_ticket_per_product" not in str(error):
            raise
        raise Refusal(_("这一件已经报修了，正在办。"), code="reported", field="product", status=409) from error


def _give_to(ticket: WarrantyTicket, firm: Organisation | None, *, by: User | None, at: dt.datetime) -> None:
    """Its people see the ticket from now on, and hear of it. ``by`` None: the rule gave it, whoever reported."""
    if firm is None:
        return
    commission(ticket, organisation=firm, role=Role.CONTRACTOR, by=by, at=at)
    _tell_builder(ticket, firm, at=at)


def _tell_builder(ticket: WarrantyTicket, firm: Organisation, *, at: dt.datetime) -> None:
    for member in members_of(firm, on=clock.local(at).date()):
        tell_officer("warranty_order", ticket, member, at=at)


@transaction.atomic
def send_out(
    ticket: WarrantyTicket, *, contractor: Organisation | None, by: User, at: dt.datetime, **given: Any
) -> None:
    """Out of warranty, or given back: eldercare says who repairs it. Raises Refusal beside ``contractor``."""
    if contractor is None or contractor.kind != Role.CONTRACTOR:
        raise Refusal(_("请选一家施工单位。"), code="no_contractor", field="contractor")
    if not Organisation.objects.filter(pk=contractor.pk).working_in(ticket.community.street).exists():
        raise Refusal(_("这家单位不在本街道施工。"), code="elsewhere", field="contractor")
    if not members_of(contractor, on=clock.local(at).date()):
        raise Refusal(_("这家单位还没有能登录的人，派了也没人看到。"), code="nobody_there", field="contractor")
    take(ticket, "send_out", by=by, at=at, changes={"contractor": contractor}, **given)
    _give_to(ticket, contractor, by=by, at=at)


@transaction.atomic
def find_fault(ticket: WarrantyTicket, *, words: str, by: User, at: dt.datetime, **given: Any) -> None:
    changes = {"found": read_text(words, field="words"), "found_at": at}
    take(ticket, "find_fault", by=by, at=at, words=words, changes=changes, **given)


@transaction.atomic
def repair(
    ticket: WarrantyTicket, *, words: str, photos: list[ReadFile] | None, by: User, at: dt.datetime, **given: Any
) -> None:
    """With a photo of how it is now. Raises Refusal beside ``photos``."""
    if not photos:
        raise Refusal(_("请拍一张修好以后的照片。"), code="no_photo", field="photos")
    changes = {"repaired": read_text(words, field="words"), "repaired_at": at}
    event = take(ticket, "repair", by=by, at=at, words=words, changes=changes, **given)
    keep_photos(ticket.case, photos, by=by, at=at, event=event)


@transaction.atomic
def give_back(ticket: WarrantyTicket, *, by: User, at: dt.datetime, **given: Any) -> None:
    """The builder cannot, or it is none of theirs: they see it no more, and eldercare decides."""
    take(ticket, "give_back", by=by, at=at, **given)
    _take_away(ticket, at=at)


@transaction.atomic
def not_fixed(ticket: WarrantyTicket, *, by: User, at: dt.datetime, **given: Any) -> None:
    """Back to who repaired it, who hears of it."""
    take(ticket, "not_fixed", by=by, at=at, changes={"found_at": None, "repaired_at": None}, **given)
    if ticket.contractor is not None:
        _tell_builder(ticket, ticket.contractor, at=at)


@transaction.atomic
def withdraw(ticket: WarrantyTicket, *, by: User | None, at: dt.datetime, **given: Any) -> None:
    ending.withdraw(ticket, by=by, at=at, **given)
    _take_away(ticket, at=at)


def _take_away(ticket: WarrantyTicket, *, at: dt.datetime) -> None:
    held = Commission.objects.in_force().of_row(ticket.flow.name, ticket.pk).values("organisation")
    for organisation in Organisation.objects.filter(pk__in=held):
        end_commission(ticket, organisation=organisation, by=None, at=at)
