"""Where one can charge now: of each site how many sockets are free, how many are not, and how old that is; nearest first."""

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Max, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from charging.models import Port, Site
from charging.queries.freshness import with_age
from charging.status_words import PortState
from charging.workflow.sites import BUILT, State
from community_portal import clock
from community_portal.places.coordinates import metres_between
from community_portal.places.models import Community
from community_portal.web.spoken import short_when

WALK = 80  # metres a minute


@dataclass(frozen=True)
class Place:
    """A site as a line of the list. ``off`` are sockets out of use and those of boxes that are closed at this hour."""

    site: Site
    total: int
    free: int
    busy: int
    bad: int
    off: int
    unknown: int
    heard_at: dt.datetime | None
    metres: int | None

    @property
    def minutes(self) -> int | None:
        return None if self.metres is None else max(1, math.ceil(self.metres / WALK))

    @property
    def is_unknown(self) -> bool:
        """None is known to be free, and of some nothing is known: said so, and not "full"."""
        return not self.free and bool(self.unknown)

    @property
    def is_full(self) -> bool:
        return not self.free and not self.is_unknown

    @property
    def pips(self) -> list[str]:
        """A mark for each socket, by its class."""
        counts = (
            ("free", self.free),
            ("busy", self.busy),
            ("bad", self.bad),
            ("off", self.off),
            ("dunno", self.unknown),
        )
        return [name for name, n in counts for _n in range(n)]

    @property
    def pips_in_words(self) -> str:
        said = [
            _("%(n)s 个空") % {"n": self.free},
            _("%(n)s 个在充") % {"n": self.busy} if self.busy else "",
            _("%(n)s 个坏了") % {"n": self.bad} if self.bad else "",
            _("%(n)s 个停用") % {"n": self.off} if self.off else "",
            _("%(n)s 个不知道") % {"n": self.unknown} if self.unknown else "",
        ]
        told = _("，").join(filter(None, said))
        return _("%(n)s 个插座：%(told)s") % {"n": self.total, "told": told}


def counts_by_site(ports: QuerySet[Port], *, at: dt.datetime) -> list[dict[str, Any]]:
    """Of the sockets in service, by their sites; one query whatever their number."""
    time = clock.local(at).time()
    closed = Q(point__opens_at__isnull=False) & (Q(point__opens_at__gt=time) | Q(point__closes_at__lte=time))
    stopped = Q(point__site__state=State.SUSPENDED) | closed
    now = Case(When(stopped, then=Value(PortState.UNAVAILABLE.value)), default=F("shown"))
    shown = with_age(ports.in_service(), at=at).annotate(now=now)  # type: ignore[attr-defined]
    each = {state.value: Count("pk", filter=Q(now=state.value)) for state in PortState}
    by_site: Any = shown.order_by().values("point__site").annotate(total=Count("pk"), heard=Max("heard_at"), **each)
    return list(by_site)


def places(*, communities: Iterable[int] | None, at: dt.datetime, origin: tuple[Any, Any] | None = None) -> list[Place]:
    """All sites that serve in these communities (None: everywhere), nearest first, those without a point at the end."""
    ports = Port.objects.filter(point__site__state__in=BUILT)
    if communities is not None:
        ports = ports.filter(community__in=list(communities))
    counts = counts_by_site(ports, at=at)
    sites = Site.objects.select_related("estate", "community").in_bulk([row["point__site"] for row in counts])
    found = [_place(sites[row["point__site"]], row, origin) for row in counts]
    return sorted(found, key=_order)


def _place(site: Site, row: dict[str, Any], origin: tuple[Any, Any] | None) -> Place:
    metres = None
    if origin is not None and site.lon is not None and site.lat is not None:
        metres = round(metres_between(origin, (site.lon, site.lat)), -1)
    return Place(
        site=site,
        total=row["total"],
        free=row[PortState.AVAILABLE],
        busy=row[PortState.IN_USE],
        bad=row[PortState.FAULTED],
        off=row[PortState.UNAVAILABLE],
        unknown=row[PortState.UNKNOWN],
        heard_at=row["heard"],
        metres=None if metres is None else int(metres),
    )


def _order(place: Place) -> tuple[Any, ...]:
    return place.metres is None, place.metres or 0, place.site.estate.name, place.site.name, place.site.pk


def around(community: Community) -> list[int]:
    """The communities of its street: the nearest socket may be across the road."""
    return list(Community.objects.filter(street=community.street_id).values_list("pk", flat=True))


def age_words(heard_at: dt.datetime | None, *, at: dt.datetime) -> str:
    """3 分钟前; of what is older than a day since when there was no news."""
    if heard_at is None:
        return _("还没有消息")
    seconds = max((at - heard_at).total_seconds(), 0)
    minutes, hours = int(seconds // 60), int(seconds // 3600)
    if minutes < 1:
        return _("刚刚")
    if hours < 1:
        return ngettext("%(n)s 分钟前", "%(n)s 分钟前", minutes) % {"n": minutes}
    if hours < 24:
        return ngettext("%(n)s 小时前", "%(n)s 小时前", hours) % {"n": hours}
    return _("%(when)s起没消息") % {"when": short_when(heard_at)}
