"""Figures: roll-ups per day, community and measure (coarser ones beside them), exact at every moment as roll-up + unfolded deltas.

Triggers write a delta for every change (see dashboards/triggers.py), a task folds them every few seconds; reading adds
what is not yet folded, so a figure never lags behind its rows. ``Presence`` is what persons are counted by.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from community_portal.places.models import Community


class Delta(models.Model):
    """A change of figures that lie on one day under one label, not yet folded."""

    measures = ArrayField(models.CharField(max_length=40))
    community = models.ForeignKey(Community, models.DO_NOTHING, related_name="+", db_constraint=False)
    day = models.DateField()
    label = models.CharField(max_length=30, default="", help_text="what the figure is split by, such as a category")
    amount = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["community", "day"], name="delta_by_place")]


class Rollup(models.Model):
    """A figure of one day in one community."""

    measure = models.CharField(max_length=40)
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    day = models.DateField()
    label = models.CharField(max_length=30, default="")
    amount = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "measure", "day", "label"],
                include=["amount"],
                name="one_rollup_per_day_and_measure",
            )
        ]


class CoarseRollup(models.Model):
    """The same figures summed further: each community's months, and the whole city's months and days (``community`` empty).

    A year of two hundred communities is read from these, and only its broken ends by days.
    """

    measure = models.CharField(max_length=40)
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", null=True)
    is_month = models.BooleanField()
    day = models.DateField(help_text="the first of the month")
    label = models.CharField(max_length=30, default="")
    amount = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "measure", "is_month", "day", "label"],
                include=["amount"],
                nulls_distinct=False,
                name="one_coarse_rollup_per_span",
            )
        ]


class Presence(models.Model):
    """Somebody, or something, has so many rows of a figure of persons in a community in a month, in a year, or ever."""

    measure = models.CharField(max_length=40)
    community = models.ForeignKey(Community, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    grain = models.CharField(max_length=5, help_text="month, year, ever")
    start = models.DateField()
    subject = models.BigIntegerField(help_text="the present file of a resident, or another row that is counted once")
    rows = models.IntegerField()
    elsewhere = models.BooleanField(help_text="in the same span in another community too")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "subject", "grain", "start", "community"], name="one_presence_per_span"
            )
        ]
        indexes = [
            models.Index(
                fields=["measure", "grain", "start", "community"],
                name="presence_elsewhere",
                condition=Q(elsewhere=True),
            )
        ]
