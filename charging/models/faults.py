"""A fault of a socket, and everybody who reported it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from charging.models.ports import Port
from charging.status_words import PortState
from charging.workflow.faults import FAULT, OPEN
from community_portal.casework.models import Matter, truths_of
from community_portal.people.models import Organisation


class FaultReason(models.TextChoices):
    NO_POWER = "no_power", _("插上没电")
    LOOSE = "loose", _("插不紧")
    HOT = "hot", _("烫手、焦味")
    STOPS_EARLY = "stops_early", _("没充满就停")
    MONEY = "money", _("扣钱没充上")
    OCCUPIED = "occupied", _("位子被占着")
    OTHER = "other", _("别的毛病")


ICONS = {
    FaultReason.NO_POWER: "plug",
    FaultReason.LOOSE: "x-circle",
    FaultReason.HOT: "fire",
    FaultReason.STOPS_EARLY: "pause-circle",
    FaultReason.MONEY: "cash-coin",
    FaultReason.OCCUPIED: "bicycle",
    FaultReason.OTHER: "three-dots",
}


class ConfirmedBy(models.TextChoices):
    """Whoever repaired it does not say that it works."""

    SCAN = "scan", _("扫码确认")
    CHARGING = "charging", _("又充上了电")
    STAFF = "staff", _("社区看过")


class Fault(Matter):
    """One open at a time for a socket: whoever reports it then joins it, and hears of it."""

    flow = FAULT

    port = models.ForeignKey(Port, models.PROTECT, related_name="faults")
    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    reason = models.CharField(_("什么毛病"), max_length=12, choices=FaultReason.choices)
    repaired = models.CharField(_("怎么修的"), max_length=300, blank=True)
    repaired_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(_("谁确认的"), max_length=8, choices=ConfirmedBy.choices, blank=True)

    class Meta(Matter.Meta):
        constraints = [
            *truths_of(FAULT),
            models.UniqueConstraint(
                fields=["port"], condition=Q(state__in=sorted(map(str, OPEN))), name="one_open_fault_per_port"
            ),
            models.CheckConstraint(condition=Q(reason__in=FaultReason.values), name="fault_reason_exists"),
            models.CheckConstraint(
                condition=~Q(state__in=["repaired", "confirmed"]) | Q(repaired_at__isnull=False),
                name="repaired_fault_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False) & ~Q(confirmed_by=""),
                name="confirmed_fault_says_by_whom",
            ),
        ]
        indexes = [*Matter.Meta.indexes, models.Index(fields=["port", "-id"], name="faults_of_port")]


class FaultReport(models.Model):
    """One report: what was said, and what the socket had last said of itself. The number to tell is emptied when it is over."""

    fault = models.ForeignKey(Fault, models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=12, choices=FaultReason.choices)
    words = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=20, blank=True, help_text="E.164; who wants to hear of it")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    last_state = models.CharField(max_length=12, choices=PortState.choices)
    last_state_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
