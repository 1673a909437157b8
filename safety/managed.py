"""Premises as what something is due for: the company that answers for them is the one whose contract their estate has, where there
is one, else the one written at the premises."""

import datetime as dt
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from community_portal.dues.kinds import Subject
from community_portal.people.models import ManagedEstate
from safety.models.premises import Premises


def with_company(premises: QuerySet[Premises], *, on: dt.date) -> QuerySet[Premises]:
    """Each with the company that has the contract of its estate on that day (``managed_by``)."""
    held = ManagedEstate.objects.in_force(on=on).filter(estate=OuterRef("building__estate"))
    return premises.annotate(managed_by=Subquery(held.values("organisation")[:1])).select_related("community")


def subject_of(premises: Any, term: Any) -> Subject:
    """Of premises read ``with_company``, by a term of their rules."""
    return Subject(
        ref=premises.ref,
        label=premises.name,
        community_id=premises.community_id,
        since=premises.since,
        grid_id=premises.grid_id,
        organisation_id=premises.managed_by or premises.property_company_id,
        terms={"months": term.months, "clause": term.clause},
    )
