"""A second kind of matter for the pages across services: hazards, with a flow of their own on rows that they borrow."""

import pytest

from community_portal.people.models import User
from tests.matters.hazards import let_there_be_hazards


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, User]]:
    """Makes hazards known; answers which of them were handed over, and to whom."""
    return let_there_be_hazards(monkeypatch)
