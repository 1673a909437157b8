"""Who may open a page. Every view carries exactly one of three marks; the middleware enforces it, a test walks the URLs.

A page without a mark opens to nobody. Roles are plain words here so that the lowest floor need not know the people above.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.urls import resolve, reverse

if TYPE_CHECKING:  # names for the type checker alone: nothing of it is there when the portal runs
    from community_portal.people.models import User
    from community_portal.places.models import Community

View = TypeVar("View", bound=Callable[..., Any])


class SignedInRequest(HttpRequest):
    """What a view marked ``@for_residents`` is given: somebody is signed in."""

    user: "User"


class StaffRequest(SignedInRequest):
    """What a view marked ``@for_staff`` is given; ``house`` once it was asked for (people.shell.house_of)."""

    house: "Community"


@dataclass(frozen=True)
class Access:
    """``audience`` is ``all``, ``residents`` or ``staff``; ``roles`` narrows staff (empty: any role)."""

    audience: str
    roles: frozenset[str] = frozenset()

    def admits(self, user: Any) -> bool:
        """May this signed-in or anonymous user open the page at all? Rows are narrowed by ``visible_to``."""
        if self.audience == "all":
            return True
        if not user.is_authenticated or not user.is_active:
            return False
        if self.audience == "residents":
            return True
        return bool(user.is_superuser or (user.roles & self.roles if self.roles else user.roles))


@lru_cache(256)
def access_to(name: str, *args: Any) -> Access:
    """The mark of the page with that URL name; raises NoReverseMatch for a name that no page has."""
    return resolve(reverse(name, args=args)).func.access  # type: ignore[attr-defined,no-any-return]


def _mark(view: View, access: Access) -> View:
    """One mark for one view; a second, different one would silently win."""
    if getattr(view, "access", access) != access:
        raise ImproperlyConfigured(f"{view!r} already carries {view.access}, not also {access}")  # type: ignore[attr-defined]
    view.access = access  # type: ignore[attr-defined]
    return view


def open_to_all(view: View) -> View:
    """Anyone, signed in or not."""
    return _mark(view, Access("all"))


def for_residents(view: View) -> View:
    """Anyone signed in; staff are residents of somewhere too."""
    return _mark(view, Access("residents"))


def for_staff(*roles: str) -> Callable[[View], View]:
    """Staff with one of the roles (any role when none is named); administrators always."""

    def mark(view: View) -> View:
        return _mark(view, Access("staff", frozenset(map(str, roles))))

    return mark
