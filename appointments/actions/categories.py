"""Limits and papers of a category of requests."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appointments.models import Category
from community_portal.editions import must_be
from community_portal.people.models import Role, User
from community_portal.refusals import NotAllowed


def may_edit_category(category: Category, user: User) -> bool:
    """Officers of the street it belongs to; those of everyone by officers of any street."""
    if user.is_superuser:
        return True
    streets = {m.street_id for m in user.memberships_now if m.role == Role.STREET_OFFICER}
    return bool(streets) and (category.street_id is None or category.street_id in streets)


@transaction.atomic
def save_category(*, category: Category, by: User | None, at: dt.datetime, seen: str | None = None) -> None:
    """Stores what was changed; requests already under way keep the limits they were given. Raises Changed, NotAllowed."""
    if by is not None and not may_edit_category(category, by):
        raise NotAllowed(_("求助类别由街道来定。"))
    if category.pk:
        must_be(seen, Category.objects.select_for_update().get(pk=category.pk))
    category.save()
