"""What every kind of figure answers: its value in a reading, the rows behind it, and how both are shown."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.functional import Promise

if TYPE_CHECKING:
    from community_portal.measure.flow import Measure
    from community_portal.measure.kinds import Now, Persons, Stock

Label = str | Promise
Value = int | float | None


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


class Reading(Protocol):
    """What can be asked about some places in some period: the dashboards answer it, for all figures at once."""

    def flow(self, measure: "Measure") -> int:
        """The sum of the period."""

    def until_end(self, measure: "Measure") -> int:
        """The sum of all days up to the end of the period."""

    def by_label(self, measure: "Measure") -> Mapping[str, int]:
        """The sum of the period under each label."""

    def by_label_until_end(self, measure: "Measure") -> Mapping[str, int]:
        """The sum of all days up to the end of the period under each label."""

    def persons(self, persons: "Persons") -> int:
        """Each once, whatever the communities."""

    def now(self, now: "Now") -> Mapping[str, int]:
        """The rows of this moment under each label."""


class Behind(Protocol):
    """What finds the rows behind a figure of some places in some period, as far as somebody may read them."""

    def of_flow(self, measure: "Measure", label: str) -> Any:
        """The rows that a flow counts."""

    def in_stock(self, stock: "Stock", label: str) -> Any:
        """What entered and has not left by the end of the period."""

    def one_each(self, persons: "Persons") -> Any:
        """Of each person the latest row."""

    def of_now(self, now: "Now", label: str) -> Any:
        """The rows of this moment."""

    def newest(self, of: "Measure | Stock | Now", order: Callable[[str], Any]) -> str:
        """The label that ``Newest`` would choose."""


@dataclass(frozen=True)
class Figure:
    """A number with a name for machines and a label and unit for people.

    ``good`` is 1 where more is better, -1 where less is, 0 where neither; ``formerly`` are names by which the API knew it,
    and still answers for one release.
    """

    name: str
    label: Label
    unit: Label
    hue: str = field(default="plum", kw_only=True)
    good: int = field(default=0, kw_only=True)
    formerly: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def parts(self) -> tuple["Figure", ...]:
        """The figures that it is made of, besides itself."""
        return ()

    @property
    def measures(self) -> tuple["Measure", ...]:
        """The flows that have to be counted for it."""
        return tuple(measure for part in self.parts for measure in part.measures)

    @property
    def labelled(self) -> tuple["Measure", ...]:
        """The flows whose labels it reads, and not only their sums."""
        return tuple(measure for part in self.parts for measure in part.labelled)

    @property
    def has_past(self) -> bool:
        """Can it be compared with the time before?"""
        return all(part.has_past for part in self.parts)

    def value(self, reading: Reading) -> Value:
        """None where it has no base."""
        raise NotImplementedError

    def value_of(self, label: str, reading: Reading) -> Value:
        """What of it lies under one label; the whole where it is not split."""
        return self.value(reading)

    def behind(self, finder: Behind, label: str = "") -> Any:
        """The queryset of the rows behind it."""
        raise NotImplementedError

    def shown_as(self) -> Rows:
        """How these rows are shown."""
        raise NotImplementedError

    def names_of_labels(self) -> Mapping[str, Any]:
        """What the labels are called by which it is split."""
        return {}
