"""Long lists, newest first: a page is found by the id it begins after, so that page 1,000 costs what page 1 costs."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Subquery
from django.db.models.query import ValuesListIterable

from community_portal.composed import tuples_of


@dataclass(frozen=True)
class Page:
    """A page of a keyset list: rows, and the ids that open the older and the newer page (None when there is none).

    Of a list that begins with what is soonest (``is_soonest``), "older" is what comes later.
    """

    rows: list[Any]
    older: int | None
    newer: int | None
    is_soonest: bool = False


def page_by_id(
    rows: Any, *, size: int, before: str = "", after: str = "", by: str = "pk", is_soonest: bool = False
) -> Page:
    """Newest first by id; costs the same on page 1 and page 1,000. ``before``/``after`` are ids from the address.

    Rows are models, or tuples that begin with the id. ``by`` is the moment that orders them, where the list shows one;
    ``is_soonest`` turns the list round, so that it begins with the smallest.
    """
    on, back = ("gt", "lt") if is_soonest else ("lt", "gt")
    forward = (by, "pk") if is_soonest else (f"-{by}", "-pk")
    backward = (f"-{by}", "-pk") if is_soonest else (by, "pk")
    if is_row_number(after):
        found = _read(_beyond(rows, back, int(after), by).order_by(*backward)[: size + 1])
        more, page = len(found) > size, list(reversed(found[:size]))
        return Page(page, _id(page[-1]) if page else None, _id(page[0]) if page and more else None, is_soonest)
    if is_row_number(before):
        rows = _beyond(rows, on, int(before), by)
    page = _read(rows.order_by(*forward)[: size + 1])
    more, page = len(page) > size, page[:size]
    newer = _id(page[0]) if page and is_row_number(before) else None
    return Page(page, _id(page[-1]) if more else None, newer, is_soonest)


def _beyond(rows: Any, way: str, row: int, by: str) -> Any:
    """Rows that come after this one (``gt``), or before it (``lt``)."""
    if by == "pk":
        return rows.filter(**{f"pk__{way}": row})
    moment = Subquery(rows.model.objects.filter(pk=row).values(by))
    return rows.filter(Q(**{f"{by}__{way}": moment}) | Q(**{by: moment, f"pk__{way}": row}))


def is_row_number(text: str) -> bool:
    """Digits that may be the number of a row: no bigint holds longer ones."""
    return text.isdecimal() and len(text) < 19


def _read(rows: Any) -> list[Any]:
    return tuples_of(rows) if issubclass(rows._iterable_class, ValuesListIterable) else list(rows)


def _id(row: Any) -> int:
    return row[0] if isinstance(row, tuple) else row.pk
