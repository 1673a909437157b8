"""A figure as data: which rows, on which day, with which weight. Triggers, recount, rows behind it and API follow from it.

Fragments are SQL over one row of the model's table, written with ``{r}`` for the row; days are days in Shanghai.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Measure:
    """``day`` a date, ``weight`` an integer, ``condition`` a truth over the row alone (it also decides whether the trigger
    runs), ``split`` a text to split by; ``uses`` the columns read.

    ``rows`` tells how the rows behind the figure are shown: ``requests`` or ``bookings``.
    """

    name: str
    label: str | Promise
    unit: str | Promise
    model: Any
    day: str
    uses: tuple[str, ...]
    condition: str = "true"
    weight: str = "1"
    split: str = "''"
    rows: str = "requests"

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def fragment(self, name: str, row: str) -> str:
        """One of the four fragments with the row's name put in."""
        return str(getattr(self, name)).replace("{r}", row)


def day_of(column: str) -> str:
    """The day in Shanghai of a timestamp column."""
    return f"(({{r}}.{column}) AT TIME ZONE 'Asia/Shanghai')::date"


MEASURES: dict[str, Measure] = {}


def register_measures(*measures: Measure) -> None:
    """Makes figures known; an app's ``measures.py`` calls it when Django starts."""
    for measure in measures:
        MEASURES[measure.name] = measure
