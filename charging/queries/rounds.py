"""What the page of a round shows: how far it is, what it cost, where it stands, and whether it helped."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from charging.models import Round, Site
from charging.queries.effect import Effect, effects_of
from charging.queries.sockets import with_sockets
from charging.workflow.sites import BUILT, State


@dataclass(frozen=True)
class Progress:
    """Ports of a round: how many are in service, how many are approved with those."""

    in_service: int
    approved: int
    sites: int
    re_sited: int


def sites_of(round: Round) -> list[Any]:
    """Each with its sockets (``with_sockets``)."""
    rows = with_sockets(Site.objects.filter(round=round)).select_related(
        "case", "estate", "community__street", "replaced_by__case"
    )
    return sorted(rows, key=lambda site: (site.state == State.REJECTED, site.in_service_on or dt.date.max, site.pk))


def progress_of(sites: list[Any]) -> Progress:
    in_service = sum(site.standing for site in sites)
    return Progress(
        in_service=in_service,
        approved=in_service + sum(site.coming for site in sites),
        sites=sum(site.state in BUILT for site in sites),
        re_sited=sum(site.replaces_id is not None for site in sites),
    )


@dataclass(frozen=True)
class Change:
    """Wires near the places of a round, before and after, and by how much fewer; none where there were none before."""

    lines: list[Effect]
    before: int
    after: int

    @property
    def fewer(self) -> Decimal | None:
        if not self.before:
            return None
        part = Decimal(100) * (self.before - self.after) / self.before
        return part.quantize(Decimal("0.1"), ROUND_HALF_UP)


def change_of(sites: list[Site], *, on: dt.date) -> Change:
    lines = effects_of(sites, on=on)
    return Change(lines, sum(one.before for one in lines), sum(one.after for one in lines))


def rounds_for(user: Any) -> Any:
    return Round.objects.visible_to(user).select_related("community__street").order_by("community_id", "-number")
