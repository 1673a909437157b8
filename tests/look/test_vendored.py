"""The parts under static/vendor are the ones written down, and every icon a page names exists."""

import hashlib
import re
from pathlib import Path

from django.conf import settings

VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"
NAMED = re.compile(r"""(?:\{% icon |\bicon=)["']([a-z0-9-]+)["']""")


def written_down() -> dict[str, str]:
    rows = [line.strip("| ").split(" | ") for line in (VENDOR / "VENDORED.md").read_text().splitlines()]
    return {row[3]: row[4] for row in rows if len(row) == 5 and len(row[4]) == 64}


def test_each_file_has_the_checksum_written_beside_it():
    listed = written_down()
    assert listed
    assert {path: hashlib.sha256((VENDOR / path).read_bytes()).hexdigest() for path in listed} == listed


def test_no_file_is_kept_without_being_written_down():
    kept = {str(path.relative_to(VENDOR)) for path in VENDOR.glob("*/*") if path.is_file()}
    assert kept == set(written_down())


def test_every_icon_named_in_a_template_is_in_the_sprite():
    sprite = (VENDOR / "bootstrap-icons" / "icons.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    named = {
        (icon, path.name)
        for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html")
        for icon in NAMED.findall(path.read_text())
    }
    assert len(named) > 20
    assert {(icon, where) for icon, where in named if icon not in drawn} == set()
