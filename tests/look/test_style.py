"""/style/ shows every component of components.py, in all three frames, and stays light and strict."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from community_portal.web import components as tags

pytestmark = pytest.mark.django_db

# what each component must leave on the page
SHOWN = {
    "icon": 'class="icon"',
    "chip": "chip chip-late",
    "notice": "notice notice-warn",
    "page_heading": 'class="page-heading"',
    "panel": 'class="panel"',
    "table": 'class="table tight table-cards"',
    "confirm": 'class="confirm-box"',
    "row_link": 'class="row-link"',
    "tile": 'class="tile d-amber"',
    "tally": "tally d-green",
    "empty": 'class="empty"',
    "steps": 'aria-current="step"',
    "timeline": 'class="timeline"',
    "pagination": 'rel="next"',
    "field": 'aria-invalid="true"',
    "progress": "<progress",
    "attachments": 'class="paper"',
    "avatar": 'class="avatar"',
    "form_errors": "有几处要改一下",
    "date_block": 'class="date-block"',
    "calendar_address": 'href="webcal://',
    "url_if_open": 'btn-link" href="/"',
    "part": '<span class="tally-value num">18 <small>',
    "offline": 'data-offline="登记 · 陈平"',
    "fragment": '<option value="open" selected>',
}


@pytest.mark.parametrize("frame", ["", "resident", "staff"])
def test_style_page_shows_every_component(client: Client, frame: str):
    answer = client.get("/style/", {"frame": frame})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert set(tags.register.tags) == set(SHOWN), "a component without a place on /style/"
    assert [name for name, mark in SHOWN.items() if mark not in page] == []


def test_markup_of_components_is_not_escaped(client: Client):
    page = client.get("/style/").content.decode()
    assert "&lt;a" not in page and "&lt;svg" not in page and "&lt;form" not in page


def test_each_field_is_tied_to_its_errors_and_help(client: Client):
    page = client.post("/style/", {"name": "陈"}).content.decode()
    described = re.findall(r'aria-describedby="([^"]+)"', page)
    assert len(described) >= 4
    for name in " ".join(described).split():
        assert f'id="{name}"' in page
    assert 'value="陈"' in page


@pytest.mark.parametrize("frame", ["", "resident", "staff"])
def test_no_inline_script_or_style(client: Client, frame: str):
    answer = client.get("/style/", {"frame": frame})
    page = answer.content.decode()
    assert " style=" not in page and "<style" not in page and not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_first_visit_of_a_resident_weighs_less_than_100_kb(client: Client):
    """The page with every component is heavier than any real one; the offline page comes along in the background."""
    answer = client.get("/style/", {"frame": "resident"})
    page = answer.content
    static = Path(settings.BASE_DIR) / "static"
    linked = set(re.findall(r'(?:href|src)="/static/([^"#]+)', page.decode()))
    parts = [page, client.get("/offline/").content, client.get("/sw.js").content]
    parts += [(static / path).read_bytes() for path in linked | {"css/alone.css"}]
    weight = sum(len(gzip.compress(part, 6)) for part in parts)
    print(f"resident page, first visit: {weight / 1024:.1f} KB in {len(parts)} files")
    assert {"css/portal.css", "vendor/bootstrap/bootstrap.min.css", "vendor/bootstrap-icons/icons.svg"} <= linked
    assert weight <= 100 * 1024
