"""What a portal for real people must not have: ``manage.py check --deploy`` fails on it."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, ProgrammingError

from community_portal.people.models import User


@register(Tags.security, deploy=True)
def no_accounts_of_a_demonstration(**_asked: Any) -> list[CheckMessage]:
    """Their password stands in the README. Every door refuses them; that they are there says where the data came from."""
    if settings.PORTAL_DEMO:
        return []
    rows = User.objects.filter(is_demo=True, is_active=True).order_by("pk")
    try:
        names = list(rows.values_list("username", flat=True))
    except ProgrammingError:  # before the first migration
        return []
    except DatabaseError as error:
        return [Warning(f"The database was not asked for accounts of a demonstration: {error}", id="people.W001")]
    if not names:
        return []
    shown = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
    return [
        Error(
            f"{len(names)} accounts of a demonstration are active: {shown}.",
            hint="`manage.py demo_accounts --end` disables them. A database that was a demonstration holds invented people.",
            id="people.E001",
        )
    ]
