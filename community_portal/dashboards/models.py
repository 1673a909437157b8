"""Figures: roll-ups per day (and month), community and measure, exact at every moment as roll-up + unfolded deltas.

Triggers write a delta for every change (see dashboards/triggers.py), a task folds them every few seconds; reading adds
what is not yet folded, so a figure never lags behind its rows.
"""

from django.db import models

from community_portal.places.models import Community


class Delta(models.Model):
    """A change of one figure, not yet folded."""

    measure = models.CharField(max_length=40)
    community = models.ForeignKey(Community, models.DO_NOTHING, related_name="+", db_constraint=False)
    day = models.DateField()
    label = models.CharField(max_length=30, default="", help_text="what the figure is split by, such as a category")
    amount = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["measure", "community", "day"], name="delta_by_measure")]


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


class Month(models.Model):
    """The same figure over a calendar month: a year of a whole city is read from these, and only its broken ends by days."""

    measure = models.CharField(max_length=40)
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    month = models.DateField(help_text="its first day")
    label = models.CharField(max_length=30, default="")
    amount = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "measure", "month", "label"],
                include=["amount"],
                name="one_rollup_per_month_and_measure",
            )
        ]
