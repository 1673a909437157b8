"""What people deliberate on: a matter of any service, or something of the community that is no matter yet."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from community_portal.casework.models import Case, Matter, of_matters_read_by, organisations_of
from community_portal.places.models import Community, PlaceQuerySet


class AboutQuerySet(PlaceQuerySet):
    def of(self, matter: Matter) -> Self:
        """About this matter."""
        return self.filter(flow=matter.flow.name, matter_id=matter.pk)

    def visible_to(self, user: Any) -> Self:
        """Staff: what is about matters that they read, and what stands alone in their places; a third party: what is about
        matters that it was given."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        if not (user.community_ids or organisations_of(user)):
            return self.none()
        return self.filter(Q(flow="", community__in=user.community_ids) | of_matters_read_by(user))


class About(models.Model):
    """It hangs on a case: that of the matter it is about, or one of its own."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, related_name="%(class)ss")
    flow = models.CharField(max_length=30, blank=True, default="")
    matter_id = models.BigIntegerField(null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    objects = AboutQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(flow="", matter_id__isnull=True) | ~Q(flow="") & Q(matter_id__isnull=False),
                name="%(class)s_is_about_a_matter_or_alone",
            )
        ]
        indexes = [models.Index(fields=["flow", "matter_id"], name="%(class)ss_of_matter")]
