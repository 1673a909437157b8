"""An acceptance day: several homes on one way, in its order; a maker's recall, told to homes and contractor."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.matters.notices import tell_officer, tell_resident
from community_portal.people.models import Role, User
from community_portal.people.wording import read_text
from community_portal.places.models import Street
from community_portal.refusals import NotAllowed, Refusal
from eldercare.actions.acceptance import people_of
from eldercare.models import AcceptanceDay, AcceptanceVisit, ProductRecord


@transaction.atomic
def plan_day(
    street: Street, *, on: dt.date, name: str, visits: list[AcceptanceVisit], by: User, at: dt.datetime
) -> AcceptanceDay:
    """The homes in the order of the way; a home goes from the day on which it stood before. Raises Refusal beside ``on`` or
    ``visits``."""
    theirs = by.communities_as(Role.STREET_OFFICER)
    if not by.is_superuser and not street.communities.filter(pk__in=theirs).exists():
        raise NotAllowed(_("验收日由街道来排。"))
    if on < clock.local(at).date():
        raise Refusal(_("请选今天或以后的日子。"), code="day_is_over", field="on")
    if not visits:
        raise Refusal(_("请至少选一户。"), code="no_homes", field="visits")
    day = AcceptanceDay.objects.create(street=street, on=on, name=read_text(name, field="name")[:80], made_by=by)
    for position, visit in enumerate(sorted(visits, key=_on_the_way), 1):
        AcceptanceVisit.objects.filter(pk=visit.pk, decided_at__isnull=True).update(day=day, position=position)
    return day


def _on_the_way(visit: AcceptanceVisit) -> tuple[int, int, str]:
    """Grid by grid, building by building."""
    home = visit.adaptation.household
    return visit.adaptation.grid_id or 0, home.building_id or 0, str(home)


@transaction.atomic
def tell_of_recall(products: list[ProductRecord], *, words: str, by: User, at: dt.datetime) -> int:
    """Each home in which one stands, and whoever built it; a home is told once, however many stand there. Answers how many homes."""
    words = read_text(words, field="words")
    if len(words) < 2:
        raise Refusal(_("请写厂家说的是什么问题。"), code="no_words", field="words")
    homes = {one.line.plan.adaptation_id: one.line.plan.adaptation for one in products}
    for adaptation in homes.values():
        tell_resident("warranty_recall", adaptation, at=at, words=words)
        for user in people_of(adaptation.contractor, on=clock.local(at).date()):
            tell_officer("recall_for_contractor", adaptation, user, at=at)
        adaptation.write("recalled", by=by, at=at, authority="role:street_officer", words=words, is_public=True)
    return len(homes)
