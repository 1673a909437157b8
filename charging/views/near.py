"""Where can I charge now: a list by distance, and a map for who wants one."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import cache_control

from charging.geojson import estates_as_geojson, in_crs, sites_as_geojson
from charging.models import Port
from charging.queries.free import Place, age_words, around, places
from community_portal import clock
from community_portal.people.shell import house_named
from community_portal.places.models import Estate
from community_portal.web.access import open_to_all
from community_portal.web.pages import render_page
from community_portal.web.paging import is_row_number

SHOWN = 12


@open_to_all
def charging_near(request: HttpRequest) -> HttpResponse:
    """Sites around one's own estate, or around another that was chosen; ``free=1`` only those with a free socket.
    ``at=FM`` is the house of the place from which somebody comes here, who may be at home in none."""
    typed = request.GET.get("code", "").strip().upper()[:16]
    if typed and Port.objects.filter(code=typed).exists():
        return redirect("charge_port", typed)
    house, at = house_named(request), clock.now()
    estate = _origin(request)
    found = places(communities=around(house), at=at, origin=estate.point if estate else None) if house else []
    free = [place for place in found if place.free]
    wanted = free if request.GET.get("free") else found
    shown = wanted if request.GET.get("all") else wanted[:SHOWN]
    context = {
        "best": free[0] if free else None,
        "lines": [_line(place, at) for place in shown],
        "all_count": len(found),
        "free_count": len(free),
        "only_free": bool(request.GET.get("free")),
        "more": len(wanted) - len(shown),
        "origin": estate,
        "estates": Estate.objects.filter(community__street=house.street_id).select_related("community")
        if house
        else [],
        "choosing": request.GET.get("from") == "",
        "stay": f"at={house.code}&" if house and request.GET.get("at") == house.code else "",
        "typed_code": typed,
        "unknown_code": bool(typed),
    }
    return render_page(request, "charging/near.html", context)


def _line(place: Place, at: Any) -> dict[str, Any]:
    return {"place": place, "age": age_words(place.heard_at, at=at)}


def _origin(request: HttpRequest) -> Estate | None:
    chosen = request.GET.get("from", "")
    if is_row_number(chosen):
        return Estate.objects.filter(pk=int(chosen)).first()
    return _home(request)


def _home(request: HttpRequest) -> Estate | None:
    """The estate in which whoever is signed in lives."""
    resident = request.user.resident if request.user.is_authenticated else None
    home = resident.household if resident else None
    return home.building.estate if home and home.building else None


@open_to_all
@cache_control(max_age=15)
def charging_map(request: HttpRequest) -> HttpResponse:
    """What the map draws around this house: estates as they were outlined, sites with what is free; and tiles, where the street
    has a source of them."""
    house, at = house_named(request), clock.now()
    ids = around(house) if house else []
    tiles = settings.MAP_TILES
    drawn = {
        "estates": estates_as_geojson(ids),
        "sites": sites_as_geojson(communities=ids, at=at),
        "tiles": tiles,
    }
    return JsonResponse(in_crs(drawn, tiles["crs"]) if tiles else drawn)
