"""A figure as data: which rows, on which day, with which weight. Triggers, recount, rows behind it and API follow from it.

Fragments are SQL over one row of the model's table, written with ``{r}`` for the row; days are days in Shanghai. Every room
declares its own in its ``measures.py``; counting and showing them is the business of the dashboards.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Rows:
    """How the rows behind a figure are shown.

    ``template`` draws them from ``rows``, ``page`` and ``one_place``. ``read`` is the queryset with what it needs, newest
    first by ``by``; ``lines`` makes of a page of it what the template prints.
    """

    template: str
    read: Callable[[Any], Any]
    lines: Callable[[list[Any], dt.datetime], Any] = lambda rows, at: rows
    by: str = "pk"


@dataclass(frozen=True)
class Measure:
    """``moment`` the timestamp whose day in Shanghai counts, ``weight`` an integer, ``condition`` a truth over the row alone
    (it also decides whether the trigger runs), ``split`` a text to split by; ``reads`` the other columns that they read.

    ``names`` answers what the texts of ``split`` are called. The model has a ``community``.
    """

    name: str
    label: str | Promise
    unit: str | Promise
    model: Any
    moment: str
    reads: tuple[str, ...]
    rows: Rows
    condition: str = "true"
    weight: str = "1"
    split: str = "''"
    names: Callable[[], Mapping[str, Any]] = dict
    hue: str = "appointments"

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
