"""What a figure is: data that every room declares in its ``measures.py``. Counting and showing them is the business of the dashboards.

``Measure`` is a flow, counted as its rows change. The others are said in terms of flows: ``Stock``, ``Persons``, ``Median``,
``Rate``, ``Ratio``, ``Difference``, ``Newest``, ``Yuan``; ``Now`` counts rows as they are at this moment.
"""

from community_portal.measure.figure import Figure, Reading, Rows, Value
from community_portal.measure.flow import Measure
from community_portal.measure.kinds import GRAINS, Difference, Median, Newest, Now, Persons, Rate, Ratio, Stock, Yuan
from community_portal.measure.registry import FIGURES, MEASURES, figure_named, register_figures

__all__ = [
    "FIGURES", "GRAINS", "MEASURES", "Difference", "Figure", "Measure", "Median", "Newest", "Now", "Persons", "Rate", "Ratio", "Reading",
    "Rows", "Stock", "Value", "Yuan", "figure_named", "register_figures",
]  # fmt: skip
