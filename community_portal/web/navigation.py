"""The menus: what staff and residents find in the frame of every page, and what services add to pages of others."""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from community_portal.web.access import access_to

Line = tuple[str, Any, str, frozenset[str]]
"""Of the staff menu: URL name, label, icon, and the roles that see it (empty: all whom the page admits)."""

TODAY: list[Line] = []  # pages of one's day, on top of the menu
SERVICES: list[Line] = []
BAR: list[tuple[str, Any, str]] = []  # of the bar at the foot of a resident's page: URL name, label, icon
TOP: list[tuple[str, Any, str, str]] = []  # of the top bar of staff: URL name, label, icon, the key that opens it
DEEDS: list[tuple[str, Any, str]] = []  # on a resident's file: URL name (takes ``?resident=``), label, icon
BEGINS: list[
    tuple[str, Any, str, Callable[[Any], bool]]
] = []  # on a matter: URL name (takes the number), label, icon, fits it
FIRST_PAGES: dict[str, str] = {}  # by role: URL name of the page where the day of that role is
PANELS: list[tuple[str, Any, str]] = []  # of a resident's file: URL name (takes the resident's number), title, icon
TILES: list[tuple[str, Any, Any, str, str]] = []  # of the settings: URL name, title, what is set there, icon, hue
STAFF_NAVIGATION: tuple[tuple[Any, Sequence[Line]], ...] = (
    (None, TODAY),
    (
        None,
        (("inbox", _("我的待办"), "inbox", frozenset()), ("residents", _("居民档案"), "people", frozenset())),
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
RESIDENT_NAVIGATION: tuple[Sequence[tuple[str, Any, str]], ...] = (
    (("home", _("首页"), "house"),),
    BAR,
    (("my_matters", _("我的事项"), "list-check"), ("account", _("我的"), "person")),
)
EVERYBODYS_FIRST_PAGE = "workbench"


def register_pages(
    *,
    today: Sequence[Line] = (),
    menu: Sequence[Line] = (),
    bar: Sequence[tuple[str, Any, str]] = (),
    top: Sequence[tuple[str, Any, str, str]] = (),
    deeds: Sequence[tuple[str, Any, str]] = (),
    begins: Sequence[tuple[str, Any, str, Callable[[Any], bool]]] = (),
    first_pages: Mapping[str, str] | None = None,
    panels: Sequence[tuple[str, Any, str]] = (),
    tiles: Sequence[tuple[str, Any, Any, str, str]] = (),
) -> None:
    """Where the pages of a service are found; an app's ``entries.py`` calls it when Django starts."""
    TODAY.extend(today)
    SERVICES.extend(menu)
    BAR.extend(bar)
    TOP.extend(top)
    DEEDS.extend(deeds)
    BEGINS.extend(begins)
    FIRST_PAGES.update(first_pages or {})
    PANELS.extend(panels)
    TILES.extend(tiles)


class Entry(NamedTuple):
    """A line of a menu."""

    url: str
    name: str
    label: str
    icon: str
    key: str = ""


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


def top_buttons(user: Any) -> tuple[Entry, ...]:
    """What the top bar offers this person, with the key that opens it."""
    return _top_for(user.roles, bool(user.is_superuser), get_language() or "")


@functools.cache
def _top_for(roles: frozenset[str], sees_all: bool, language: str) -> tuple[Entry, ...]:
    offered = (row for row in TOP if sees_all or roles & (access_to(row[0]).roles or roles))
    return tuple(Entry(reverse(name), name, str(label), icon, key) for name, label, icon, key in offered)


def first_page(roles: Iterable[str]) -> str:
    """The URL name of the page where somebody starts: where the day of all their roles is, else the workbench."""
    pages = {FIRST_PAGES.get(role, EVERYBODYS_FIRST_PAGE) for role in roles}
    return pages.pop() if len(pages) == 1 else EVERYBODYS_FIRST_PAGE


def resident_navigation() -> tuple[Entry, ...]:
    """The few places of the bar at the foot of a resident's page."""
    return _resident_entries(get_language() or "")


@functools.cache
def _resident_entries(language: str) -> tuple[Entry, ...]:
    return _entries(tuple(row for rows in RESIDENT_NAVIGATION for row in rows))


def _entries(rows: tuple[tuple[str, Any, str], ...]) -> tuple[Entry, ...]:
    return tuple(Entry(reverse(name), name, str(label), icon) for name, label, icon in rows)


def file_deeds(user: Any, number: int) -> list[tuple[str, Any, str]]:
    """What may be begun from a resident's file by this person: address, label, icon."""
    offered = (row for row in DEEDS if access_to(row[0]).admits(user))
    return [(reverse(name, query={"resident": number}), label, icon) for name, label, icon in offered]


def begins_from(matter: Any, user: Any) -> list[tuple[str, Any, str]]:
    """What services offer this person to begin where a matter is, as an adaptation that grows out of a request: address,
    label, icon."""
    number = matter.case.number
    offered = (row for row in BEGINS if row[3](matter) and access_to(row[0], number).admits(user))
    return [(reverse(name, args=[number]), label, icon) for name, label, icon, _fits in offered]


def current_entry(path: str, entries: Iterable[Entry]) -> str:
    """The name of the one entry whose address is the longest beginning of this page's; empty when there is none."""
    here = [entry for entry in entries if path == entry.url or (entry.url != "/" and path.startswith(entry.url))]
    return max(here, key=lambda entry: len(entry.url)).name if here else ""
