"""Catalogues of words without a system gettext: Babel compiles, extracts and checks.

Templates are first turned by Django itself into the pseudo-code that xgettext would read.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from community_portal.standalone.rooms import ROOT

ENGLISH = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
PYTHON_KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
}  # fmt: skip
CODE = ("community_portal", *sorted(app.parent.name for app in ROOT.glob("*/apps.py")))
TEMPLATES = (".html", ".txt", ".js")


def compile_all() -> None:
    """Every .po that is newer than its .mo."""
    for po in ROOT.glob("locale/*/LC_MESSAGES/*.po"):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            with po.open("rb") as source, mo.open("wb") as target:
                write_mo(target, read_po(source, locale=po.parent.parent.name))


def extract_all() -> Catalog:
    """All strings that the code and the templates mark."""
    catalog = Catalog(project="community portal", charset="utf-8")
    for path, found in _found():
        for line, message, comments, context in found:
            catalog.add(message, None, [(str(path.relative_to(ROOT)), line)], auto_comments=comments, context=context)
    return catalog


def _found() -> Iterator[tuple[Path, list]]:
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                with path.open("rb") as file:
                    yield path, list(extract("python", file, PYTHON_KEYWORDS, (), {"encoding": "utf-8"}))
    from django.utils.translation.template import templatize  # noqa: PLC0415 - needs Django's settings only here

    for path in sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in TEMPLATES):
        text = templatize(path.read_text(), origin=str(path))
        yield path, list(extract("javascript", io.BytesIO(text.encode()), PYTHON_KEYWORDS, (), {}))


def update() -> int:
    """`make messages`: new strings into the English catalogue, old ones out, translations kept."""
    found = extract_all()
    known = _read()
    first_made = known.creation_date
    known.update(found, no_fuzzy_matching=True)
    known.creation_date = first_made  # the file changes only with its words
    known.obsolete.clear()
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    with ENGLISH.open("wb") as file:
        write_po(file, known, sort_output=True, no_location=True, omit_header=False, width=110)
    print(f"{len(found)} strings, {len(missing())} without English")
    return 0


def _read() -> Catalog:
    if not ENGLISH.exists():
        return Catalog(locale="en", project="community portal", charset="utf-8")
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def missing() -> list[str]:
    """Strings in use that have no English: absent, empty or fuzzy."""
    known = _read()
    lacking = []
    for message in extract_all():
        if not message.id:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        entry = known.get(key, context=message.context)
        words = entry.string if entry else ""
        if entry is None or entry.fuzzy or not (words if isinstance(words, str) else all(words or [""])):
            lacking.append(key)
    return lacking


def check() -> int:
    """For `make lint`: prints what is missing and answers the exit code."""
    lacking = missing()
    for key in lacking[:40]:
        print(f"no English for: {key}", file=sys.stderr)
    if lacking:
        print(f"{len(lacking)} strings have no English translation; run: make messages", file=sys.stderr)
    return 1 if lacking else 0
