"""What many people together need: who waits for a place, and how many heads were counted."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.bookings.models.places import READERS, Booking, Session
from community_portal.people.models import Resident


class WaitingEnd(models.TextChoices):
    """How waiting ended."""

    BOOKED = "booked", _("已补上名额")
    LEFT = "left", _("不排了")
    BUSY = "busy", _("那个时间已有别的预约")
    OFF = "off", _("活动取消了")
    FILE_CLOSED = "closed", _("居民去世或搬走")


class WaitingQuerySet(models.QuerySet["Waiting"]):
    def standing(self) -> "WaitingQuerySet":
        """Those who still wait, in their order."""
        return self.filter(ended_at__isnull=True).order_by("id")

    def concerning(self, user: Any) -> "WaitingQuerySet":
        """A resident's own, and of those for whom they book."""
        return self.filter(resident__in=Resident.objects.acted_for_by(user, on=clock.today(), scopes=READERS))


class Waiting(models.Model):
    """Somebody who would come if there were a place; the deed that frees one gives it to the first whose party fits."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="waiting", db_index=False)
    resident = models.ForeignKey(
        Resident, models.PROTECT, null=True, blank=True, related_name="waiting", verbose_name=_("为谁")
    )
    party_size = models.SmallIntegerField(_("几人"), default=1)
    group_name = models.CharField(_("哪家单位、哪个班"), max_length=60, blank=True)
    group_phone = models.CharField(_("联系电话"), max_length=20, blank=True)
    joined_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    authority = models.CharField(max_length=40)
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=8, choices=WaitingEnd.choices, blank=True)
    booking = models.OneToOneField(Booking, models.PROTECT, null=True, blank=True, related_name="waited")

    objects = WaitingQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(party_size__gte=1), name="waiting_is_for_somebody"),
            models.CheckConstraint(
                condition=Q(resident__isnull=False) | ~Q(group_name=""), name="waiting_knows_whom_it_is_for"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_as="") | Q(ended_at__isnull=False) & ~Q(ended_as=""),
                name="waiting_that_ended_says_how",
            ),
            models.CheckConstraint(
                condition=Q(ended_as="booked", booking__isnull=False) | ~Q(ended_as="booked") & Q(booking__isnull=True),
                name="waiting_that_was_booked_has_its_booking",
            ),
            models.UniqueConstraint(
                fields=["session", "resident"],
                condition=Q(ended_at__isnull=True, resident__isnull=False),
                name="one_waits_once_for_a_session",
            ),
        ]
        indexes = [
            models.Index(fields=["session", "id"], name="waiting_for_session", condition=Q(ended_at__isnull=True)),
        ]

    @property
    def who(self) -> str:
        return str(self.resident) if self.resident else self.group_name


class HeadCount(models.Model):
    """How many were there when somebody counted. All counts are kept, the newest is shown: two may count at once."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="head_counts")
    heads = models.PositiveIntegerField(_("数到几人"))
    counted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    counted_at = models.DateTimeField()

    class Meta:
        ordering = ["-counted_at", "-id"]
