"""Figures that a test declares: counted by triggers like any other, and gone with it."""

from collections.abc import Callable

import pytest

from community_portal.dashboards import triggers
from community_portal.measure import FIGURES, MEASURES, Figure

Declare = Callable[..., None]


@pytest.fixture
def declare(db: None, monkeypatch: pytest.MonkeyPatch) -> Declare:
    """``declare(*figures)`` as a room's ``measures.py`` would."""

    def declare_figures(*figures: Figure) -> None:
        for figure in figures:
            monkeypatch.setitem(FIGURES, figure.name, figure)
            for measure in figure.measures:
                monkeypatch.setitem(MEASURES, measure.name, measure)
        triggers.install()

    return declare_figures
