"""Photos, papers and signatures of a case, and the lists that somebody wants to see again."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from community_portal.casework.flow import FLOWS
from community_portal.casework.models.cases import Case, Commission, Event, of_matters_read_by, read_whole


class AttachmentKind(models.TextChoices):
    PHOTO = "photo", _("照片")
    PAPER = "paper", _("材料")
    SIGNATURE = "signature", _("签名")


# Of cameras whose clock was never set, and of clocks that run ahead.
NO_MOMENT = "{0} NOT BETWEEN '1990-01-01' AND now() + interval '1 day'"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: Any) -> "AttachmentQuerySet":
        """Staff: files of the matters that they read, and of no matter in particular those of their cases; a resident: what is
        public in theirs; a third party sees what came with the matters that it was given. What was forgotten is gone for
        everybody."""
        if not user.is_authenticated:
            return self.none()
        kept = self.exclude(file="")
        if user.is_superuser:
            return kept
        seen = _files_at_work(user) if user.community_ids else Q(case__in=Case.objects.concerning(user), is_public=True)
        if user.organisation_posts:
            seen |= _files_given_to(user)
        return kept.filter(seen)


def _files_given_to(user: Any) -> Q:
    """What came with the matters that an organisation was given, as far as its role in them opens files."""
    given = Commission.objects.held_by(user).of_row(OuterRef("event__flow"), OuterRef("event__matter_id"))
    narrow = [(flow.name, role, kinds) for flow in FLOWS.values() for role, kinds in flow.files_of.items()]
    some, whole = Q(pk__in=[]), given
    for flow, role, kinds in narrow:
        told = Q(event__kind__in=kinds) | Q(event__authority=f"role:{role}")  # what is theirs to see, and what they brought
        some |= told & Q(Exists(given.filter(flow=flow, role=role)))
        whole = whole.exclude(flow=flow, role=role)
    return Q(Exists(whole)) | some


def _files_at_work(user: Any) -> Q:
    whole = read_whole(user)
    seen = Q(case__community_id__in=whole)
    if user.community_ids - whole:
        of_the_case = Q(event__isnull=True) | Q(event__flow="")
        seen |= of_matters_read_by(user, prefix="event__")
        seen |= of_the_case & Q(case__in=Case.objects.read_at_work(user))
    return seen


class Attachment(models.Model):
    """A file of a case, stored under a name of our own and served only through the permission of its case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="attachments")
    kind = models.CharField(max_length=10, choices=AttachmentKind.choices)
    file = models.FileField(upload_to="cases/%Y/%m/")
    original_name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True, help_text="from the camera, read before EXIF was dropped")
    is_public = models.BooleanField(default=True, help_text="the resident sees it")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "sha256", "kind"], name="same_file_once_per_case")]
        triggers = [
            pgtrigger.Trigger(
                name="no_moment_that_cannot_be",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("taken_at"),
                # Python cannot read every moment that the database holds: one such row would close the pages of its case.
                func=f"IF {NO_MOMENT.format('NEW.taken_at')} THEN NEW.taken_at := NULL; END IF; RETURN NEW;",
            )
        ]


class SavedFilter(models.Model):
    """A list somebody wants to see again: the query string of a list page under a name."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    page = models.CharField(max_length=40, help_text="view name of the list")
    name = models.CharField(_("名称"), max_length=30)
    query = models.CharField(max_length=500)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "page", "name"], name="one_saved_filter_per_name")]
