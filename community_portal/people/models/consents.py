"""What residents agree to, from when until when, with the words they agreed to."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.people.models.accounts import User
from community_portal.people.models.residents import Resident


class Purpose(models.TextChoices):
    """What a resident may agree to, each on its own; the words are in people/consents.py."""

    SMS = "sms", _("短信提醒")
    HEALTH = "health", _("健康和困难情况")
    PHOTOS = "photos", _("上门拍照")
    PASS_ON = "pass_on", _("转给合作机构")
    ASSESS = "assess", _("上门评估")
    DEVICE = "device", _("家里装设备")
    MINOR_PHOTO = "minor_photo", _("拍到未成年人的照片")
    QUOTE = "quote", _("引用您的话")


# Asked of everybody who brings something; the others are asked by the service that needs them.
ASKED_AT_INTAKE = (Purpose.SMS, Purpose.HEALTH, Purpose.PHOTOS, Purpose.PASS_ON)


class ConsentChannel(models.TextChoices):
    """How we heard it."""

    SELF = "self", _("本人在手机上")
    DESK = "desk", _("当面")
    PHONE = "phone", _("电话")
    PAPER = "paper", _("书面")


class Consent(models.Model):
    """A resident's consent to one purpose, under one version of its text, until withdrawn. Rows stay as proof."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    text_version = models.CharField(max_length=20)
    channel = models.CharField(max_length=10, choices=ConsentChannel.choices)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_live_consent_per_purpose",
            )
        ]
