"""What the list of a kind of matter shows beyond what every list shows, and how it can be narrowed: declared as data."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Label = str | Promise
Words = Callable[..., Any]


def as_it_is(value: Any) -> Any:
    return "" if value is None else value


@dataclass(frozen=True)
class Column:
    """A column of the service's own: the values at ``paths`` of the row, in the ``words`` of a cell.

    ``is_shown`` False: in spreadsheets only. ``flag`` makes of the values a word of warning that stands before the title.
    """

    heading: Label
    paths: tuple[str, ...]
    words: Words = as_it_is
    is_shown: bool = True
    flag: Words = lambda *values: ""


@dataclass(frozen=True)
class Filter:
    """A way to narrow the list, by ``name`` in the address: ``narrow(rows, value)``.

    With ``choices`` (of the ids of communities, None for all) it stands on the form under ``label``; without, links bring it.
    """

    name: str
    narrow: Callable[[Any, str], Any]
    label: Label = ""
    choices: Callable[[frozenset[int] | None], Iterable[tuple[Any, Any]]] | None = None


def equals(name: str, path: str = "", **shown: Any) -> Filter:
    """The filter of rows that have this value there."""
    return Filter(name, lambda rows, value: rows.filter(**{path or name: value}), **shown)


@dataclass(frozen=True)
class MatterList:
    """The list of one kind: its name and URL name, its own columns and filters, and in which ``order`` the filters that can be
    chosen stand (``state`` and ``grid`` are of every list). ``who``: the heading of whom it concerns, or of where it is."""

    title: Label = _("事项")
    url_name: str = ""
    who: Label = _("居民")
    none_yet: Label = _("还没有。")
    none_found: Label = _("没有符合条件的。")
    none_of_theirs: Label = _("没有。")
    columns: tuple[Column, ...] = ()
    filters: tuple[Filter, ...] = ()
    order: tuple[str, ...] = ("state", "grid")

    def by_name(self) -> dict[str, Filter]:
        return {one.name: one for one in self.filters}


def narrowed(rows: QuerySet[Any], filters: Iterable[Filter], wanted: dict[str, str]) -> QuerySet[Any]:
    """``rows`` by those of the filters that somebody asked for."""
    for one in filters:
        if wanted.get(one.name):
            rows = one.narrow(rows, wanted[one.name])
    return rows
