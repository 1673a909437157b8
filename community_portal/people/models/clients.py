"""Programs of other organisations that call the API in their own name: which may do what, until it is taken back."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.people.models.accounts import Organisation


class ApiClientQuerySet(models.QuerySet["ApiClient"]):
    def live(self) -> "ApiClientQuerySet":
        return self.filter(revoked_at__isnull=True)


class ApiClient(models.Model):
    """A key of one organisation for the ``scopes`` it names (people/api_clients.py); of the key only a hash is kept."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="api_clients", verbose_name=_("单位"))
    name = models.CharField(_("名称"), max_length=60, help_text=_("哪个系统，如：充电箱平台"))
    scopes: Any = ArrayField(models.SlugField(max_length=40), verbose_name=_("可以做什么"))
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        ordering = ["organisation_id", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="api_client_may_do_something"),
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=Q(revoked_at__isnull=True),
                name="one_live_api_client_per_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.name}"
