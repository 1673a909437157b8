import datetime as dt
from functools import partial
from typing import Any

from django.db import transaction

from community_portal.casework.actions import commission
from community_portal.matters.actions.opening import open_for
from community_portal.matters.actions.steps import authority_in, take
from community_portal.matters.actions.visits import take_at_visit
from community_portal.matters.notices import tell_resident
from community_portal.people.models import Organisation, Resident, User
from community_portal.refusals import Refusal
from tests.toy_service.models import Aid, Item, Loan

ITEMS = ("量身高", "试走几步")


@transaction.atomic
def ask(*, resident: Resident, aid: str, words: str, at: dt.datetime, **given: Any) -> Loan:
    """A new loan with its checklist. ``given``: what ``open_for`` takes."""
    loan = Loan(aid=aid, wish=words)
    open_for(resident, loan, title=f"借{Aid(aid).label}", words=words, at=at, **given)
    Item.objects.bulk_create(Item(loan=loan, name=name) for name in ITEMS)
    tell_resident("loan_asked", loan, at=at)
    return loan


@transaction.atomic
def decide(item: Item, *, is_needed: bool, why: str, by: User, at: dt.datetime) -> None:
    authority = authority_in(item.loan, by, at=at)
    item.is_needed, item.why = is_needed, why
    item.save(update_fields=["is_needed", "why"])
    item.loan.write("item", by=by, at=at, authority=authority, words=item.name)


@transaction.atomic
def order(loan: Loan, *, workshop: Organisation | None, by: User, at: dt.datetime, **given: Any) -> None:
    if workshop is None:
        raise Refusal("请选一家工坊。", code="no_workshop", field="workshop")
    take(loan, "order", by=by, at=at, changes={"workshop": workshop}, **given)
    commission(loan, organisation=workshop, by=by, at=at)


bring = partial(take_at_visit, step="bring", met=True)
