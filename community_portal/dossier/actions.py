"""The street's own template: brought, or given up for ours."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.dossier.models import DossierTemplate
from community_portal.dossier.templates import read_template
from community_portal.places.models import Street
from community_portal.refusals import NotAllowed


@transaction.atomic
def set_template(street: Street, data: bytes, *, name: str, by: Any, at: dt.datetime) -> DossierTemplate:
    """Raises Refusal beside ``file`` for one that cannot be filled in; the one before stays then."""
    must_be_of_the_street(by, street)
    given = {"document": read_template(data), "name": name[-120:], "by": by, "at": at}
    return DossierTemplate.objects.update_or_create(street=street, defaults=given)[0]


@transaction.atomic
def drop_template(street: Street, *, by: Any) -> None:
    """Ours again."""
    must_be_of_the_street(by, street)
    DossierTemplate.objects.filter(street=street).delete()


def must_be_of_the_street(by: Any, street: Street) -> None:
    if by is not None and not by.is_superuser and street.pk not in by.streets_as("street_officer"):
        raise NotAllowed(_("档案模板由街道来定。"))
