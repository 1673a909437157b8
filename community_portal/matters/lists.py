"""The list of a kind of matter: rows within one's scope, narrowed, as lines with every label worked out.

Rows are read as plain values: joined models for each of thirty lines cost more than the query itself, and planning ten joins
more than running them.
"""

import datetime as dt
import functools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.casework.models import Matter
from community_portal.casework.queries import about, due_words, untold_among
from community_portal.matters.columns import Filter, MatterList, narrowed
from community_portal.matters.kinds import KINDS, MatterKind, kind_of
from community_portal.measure import Rows
from community_portal.people.models import User
from community_portal.places.models import Community, Grid, grid_label, in_reader_language
from community_portal.web.paging import is_row_number

# What every line shows, by name in the line.
COMMON = {
    "number": "case__number",
    "title": "case__title",
    "resident": "case__resident__name",
    "address": "case__address",
    "grid": "grid__number",
    "handler": "handler__name",
    "handler_account": "handler__username",
    "state": "state",
    "due_at": "due_at",
    "opened_at": "opened_at",
    "house": "community_id",
    "case": "case_id",
}


def for_list(rows: Any) -> Any:
    """The queryset with just what ``table_of`` needs; its rows are tuples that begin with the id."""
    own = [path for column in kind_of(rows.model).listed.columns for path in column.paths]
    return rows.values_list("pk", *COMMON.values(), *own)


@functools.cache
def list_base(model: type[Matter]) -> Any:
    """``for_list`` over everything, to be narrowed: finding the way to each column takes longer than all the rest."""
    return for_list(model.objects.all())


class Line(NamedTuple):
    """A matter as a line of a list; ``tone`` and ``due_tone`` are those of chips, ``shown`` and ``exported`` its own columns."""

    url: str
    number: str
    title: str
    flag: str
    resident: str
    address: str
    shown: tuple[str, ...]
    exported: tuple[str, ...]
    grid: str
    handler: str
    state: str
    tone: str
    due: str
    due_tone: str
    due_at: dt.datetime | None
    opened_at: dt.datetime
    house: str


@dataclass(frozen=True)
class Table:
    """Lines of one kind, with their headings and what stands there when there are none."""

    kind: MatterKind
    lines: Sequence[Line]

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, place: int) -> Line:
        return self.lines[place]

    @property
    def listed(self) -> MatterList:
        return self.kind.listed

    @property
    def columns(self) -> list[str | Promise]:
        own = self.spare[:-1]
        return [_("编号"), _("事由"), self.listed.who, *own, _("网格"), _("经办"), _("状态"), _("时限")]

    @property
    def spare(self) -> list[str | Promise]:
        """Headings of what a narrow screen leaves out, so that state and limit stay in sight."""
        return [*(column.heading for column in self.listed.columns if column.is_shown), _("网格")]


def table_of(
    model: type[Matter], rows: Any, *, at: dt.datetime, reader: User | None = None, with_house: bool = False
) -> Table:
    """Lines from what ``for_list`` reads, every label worked out here so that the template only prints.

    ``reader`` is told the subjects of what they may read (None: of all, as where figures open, to who reads everything).
    ``with_house``: the list goes over several communities, and says whose each matter is; one query for all lines.
    """
    kind, rows = kind_of(model), list(rows)
    place, case = (1 + list(COMMON).index(name) for name in ("house", "case"))
    houses = Community.objects.in_bulk({row[place] for row in rows}) if with_house else {}
    untold = untold_among(((row[case], row[place]) for row in rows), reader) if reader else set()
    base = kind.url_of("-").removesuffix("-/")
    return Table(
        kind,
        [
            _line_of(kind, row, base, str(houses.get(row[place], "")), at, is_told=row[case] not in untold)
            for row in rows
        ],
    )


def _line_of(kind: MatterKind, row: tuple[Any, ...], base: str, house: str, at: dt.datetime, *, is_told: bool) -> Line:
    line = dict(zip(COMMON, row[1:], strict=False))
    spec = kind.flow.states[line["state"]]
    due, tone = ("", "plain") if spec.is_end else due_words(None if spec.stops_clock else line["due_at"], at=at)
    flag, shown, exported = _own_cells(kind.listed, row[1 + len(COMMON) :])
    return Line(
        url=f"{base}{line['number']}/",
        number=line["number"],
        title=line["title"] if is_told else str(kind.flow.label),
        flag=flag,
        resident=line["resident"] or "",
        address=line["address"],
        shown=shown,
        exported=exported,
        grid=grid_label(line["grid"]) if line["grid"] else "",
        handler=line["handler"] or line["handler_account"] or "",
        state=str(spec.label),
        tone=spec.tone,
        due=due,
        due_tone=tone,
        due_at=line["due_at"] if due else None,
        opened_at=line["opened_at"],
        house=house,
    )


def _own_cells(listed: MatterList, values: tuple[Any, ...]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The flag and the cells, shown and exported, of the columns that are the service's own."""
    flag, shown, exported = "", [], []
    for column in listed.columns:
        mine, values = values[: len(column.paths)], values[len(column.paths) :]
        cell = str(column.words(*mine))
        exported.append(cell)
        shown += [cell] if column.is_shown else []
        flag = flag or str(column.flag(*mine))
    return flag, tuple(shown), tuple(exported)


def rows_of(model: type[Matter]) -> Rows:
    """How the matters behind a figure are shown: as their list shows them."""
    return Rows("matters/rows.html", for_list, lambda rows, at: table_of(model, rows, at=at, with_house=True))


def due_of(row: tuple[Any, ...]) -> dt.datetime | None:
    """The limit in a row of ``for_list``."""
    limit: dt.datetime | None = row[1 + list(COMMON).index("due_at")]
    return limit


# The filters of every list. ``q`` is a number, or the beginning of a title's words.
def _of_place(rows: Any, code: str) -> Any:
    return rows.filter(Q(community__code=code) | Q(community__street__code=code))


def _of_row(name: str) -> Filter:
    return Filter(name, lambda rows, value: rows.filter(**{name: int(value)}) if is_row_number(value) else rows)


def _since(rows: Any, text: str) -> Any:
    first = clock.read_day(text)
    return rows.filter(opened_at__gte=clock.day_bounds(first)[0]) if first else rows


def _until(rows: Any, text: str) -> Any:
    last = clock.read_day(text)
    return rows.filter(opened_at__lt=clock.day_bounds(last)[1]) if last else rows


def _with_words(rows: Any, text: str, reader: User | None) -> Any:
    text = text.strip()
    of_subject = Q(case__title__startswith=text)
    found = (
        (about(of_subject, reader) if reader else of_subject)
        | Q(case__number__iexact=text)
        | Q(case__resident__name=text)
    )
    return rows.filter(found) if text else rows


def _in_state(rows: Any, state: str) -> Any:
    flow = rows.model.flow
    if state == "open":
        return rows.open()
    return rows.filter(state=state) if state in flow.states else rows


OF_EVERY_LIST = (
    Filter("state", _in_state),
    _of_row("grid"),
    _of_row("handler"),
    Filter("place", _of_place),
    Filter("from", _since),
    Filter("to", _until),
)


def filters_of(listed: MatterList) -> tuple[str, ...]:
    """Everything by which the list can be narrowed, by its name in the address."""
    return (*(one.name for one in (*OF_EVERY_LIST, *listed.filters)), "q", "overdue")


def filtered(rows: Any, wanted: dict[str, str], *, reader: User | None, at: dt.datetime) -> Any:
    """``rows`` narrowed by the filters of their list, all optional; by words as far as ``reader`` is told them (None: all)."""
    rows = narrowed(rows, (*OF_EVERY_LIST, *kind_of(rows.model).listed.filters), wanted)
    rows = _with_words(rows, wanted.get("q", ""), reader)
    return rows.overdue(at=at) if wanted.get("overdue") else rows


Choices = tuple[tuple[str, str], ...]


def filter_choices(kind: MatterKind, user: User) -> dict[str, Choices]:
    """What the list can be narrowed to, by the names of its filters; "all" first."""
    places = None if user.is_superuser else user.community_ids
    return kept_choices(kind.flow.name, places, get_language() or "", int(time.monotonic() // 60))


@functools.lru_cache(2_000)
def kept_choices(flow: str, places: frozenset[int] | None, language: str, minute: int) -> dict[str, Choices]:
    """For those places, in words of that language; kept for a minute, for every list page shows them and they change a
    few times a year. Plain words, because the template looks drawn options up by them."""
    kind = KINDS[flow]
    found: dict[str, list[tuple[Any, Any]]] = {
        "state": [("open", _("没办结的")), *((name, spec.label) for name, spec in kind.flow.states.items())],
        "grid": _grids(places),
    }
    for one in kind.listed.filters:
        if one.choices is not None:
            found[one.name] = list(one.choices(places))
    everything = ("", _("全部"))
    return {name: tuple((str(value), str(word)) for value, word in [everything, *of]) for name, of in found.items()}


def _grids(places: frozenset[int] | None) -> list[tuple[Any, Any]]:
    rows = Grid.objects.all() if places is None else Grid.objects.filter(community_id__in=places)
    named = rows.values_list("pk", "number", "community__name", "community__name_en")
    return [(pk, f"{in_reader_language(*names)} {grid_label(number)}") for pk, number, *names in named]


def selects_of(kind: MatterKind, user: User, wanted: dict[str, str]) -> list[dict[str, Any]]:
    """The drop-downs of the form above the list, in their order."""
    choices, own = filter_choices(kind, user), kind.listed.by_name()
    labels = {"state": _("状态"), "grid": _("网格")} | {name: one.label for name, one in own.items()}
    return [
        {"name": name, "label": labels[name], "options": choices[name], "chosen": wanted.get(name, "")}
        for name in kind.listed.order
    ]
