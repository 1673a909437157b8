"""The street's own look of what it hands out."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.places.models import Street


class DossierTemplate(models.Model):
    """The Word document into which the files of this street are filled; without one, ours (word.py)."""

    street = models.OneToOneField(Street, models.PROTECT, related_name="dossier_template")
    document = models.BinaryField(_("模板"))
    name = models.CharField(_("文件名"), max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(document=b""), name="dossier_template_is_a_document")]
