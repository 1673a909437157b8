from django.db import models
from django.db.models import Q

from community_portal.casework.models import Matter, truths_of
from community_portal.matters.models import Rated, Visited, VisitPlan
from community_portal.people.models import Organisation
from tests.toy_service.workflow import LOAN, State


class Aid(models.TextChoices):
    STICK = "stick", "拐杖"
    FRAME = "frame", "助步架"


class Loan(Rated, Visited):
    flow = LOAN
    visits = VisitPlan("送助行器上门", "Walking aid", waits_in=frozenset({State.READY}))

    aid = models.CharField(max_length=8, choices=Aid.choices)
    workshop = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    wish = models.TextField(blank=True)

    class Meta(Matter.Meta):
        constraints = [
            *truths_of(LOAN),
            *Rated.Meta.constraints,
            models.CheckConstraint(condition=~Q(state="ordered") | Q(workshop__isnull=False), name="ordered_somewhere"),
        ]


class Item(models.Model):
    """A line of the checklist; ``is_needed`` None: not decided."""

    loan = models.ForeignKey(Loan, models.CASCADE, related_name="items")
    name = models.CharField(max_length=30)
    is_needed = models.BooleanField(null=True)
    why = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["loan", "name"], name="item_once_per_loan")]
