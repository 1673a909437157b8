"""The invented service (tests/toy_service) stands on a shelf: found by the portal as any app is, then taken out of its
registries, so that pages, menus and figures of all other tests are those of the portal. The fixture ``toy`` puts it in again."""

import copy
import sys
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings

from community_portal.matters.lists import kept_choices
from community_portal.web import access, navigation

APP = "tests.toy_service"
CACHED = (navigation._groups_for, navigation._top_for, navigation._resident_entries, access.access_to, kept_choices)


class Registry(NamedTuple):
    """A list or table of some room, without the service and with it."""

    kept: Any
    without: Any
    with_it: Any


_REGISTRIES: list[Registry] = []


def _tables() -> dict[int, Any]:
    """Every list and table in capitals of every room."""
    rooms = [module for name, module in list(sys.modules.items()) if name.startswith("community_portal.")]
    named = [kept for room in rooms for name, kept in vars(room).items() if name.isupper()]
    return {id(kept): kept for kept in named if type(kept) in (dict, list)}


def install() -> None:
    """As if it stood in INSTALLED_APPS: its modules are found and register what they have. Then it is put away."""
    before = {key: (kept, copy.copy(kept)) for key, kept in _tables().items()}
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, APP]
    apps.set_installed_apps(settings.INSTALLED_APPS)
    _REGISTRIES.extend(Registry(kept, was, copy.copy(kept)) for kept, was in before.values() if kept != was)
    put_away()


def put_away() -> None:
    for registry in _REGISTRIES:
        _fill(registry.kept, registry.without)


def take_out() -> None:
    for registry in _REGISTRIES:
        _fill(registry.kept, registry.with_it)


def _fill(kept: Any, rows: Any) -> None:
    kept.clear()
    if isinstance(kept, list):
        kept.extend(rows)
    else:
        kept.update(rows)
    for cached in CACHED:
        cached.cache_clear()
