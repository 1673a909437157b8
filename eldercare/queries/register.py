"""The register of elders as its pages read it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Exists, Max, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from community_portal.dues.models import DueItem
from community_portal.people.models import Contact, Resident
from community_portal.people.register.search import candidates, read_box
from eldercare.ability import Level
from eldercare.dues import WELFARE_VISIT
from eldercare.models import ElderProfile, Tier, WelfareVisit

MOST_FOUND = 300
SOON = dt.timedelta(days=7)


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to."""

    q: str = ""
    tier: str = ""
    level: str = ""
    due: str = ""

    @property
    def is_whole(self) -> bool:
        return not (self.q or self.tier or self.level or self.due)


def elders_of(user: Any, wanted: Wanted, *, on: dt.date) -> Any:
    """The elders of one's places who live here, narrowed; with where they live, when a visit is due and when the last one was."""
    rows = ElderProfile.objects.visible_to(user).living_here()
    if wanted.tier in Tier.values:
        rows = rows.filter(tier=wanted.tier)
    if wanted.level in Level.values:
        rows = rows.filter(level=wanted.level)
    if wanted.due in ("late", "week"):
        last = on if wanted.due == "late" else on + SOON
        due = _visits().filter(due_on__lt=last) if wanted.due == "late" else _visits().filter(due_on__lte=last)
        rows = rows.filter(Exists(due))
    if wanted.q:
        terms = read_box(wanted.q)
        people = Resident.objects.visible_to(user).current()
        found = list(dict.fromkeys(candidates(people, terms, most=MOST_FOUND))) if terms else []
        rows = rows.filter(resident__in=found)
    return rows.select_related(
        "resident__household__building__estate", "resident__household__grid", "resident__community"
    )


def with_visits(rows: Any) -> Any:
    """With the day on which the next visit is due, the last one, and a number to ring."""
    last = WelfareVisit.objects.filter(elder=OuterRef("pk"), was_seen=True).order_by("-visited_at").values("visited_at")
    phone = Contact.objects.filter(resident=OuterRef("resident"), is_primary=True).values("phone")
    return rows.annotate(
        due_on=Subquery(_visits().order_by("due_on").values("due_on")[:1]),
        last_seen_at=Subquery(last[:1]),
        phone=Subquery(phone[:1]),
    )


def _visits() -> Any:
    """Open visits of the elder of an outer query."""
    ref = Concat(Value("elder:"), Cast(OuterRef("resident_id"), CharField()))
    return DueItem.objects.open().filter(kind=WELFARE_VISIT.name, subject_ref=ref)


def due_visit(elder: ElderProfile) -> DueItem | None:
    """The visit that is due next."""
    return DueItem.objects.open().filter(kind=WELFARE_VISIT.name, subject_ref=elder.ref).order_by("due_on").first()


def last_visits(elders: list[ElderProfile]) -> dict[int, dt.datetime]:
    """When each was last seen, by number of the profile."""
    rows = WelfareVisit.objects.filter(elder__in=elders, was_seen=True).order_by()
    return dict(rows.values_list("elder").annotate(Max("visited_at")))
