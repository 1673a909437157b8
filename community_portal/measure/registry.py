"""Every figure by its name, and every flow that has to be counted for them."""

from community_portal.measure.figure import Figure
from community_portal.measure.flow import Measure

FIGURES: dict[str, Figure] = {}
MEASURES: dict[str, Measure] = {}


def register_figures(*figures: Figure) -> None:
    """Makes figures known; an app's ``measures.py`` calls it when Django starts. What they are made of is counted too, and is
    a figure of its own only when it is named here itself."""
    for figure in figures:
        FIGURES[figure.name] = figure
        for measure in figure.measures:
            MEASURES[measure.name] = measure


def figure_named(name: str) -> Figure | None:
    """By its name, or by one that it had before."""
    return FIGURES.get(name) or next((figure for figure in FIGURES.values() if name in figure.formerly), None)
