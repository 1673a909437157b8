"""Programmes: adding and changing one. The budget never falls below what is bound and paid already."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.people.models import Role, User
from community_portal.places.models import Street
from community_portal.refusals import Changed, NotAllowed, Refusal
from eldercare.models import CatalogueItem, Programme
from eldercare.money import plain_sum


def open_programmes(street: Street, *, on: dt.date) -> list[Programme]:
    """Those that take applications on that day, the newest first."""
    rows = Programme.objects.filter(street=street, opens_on__lte=on, closes_on__gte=on)
    return list(rows.select_related("catalogue").order_by("-year", "-id"))


@transaction.atomic
def save_programme(programme: Programme, *, by: User | None, at: dt.datetime, seen: int | None = None) -> Programme:
    """Stores a new or changed programme; plans that were proposed keep the cap that they were made with.

    ``seen`` is its version as the page showed it. Raises NotAllowed, Changed, and Refusal beside the field that is wrong.
    """
    if by is not None and not (by.is_superuser or programme.street_id in _streets_of(by)):
        raise NotAllowed(_("项目由街道设定。"))
    if programme.pk is not None:
        known = Programme.objects.select_for_update().get(pk=programme.pk)
        if seen is not None and known.version != seen:
            raise Changed(_("情况有变：这个项目刚刚有人改过，请再看一眼。"))
        programme.version, programme.committed, programme.settled = known.version + 1, known.committed, known.settled
    _must_hold(programme)
    programme.save()
    return programme


def _must_hold(programme: Programme) -> None:
    if programme.closes_on <= programme.opens_on:
        raise Refusal(_("结束要晚于开始。"), code="bad_days", field="closes_on")
    bound = programme.committed + programme.settled
    if programme.budget < bound:
        sentence = _("已经占用和支付了 %(sum)s 元，预算不能比这少。") % {"sum": plain_sum(bound)}
        raise Refusal(sentence, code="budget_too_small", field="budget")
    known = CatalogueItem.objects.filter(catalogue=programme.catalogue, code__in=programme.funded_codes)
    unknown = set(programme.funded_codes) - set(known.values_list("code", flat=True))
    if unknown:
        sentence = _("清单里没有这些项目：%(codes)s") % {"codes": "、".join(sorted(unknown))}
        raise Refusal(sentence, code="unknown_items", field="funded_codes")


def _streets_of(by: User) -> set[int | None]:
    return {m.street_id for m in by.memberships_now if m.role == Role.STREET_OFFICER}
