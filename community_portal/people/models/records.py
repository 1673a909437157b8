"""What the portal keeps of accounts: calendar links, what happened to them, who looked at what, forms that were sent."""

import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.people.models.accounts import Membership, User
from community_portal.people.models.residents import Resident


class CalendarLinkQuerySet(models.QuerySet["CalendarLink"]):
    def in_force(self, *, on: Any) -> "CalendarLinkQuerySet":
        """Those of accounts that are in use: of somebody who lives here, or who has a role on that day."""
        in_office = Membership.objects.in_force(on=on).values("user")
        lives_here = Q(phone__isnull=False) | Q(resident__isnull=False)
        holders = User.objects.filter(lives_here | Q(is_superuser=True) | Q(pk__in=in_office), is_active=True)
        if not settings.PORTAL_DEMO:
            holders = holders.filter(is_demo=False)
        return self.filter(user__in=holders.values("pk"))


class CalendarLink(models.Model):
    """The secret address at which somebody's calendar reads their bookings and visits without signing in; one for each account."""

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_link")
    link_hash = models.CharField(max_length=64, unique=True, help_text="keyed hash of the token in the address")
    made_at = models.DateTimeField()

    objects = CalendarLinkQuerySet.as_manager()


class AccountLog(models.Model):
    """What was done to somebody else's account, by whom. Append-only."""

    account = models.ForeignKey(User, models.PROTECT, related_name="account_log")
    what = models.CharField(max_length=30, help_text="password_issued")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        triggers = [pgtrigger.Protect(name="account_log_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Look(models.TextChoices):
    """What is looked at only for a reason that is kept."""

    ID_NUMBER = "id_number", _("证件号码")
    CARE_TAGS = "care_tags", _("需要关照")
    ASSESSMENT = "assessment", _("能力评估")
    HARDSHIP = "hardship", _("困难情况")
    HEALTH = "health", _("健康情况")
    PLAN = "plan", _("照护方案")
    EXPORT = "export", _("导出")


class ViewLog(models.Model):
    """Who looked at a protected field of whom, and why: one row a day, with the first reason. Append-only."""

    viewer = models.ForeignKey(User, models.PROTECT, related_name="+")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="views")
    what = models.CharField(max_length=30, choices=Look.choices)
    reason = models.CharField(_("理由"), max_length=200, help_text="number of a matter, or as typed")
    at = models.DateTimeField()
    day = models.DateField(
        null=True, editable=False, help_text="none in rows from before looks were counted by the day"
    )

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="view_has_a_reason"),
            models.UniqueConstraint(fields=["viewer", "resident", "what", "day"], name="one_view_a_day"),
        ]
        triggers = [pgtrigger.Protect(name="views_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Submission(models.Model):
    """A form or API write that was answered, kept a day: the same key again gets the same answer (see people/once.py)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scope = models.CharField(max_length=80, help_text="user, or browser session of somebody not signed in")
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0, help_text="0 while in flight")
    body = models.TextField(blank=True)
    location = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="a_submission_counts_once")]
