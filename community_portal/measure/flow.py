"""A flow as data: which rows, on which day, with which weight. Triggers, recount and the rows behind it follow from it.

Fragments are SQL over one row of the model's table, written with ``{r}`` for the row; days are days in Shanghai.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from community_portal.measure.figure import Behind, Figure, Reading, Rows, Value


@dataclass(frozen=True)
class Measure(Figure):
    """``moment`` the timestamp (or date) whose day in Shanghai counts, ``weight`` an integer, ``condition`` a truth over the row
    alone (it also decides whether the trigger runs), ``split`` a text to split by; ``reads`` the other columns that they read.

    ``also`` is a further truth that may read other rows, of what never changes in them. ``ahead`` says that the moment may lie
    ahead of us: such a row is not counted before it comes. ``names`` answers what the texts of ``split`` are called. The model
    has a ``community``.
    """

    model: Any
    moment: str
    reads: tuple[str, ...]
    rows: Rows
    condition: str = "true"
    weight: str = "1"
    split: str = "''"
    names: Callable[[], Mapping[str, Any]] = dict
    also: str = ""
    ahead: bool = False

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
    def is_by_date(self) -> bool:
        """Is its moment a day already?"""
        kept = self.model._meta.get_field(self.moment)
        return isinstance(kept, models.DateField) and not isinstance(kept, models.DateTimeField)

    @property
    def day(self) -> str:
        kept = f"{{r}}.{self.moment}"
        return kept if self.is_by_date else f"(({kept}) AT TIME ZONE 'Asia/Shanghai')::date"

    @property
    def counts(self) -> str:
        """Does the row count?"""
        return f"({self.condition}) AND ({self.also})" if self.also else f"({self.condition})"

    def fragment(self, name: str, row: str) -> str:
        """``day``, ``weight``, ``counts``, ``condition`` or ``split`` with the row's name put in."""
        return str(getattr(self, name)).replace("{r}", row)

    @property
    def measures(self) -> tuple["Measure", ...]:
        return (self,)

    def value(self, reading: Reading) -> Value:
        return reading.flow(self)

    def value_of(self, label: str, reading: Reading) -> Value:
        return reading.by_label(self).get(label, 0)

    def behind(self, finder: Behind, label: str = "") -> Any:
        return finder.of_flow(self, label)

    def shown_as(self) -> Rows:
        return self.rows

    def names_of_labels(self) -> Mapping[str, Any]:
        return self.names()
