"""Campaigns with what came of them; heads and views stand beside each other and are never one number."""

from typing import Any, NamedTuple

from django.db.models import Count, Q, Sum

from safety.models import Campaign, CampaignSession, Channel
from safety.workflow.states import Campaigning

DONE = (Campaigning.HELD, Campaigning.REPORTED)
MOST = 200


class Totals(NamedTuple):
    held: int
    heads: int
    children: int
    leaflets: int
    before: int | None
    after: int | None
    views: list[tuple[str, int, Any]]


def campaigns_shown(user: Any) -> Any:
    held = Q(sessions__state__in=DONE)
    rows = Campaign.objects.filter(pk__in=Campaign.objects.visible_to(user).values("pk")).select_related(
        "street", "organiser"
    )
    return rows.annotate(held=Count("sessions", filter=held), heads=Sum("sessions__heads", filter=held)).order_by(
        "-starts_on", "-pk"
    )[:MOST]


def sessions_of(campaign: Campaign) -> list[CampaignSession]:
    rows = campaign.sessions.select_related("case", "community", "host").order_by("starts_at", "pk")
    return list(rows[:MOST])


def totals_of(campaign: Campaign) -> Totals:
    names = ("heads", "children", "leaflets", "asked_before", "right_before", "asked_after", "right_after")
    sums = campaign.sessions.filter(state__in=DONE).aggregate(
        n=Count("pk"), **{f"sum_{name}": Sum(name) for name in names}
    )
    heads, children, leaflets, asked_before, right_before, asked_after, right_after = (
        sums[f"sum_{name}"] or 0 for name in names
    )
    return Totals(
        sums["n"], heads, children, leaflets, _per_cent(right_before, asked_before), _per_cent(right_after, asked_after),
        _views(campaign),
    )  # fmt: skip


def _per_cent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def _views(campaign: Campaign) -> list[tuple[str, int, Any]]:
    """The last reading of each channel."""
    last: dict[str, tuple[int, Any]] = {}
    for channel, views, as_of in campaign.reach.order_by("as_of").values_list("channel", "views", "as_of"):
        last[channel] = views, as_of
    return [(str(Channel(channel).label), views, as_of) for channel, (views, as_of) in last.items()]
