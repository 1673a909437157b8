"""Sites that serve, boxes and sockets, for tests that are not about how a site comes about."""

import datetime as dt
import itertools
from typing import Any

import pgtrigger

from charging.actions.statuses import Heard
from charging.models import ChargePoint, Port, Site
from charging.workflow.sites import State
from community_portal import clock
from community_portal.casework.models import Case
from community_portal.people.models import Organisation, Role, User
from community_portal.places.models import Community, Estate
from tests.factories import make_estate, make_member

numbers = itertools.count(1)
PLACE = {"lon": "120.943112", "lat": "31.952301", "entered_crs": "wgs84", "entered": "120.943112, 31.952301"}
NOWHERE = {"lon": None, "lat": None, "entered_crs": "", "entered": ""}


def make_operator(**over: Any) -> Organisation:
    return Organisation.objects.create(**{"name": f"第{next(numbers)}充电公司", "kind": Role.OPERATOR} | over)


def make_operator_member(firm: Organisation, **over: Any) -> User:
    return make_member(Role.OPERATOR, organisation=firm, **over)


def make_serving_site(community: Community, *, state: str = State.IN_SERVICE, **over: Any) -> Site:
    """A row as it is after acceptance; what leads there has tests of its own (test_truths.py)."""
    n, now = next(numbers), clock.now()
    case = Case.objects.create(
        number=f"{community.code}-26-9{n:03d}",
        community=community,
        title="充电点",
        words="",
        source="desk",
        opened_at=now,
    )
    estate = over.pop("estate", None) or make_estate(community=community)
    values = {
        "name": f"东门第{n}处",
        "kind": "open",
        "planned_ports": 20,
        "approved_ports": 20,
        "approved_at": now,
        "in_service_on": clock.today() - dt.timedelta(days=60),
        "contractor": Organisation.objects.create(name=f"第{n}施工队", kind=Role.CONTRACTOR),
    } | (NOWHERE if over.get("lon", "") is None else PLACE)
    with pgtrigger.ignore("charging.Site:site_is_clear"):
        return Site.objects.create(
            case=case, community=community, estate=estate, state=state, state_since=now, opened_at=now, **values | over
        )


def make_box(site: Site, operator: Organisation, *, sockets: int = 10, **over: Any) -> ChargePoint:
    code = over.pop("code", f"B{next(numbers)}")
    box = ChargePoint.objects.create(
        site=site, community=site.community, operator=operator, code=code, sockets=sockets, **over
    )
    Port.objects.bulk_create(
        Port(
            point=box,
            community=site.community,
            number=n,
            code=f"{code}-{n:02d}",
            planned_on=site.in_service_on,
            in_service_on=site.in_service_on,
        )
        for n in range(1, sockets + 1)
    )
    return box


def make_ports(community: Community, *, sockets: int = 10, **over: Any) -> tuple[Organisation, list[Port]]:
    """A site with one box; its operator and its sockets."""
    operator = over.pop("operator", None) or make_operator()
    box = make_box(make_serving_site(community), operator, sockets=sockets, **over)
    return operator, list(box.ports.select_related("point__site", "community").order_by("number"))


def heard(port: Port, word: str, at: dt.datetime, event_id: str = "", **over: Any) -> Heard:
    return Heard(event_id or f"e{next(numbers)}", at, word, port=port.code, **over)


def place_estate(estate: Estate, lon: str, lat: str) -> None:
    Estate.objects.filter(pk=estate.pk).update(lon=lon, lat=lat, entered_crs="wgs84", entered=f"{lon}, {lat}")
