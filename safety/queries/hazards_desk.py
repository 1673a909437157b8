"""The desk of hazards: what is open, the oldest first, by how long it has been so."""

import datetime as dt
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from community_portal import clock
from safety.models import Hazard
from safety.workflow.states import HAZARD_GIVEN, HAZARD_OPEN, Hazarding

AGES = ((15, _("超过 15 天")), (7, _("8 到 15 天")), (3, _("4 到 7 天")), (0, _("3 天以内")))
SHOWN = 20


class Row(NamedTuple):
    hazard: Hazard
    days: int
    is_late: bool

    @property
    def chip(self) -> Any:
        return _("超期 · %(state)s") % {"state": self.hazard.spec.label} if self.is_late else self.hazard.spec.label


class Age(NamedTuple):
    """Those that have been open for so long; ``size`` is all of them, ``rows`` the first."""

    label: Any
    size: int
    rows: list[Row]


class Desk(NamedTuple):
    ages: list[Age]
    total: int
    late: int
    to_verify: int
    to_look: int
    waiting: int


def desk_of(user: Any, *, at: dt.datetime) -> Desk:
    today = clock.local(at).date()
    rows = Hazard.objects.visible_to(user).filter(state__in=HAZARD_OPEN)
    told = rows.select_related("case", "organisation", "handler").order_by("opened_at", "id")
    known = list(rows.values_list("opened_at", "state", "due_on"))
    states = [state for _at, state, _due in known]
    return Desk(
        ages=_ages(told, [(today - clock.local(one).date()).days for one, _state, _due in known], today),
        total=len(known),
        late=sum(_is_late(state, due_on, today) for _at, state, due_on in known),
        to_verify=states.count(Hazarding.REPORTED),
        to_look=states.count(Hazarding.FIXED) + states.count(Hazarding.SUBMITTED),
        waiting=states.count(Hazarding.TRANSFERRED),
    )


def _is_late(state: str, due_on: dt.date | None, today: dt.date) -> bool:
    return state in HAZARD_GIVEN and due_on is not None and due_on < today


def _ages(told: Any, days: list[int], today: dt.date) -> list[Age]:
    """The oldest first; one query for the rows of each age that has any."""
    found: list[Age] = []
    until: int | None = None
    for more_than, label in AGES:
        within = [n for n in days if n > more_than - (not more_than) and (until is None or n <= until)]
        if within:
            rows = [_row(one, today) for one in _between(told, more_than, until, today)]
            found.append(Age(label, len(within), rows))
        until = more_than
    return found


def _between(told: Any, more_than: int, until: int | None, today: dt.date) -> list[Hazard]:
    """Opened more than so many days ago, and not more than so many."""
    if more_than:
        told = told.filter(opened_at__lt=clock.at_wall(today - dt.timedelta(days=more_than), dt.time()))
    if until is not None:
        told = told.filter(opened_at__gte=clock.at_wall(today - dt.timedelta(days=until), dt.time()))
    return list(told[:SHOWN])


def _row(hazard: Hazard, today: dt.date) -> Row:
    days = (today - clock.local(hazard.opened_at).date()).days
    return Row(hazard, days, _is_late(hazard.state, hazard.due_on, today))
