"""The menus: what staff and residents find in the frame of every page, and what services add to pages of others."""

import functools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from community_portal.web.access import access_to

_STARTS_AT_THE_WORKBENCH = frozenset(
    ("receptionist", "manager", "eldercare", "charging", "safety")
    + ("assessor", "contractor", "care_agency", "property", "operator", "duty_desk")
)
Line = tuple[str, Any, str, frozenset[str]]
"""Of the staff menu: URL name, label, icon, and the roles that see it (empty: all whom the page admits)."""

SERVICES: list[Line] = []
PANELS: list[tuple[str, Any, str]] = []  # of a resident's file: URL name (takes his number), title, icon
TILES: list[tuple[str, Any, Any, str, str]] = []  # of the settings: URL name, title, what is set there, icon, hue
STAFF_NAVIGATION: tuple[tuple[Any, Sequence[Line]], ...] = (
    (
        None,
        (
            ("workbench", _("今日工作台"), "sun", _STARTS_AT_THE_WORKBENCH),
            ("field", _("我的网格"), "bicycle", frozenset({"grid_officer"})),
            ("inbox", _("我的待办"), "inbox", frozenset()),
            ("residents", _("居民档案"), "people", frozenset()),
        ),
    ),
    (_("业务"), SERVICES),
    (
        _("管理"),
        (
            ("dashboard", _("数据看板"), "bar-chart", frozenset({"manager", "street_officer"})),
            ("messages", _("短信与提醒"), "send", frozenset({"receptionist", "manager", "street_officer"})),
            ("settings_home", _("设置"), "gear", frozenset({"manager", "street_officer"})),
        ),
    ),
)
RESIDENT_NAVIGATION = (
    ("home", _("首页"), "house"),
    ("book", _("预约"), "calendar3"),
    ("my_matters", _("我的事项"), "list-check"),
    ("account", _("我的"), "person"),
)


def register_pages(
    *,
    menu: Sequence[Line] = (),
    panels: Sequence[tuple[str, Any, str]] = (),
    tiles: Sequence[tuple[str, Any, Any, str, str]] = (),
) -> None:
    """Where the pages of a service are found; an app's ``entries.py`` calls it when Django starts."""
    SERVICES.extend(menu)
    PANELS.extend(panels)
    TILES.extend(tiles)


class Entry(NamedTuple):
    """A line of a menu."""

    url: str
    name: str
    label: str
    icon: str


class Group(NamedTuple):
    """Lines of the staff menu under one heading."""

    title: str
    entries: tuple[Entry, ...]


def staff_navigation(user: Any) -> tuple[Group, ...]:
    """Groups of entries this person may open."""
    return _groups_for(user.roles, bool(user.is_superuser), get_language() or "")


@functools.cache
def _groups_for(roles: frozenset[str], sees_all: bool, language: str) -> tuple[Group, ...]:
    """In words of the language in force: every page looks its drawn menu up by them, and plain words are quick to compare."""
    groups = []
    for title, rows in STAFF_NAVIGATION:
        entries = _entries(tuple(row[:3] for row in rows if sees_all or roles & (row[3] or access_to(row[0]).roles)))
        if entries:
            groups.append(Group(str(title) if title else "", entries))
    return tuple(groups)


def resident_navigation() -> tuple[Entry, ...]:
    """The four places of the bar at the foot of a resident's page."""
    return _resident_entries(get_language() or "")


@functools.cache
def _resident_entries(language: str) -> tuple[Entry, ...]:
    return _entries(RESIDENT_NAVIGATION)


def _entries(rows: tuple[tuple[str, Any, str], ...]) -> tuple[Entry, ...]:
    return tuple(Entry(reverse(name), name, str(label), icon) for name, label, icon in rows)


def current_entry(path: str, entries: Iterable[Entry]) -> str:
    """The name of the one entry whose address is the longest beginning of this page's; empty when there is none."""
    here = [entry for entry in entries if path == entry.url or (entry.url != "/" and path.startswith(entry.url))]
    return max(here, key=lambda entry: len(entry.url)).name if here else ""
