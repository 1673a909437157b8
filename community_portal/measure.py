"""A figure as data: which rows, on which day, with which weight. Triggers, recount, rows behind it and API follow from it.

Fragments are SQL over one row of the model's table, written with ``{r}`` for the row; days are days in Shanghai.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Measure:
    """``moment`` the timestamp whose day in Shanghai counts, ``weight`` an integer, ``condition`` a truth over the row alone
    (it also decides whether the trigger runs), ``split`` a text to split by; ``reads`` the other columns that they read.

    ``rows`` tells how the rows behind the figure are shown: ``requests`` or ``bookings``.
    """

    name: str
    label: str | Promise
    unit: str | Promise
    model: Any
    moment: str
    reads: tuple[str, ...]
    condition: str = "true"
    weight: str = "1"
    split: str = "''"
    rows: str = "requests"

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def uses(self) -> set[str]:
        """Columns whose change may change the figure."""
        return {self.moment, *self.reads}

    @property
    def family(self) -> tuple[str, ...]:
        """Measures of one table that agree in this lie on the same day, under the same label, with the same weight."""
        return self.moment, self.split, self.weight

    @property
    def day(self) -> str:
        return f"(({{r}}.{self.moment}) AT TIME ZONE 'Asia/Shanghai')::date"

    def fragment(self, name: str, row: str) -> str:
        """``day``, ``weight``, ``condition`` or ``split`` with the row's name put in."""
        return str(getattr(self, name)).replace("{r}", row)


MEASURES: dict[str, Measure] = {}


def register_measures(*measures: Measure) -> None:
    """Makes figures known; an app's ``measures.py`` calls it when Django starts."""
    for measure in measures:
        MEASURES[measure.name] = measure
