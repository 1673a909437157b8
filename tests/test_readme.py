"""What the README says of the code can be looked up in the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from community_portal.dashboards.triggers import function_sql, tables

ROOT = Path(settings.BASE_DIR)
README = (ROOT / "README.md").read_text("utf-8")
CACHES = {"cache", "lru_cache"}


def test_every_value_that_a_process_keeps_stands_in_the_readme() -> None:
    chapter = README.split("## Which values are cached")[1].split("\n## ")[0]
    assert {name for name in kept_by_functools() if f"`{name}`" not in chapter} == set(), (
        "say how long, and who clears it"
    )


def test_every_file_that_the_words_point_at_is_there() -> None:
    chapter = README.split("## The code's own words")[1].split("\n## ")[0]
    named = set(re.findall(r"`((?:\w+/)*\w+\.py)`", chapter))
    there = [str(path.relative_to(ROOT)) for path in python_files()]
    assert {name for name in named if not any(path.endswith(f"/{name}") for path in there)} == set()


def test_how_to_add_a_service_names_every_file_of_the_toy_and_only_what_there_is() -> None:
    chapter = README.split("## How to add a service")[1].split("\n## ")[0]
    toy = ROOT / "tests/toy_service"
    assert {path.name for path in toy.glob("*.py") if f"`{path.name}`" not in chapter} == {"__init__.py"}
    source = "\n".join(
        path.read_text("utf-8") for path in (*python_files(), *toy.rglob("*.py"), ROOT / "pyproject.toml")
    )
    source += "\n".join(
        str(path.relative_to(ROOT)) for path in (*python_files(), *(ROOT / "tests").rglob("*"), ROOT / "pyproject.toml")
    )
    words = {word for said in re.findall(r"`([^`]+)`", chapter) for word in re.findall(r"[A-Za-z_]{4,}", said)}
    assert {word for word in words if not re.search(rf"\b{word}", source)} == set()


def test_the_sql_of_one_figure_is_what_is_generated() -> None:
    (shown,) = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
    generated = function_sql("bookings_booking", tables()["bookings_booking"])
    assert _in_one_line(shown) in _in_one_line(generated)


def _in_one_line(sql: str) -> str:
    return " ".join(sql.split())


def python_files() -> Iterator[Path]:
    for package in ROOT.glob("*/__init__.py"):
        if package.parent.name != "tests":
            yield from package.parent.rglob("*.py")


def kept_by_functools() -> Iterator[str]:
    """The names of functions that keep their answers beyond one request."""
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(map(_keeps, node.decorator_list)):
                yield node.name


def _keeps(decorator: ast.expr) -> bool:
    name = decorator.func if isinstance(decorator, ast.Call) else decorator
    return (name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")) in CACHES
