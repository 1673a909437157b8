"""Every kind of matter with the one table of its deeds: what pages, API, lists, hand-over and tests of all services read.

An app declares its own in its ``matters.py``; nothing here knows any app.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from django.urls import reverse

from community_portal.casework.flow import Flow
from community_portal.casework.kinds import KINDS as OF_CASEWORK
from community_portal.casework.models import Matter, MatterQuerySet
from community_portal.matters.columns import MatterList
from community_portal.matters.models import Visited
from community_portal.people.models import COMMUNITY_STAFF


@dataclass(frozen=True)
class Deed:
    """How a step is done: its ``action`` (None: taking the step is all there is to it), the ``form`` of its page (None: words
    only), and which ``fields`` of the form the action takes besides ``words`` and ``seen``; the API takes the same."""

    step: str
    action: Callable[..., Any] | None = None
    form: type[Any] | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MatterKind:
    """One kind of matter.

    ``joins`` is what its pages and lines read of its own rows; ``my_url`` the URL name of the resident's page, which takes
    the number (empty: none). Who holds one of the roles of ``hands`` may have one in hand; ``hand_over`` gives it to them
    (``officer, by, at, seen, words``), by the deed of that name unless told otherwise. ``plain`` may say more to the resident
    than the state does; ``news`` is what anybody may know of it, for the look-up. ``personal`` are fields emptied when they are forgotten, those of child rows by way of their name
    (``items__why``). ``listed`` is what its list shows.
    """

    model: type[Matter]
    deeds: tuple[Deed, ...]
    joins: tuple[str, ...] = ()
    my_url: str = ""
    hands: frozenset[str] = COMMUNITY_STAFF
    hand_over: Callable[..., None] | None = None
    plain: Callable[[Any], str] = lambda matter: ""
    news: Callable[[Any], str] = lambda matter: ""
    personal: tuple[str, ...] = ()
    listed: MatterList = field(default_factory=MatterList)
    by_step: dict[str, Deed] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.by_step.update({deed.step: deed for deed in self.deeds})

    @property
    def flow(self) -> Flow:
        return self.model.flow

    @property
    def is_visited(self) -> bool:
        """Is a time agreed for it?"""
        return issubclass(self.model, Visited)

    def read(self) -> MatterQuerySet:
        """All of its rows, with what lines and pages of residents read."""
        visit = ("planned_visit__session__host",) if self.is_visited else ()
        return self.model.objects.select_related("case__resident", "handler", *visit, *self.joins)

    def url_of(self, number: str) -> str:
        return reverse(self.flow.url_name, args=[number])

    def my_url_of(self, number: str) -> str:
        return reverse(self.my_url, args=[number]) if self.my_url else ""


KINDS = cast(dict[str, MatterKind], OF_CASEWORK)


def register_matters(kind: MatterKind) -> None:
    """Makes a kind known, to the search box too; an app's ``matters.py`` calls it when Django starts."""
    KINDS[kind.flow.name] = kind


def kind_of(matter: Matter | type[Matter]) -> MatterKind:
    return KINDS[matter.flow.name]
