"""Did it help: wires near a place in the ninety days before it came into service, and in the ninety after."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from charging.models import Site, WireReport
from charging.near import is_near
from charging.rules import limit_at
from charging.workflow.sites import BUILT
from community_portal import clock

NINETY = dt.timedelta(days=90)


@dataclass(frozen=True)
class Effect:
    site: Site
    before: int
    after: int

    @property
    def most(self) -> int:
        return max(self.before, self.after)


def effects_of(sites: Iterable[Site], *, on: dt.date) -> list[Effect]:
    """Of each place in service; one query for the wires of all of them."""
    stand = [site for site in sites if site.in_service_on]
    if not stand:
        return []
    first = min(site.in_service_on for site in stand if site.in_service_on) - NINETY
    metres = limit_at(stand[0].community, "effect_metres", 100, on=on)
    rows = WireReport.objects.filter(
        community__in={site.community_id for site in stand},
        opened_at__gte=clock.at_wall(first, dt.time.min),
        join_of__isnull=True,
    )
    wires = [(wire, clock.local(wire.opened_at).date()) for wire in rows]
    return [_effect(site, wires, metres) for site in stand]


def _effect(site: Site, wires: list[tuple[WireReport, dt.date]], metres: object) -> Effect:
    opened = site.in_service_on
    assert opened is not None
    near = [day for wire, day in wires if is_near(site, wire, metres)]
    return Effect(
        site,
        before=sum(opened - NINETY <= day < opened for day in near),
        after=sum(opened <= day < opened + NINETY for day in near),
    )


def note_effect_before(site: Site) -> None:
    """The wires of the ninety days before a place came into service are counted as such from now on."""
    opened = site.in_service_on
    if opened is None:
        return
    metres = limit_at(site.community, "effect_metres", 100, on=opened)
    since, until = clock.at_wall(opened - NINETY, dt.time.min), clock.at_wall(opened, dt.time.min)
    rows = WireReport.objects.filter(community=site.community_id, opened_at__gte=since, opened_at__lt=until)
    near = [wire.pk for wire in rows.filter(join_of__isnull=True) if is_near(site, wire, metres)]
    WireReport.objects.filter(pk__in=near).update(before_site=True)


def is_after_a_site(wire: WireReport, *, on: dt.date) -> bool:
    """Did ports come to stand near it in the ninety days before?"""
    metres = limit_at(wire.estate.community, "effect_metres", 100, on=on)
    rows = Site.objects.filter(
        community=wire.estate.community_id, in_service_on__gt=on - NINETY, in_service_on__lte=on, state__in=BUILT
    )
    return any(is_near(site, wire, metres) for site in rows)
