"""What a property company reads of safety: what is due for its premises, and the drills held there. Houses and times, nobody by name."""

import datetime as dt
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q

from community_portal.dues.models import DueItem
from community_portal.dues.queries import Line, lines_of
from community_portal.people.models import ManagedEstate
from community_portal.places.models import Building, Community
from safety.dues import DUTIES
from safety.models import DrillPremises, Hazard, Premises, Retrofit
from safety.retrofit_dues import CHECKS
from safety.workflow.states import ANNOUNCED, HAZARD_OPEN, HELD, Drilling

MOST = 30
AHEAD = ANNOUNCED | {Drilling.RUNNING}
OVER = HELD | {Drilling.ABORTED}


class Estates(NamedTuple):
    premises: list[Premises]
    ahead: list[DrillPremises]
    held: list[DrillPremises]
    late: list[Line]
    coming: list[Line]
    contracts: list[ManagedEstate]
    projects: list[Retrofit]
    hazards: list[Hazard]


def firms_of(user: Any) -> frozenset[int]:
    return frozenset(organisation for _role, organisation in user.organisation_posts)


def estates_of(user: Any, *, on: dt.date) -> Estates:
    """By the companies that this user works for; an administrator, who works for none, reads all."""
    premises = premises_of(user, on=on)
    houses = _drilled(premises)
    due = _due(user)
    return Estates(
        premises=list(premises.select_related("community").order_by("community", "name")[:MOST]),
        ahead=list(houses.filter(drill__state__in=AHEAD).order_by("drill__starts_at")[:MOST]),
        held=list(houses.filter(drill__state__in=OVER).order_by("-drill__starts_at")[:MOST]),
        late=lines_of(list(due.filter(due_on__lt=on)[:MOST]), on=on),
        coming=lines_of(list(due.filter(due_on__gte=on)[:MOST]), on=on),
        contracts=list(_contracts(user, on=on)),
        projects=list(_projects(user)),
        hazards=list(_hazards(user)),
    )


def premises_of(user: Any, *, on: dt.date) -> Any:
    """In the estates that their company manages today; elsewhere those at which its name is written."""
    if user.is_superuser:
        return Premises.objects.all()
    held = ManagedEstate.objects.held_by(user, on=on)
    contracted = ManagedEstate.objects.filter(estate=OuterRef("building__estate"))
    written = Q(property_company__in=firms_of(user)) & ~Exists(contracted)
    return Premises.objects.filter(Q(building__estate__in=held.values("estate")) | written)


def buildings_of(user: Any, *, on: dt.date) -> Any:
    """In their estates, and where their premises are."""
    held = ManagedEstate.objects.held_by(user, on=on).values("estate")
    theirs = Q(estate__in=held) | Q(premises__in=premises_of(user, on=on).values("pk"))
    return Building.objects.filter(pk__in=Building.objects.filter(theirs).values("pk"))


def community_of_the_company(user: Any, *, on: dt.date) -> Community | None:
    """Where they begin: the place of their first estate, else of their first premises."""
    contract = ManagedEstate.objects.held_by(user, on=on).select_related("estate__community__street").first()
    if contract:
        return contract.estate.community
    first = premises_of(user, on=on).select_related("community__street").first()
    return first.community if first else None


def _contracts(user: Any, *, on: dt.date) -> Any:
    rows = ManagedEstate.objects.in_force(on=on) if user.is_superuser else ManagedEstate.objects.held_by(user, on=on)
    return rows.select_related("estate__community", "organisation").order_by("estate__name")[:MOST]


def _projects(user: Any) -> Any:
    """Retrofits of their estates, what is under way first."""
    rows = Retrofit.objects.visible_to(user).select_related("case", "estate")
    return rows.order_by(F("closed_at").desc(nulls_first=True), "-id")[:MOST]


def _hazards(user: Any) -> Any:
    """What is not closed yet of what they may read, the soonest first."""
    rows = Hazard.objects.visible_to(user).filter(state__in=HAZARD_OPEN).select_related("case")
    return rows.order_by(F("due_on").asc(nulls_last=True), "-id")[:MOST]


def _drilled(premises: Any) -> Any:
    """Houses, each with its drill."""
    rows = DrillPremises.objects.filter(premises__in=premises.values("pk"))
    return rows.select_related("drill__case", "premises")


def _due(user: Any) -> Any:
    names = [*(kind.name for kind in DUTIES.values()), CHECKS.name]
    rows = DueItem.objects.open().filter(kind__in=names).order_by("due_on", "id")
    return rows if user.is_superuser else rows.filter(organisation__in=firms_of(user))
