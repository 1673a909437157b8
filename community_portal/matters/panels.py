"""What one service puts on the page of another's matter, registered in the app's ``entries.py``: the page knows none of them.

Sibling matters of a case, and what grew out of it, stand on each page without being registered (lines.relatives_of).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from community_portal.casework.models import Matter
from community_portal.people.models import User
from community_portal.web.access import access_to
from community_portal.web.components import Drawn


@dataclass(frozen=True)
class MatterPanel:
    """A panel on pages of matters. ``page``, a page of the service, decides by its mark whom it is for, by what they are at the
    place of the matter; ``read`` answers what ``template`` shows of what this reader may see (``visible_to``), None for nothing.
    It stands in the wide column, or ``is_beside`` it."""

    page: str
    template: str
    read: Callable[[Matter, User], dict[str, Any] | None]
    is_beside: bool = False


PANELS: list[MatterPanel] = []


def register_matter_panels(*panels: MatterPanel) -> None:
    PANELS.extend(panels)


def panels_of(matter: Matter, user: User, *, is_beside: bool) -> list[Drawn]:
    """Those of this page for this reader, in the order of the services."""
    theirs = (one for one in PANELS if one.is_beside == is_beside and _is_for(one, matter, user))
    drawn = ((one, one.read(matter, user)) for one in theirs)
    return [Drawn(one.template, values) for one, values in drawn if values is not None]


def _is_for(panel: MatterPanel, matter: Matter, user: User) -> bool:
    """A second post elsewhere opens nothing here; a third party sees what its role sees of a matter that it was given."""
    access = access_to(panel.page)
    if user.is_superuser or not access.roles:
        return access.admits(user)
    return user.has_role_at(matter.community_id, *access.roles) or bool(access.roles & matter.roles_given(user))
