"""An adaptation that comes to nothing: withdrawn by the family, or ended by the street. Its money is free again."""

import datetime as dt

from django.db import transaction

from community_portal.answers.actions import revoke_links
from community_portal.casework.actions import end_commission
from community_portal.casework.models import Commission
from community_portal.matters.actions import ending
from community_portal.matters.actions.steps import take
from community_portal.matters.actions.visits import call_off_agreed_visit
from community_portal.people.models import Organisation, User
from community_portal.people.wording import read_text
from eldercare.actions.budget import set_free
from eldercare.actions.orders import tell_builder
from eldercare.models import Adaptation


@transaction.atomic
def withdraw(adaptation: Adaptation, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None) -> None:
    """The family does not want it any more."""
    why = read_text(words, field="words")[:300]
    ending.withdraw(adaptation, words=words, by=by, at=at, seen=seen, changes={"ended_why": why})
    set_free(adaptation)
    revoke_links(adaptation, at=at)


@transaction.atomic
def cancel(adaptation: Adaptation, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None) -> None:
    """Moved, sold, died: the builder hears of it in the same deed, the household of nothing."""
    why = read_text(words, field="words")[:300]
    tell_builder(adaptation, "adapt_cancelled", at=at)
    event = take(adaptation, "cancel", by=by, at=at, seen=seen, words=words, changes={"ended_why": why})
    set_free(adaptation)
    revoke_links(adaptation, at=at)
    call_off_agreed_visit(adaptation, authority=event.authority, by=by, at=at)
    given = Commission.objects.in_force().of_row(adaptation.flow.name, adaptation.pk).values("organisation")
    for organisation in Organisation.objects.filter(pk__in=given):
        end_commission(adaptation, organisation=organisation, by=by, at=at)
