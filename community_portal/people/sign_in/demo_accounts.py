"""The accounts of the demonstration: which there are, for the panel on both sign-in pages, and how they end."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext
from rest_framework.authtoken.models import Token

from community_portal.people.models import CalendarLink, Role, User

STAFF_NAMES = (
    "reception",
    "grid",
    "manager",
    "eldercare",
    "charging",
    "safety",
    "street",
    "contractor",
    "agency",
    "admin",
)
PHONES = tuple(f"+861380000000{n}" for n in range(1, 6))


def demo_accounts() -> dict[str, Any]:
    """``{staff: [{username, what}], phones: ["13800000001", …]}``; two queries, asked only where the panel is shown."""
    people = {
        user.username: user
        for user in User.objects.filter(username__in=STAFF_NAMES, is_active=True).prefetch_related("memberships")
    }
    found = [people[name] for name in STAFF_NAMES if name in people]
    phones = User.objects.filter(phone__in=PHONES, is_active=True).order_by("phone").values_list("phone", flat=True)
    return {
        "staff": [{"username": user.username, "what": _what(user)} for user in found],
        "phones": [(phone or "").removeprefix("+86") for phone in phones],
    }


def _what(user: User) -> str:
    roles = [str(Role(membership.role).label) for membership in user.memberships.all()]
    if user.is_superuser:
        roles.append(gettext("系统管理员"))
    return gettext("、").join(roles)


@transaction.atomic
def end_demo_accounts() -> int:
    """Nobody comes in with them any more, also where somebody turns the demonstration on again; their numbers are free for
    whoever they belong to. Answers how many there were."""
    ids = list(User.objects.filter(is_demo=True, is_active=True).values_list("pk", flat=True))
    Token.objects.filter(user__in=ids).delete()
    CalendarLink.objects.filter(user__in=ids).delete()
    return User.objects.filter(pk__in=ids).update(
        is_active=False, phone=None, phone_verified_at=None, resident=None, session_round=F("session_round") + 1
    )
