"""Who may open a page. Every view carries exactly one of three marks; the middleware enforces it, a test walks the URLs.

A page without a mark opens to nobody. Roles are plain words here so that the lowest floor need not know the people above.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


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


def open_to_all(view: View) -> View:
    """Anyone, signed in or not."""
    view.access = Access("all")  # type: ignore[attr-defined]
    return view


def for_residents(view: View) -> View:
    """Anyone signed in; staff are residents of somewhere too."""
    view.access = Access("residents")  # type: ignore[attr-defined]
    return view


def for_staff(*roles: str) -> Callable[[View], View]:
    """Staff with one of the roles (any role when none is named); administrators always."""

    def mark(view: View) -> View:
        view.access = Access("staff", frozenset(map(str, roles)))  # type: ignore[attr-defined]
        return view

    return mark
