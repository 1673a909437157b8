"""Where to site next: what lacks, wires, homes without a garage, each term shown (services.md §4.4). Who was never counted has
no score, which is not a score of nothing."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Q, Sum

from charging.models import DemandPoint, EstateFacts, Site
from charging.queries.sockets import with_sockets
from charging.rules import weight_at
from charging.workflow.sites import BUILT, CLEAR
from community_portal.places.models import Community, Estate

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Weights:
    """What the rules of the place say a port, a wire and a home weigh."""

    target: Decimal
    gap: Decimal
    wire: Decimal
    homes: Decimal
    days: int


def weights_of(community: Community, *, on: dt.date) -> Weights:
    def of(code: str, default: Any) -> Decimal:
        return Decimal(weight_at(community, code, default, on=on))

    return Weights(
        of("target_per_hundred", 12), of("weight_gap", 1), of("weight_wire", 3), of("homes_per_point", 50),
        int(of("demand_days", 90)),
    )  # fmt: skip


@dataclass(frozen=True)
class Rank:
    """One estate with every term of its score; ``score`` None when nobody has counted its e-bikes."""

    estate: Estate
    facts: EstateFacts | None
    in_service: int
    approved: int
    wires: int
    weights: Weights

    @property
    def wanted(self) -> Decimal | None:
        """How many ports it should have."""
        return None if self.facts is None else _tenth(self.weights.target * self.facts.ebikes / 100)

    @property
    def gap(self) -> Decimal | None:
        wanted = self.wanted
        return None if wanted is None else _tenth(max(Decimal(), wanted - self.in_service - self.approved))

    @property
    def of_gap(self) -> Decimal | None:
        return None if self.gap is None else _tenth(self.gap * self.weights.gap)

    @property
    def of_wires(self) -> Decimal:
        return _tenth(self.wires * self.weights.wire)

    @property
    def homes(self) -> int:
        return (self.facts.homes_without_garage if self.facts else None) or 0

    @property
    def of_homes(self) -> Decimal:
        return _tenth(self.homes / self.weights.homes if self.weights.homes else Decimal())

    @property
    def score(self) -> Decimal | None:
        return None if self.of_gap is None else self.of_gap + self.of_wires + self.of_homes

    @property
    def per_hundred(self) -> Decimal | None:
        """Ports in service for a hundred e-bikes; none when never counted, or when there are none."""
        if self.facts is None or not self.facts.ebikes:
            return None
        return _tenth(Decimal(100) * self.in_service / self.facts.ebikes)


def _tenth(number: Decimal) -> Decimal:
    return Decimal(number).quantize(TENTH, ROUND_HALF_UP)


def ranked_estates(community: Community, *, on: dt.date) -> list[Rank]:
    """Every estate of a community, the neediest first, those never counted last; the same number of queries however many."""
    weights = weights_of(community, on=on)
    facts = {one.estate_id: one for one in EstateFacts.objects.filter(community=community).newest()}
    in_service, approved = _ports_by_estate(community)
    wires = _wires_by_estate(community, weights, on=on)
    ranks = [
        Rank(estate, facts.get(estate.pk), in_service[estate.pk], approved[estate.pk], wires[estate.pk], weights)
        for estate in Estate.objects.filter(community=community)
    ]
    return sorted(ranks, key=lambda rank: (rank.score is None, -(rank.score or 0), rank.estate.name))


def _ports_by_estate(community: Community) -> tuple[dict[int, int], dict[int, int]]:
    """Sockets in service, and those approved that do not serve yet."""
    rows = with_sockets(Site.objects.filter(community=community, state__in=CLEAR | BUILT)).order_by().values("estate")
    in_service: dict[int, int] = defaultdict(int)
    approved: dict[int, int] = defaultdict(int)
    for row in rows.annotate(stand=Sum("standing"), come=Sum("coming")):
        in_service[row["estate"]], approved[row["estate"]] = row["stand"], row["come"]
    return in_service, approved


def _wires_by_estate(community: Community, weights: Weights, *, on: dt.date) -> dict[int, int]:
    """Wires of the last days that still hang, each with its weight."""
    live = DemandPoint.objects.filter(community=community, at__date__gt=on - dt.timedelta(days=weights.days))
    live = live.filter(Q(until__isnull=True) | Q(until__gt=on))
    found: dict[int, int] = defaultdict(int)
    found.update(dict(live.order_by().values_list("estate").annotate(n=Sum("weight"))))
    return found
