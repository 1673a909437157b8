"""Whom one asks for at an organisation."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.people.models.accounts import Organisation


class OrganisationContact(models.Model):
    """Somebody there with a telephone, as long as they are there; no account comes of it."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="contacts")
    name = models.CharField(_("姓名"), max_length=40)
    post = models.CharField(_("职务"), max_length=40, blank=True)
    phone = models.CharField(_("电话"), max_length=20)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["until", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="contact_ends_after_they_began"
            ),
            models.UniqueConstraint(
                fields=["organisation", "phone"], condition=Q(until__isnull=True), name="one_contact_per_phone"
            ),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.name, self.post]))
