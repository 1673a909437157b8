"""The world that is walked through: one for each test, or one for a whole file whose every request is undone."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.db import transaction

from tests.access.world import World, make_world


@pytest.fixture
def world(db) -> World:
    caches["default"].clear()
    return make_world()


@pytest.fixture(scope="module")
def lasting_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One for the whole walk, as every request in it is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        caches["default"].clear()
        yield make_world()
        transaction.set_rollback(True)
