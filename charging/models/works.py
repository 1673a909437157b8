"""Building at a site: the order to a contractor, and the acceptance by others than the contractor."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from charging.models.rounds import MONEY
from charging.models.sites import Site
from community_portal.casework.models import Attachment
from community_portal.people.models import Organisation


class InstallOrder(models.Model):
    """Who builds, from when until when. ``gas_plan`` is the protection plan signed with the gas company, where its answer was
    one with conditions."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="orders")
    contractor = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    ports = models.PositiveSmallIntegerField()
    price = models.DecimalField(_("造价（元）"), default=0, **MONEY)
    ordered_at = models.DateTimeField()
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    gas_plan = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["site"], name="one_order_per_site"),
            models.CheckConstraint(condition=Q(ports__gte=1, price__gte=0), name="order_is_for_something"),
        ]


class Part(models.TextChoices):
    """What is looked at before anybody charges there."""

    FIRE = "fire", _("消防：间距、通道、隔离")
    ELECTRIC = "electric", _("电气：漏保、线路、接地")
    SWITCH_OFF = "switch_off", _("充满断电，逐个回路试过")
    EXTINGUISHERS = "extinguishers", _("灭火器")
    VIDEO = "video", _("视频监控")
    NOTICES = "notices", _("告示、收费、电话")


class Body(models.TextChoices):
    """Who accepts: the street, the community, and somebody who is neither them nor the contractor."""

    STREET = "street", _("街道")
    COMMUNITY = "community", _("社区")
    THIRD = "third", _("第三方")


# An acceptance that somebody signed for is decided with every part passed and all three names.
ACCEPTED_IS_WHOLE = """
    IF NEW.accepted_at IS NOT NULL AND (
        (SELECT count(DISTINCT part) FROM charging_acceptancepart WHERE acceptance_id = NEW.id AND passes) < {parts}
        OR EXISTS (SELECT 1 FROM charging_acceptancepart WHERE acceptance_id = NEW.id AND passes IS NOT TRUE)
        OR (SELECT count(DISTINCT body) FROM charging_acceptancesigner WHERE acceptance_id = NEW.id) < {bodies}) THEN
        RAISE EXCEPTION 'acceptance % lacks a part or a name', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

BUILDER_DOES_NOT_ACCEPT = """
    IF NEW.organisation_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM charging_siteacceptance acceptance JOIN charging_site site ON site.id = acceptance.site_id
        WHERE acceptance.id = NEW.acceptance_id AND site.contractor_id = NEW.organisation_id) THEN
        RAISE EXCEPTION 'who built it does not accept it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class SiteAcceptance(models.Model):
    """One time of looking at what was built; what is sent back is looked at in the next ``number``."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="acceptances")
    number = models.PositiveSmallIntegerField(default=1)
    opened_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    sent_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["site", "number"], name="one_site_acceptance_per_number"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(sent_back_at__isnull=True), name="accepted_or_sent_back"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="accepted_is_whole",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("accepted_at"),
                func=ACCEPTED_IS_WHOLE.format(parts=len(Part.values), bodies=len(Body.values)),
            )
        ]


class AcceptancePart(models.Model):
    """One part, of one circuit where it is looked at circuit by circuit. ``passes`` None: not looked at yet."""

    acceptance = models.ForeignKey(SiteAcceptance, models.PROTECT, related_name="parts")
    part = models.CharField(max_length=14, choices=Part.choices)
    circuit = models.PositiveSmallIntegerField(default=1)
    passes = models.BooleanField(null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    photo = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["acceptance", "part", "circuit"], name="part_of_acceptance_once"),
            models.CheckConstraint(condition=Q(part__in=Part.values, circuit__gte=1), name="part_of_acceptance_exists"),
            models.CheckConstraint(condition=~Q(passes=False) | ~Q(note=""), name="failed_part_says_why"),
        ]

    def __str__(self) -> str:
        label = str(self.get_part_display())
        by_circuit = self.part == Part.SWITCH_OFF
        return gettext("%(part)s（第 %(n)s 路）") % {"part": label, "n": self.circuit} if by_circuit else label


class AcceptanceSigner(models.Model):
    """Who put their name under it: one of each body."""

    acceptance = models.ForeignKey(SiteAcceptance, models.PROTECT, related_name="signers")
    body = models.CharField(max_length=10, choices=Body.choices)
    name = models.CharField(_("姓名"), max_length=60)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    signature = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["acceptance", "body"], name="one_signer_per_body"),
            models.CheckConstraint(condition=Q(body__in=Body.values) & ~Q(name=""), name="signer_is_somebody"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="builder_does_not_accept",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=BUILDER_DOES_NOT_ACCEPT,
            ),
            pgtrigger.Protect(name="acceptance_name_stays", operation=pgtrigger.Delete),
        ]
