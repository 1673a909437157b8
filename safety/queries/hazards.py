"""What is known of a place when a hazard is found there: what was reported within a week, and how often within a year."""

import datetime as dt
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from safety.models import Hazard, HazardPhoto
from safety.workflow.hazard_kinds import questions_of
from safety.workflow.states import HAZARD_OPEN, Hazarding

SUGGESTED = dt.timedelta(days=7)
A_YEAR = dt.timedelta(days=365)
COUNTS_NOT = (Hazarding.NOT_HAZARD, Hazarding.DUPLICATE, Hazarding.PASSED_ON)
FIRST_PHOTOS = Prefetch(
    "photos",
    HazardPhoto.objects.filter(side="before").exclude(attachment__file="").select_related("attachment").order_by("id"),
    to_attr="first_photos",
)


def same_place(*, premises: Any = None, building: Any = None) -> Q | None:
    """The same premises, or the same building where no premises are named; None where nobody said which."""
    if premises is not None:
        return Q(premises=premises)
    return Q(building=building) if building is not None else None


def alike(
    *, community: Any, kind: str, at: dt.datetime, premises: Any = None, building: Any = None, but: int | None = None
) -> QuerySet[Hazard]:
    """Open ones of this kind at this place, reported within a week: perhaps the same. At a place that nobody could name, those
    of the community that name none either."""
    where = same_place(premises=premises, building=building) or Q(premises=None, building=None)
    rows = Hazard.objects.filter(
        where, community=community, kind=kind, state__in=HAZARD_OPEN, opened_at__gt=at - SUGGESTED
    )
    return rows.exclude(pk=but).select_related("case").prefetch_related(FIRST_PHOTOS).order_by("-id")[:5]


def before_here(hazard: Hazard) -> QuerySet[Hazard]:
    """Those of its kind at its place within the year before it."""
    where = same_place(premises=hazard.premises_id, building=hazard.building_id)
    if where is None:
        return Hazard.objects.none()
    at = hazard.opened_at
    rows = Hazard.objects.filter(where, kind=hazard.kind, opened_at__lt=at, opened_at__gt=at - A_YEAR)
    return rows.exclude(state__in=COUNTS_NOT).exclude(pk=hazard.pk).order_by("opened_at")


def asked_now(hazard: Hazard) -> list[str]:
    """What is asked of whoever comes back to look: what the last look answered with no, else all that is asked of its kind."""
    last = hazard.reinspections.order_by("-round").first()
    failed = list(last.lines.filter(ok=False).values_list("question", flat=True)) if last and not last.passed else []
    return failed or [str(question) for question in questions_of(hazard.kind)]
