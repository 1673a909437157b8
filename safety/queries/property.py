"""What a property company reads of safety: what is due for its premises, and the drills held there. Houses and times, nobody by name."""

import datetime as dt
from typing import Any, NamedTuple

from community_portal.dues.models import DueItem
from community_portal.dues.queries import Line, lines_of
from safety.dues import DUTIES
from safety.models import DrillPremises, Premises
from safety.workflow.states import ANNOUNCED, HELD, Drilling

MOST = 30
AHEAD = ANNOUNCED | {Drilling.RUNNING}
OVER = HELD | {Drilling.ABORTED}


class Estates(NamedTuple):
    premises: list[Premises]
    ahead: list[DrillPremises]
    held: list[DrillPremises]
    late: list[Line]
    coming: list[Line]


def firms_of(user: Any) -> frozenset[int]:
    return frozenset(organisation for _role, organisation in user.organisation_posts)


def estates_of(user: Any, *, on: dt.date) -> Estates:
    """By the companies that this user works for; an administrator, who works for none, reads all."""
    of_firm = {} if user.is_superuser else {"property_company__in": firms_of(user)}
    houses = _drilled(of_firm)
    due = _due(user)
    return Estates(
        premises=list(
            Premises.objects.filter(**of_firm).select_related("community").order_by("community", "name")[:MOST]
        ),
        ahead=list(houses.filter(drill__state__in=AHEAD).order_by("drill__starts_at")[:MOST]),
        held=list(houses.filter(drill__state__in=OVER).order_by("-drill__starts_at")[:MOST]),
        late=lines_of(list(due.filter(due_on__lt=on)[:MOST]), on=on),
        coming=lines_of(list(due.filter(due_on__gte=on)[:MOST]), on=on),
    )


def _drilled(of_firm: dict[str, Any]) -> Any:
    """Houses, each with its drill."""
    rows = DrillPremises.objects.filter(premises__in=Premises.objects.filter(**of_firm))
    return rows.select_related("drill__case", "premises")


def _due(user: Any) -> Any:
    names = [kind.name for kind in DUTIES.values()]
    rows = DueItem.objects.open().filter(kind__in=names).order_by("due_on", "id")
    return rows if user.is_superuser else rows.filter(organisation__in=firms_of(user))
