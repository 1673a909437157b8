"""What every test may ask for: the cast, a client signed in as somebody, a real browser on a live portal."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from community_portal.matters.lists import kept_choices
from tests import shelf
from tests.cast import Cast, make_cast
from tests.clients import client_of
from tests.house_rules import breaches
from tests.template import migrated

# Playwright runs an event loop in this thread; the ORM is used from it on purpose.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",  # nothing beyond this machine
]
SignedIn = Callable[[Any], Client]
shelf.install()  # before any test module asks for its models


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits long for processes of its own begins first, so that at the end nobody waits for it."""
    items.sort(key=lambda item: item.get_closest_marker("own_processes") is None)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Each process copies a database that is migrated already."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database cache needs its table. At the end nobody is left in the database: whoever is, stays connected for good."""
    with django_db_blocker.unblock():
        call_command("createcachetable", verbosity=0)
    yield
    with django_db_blocker.unblock():
        assert others_connected() == [], "a database that somebody is in cannot be dropped"
    # To drop one takes its time on a busy machine, and pages have five seconds.
    connection.settings_dict["OPTIONS"] |= {"options": "-c statement_timeout=0"}


def others_connected() -> list[tuple[str, str]]:
    """Who else is in this process's database and what they asked last. A thread of the live portal may need a moment."""
    gives_up = time.monotonic() + 5
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT state, query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            found = cursor.fetchall()
        if not found or time.monotonic() > gives_up:
            return found
        time.sleep(0.05)


@pytest.fixture(autouse=True)
def _house_rules() -> Iterator[None]:
    """What no test may do, in whichever thread it is done (house_rules.py)."""
    yield
    assert breaches() == []


@pytest.fixture(autouse=True)
def _files_apart(settings: Any, tmp_path: Path) -> None:
    """Uploads of a test go away with it."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _files_found_when_asked_for(settings: Any) -> None:
    """Each test client loads the middleware anew, and would read some hundred static files first. The portal that the
    browser opens, made before any test's settings, lists them as in production."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def cast(db: None) -> Cast:
    """Longtian with its people, and the stranger next door."""
    return make_cast()


@pytest.fixture
def toy(settings: Any) -> Iterator[None]:
    """The invented service (tests/toy_service) stands in the house, its pages and figures too."""
    shelf.take_out()
    settings.ROOT_URLCONF = "tests.toy_urls"
    yield
    shelf.put_away()


@pytest.fixture
def signed_in(db: None) -> SignedIn:
    """``signed_in(user)`` is a client of that user; ``signed_in(None)`` of nobody."""
    return client_of


@pytest.fixture(autouse=True)
def nothing_kept_from_before() -> None:
    """What pages keep for a minute is not of this test, nor the language of whoever asked last in this thread."""
    kept_choices.cache_clear()
    translation.deactivate()


@pytest.fixture
def fresh_limits(db: None) -> Iterator[None]:
    """Rate limits start anew."""
    cache.clear()
    caches["quick"].clear()
    yield
    cache.clear()


@pytest.fixture(scope="session")
def live_server(django_db_setup: None, live_server: Any) -> Any:
    """Stops before the database goes."""
    return live_server


@pytest.fixture(scope="session")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    """A real browser; its absence is an error only where REQUIRE_BROWSER=1 says so.

    While Playwright's event loop runs, Django keeps connections for it beside those of the plain thread: they are closed while
    it still runs, for afterwards nobody finds them.
    """
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER=1, but no Chromium was found")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
        connections.close_all()


@pytest.fixture
def browse(chromium: Browser, live_server: Any) -> Iterator[Callable[..., BrowserContext]]:
    """``browse(user, width=390, elder=True)`` opens a window on the live portal, signed in as that user."""
    opened: list[BrowserContext] = []

    def open_window(user: Any = None, *, width: int = 390, elder: bool = False, **options: Any) -> BrowserContext:
        options = {"locale": "zh-CN", "viewport": {"width": width, "height": 844}} | options
        context = chromium.new_context(base_url=live_server.url, **options)
        cookies = [{"name": "elder", "value": "1", "url": live_server.url}] if elder else []
        if user is not None:
            client = Client()
            client.force_login(user)
            cookies.append({"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url})
        context.set_default_timeout(10_000)
        context.add_cookies(cookies)  # type: ignore[arg-type]
        opened.append(context)
        return context

    yield open_window
    for context in opened:
        context.close()
