"""Who needs help to leave the house, and who helps. Why they need it stays in their file."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.people.models import Resident
from community_portal.places.models import Community
from safety.models.drills import Drill, DrillPremises


class Helper(models.Model):
    """One per person and drill. ``name`` and ``phone`` are the helper's; ``user`` where they have an account of the portal."""

    drill = models.ForeignKey(Drill, models.CASCADE, related_name="helpers")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="drill_helpers")
    house = models.ForeignKey(DrillPremises, models.PROTECT, null=True, blank=True, related_name="helpers")
    floor = models.PositiveSmallIntegerField(null=True, blank=True)
    wish = models.CharField(_("家里人怎么说"), max_length=120, blank=True)
    helper = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="helps_in_drills")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("帮扶人"), max_length=50, blank=True)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    backup_name = models.CharField(_("替补"), max_length=50, blank=True)
    backup_phone = models.CharField(_("替补电话"), max_length=20, blank=True)
    asked_at = models.DateTimeField()
    assigned_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["drill", "resident"], name="helped_once_per_drill"),
            models.CheckConstraint(
                condition=Q(helper__isnull=True) | ~Q(helper=F("resident")), name="nobody_is_their_own_helper"
            ),
            models.CheckConstraint(
                condition=Q(assigned_at__isnull=True, name="") | Q(assigned_at__isnull=False) & ~Q(name=""),
                name="assigned_helper_has_a_name",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(assigned_at__isnull=False), name="assigned_then_confirmed"
            ),
        ]

    @property
    def where(self) -> str:
        return str(self.resident.household or "")

    @property
    def pk_text(self) -> str:
        return str(self.pk)
