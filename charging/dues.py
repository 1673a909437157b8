"""Sites that serve are looked after again and again: by the rule of the street, at least once a month."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from charging.models import Site
from charging.workflow.faults import RULES
from charging.workflow.roles import WIRE_READERS
from charging.workflow.sites import State
from community_portal.dues.kinds import DueKind, Last, Subject, Turn, register_dues
from community_portal.people.models import Role
from community_portal.places.models import Street
from community_portal.rules.evaluation import limit_of


def _sites(on: dt.date) -> Iterator[Subject]:
    days: dict[int, int] = {}
    rows = Site.objects.filter(state=State.IN_SERVICE).select_related("estate", "community").order_by("pk")
    for site in rows:
        street = site.community.street_id
        if street not in days:
            found = limit_of(RULES, "patrol_days", street=Street(pk=street), on=on, default=30)
            days[street] = max(int(found), 1)
        yield Subject(
            ref=f"site:{site.pk}",
            label=site.full_name,
            community_id=site.community_id,
            since=site.in_service_on or on,
            grid_id=site.grid_id,
            terms={"days": days[street]},
        )


def _next_patrol(subject: Subject, last: Last | None, _on: dt.date) -> Turn:
    """So many days after the last; of two on one day the second begins on the next."""
    starts = subject.since if last is None else last.starts_on
    if last and last.done_on:
        starts = max(last.done_on, last.starts_on + dt.timedelta(days=1))
    return Turn(starts, starts, starts + dt.timedelta(days=subject.terms["days"]))


PATROL = DueKind(
    name="charging_patrol",
    label=_("巡查充电点"),
    icon="ev-station",
    role=Role.CHARGING,
    subjects=_sites,
    next_turn=_next_patrol,
    url=lambda ref: reverse("record_patrol", args=[int(ref.partition(":")[2])]),
    tags=frozenset({"charging_patrol"}),
    readers=WIRE_READERS,
    hue="amber",
)
register_dues(PATROL)
