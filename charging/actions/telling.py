"""Whoever reported a wire near a place hears what became of it, in their own words and on their own page."""

import datetime as dt

from charging.models import Site, WireReport
from charging.queries.near import wires_near
from community_portal import clock
from community_portal.matters.notices import tell_resident
from community_portal.people.authority import SYSTEM
from community_portal.people.models import User


def tell_the_neighbours(site: Site, kind: str, *, words: str, by: User | None, at: dt.datetime) -> int:
    """Each report nearby gets a line for its reporter to read, named or not, and those with a name a message."""
    near = wires_near(site, on=clock.local(at).date())
    for wire in near:
        wire.write("site_near", by=by, at=at, authority=SYSTEM, words=words, is_public=True)
        tell_resident(kind, wire, at=at, words=words, once_per=f"site:{site.pk}", place=site.full_name, site=site.pk)
    WireReport.objects.filter(pk__in=[wire.pk for wire in near]).update(site=site)
    return len(near)
