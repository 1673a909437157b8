"""In which order tests run. One that passes only after another, or only before it, is found by running them backwards."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--backwards",
        action="store_true",
        help="the last one first, without those that are marked long or need a browser or processes of their own",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Before pytest-django parts those that empty the database from those that only roll back: that order stays."""
    if config.getoption("backwards"):
        left_out = [item for item in items if _is_slow(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in reversed(items) if not _is_slow(item)]


def _is_slow(item: pytest.Item) -> bool:
    is_marked = any(item.get_closest_marker(name) for name in ("browser", "own_processes", "long"))
    return is_marked or "chromium" in getattr(item, "fixturenames", ())
