"""Every page that lists rows asks the database as often for thirty as for a few."""

import datetime as dt
import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.bookings.actions import book
from community_portal.bookings.models import Session, SessionKind
from community_portal.outbox.models import Message, MessageState
from community_portal.people.actions import grant_delegation, register_resident
from community_portal.people.models import Membership, Resident
from community_portal.places.models import Closure
from tests.cast import Cast
from tests.factories import (
    Role,
    make_category,
    make_grid,
    make_member,
    make_opening,
    make_room,
    make_service,
    make_session,
    make_user,
)

FEW, MANY = 2, 15  # twice: 2, then 17 … 32 rows

STAFF = (
    "/desk/", "/desk/visits/", "/desk/visits/?day={day}", "/desk/book/?service=allowance", "/desk/intake/?resident={elder}",
    "/inbox/", "/residents/", "/residents/?q=陈", "/find/?q=陈", "/residents/{elder}/", "/residents/{elder}/cases/",
    "/residents/{elder}/bookings/", "/residents/{elder}/merge/?q=陈", "/requests/", "/requests/?state=open", "/messages/",
    "/notices/", "/account/", "/deliberations/",
)  # fmt: skip
OFFICER = ("/field/", "/inbox/", "/requests/", "/desk/visits/?day={day}")
MANAGER = (
    "/dashboard/", "/dashboard/?period=all", "/dashboard/rows/help_requests_received/?period=all", "/settings/openings/",
    "/settings/services/", "/settings/categories/", "/settings/closures/", "/settings/staff/", "/settings/calendar/",
    "/settings/hall/", "/settings/estates/", "/settings/clients/",
)  # fmt: skip
RESIDENT = ("/", "/my/", "/account/", "/notices/", "/book/", "/book/allowance/", "/help/", "/activities/")
API = ("/api/v1/sessions/", "/api/v1/bookings/", "/api/v1/help-requests/", "/api/v1/communities/")


@pytest.fixture
def street_of_life(cast: Cast) -> Any:
    service = make_service(code="allowance")
    start = clock.at_wall(clock.today() + dt.timedelta(days=2), dt.time(8))

    def add(count: int) -> None:
        at, done = clock.now(), Resident.objects.count()
        for n in range(done, done + count):
            begins = start + dt.timedelta(minutes=20 * n)
            session = make_session(
                community=cast.home,
                service=service,
                starts_at=begins,
                ends_at=begins + dt.timedelta(minutes=20),
                capacity=9,
            )
            make_session(community=cast.home, kind=SessionKind.ACTIVITY, starts_at=begins)
            neighbour = register_resident(
                community=cast.home, name=f"陈{chr(0x4E00 + n)}", phones=[f"138{n:08d}"], address=f"龙田花苑 12幢{600 + n}",
                by=cast.reception, at=at,
            )  # fmt: skip
            for resident in (cast.elder, neighbour):
                book(session=Session.objects.get(pk=session.pk), resident=resident, by=None, at=at)
                register_request(
                    community=cast.home, category=make_category(), words="灯坏了", resident=resident, by=cast.reception, at=at
                )  # fmt: skip
            _rules(cast, service, n)
            grant_delegation(
                principal=cast.elder, agent=make_user(phone=f"+86137{n:08d}"), relation="邻居", scopes=["read"], proof="当面",
                by=cast.reception, at=at,
            )  # fmt: skip
        Message.objects.filter(channel="screen").update(state=MessageState.SENT, sent_at=at)

    return add


def _rules(cast: Cast, service: Any, n: int) -> None:
    make_opening(community=cast.home, service=service, weekday=n % 7, starts_at=dt.time(9, n % 60))
    day = clock.today() + dt.timedelta(days=100 + n)
    Closure.objects.create(community=cast.home, first_on=day, last_on=day, reason="检修")
    make_member(Role.RECEPTIONIST, community=cast.home)
    make_room(community=cast.home)
    Membership.objects.create(
        user=make_user(),
        role=Role.GRID_OFFICER,
        grid=make_grid(community=cast.home, number=100 + n),
        starts_on=clock.today(),
    )


def queries(client: Any, url: str) -> int:
    if time.monotonic() % 60 > 55:
        time.sleep(5)  # what is kept for a minute would go between the two
    client.get(url)  # now it is kept
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(url).status_code == 200, url
    return len(asked)


def test_lists_cost_the_same_for_few_and_for_many(cast: Cast, street_of_life: Any, signed_in: Any) -> None:
    day = clock.today() + dt.timedelta(days=2)
    people = {
        "reception": STAFF, "officer": OFFICER, "manager": MANAGER, "elder_account": (*RESIDENT, *API), "admin": API,
    }  # fmt: skip
    clients = {who: signed_in(getattr(cast, who)) for who in people}

    def costs() -> dict[str, int]:
        return {
            f"{who} {url}": queries(clients[who], url.format(day=day, elder=cast.elder.pk))
            for who, urls in people.items()
            for url in urls
        }

    street_of_life(FEW)
    few = costs()
    street_of_life(MANY)
    many = costs()
    assert {page: (few[page], many[page]) for page in few if few[page] != many[page]} == {}
