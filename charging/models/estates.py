"""What is known of an estate for charging: how many e-bikes, how many homes without a garage. Counted anew, never overwritten."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.places.models import Building, Community, Estate, PlaceQuerySet


class HowCounted(models.TextChoices):
    DOOR = "door", _("挨家问的")
    PARKED = "parked", _("晚上数停着的")
    PLATES = "plates", _("按牌照登记")
    PROPERTY = "property", _("物业报的")


class EstateFactsQuerySet(PlaceQuerySet):
    def newest(self) -> Any:
        """Of each estate what was counted last."""
        return self.order_by("estate_id", "-counted_on", "-id").distinct("estate_id")


class EstateFacts(models.Model):
    """One count of one estate; the newest is the one that counts, the others are its history."""

    estate = models.ForeignKey(Estate, models.PROTECT, related_name="charging_facts")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    ebikes = models.PositiveIntegerField(_("电动车"))
    how = models.CharField(_("怎么数的"), max_length=8, choices=HowCounted.choices)
    counted_on = models.DateField(_("哪天数的"))
    counted_by = models.CharField(_("谁数的"), max_length=60)
    plates = models.PositiveIntegerField(_("登记了牌照的"), null=True, blank=True)
    homes_without_garage = models.PositiveIntegerField(_("没有车库的住户"), null=True, blank=True)
    ebikes_change = models.IntegerField(editable=False, help_text="against the count before it: what a stock adds up")
    plates_change = models.IntegerField(default=0, editable=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    objects = EstateFactsQuerySet.as_manager()

    class Meta:
        ordering = ["estate_id", "-counted_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(how__in=HowCounted.values), name="estate_count_says_how"),
            models.CheckConstraint(
                condition=Q(plates__isnull=True) | Q(plates__lte=F("ebikes")), name="no_more_plates_than_ebikes"
            ),
        ]
        indexes = [models.Index(fields=["estate", "-counted_on", "-id"], name="estate_facts_newest")]
        triggers = [pgtrigger.Protect(name="estate_count_stays", operation=pgtrigger.Update | pgtrigger.Delete)]


class DemandSource(models.TextChoices):
    WIRE = "wire", _("飞线")
    SURVEY = "survey", _("问卷")
    REQUEST = "request", _("居民提的")
    PATROL = "patrol", _("巡查")


class DemandPoint(models.Model):
    """Somebody there would charge if they could. ``until`` is the first day on which it counts no more."""

    source = models.CharField(max_length=8, choices=DemandSource.choices)
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    estate = models.ForeignKey(Estate, models.PROTECT, related_name="charging_demand")
    building = models.ForeignKey(Building, models.PROTECT, null=True, blank=True, related_name="+")
    wire = models.OneToOneField("charging.WireReport", models.PROTECT, null=True, blank=True, related_name="demand")
    weight = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()
    until = models.DateField(null=True, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=Q(weight__gte=1), name="demand_weighs_something"),
            models.CheckConstraint(
                condition=~Q(source="wire") | Q(wire__isnull=False), name="demand_of_a_wire_names_it"
            ),
        ]
        indexes = [models.Index(fields=["estate", "at"], name="demand_of_estate")]
