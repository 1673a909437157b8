"""What the page of a round shows: how far it is, what it cost, where it stands, and whether it helped."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from charging.models import Round, Site
from charging.queries.effect import Effect, effects_of
from charging.workflow.sites import BUILT, CLEAR, State


@dataclass(frozen=True)
class Progress:
    """Ports of a round: how many are in service, ordered, approved."""

    in_service: int
    approved: int
    sites: int
    re_sited: int


def sites_of(round: Round) -> list[Site]:
    rows = Site.objects.filter(round=round).select_related("case", "estate", "community__street", "replaced_by__case")
    return sorted(rows, key=lambda site: (site.state == State.REJECTED, site.in_service_on or dt.date.max, site.pk))


def progress_of(sites: list[Site]) -> Progress:
    return Progress(
        in_service=sum(site.approved_ports or 0 for site in sites if site.state in BUILT),
        approved=sum(site.approved_ports or 0 for site in sites if site.state in CLEAR | BUILT),
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
