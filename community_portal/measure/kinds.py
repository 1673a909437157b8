"""The kinds of figures that are said in terms of flows, and the one that looks at this moment."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal.measure.arithmetic import median, per_cent, per_so_many
from community_portal.measure.figure import Behind, Figure, Label, Reading, Rows, Value
from community_portal.measure.flow import Measure

GRAINS = ("month", "year", "ever")


@dataclass(frozen=True)
class Stock(Figure):
    """What is there at the end of the period: all that ever entered less all that ever left. Both are flows over one table."""

    entered: Measure = field(kw_only=True)
    left: Measure = field(kw_only=True)

    @property
    def parts(self) -> tuple[Figure, ...]:
        return self.entered, self.left

    def value(self, reading: Reading) -> Value:
        return reading.until_end(self.entered) - reading.until_end(self.left)

    def value_of(self, label: str, reading: Reading) -> Value:
        return self.by_label(reading).get(label, 0)

    def by_label(self, reading: Reading) -> dict[str, int]:
        """The same under each label."""
        gone = reading.by_label_until_end(self.left)
        return {label: n - gone.get(label, 0) for label, n in reading.by_label_until_end(self.entered).items()}

    def behind(self, finder: Behind, label: str = "") -> Any:
        return finder.in_stock(self, label)

    def shown_as(self) -> Rows:
        return self.entered.rows

    def names_of_labels(self) -> Mapping[str, Any]:
        return self.entered.names()


@dataclass(frozen=True)
class Persons(Figure):
    """Whoever is the ``subject`` of a flow's rows, each counted once: in a month, in a year, ever, and in whatever places
    together. Two files of one person are one person.

    Other periods count rows, and say so (see ``Reading.counted_rows`` of the dashboards). ``subject`` is a column.
    """

    of: Measure = field(kw_only=True)
    subject: str = field(default="resident_id", kw_only=True)

    @property
    def parts(self) -> tuple[Figure, ...]:
        return (self.of,)

    @property
    def uses(self) -> set[str]:
        """Columns whose change may change the figure."""
        return {*self.of.uses, self.subject}

    def kept_as(self, grain: str) -> str:
        """The name of its sums in the roll-up."""
        return f"{self.name}@{grain}"

    def value(self, reading: Reading) -> Value:
        return reading.persons(self)

    def behind(self, finder: Behind, label: str = "") -> Any:
        return finder.one_each(self)

    def shown_as(self) -> Rows:
        return self.of.rows


@dataclass(frozen=True)
class Median(Figure):
    """The middle of a flow's values, which are the labels by which it is split; shown in units of ``scale`` of them (3600
    for hours of values in seconds)."""

    of: Measure = field(kw_only=True)
    scale: int = field(default=1, kw_only=True)

    @property
    def parts(self) -> tuple[Figure, ...]:
        return (self.of,)

    @property
    def labelled(self) -> tuple[Measure, ...]:
        return (self.of,)

    def value(self, reading: Reading) -> Value:
        return median({int(label): n for label, n in reading.by_label(self.of).items() if n and label}, self.scale)

    def behind(self, finder: Behind, label: str = "") -> Any:
        return self.of.behind(finder, label)

    def shown_as(self) -> Rows:
        return self.of.rows


@dataclass(frozen=True)
class Rate(Figure):
    """A part of a whole in per cent; the rows behind it are those of the part. ``whole`` may be several figures together."""

    unit: Label = "%"
    part: Figure = field(kw_only=True)
    whole: Figure | tuple[Figure, ...] = field(kw_only=True)

    @property
    def wholes(self) -> tuple[Figure, ...]:
        return self.whole if isinstance(self.whole, tuple) else (self.whole,)

    @property
    def parts(self) -> tuple[Figure, ...]:
        return self.part, *self.wholes

    def counted(self, reading: Reading) -> tuple[int, int]:
        """``(part, whole)``."""
        return _number(self.part, reading), sum(_number(figure, reading) for figure in self.wholes)

    def value(self, reading: Reading) -> Value:
        return per_cent(*self.counted(reading))

    def behind(self, finder: Behind, label: str = "") -> Any:
        return self.part.behind(finder, label)

    def shown_as(self) -> Rows:
        return self.part.shown_as()


@dataclass(frozen=True)
class Ratio(Figure):
    """So many ``a`` for every ``per`` of ``b``: ports for a hundred bikes. The rows behind it are those of ``a``."""

    a: Figure = field(kw_only=True)
    b: Figure = field(kw_only=True)
    per: int = field(default=100, kw_only=True)

    @property
    def parts(self) -> tuple[Figure, ...]:
        return self.a, self.b

    def value(self, reading: Reading) -> Value:
        return per_so_many(_number(self.a, reading), _number(self.b, reading), self.per)

    def behind(self, finder: Behind, label: str = "") -> Any:
        return self.a.behind(finder, label)

    def shown_as(self) -> Rows:
        return self.a.shown_as()


@dataclass(frozen=True)
class Difference(Figure):
    """By how much one figure is more than another: points of per cent between two rates. None where either is not defined."""

    unit: Label = _("个百分点")
    more: Figure = field(kw_only=True)
    less: Figure = field(kw_only=True)

    @property
    def parts(self) -> tuple[Figure, ...]:
        return self.more, self.less

    def value(self, reading: Reading) -> Value:
        more, less = self.more.value(reading), self.less.value(reading)
        return None if more is None or less is None else more - less

    def behind(self, finder: Behind, label: str = "") -> Any:
        return self.more.behind(finder, label)

    def shown_as(self) -> Rows:
        return self.more.shown_as()


@dataclass(frozen=True)
class Yuan(Figure):
    """A flow whose weights are fen, in whole yuan: added up exactly, rounded at the end."""

    unit: Label = _("元")
    of: Measure = field(kw_only=True)

    @property
    def parts(self) -> tuple[Figure, ...]:
        return (self.of,)

    def value(self, reading: Reading) -> Value:
        return (reading.flow(self.of) + 50) // 100

    def behind(self, finder: Behind, label: str = "") -> Any:
        return self.of.behind(finder, label)

    def shown_as(self) -> Rows:
        return self.of.rows


@dataclass(frozen=True)
class Newest(Figure):
    """A flow, a stock or what is now under its newest label alone: the ports of the last round. The newest is the greatest (by
    ``order``) under which there is anything at the end of the period, in these places; without any there is nothing."""

    of: "Measure | Stock | Now" = field(kw_only=True)
    order: Callable[[str], Any] = field(default=int, kw_only=True)

    @property
    def parts(self) -> tuple[Figure, ...]:
        return (self.of,)

    @property
    def labelled(self) -> tuple[Measure, ...]:
        return self.of.measures

    def value(self, reading: Reading) -> Value:
        label = newest_label(self.of, self.order, reading)
        return self.of.value_of(label, reading) if label else 0

    def behind(self, finder: Behind, label: str = "") -> Any:
        newest = finder.newest(self.of, self.order)
        return self.of.behind(finder, newest) if newest else self.of.behind(finder).none()

    def shown_as(self) -> Rows:
        return self.of.shown_as()


@dataclass(frozen=True)
class Now(Figure):
    """Rows as they are at this moment, whatever the period: ``read(places, at)``, split by the column ``split``, each counted
    as one or as the integer in its column ``weight``."""

    read: Callable[[list[int], dt.datetime], Any] = field(kw_only=True)
    rows: Rows = field(kw_only=True)
    split: str = field(default="", kw_only=True)
    weight: str = field(default="", kw_only=True)
    names: Callable[[], Mapping[str, Any]] = field(default=dict, kw_only=True)

    @property
    def has_past(self) -> bool:
        return False

    def value(self, reading: Reading) -> Value:
        return sum(reading.now(self).values())

    def value_of(self, label: str, reading: Reading) -> Value:
        return reading.now(self).get(label, 0)

    def by_label(self, reading: Reading) -> Mapping[str, int]:
        return reading.now(self)

    def behind(self, finder: Behind, label: str = "") -> Any:
        return finder.of_now(self, label)

    def shown_as(self) -> Rows:
        return self.rows

    def names_of_labels(self) -> Mapping[str, Any]:
        return self.names()


def newest_label(of: Measure | Stock | Now, order: Callable[[str], Any], reading: Reading) -> str:
    """The greatest label with anything under it; empty where there is none."""
    found = reading.by_label_until_end(of) if isinstance(of, Measure) else of.by_label(reading)
    return max((label for label, n in found.items() if label and n > 0), key=order, default="")


def _number(figure: Figure, reading: Reading) -> int:
    return int(figure.value(reading) or 0)
