"""Templates stay readable: one thing a line, no line that runs out of the window. And none lies about that nobody draws."""

import ast
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from django.conf import settings
from django.urls import URLPattern

from tests.access.test_walk import addresses
from tests.optional_names import OPTIONAL

# A tag of Django, and what stands in one attribute, cannot be parted.
LONGEST = 200
ROOT = Path(settings.BASE_DIR)
HOUSE = [path.parent for path in sorted(ROOT.glob("*/__init__.py")) if path.parent.name != "tests"]
FOLDER = ROOT / "templates"
TEMPLATES = {str(path.relative_to(FOLDER)): path for path in sorted(FOLDER.rglob("*")) if path.is_file()}
OF_DJANGO = {"400.html", "403.html", "404.html", "500.html"}
DRAWS = re.compile(r"""{%\s*(?:extends|include|fragment)\s+["']([^"']+)["']""")


def test_no_line_runs_out_of_the_window() -> None:
    long = [
        f"{name}:{number} has {len(line)} characters"
        for name, path in TEMPLATES.items()
        if name.endswith(".html")
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1)
        if len(line) > LONGEST
    ]
    assert not long, "\n".join(long)


def test_every_template_is_drawn_by_somebody() -> None:
    """By our code, by an address of allauth or of the API that we mounted, or by another template that is."""
    ours = {text for folder in HOUSE for text in strings_in(folder)}
    said_by_allauth = {text for text in strings_in(Path(str(resources.files("allauth")))) if text.endswith(".txt")}
    mounted = {name for _name, pattern in addresses() for name in names_of_a_class(pattern)}
    drawn, to_see = (
        set(),
        [name for name in TEMPLATES if name in ours | said_by_allauth | mounted | OF_DJANGO],
    )
    while to_see:
        name = to_see.pop()
        if name not in drawn and name in TEMPLATES:
            drawn.add(name)
            to_see += DRAWS.findall(TEMPLATES[name].read_text("utf-8"))
    assert set(TEMPLATES) - drawn == set()


def test_every_optional_name_is_asked_for_somewhere() -> None:
    words = "\n".join(path.read_text("utf-8") for path in TEMPLATES.values())
    assert {name for name in OPTIONAL if not re.search(rf"(?<![\w.]){re.escape(name)}\b", words)} == set()


def strings_in(folder: Path) -> Iterator[str]:
    """Every text that stands in the code; a component is named without folder and ending."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_render":
                yield f"components/{ast.literal_eval(node.args[0])}.html"


def names_of_a_class(pattern: URLPattern) -> Iterator[str]:
    """What the class behind an address, of others mostly, says that it draws."""
    view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
    yield from (value for name, value in vars_of(view) if name.startswith("template_name") and isinstance(value, str))


def vars_of(view: type | None) -> Iterator[tuple[str, object]]:
    for kind in view.__mro__ if view else ():
        yield from vars(kind).items()
