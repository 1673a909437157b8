"""Which house a visitor is in: their own community, the one they chose in this browser, or the first."""

from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext

from community_portal.people.models import Organisation, Role
from community_portal.people.reach import reader_of
from community_portal.people.sign_in.demo_accounts import demo_accounts
from community_portal.places.models import Community

COMMUNITY_COOKIE = "community"


def house_of(request: HttpRequest) -> Community | None:
    """The community whose living room this page shows; remembered on the request. None before any exists."""
    if not hasattr(request, "house"):
        request.house = _find_house(request)  # type: ignore[attr-defined]
    return request.house  # type: ignore[attr-defined]


def show_house(request: HttpRequest, community: Any) -> None:
    """This page is about this house, wherever its reader is at home: its name stands above, its telephone below."""
    request.house = community  # type: ignore[attr-defined]


def house_named(request: HttpRequest) -> Community | None:
    """The house of the code that was scanned (``?at=FM``), in which the page stands then; else the visitor's own."""
    asked = request.GET.get("at", "")[:4]
    named = Community.objects.filter(code=asked, is_active=True).select_related("street").first() if asked else None
    if named:
        show_house(request, named)
    return house_of(request)


def houses_of(user: Any) -> list[Community]:
    """Where a member of staff works, by code; empty for everyone else. Read with the memberships already."""
    if not user.is_authenticated:
        return []
    own = [place for m in user.memberships_now if (place := m.grid.community if m.grid else m.community)]
    active = {place.pk: place for place in [*own, *user.communities_of_streets] if place.is_active}
    return sorted(active.values(), key=lambda place: place.code)


def may_change_house(user: Any) -> bool:
    """Who works in several houses, as a street officer does, says in which they are now."""
    return bool(user.is_authenticated and (user.is_superuser or len(houses_of(user)) > 1))


def _find_house(request: HttpRequest) -> Community | None:
    user = request.user
    chosen = request.COOKIES.get(COMMUNITY_COOKIE, "")
    if user.is_authenticated and user.roles and user.community_ids:
        own = houses_of(reader_of(request))
        return next((house for house in own if house.code == chosen), own[0] if own else None)
    communities = Community.objects.filter(is_active=True).select_related("street")
    found = communities.filter(code=chosen).first() if chosen else None
    if found is None and user.is_authenticated and user.community_id:
        found = communities.filter(pk=user.community_id).first()
    return found or _nearest(communities, user).first()


def _nearest(communities: QuerySet[Community], user: Any) -> QuerySet[Community]:
    """The first there is; for a third party before it those of the streets that its organisation works for."""
    posts = user.organisation_posts if user.is_authenticated else frozenset()
    if not posts:
        return communities.order_by("id")
    theirs = Organisation.objects.filter(pk__in=[organisation for _role, organisation in posts])
    works_there = Exists(theirs.filter(streets=OuterRef("street")))
    return communities.order_by(works_there.desc(), "id")


def whose_house(request: HttpRequest) -> dict[str, Any]:
    """Template context: ``house``, the community whose living room this is, ``may_change_house``, whether a member of staff
    works in others too, ``staff_title``, what one does there, ``keeps_forms``, whether their phone may keep what was not sent
    yet, and ``demo_accounts`` for the sign-in pages of a demonstration."""
    return {
        "house": house_of(request),
        "keeps_forms": keeps_forms(request),
        "may_change_house": may_change_house(request.user),
        "staff_title": staff_title(request.user),
        "demo_accounts": demo_accounts if settings.PORTAL_DEMO else None,
    }


def keeps_forms(request: HttpRequest) -> bool:
    """Whether the phone of this member of staff keeps forms that found no network, by the switch of their street."""
    house = house_of(request) if request.user.is_authenticated and request.user.is_portal_staff else None
    return bool(house and house.street.keeps_forms)


def staff_title(user: Any) -> str:
    """The roles of a member of staff in words; empty for everyone else."""
    roles = user.roles if user.is_authenticated else frozenset()
    return gettext("、").join(str(role.label) for role in Role if role in roles)
