"""The floor names no service: what belongs to one is registered, and the next is known without touching these files."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from community_portal.casework.flow import FLOWS
from community_portal.front import parts
from community_portal.measure import FIGURES, MEASURES
from community_portal.web import navigation

ROOT = Path(settings.BASE_DIR)
FLOOR = (
    "community_portal/matters",
    "community_portal/front",
    "community_portal/dashboards",
    "community_portal/web",
    "templates/matters",
    "templates/front",
    "templates/dashboards",
    "templates/components",
    "templates/staff.html",
    "templates/resident.html",
)
SERVICES = [config for config in apps.get_app_configs() if Path(config.path).parent == ROOT]
TO_COME = ("eldercare", "charging", "safety")


def addresses(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        yield from addresses(pattern.url_patterns) if isinstance(pattern, URLResolver) else [pattern]


def of_a_service(module: str) -> bool:
    return module.split(".")[0] in {config.label for config in SERVICES}


def names_in_quotes() -> set[str]:
    """URL names and figures: short words, so only where they stand alone between quotes."""
    urls = {
        str(at.name)
        for at in addresses(get_resolver().url_patterns)
        if at.name and of_a_service(at.callback.__module__)
    }
    return urls | {name for name, measure in MEASURES.items() if of_a_service(measure.model.__module__)}


def telling_names() -> set[str]:
    """Names of services and of their models, which give a service away wherever they stand."""
    models = {model.__name__ for config in SERVICES for model in config.get_models()}
    of_two_words = {re.sub(r"(?<=.)([A-Z])", r"_\1", name).lower() for name in models}
    return {*TO_COME, *(config.label for config in SERVICES), *(name for name in of_two_words if "_" in name)} | {
        name for name in models if re.search(r"[a-z][A-Z]", name)
    }


def files_of(place: str) -> list[Path]:
    path = ROOT / place
    return [path] if path.is_file() else [f for kind in ("*.py", "*.html") for f in sorted(path.rglob(kind))]


def test_there_is_something_to_find() -> None:
    assert {"HelpRequest", "help_request", "appointments", "safety"} <= telling_names()
    assert {"intake", "book", "my_request", "take_help_step", "help_requests_received"} <= names_in_quotes()
    assert not {"home", "workbench", "field", "inbox", "dashboard", "visits"} & names_in_quotes()


def test_hues_are_colours_that_the_style_sheet_knows() -> None:
    known = set(re.findall(r"^\.d-(\w+) ", (ROOT / "static/css/portal.css").read_text("utf-8"), re.M))
    worn = {tile[-1] for tile in navigation.TILES} | {tile.hue for tile in parts.TILES}
    worn |= {flow.hue for flow in FLOWS.values()} | {figure.hue for figure in FIGURES.values()}
    assert known == {"plum", "green", "amber", "vermilion"} and worn <= known


@pytest.mark.parametrize("place", FLOOR)
def test_no_service_is_named(place: str) -> None:
    files = files_of(place)
    assert files, "nothing there yet"
    telling = re.compile(rf"\b({'|'.join(sorted(telling_names()))})s?\b")
    quoted = re.compile(rf"""["']({"|".join(sorted(names_in_quotes()))})["']""")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {hit.group()}"
        for path in files
        if "migrations" not in path.parts
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1)
        for hit in (*telling.finditer(line), *quoted.finditer(line))
    ]
    assert not found, "\n".join(found)
