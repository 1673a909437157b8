"""The accounts of the demonstration: which there are, for the panel on both sign-in pages, and how they end."""

from typing import Any

from django.db import transaction
from django.db.models import F, Prefetch
from django.utils.translation import gettext
from rest_framework.authtoken.models import Token

from community_portal.people.models import CalendarLink, Membership, Role, User

STAFF_NAMES = (
    "reception",
    "grid",
    "manager",
    "eldercare",
    "charging",
    "safety",
    "safety-ca",
    "safety-hq",
    "street",
    "street-xh",
    "street-zh",
    "contractor",
    "agency",
    "assessor",
    "property",
    "operator",
    "dutydesk",
    "admin",
)
PHONES = tuple(f"+861380000000{n}" for n in range(1, 6))


def demo_accounts() -> dict[str, Any]:
    """``{staff: [{username, what}], phones: ["13800000001", …]}``; two queries, asked only where the panel is shown."""
    posts = Membership.objects.select_related("street", "community", "grid__community", "organisation")
    accounts = User.objects.filter(username__in=STAFF_NAMES, is_active=True)
    people = {user.username: user for user in accounts.prefetch_related(Prefetch("memberships", posts))}
    found = [people[name] for name in STAFF_NAMES if name in people]
    phones = User.objects.filter(phone__in=PHONES, is_active=True).order_by("phone").values_list("phone", flat=True)
    return {
        "staff": [{"username": user.username, "what": _what(user)} for user in found],
        "phones": [(phone or "").removeprefix("+86") for phone in phones],
    }


def _what(user: User) -> str:
    """The posts with their places: several accounts have the same role, each somewhere else."""
    posts = [f"{Role(post.role).label} · {_where(post)}" for post in user.memberships.all()]
    if user.is_superuser:
        posts.append(gettext("系统管理员"))
    return gettext("、").join(posts)


def _where(post: Membership) -> str:
    return f"{post.grid.community} {post.grid}" if post.grid else str(post.place)


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
