"""What a service gives to the file of a matter (its ``dossiers.py``): sections of a few kinds, and the facts of a brief.

register_dossier("repair", Dossier(sections=lambda matter, names: [Facts(…), Pairs(…)], brief=lambda matter, names: Brief(…)))
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from community_portal.casework.models import Attachment


@dataclass(frozen=True)
class Names:
    """How people are called in it: by their names, or covered (陈某). ``where`` says as much of an address."""

    are_covered: bool

    def of(self, name: Any) -> str:
        text = str(name or "")
        return _("%(surname)s某") % {"surname": text[:1]} if self.are_covered and text else text

    def where(self, household: Any, community: Any) -> str:
        return str(community) if self.are_covered or household is None else str(household)


@dataclass(frozen=True)
class Facts:
    """Labels with their values."""

    template: ClassVar[str] = "dossier/facts.html"
    is_beside: ClassVar[bool] = True
    title: Any
    rows: Sequence[tuple[Any, Any]]

    @property
    def lines(self) -> list[list[str]]:
        return [[str(label), str(value)] for label, value in self.rows]


@dataclass(frozen=True)
class Table:
    """Rows under headings: what was found → planned → installed → accepted."""

    template: ClassVar[str] = "dossier/table.html"
    is_beside: ClassVar[bool] = False
    title: Any
    columns: Sequence[Any]
    rows: Sequence[Sequence[Any]]

    @property
    def lines(self) -> list[list[str]]:
        """Two columns, as a sheet of paper takes them: the first, and the others in order."""
        return [[str(row[0]), " → ".join(str(cell) for cell in row[1:] if cell)] for row in self.rows]


@dataclass(frozen=True)
class Pair:
    caption: Any
    before: Attachment | None
    after: Attachment | None


@dataclass(frozen=True)
class Pairs:
    """Photos before and after, side by side."""

    template: ClassVar[str] = "dossier/pairs.html"
    is_beside: ClassVar[bool] = False
    title: Any
    pairs: Sequence[Pair]


@dataclass(frozen=True)
class Hand:
    """A signature: who, as what, when."""

    name: str
    role: Any
    when: Any
    picture: Attachment | None


@dataclass(frozen=True)
class Hands:
    template: ClassVar[str] = "dossier/hands.html"
    is_beside: ClassVar[bool] = True
    title: Any
    hands: Sequence[Hand]

    @property
    def lines(self) -> list[list[str]]:
        return [[hand.name, f"{hand.role} · {hand.when}"] for hand in self.hands]


Section = Facts | Table | Pairs | Hands


@dataclass(frozen=True)
class Number:
    """A figure in a brief, and the page with the rows behind it."""

    value: Any
    unit: Any
    label: Any
    url: str


@dataclass(frozen=True)
class Brief:
    """简报: what, when, where, who took part, numbers, one quote and two photos, both with consent alone."""

    title: Any
    what: Any
    when: Any
    where: Any
    who: Sequence[Any]
    numbers: Sequence[Number]
    quote: str = ""
    quoted: Any = ""
    photos: Sequence[Attachment] = field(default_factory=tuple)


@dataclass(frozen=True)
class Dossier:
    sections: Callable[[Any, Names], list[Section]]
    brief: Callable[[Any, Names], Brief]


DOSSIERS: dict[str, Dossier] = {}


def register_dossier(flow: str, dossier: Dossier) -> None:
    """Makes it known under the name of the flow; a service's ``dossiers.py`` calls it when Django starts."""
    DOSSIERS[flow] = dossier
