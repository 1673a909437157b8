"""Sites and estates for maps, as GeoJSON in WGS-84. What has no point is not on a map, and stands in the lists all the same."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.urls import reverse

from charging.queries.free import Place, age_words, places
from community_portal.places.coordinates import Crs, from_wgs84
from community_portal.places.models import Estate, in_reader_language


def sites_as_geojson(*, communities: Iterable[int] | None, at: dt.datetime) -> dict[str, Any]:
    """Free sockets of each site, and as of when."""
    found = places(communities=communities, at=at)
    return _collection([_site(place, at) for place in found])


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _site(place: Place, at: dt.datetime) -> dict[str, Any]:
    site = place.site
    has_point = site.lon is not None and site.lat is not None
    return {
        "type": "Feature",
        "id": site.pk,
        "geometry": {"type": "Point", "coordinates": [float(site.lon), float(site.lat)]} if has_point else None,  # type: ignore[arg-type]
        "properties": {
            "name": site.name,
            "estate": str(site.estate),
            "community": site.community.code,
            "kind": site.kind,
            "state": site.state,
            "ports": place.total,
            "free": place.free,
            "in_use": place.busy,
            "faulted": place.bad,
            "out_of_use": place.off,
            "unknown": place.unknown,
            "as_of": place.heard_at.isoformat() if place.heard_at else None,
            "age": age_words(place.heard_at, at=at),
            "url": f"{reverse('charging_near')}#site-{site.pk}",
        },
    }


def estates_as_geojson(communities: Iterable[int]) -> dict[str, Any]:
    """Those with an outline."""
    rows = Estate.objects.filter(community__in=list(communities), outline__isnull=False)
    named = rows.values_list("pk", "name", "name_en", "outline")
    return _collection(
        [
            {
                "type": "Feature",
                "id": pk,
                "geometry": outline,
                "properties": {"name": in_reader_language(name, name_en)},
            }
            for pk, name, name_en, outline in named
        ]
    )


def in_crs(drawn: Any, crs: str) -> Any:
    """The same with all coordinates as a map in that system is drawn: else everything stands 500 metres beside its street."""
    if crs == Crs.WGS84:
        return drawn
    if isinstance(drawn, dict):
        moved = {name: in_crs(value, crs) for name, value in drawn.items() if name != "coordinates"}
        return moved | ({"coordinates": _moved(drawn["coordinates"], crs)} if "coordinates" in drawn else {})
    return [in_crs(one, crs) for one in drawn] if isinstance(drawn, list) else drawn


def _moved(coordinates: Any, crs: str) -> Any:
    if isinstance(coordinates[0], list):
        return [_moved(one, crs) for one in coordinates]
    lon, lat = (Decimal(str(number)) for number in coordinates[:2])
    return [float(number) for number in from_wgs84(lon, lat, crs)]
