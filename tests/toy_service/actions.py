import datetime as dt
from typing import Any

from django.db import transaction

from community_portal.casework.actions import commission, open_case, start_matter
from community_portal.casework.models import Case
from community_portal.matters.actions.steps import authority_in, take
from community_portal.matters.actions.visits import settle_agreed_visit
from community_portal.matters.notices import tell_resident
from community_portal.people.authority import authority_for
from community_portal.people.models import DelegationScope, Organisation, Resident, User
from community_portal.refusals import Refusal
from tests.toy_service.models import Aid, Item, Loan
from tests.toy_service.workflow import State

ITEMS = ("量身高", "试走几步")


@transaction.atomic
def ask(*, resident: Resident, aid: str, words: str, by: User, at: dt.datetime, case: Case | None = None) -> Loan:
    """A new loan, on a case of its own or on one that there is."""
    community, scope = resident.community, DelegationScope.REQUEST
    authority = authority_for(by, resident=resident, community_id=community.pk, scope=scope, at=at)
    home = resident.household
    contact = resident.contacts.first()
    case = case or open_case(
        community=community,
        grid=home.grid if home else None,
        resident=resident,
        asker=None,
        title=f"借{Aid(aid).label}",
        words=words,
        source="online" if authority == "self" else "desk",
        phone_tail=contact.phone[-4:] if contact else "",
        by=by,
        at=at,
    )
    loan = Loan(case=case, community=community, grid=case.grid, state=State.ASKED, aid=aid, wish=words)
    start_matter(loan, by=by, at=at, authority=authority, words=words)
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


@transaction.atomic
def bring(loan: Loan, *, by: User, at: dt.datetime, **given: Any) -> None:
    event = take(loan, "bring", by=by, at=at, changes={"brought_at": at}, **given)
    settle_agreed_visit(loan, met=True, authority=event.authority, by=by, at=at)
