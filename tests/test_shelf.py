"""The invented service is in the house for whoever asks for it, and for nobody else."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from community_portal.casework.flow import FLOWS
from community_portal.measure import FIGURES
from tests.cast import Cast


def _is_there(client: Any) -> list[bool]:
    return ["loan" in FLOWS, "loans_asked" in FIGURES, "助行器借用" in client.get("/desk/").content.decode()]


def test_nobody_else_meets_it(cast: Cast, signed_in: Any) -> None:
    assert _is_there(signed_in(cast.reception)) == [False, False, False]
    with pytest.raises(NoReverseMatch):
        reverse("loans")


def test_who_asks_for_it_finds_it(toy: None, cast: Cast, signed_in: Any) -> None:
    assert _is_there(signed_in(cast.reception)) == [True, True, True]
    assert reverse("loans") == "/loans/"


def test_no_test_of_the_floor_stands_on_tests_of_a_service() -> None:
    """Nor do those of what every matter has name one: they take what they need from the shelf. Those of all addresses and of all
    pages, and of all tasks alone have rows of every service."""
    root = Path(settings.BASE_DIR)
    services = "|".join(config.label for config in apps.get_app_configs() if Path(config.path).parent == root)
    its_tests, itself = re.compile(rf"\btests\.({services})\b"), re.compile(rf"^(from|import) ({services})\b", re.M)
    of_all = {
        *(f"access/{name}.py" for name in ("care", "sockets", "world")),
        "look/test_every_page.py",
        "test_tasks.py",
    }
    found = []
    for path in (root / "tests").rglob("*.py"):
        room, text = path.relative_to(root / "tests").parts[0], path.read_text("utf-8")
        if str(path.relative_to(root / "tests")) in of_all:
            continue
        if room not in services.split("|") and its_tests.search(text) or room == "matters" and itself.search(text):
            found.append(str(path.relative_to(root)))
    assert found == []
