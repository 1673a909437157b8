"""Bodies that take part by name and have no accounts: police, fire brigade, schools, companies, associations; and whom one asks for."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.models import RUNS, Body, Organisation, OrganisationContact, User
from community_portal.people.phones import read_phone
from community_portal.people.wording import read_text
from community_portal.places.models import Street
from community_portal.refusals import NotAllowed, Refusal


def _must_run(street: Street, by: User | None) -> None:
    places = {community.pk for community in street.communities.all()}
    if by is not None and not by.is_superuser and not places & by.communities_as(*RUNS):
        raise NotAllowed(_("单位由街道或书记来登记。"))


@transaction.atomic
def save_body(
    street: Street, *, body: Organisation | None = None, name: str, kind: str, phone: str = "", by: User | None
) -> Organisation:
    """New, or another name or telephone of one there is. Raises Refusal ``kind`` for what has members with accounts, ``twice``
    for a name that is there already."""
    _must_run(street, by)
    name = read_text(name, field="name")[:80]
    if len(name) < 2:
        raise Refusal(_("请写单位名称。"), code="no_name", field="name")
    if kind not in Body.values:
        raise Refusal(_("这里登记没有账号的单位。"), code="kind", field="kind")
    row = body or Organisation(kind=kind)
    row.name, row.phone = name, phone.strip()[:20]
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refusal(_("这个单位已经有了。"), code="twice", field="name", status=409) from error
    if body is None:
        row.streets.add(street)
    return row


@transaction.atomic
def add_contact(
    body: Organisation, street: Street, *, name: str, phone: str, post: str = "", by: User | None, at: dt.datetime
) -> OrganisationContact:
    """Whom one asks for there. Raises Refusal ``phone`` and ``twice``."""
    _must_run(street, by)
    name = read_text(name, field="name")[:40]
    if not name:
        raise Refusal(_("请写姓名。"), code="no_name", field="name")
    number = read_phone(phone)
    try:
        with transaction.atomic():
            return OrganisationContact.objects.create(
                organisation=body, name=name, phone=number, post=post.strip()[:40], since=clock.local(at).date()
            )
    except IntegrityError as error:
        raise Refusal(_("这个号码已经登记了。"), code="twice", field="phone") from error


def end_contact(contact: OrganisationContact, street: Street, *, by: User | None, at: dt.datetime) -> None:
    """They are there no more; what was agreed with them stays."""
    _must_run(street, by)
    OrganisationContact.objects.filter(pk=contact.pk, until__isnull=True).update(until=clock.local(at).date())
