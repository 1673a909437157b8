"""Who signed what: the very content that was on the screen, by its hash. What changes afterwards makes a signature stale, and it stays."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Attachment, Case
from community_portal.people.models import Organisation, Resident


class Relation(models.TextChoices):
    """As what somebody signs."""

    SELF = "self", _("本人")
    GUARDIAN = "guardian", _("监护人")
    SPOUSE = "spouse", _("配偶")
    CHILD = "child", _("子女")
    RELATIVE = "relative", _("其他亲属")
    STREET = "street", _("街道")
    COMMUNITY = "community", _("社区")
    THIRD_PARTY = "third_party", _("第三方")
    OTHER = "other", _("其他")


OWN_WILL = (Relation.SELF, Relation.GUARDIAN)
FAMILY = (*OWN_WILL, Relation.SPOUSE, Relation.CHILD, Relation.RELATIVE)


class Means(models.TextChoices):
    FINGER = "finger", _("手写签名")
    PAPER = "paper", _("纸质签名照片")
    LINK = "link", _("短信链接")


class SigningQuerySet(models.QuerySet["Signing"]):
    def of_row(self, flow: str, matter_id: int) -> "SigningQuerySet":
        return self.filter(flow=flow, matter_id=matter_id)


class Signing(models.Model):
    """One signature under one document of a matter. ``needs_own_will``: nobody but the person or the guardian can give it,
    whoever holds the phone. ``content`` is what was signed, as it was shown."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="signings")
    flow = models.CharField(max_length=30)
    matter_id = models.BigIntegerField()
    part = models.CharField(max_length=40, blank=True)
    document = models.SlugField(max_length=40)
    content = models.JSONField()
    content_sha256 = models.CharField(max_length=64)
    signer_name = models.CharField(_("签名人"), max_length=60)
    signer = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    relation = models.CharField(max_length=12, choices=Relation.choices)
    needs_own_will = models.BooleanField()
    means = models.CharField(max_length=8, choices=Means.choices)
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = SigningQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["flow", "matter_id", "document"], name="signings_of_matter")]
        constraints = [
            models.CheckConstraint(condition=~Q(signer_name=""), name="signing_has_a_name"),
            models.CheckConstraint(condition=Q(relation__in=Relation.values), name="signing_relation_exists"),
            models.CheckConstraint(
                condition=Q(needs_own_will=False) | Q(relation__in=OWN_WILL), name="own_will_is_signed_by_nobody_else"
            ),
            models.CheckConstraint(
                condition=Q(means=Means.LINK) | Q(attachment__isnull=False), name="signing_on_paper_or_glass_is_kept"
            ),
        ]
        triggers = [pgtrigger.Protect(name="signing_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.signer_name}（{self.get_relation_display()}）"
