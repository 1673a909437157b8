"""What requests are about: adding and changing a category with its limits and papers."""

import datetime as dt

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from appointments.models import Category
from community_portal.people.models import Role, User
from community_portal.people.staff.memberships import EASY_TO_READ
from community_portal.refusals import Changed, NotAllowed, Refusal


def may_edit_category(category: Category, user: User) -> bool:
    """Everyone's: administrators. A street's: its street officers."""
    return user.is_superuser or category.street_id in streets_run_by(user)


def streets_run_by(user: User) -> set[int]:
    """Where this user is a street officer now."""
    return {m.street_id for m in user.memberships_now if m.role == Role.STREET_OFFICER and m.street_id}


@transaction.atomic
def save_category(*, category: Category, by: User | None, at: dt.datetime, seen: int | None = None) -> Category:
    """Stores a new or changed category; requests already under way keep the limits they were given.

    ``seen`` is its version as the page showed it. Raises NotAllowed; Refusal ``category_exists`` for a name that the same
    people would see twice; Changed when somebody else saved it meanwhile.
    """
    if by is not None and not may_edit_category(category, by):
        raise NotAllowed(_("这个类别由上级设定，您可以添加本街道自己的类别。"))
    if category.pk is not None:
        version = category.version if seen is None else seen
        if Category.objects.select_for_update().filter(pk=category.pk, version=version).first() is None:
            raise Changed(_("情况有变：这个类别刚刚有人改过，请再看一眼。"))
        category.version = version + 1
    alike = Category.objects.filter(name=category.name, street=category.street, is_active=True).exclude(pk=category.pk)
    if category.is_active and alike.exists():
        raise Refusal(_("已经有同名的类别了。"), code="category_exists", field="name", status=409)
    category.code = category.code or _free_code(category)
    category.save()
    return category


def _free_code(category: Category) -> str:
    """From its place and English name; with a few letters of chance, so that two at once never meet."""
    place = category.street.code.lower() if category.street else "all"
    return f"{place}-{slugify(category.name_en)[:14] or 'category'}-{get_random_string(5, EASY_TO_READ)}"
