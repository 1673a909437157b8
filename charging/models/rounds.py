"""A round of building charging points in a community: so many ports, from this money, by then."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal.places.models import Community, PlaceQuerySet

MONEY: dict[str, Any] = {"max_digits": 12, "decimal_places": 2}


class RoundState(models.TextChoices):
    PLANNED = "planned", _("计划中")
    RUNNING = "running", _("进行中")
    CLOSED = "closed", _("已结束")


class Round(models.Model):
    """第几批. ``decision`` is what was decided where, in words; orders go out while it is running and not full."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="charging_rounds")
    number = models.PositiveSmallIntegerField(_("第几批"), validators=[MinValueValidator(1)])
    state = models.CharField(max_length=8, choices=RoundState.choices, default=RoundState.PLANNED)
    target_ports = models.PositiveIntegerField(_("要装多少个"), validators=[MinValueValidator(1)])
    budget = models.DecimalField(_("预算（元）"), default=0, validators=[MinValueValidator(0)], **MONEY)
    source = models.CharField(_("钱从哪里来"), max_length=120, blank=True)
    decision = models.CharField(_("依据哪次决定"), max_length=300, blank=True)
    opens_on = models.DateField(_("从哪天起"))
    closes_on = models.DateField(_("到哪天止"), null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["community_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["community", "number"], name="one_round_per_number"),
            models.UniqueConstraint(
                fields=["community"], condition=Q(state=RoundState.RUNNING), name="one_running_round_per_community"
            ),
            models.CheckConstraint(condition=Q(state__in=RoundState.values), name="round_state_exists"),
            models.CheckConstraint(condition=Q(target_ports__gte=1, number__gte=1), name="round_has_a_target"),
            models.CheckConstraint(condition=Q(budget__gte=0), name="round_budget_is_no_debt"),
            models.CheckConstraint(
                condition=Q(closes_on__isnull=True) | Q(closes_on__gte=F("opens_on")),
                name="round_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return gettext("第 %(n)s 批") % {"n": self.number}

    def is_over(self, *, on: dt.date) -> bool:
        """Closed, or past its last day."""
        return self.state == RoundState.CLOSED or (self.closes_on is not None and self.closes_on < on)

    @property
    def ordered_ports(self) -> int:
        """What was given to builders of it, whether it stands yet or not."""
        rows = self.sites.filter(orders__isnull=False).exclude(state="rejected")
        return int(rows.aggregate(n=models.Sum("orders__ports"))["n"] or 0)

    @property
    def spent(self) -> Decimal:
        rows = self.sites.filter(orders__isnull=False)
        return rows.aggregate(sum=models.Sum("orders__price"))["sum"] or Decimal()

    @property
    def ports_left(self) -> int:
        return max(0, self.target_ports - self.ordered_ports)
