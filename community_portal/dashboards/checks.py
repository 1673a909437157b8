"""What a declaration of figures may get wrong is said when the portal starts, and not by a trigger at night."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldDoesNotExist

from community_portal.measure import FIGURES, MEASURES, Figure, Measure, Persons, Stock, figure_named
from community_portal.measure.boards import BOARDS

LONGEST = 34  # the roll-up keeps names of 40 signs, and persons under @month, @year and @ever
_COLUMN = re.compile(r"\{r\}\.(\w+)")


def check_figures(**_about: Any) -> list[CheckMessage]:
    """Every flow, every figure, every board."""
    found = [problem for measure in MEASURES.values() for problem in _of_measure(measure)]
    found += [problem for figure in FIGURES.values() for problem in _of_figure(figure)]
    return found + list(_of_boards())


def _of_measure(measure: Measure) -> Iterator[CheckMessage]:
    read = {
        name
        for text in (measure.condition, measure.also, measure.weight, measure.split)
        for name in _COLUMN.findall(text)
    }
    for name in sorted(measure.uses | read | {"community"}):
        if not has_column(measure.model, name):
            yield Error(f"figure {measure.name}: {measure.model.__name__} has no column {name}", id="portal.E401")
    for name in sorted(read - measure.uses):
        yield Error(
            f"figure {measure.name} reads {name} and does not say so: nobody would count anew when it changes",
            hint="name it in reads=",
            id="portal.E402",
        )


def has_column(model: Any, name: str) -> bool:
    """A field of its own, by its name or by that of its column."""
    try:
        return bool(model._meta.get_field(name).concrete)
    except FieldDoesNotExist:
        return False


def _of_figure(figure: Figure) -> Iterator[CheckMessage]:
    if len(figure.name) > LONGEST:
        yield Error(f"figure {figure.name}: its name is longer than {LONGEST} signs", id="portal.E403")
    if isinstance(figure, Stock) and figure.entered.model is not figure.left.model:
        yield Error(f"figure {figure.name}: what leaves is not what entered", id="portal.E404")
    if isinstance(figure, Persons):
        if not has_column(figure.of.model, figure.subject):
            yield Error(
                f"figure {figure.name}: {figure.of.model.__name__} has no column {figure.subject}", id="portal.E401"
            )
        if figure.of.ahead:
            yield Error(f"figure {figure.name}: nobody has been where nothing has happened yet", id="portal.E405")


def _of_boards() -> Iterator[CheckMessage]:
    for board in BOARDS.values():
        for name in sorted(board.names):
            if figure_named(name) is None:
                yield Error(f"board {board.name}: there is no figure {name}", id="portal.E406")
