"""Ten years of drills in one community: its pages empty, with a page of rows, and full; and how quickly two phones call a roll."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections
from django.test import Client
from django.urls import reverse

from community_portal import clock
from community_portal.bookings.models import Booking, Session
from community_portal.demo.bench.bulk import fill_city
from community_portal.demo.bench.drill_rows import fill_drills, sign_up_many
from community_portal.demo.bench.pages import timed
from community_portal.demo.bench.report import Say, fact, heading, times
from community_portal.people.models import Membership, Resident, Role, User
from community_portal.places.models import Community
from safety.models import Drill

DRILLS, PEOPLE = 520, 300  # a drill a week for ten years; who comes to a large one
A_PAGE = 30
TARGET = "≤ 1.5"
LISTS = ("drills", "correctives", "campaign_sessions", "duties_desk", "dues", "safety")
OF_ONE = ("drill", "drill_day", "drill_roll", "drill_wall", "drill_evaluation")


def run(say: Say, *, drills: int = DRILLS, people: int = PEOPLE, samples: int = 40) -> None:
    community = _community(say, people=people)
    by = _officer(community)
    client = _client(by)
    lists = {name: reverse(name) for name in LISTS}
    empty = {} if Drill.objects.exists() else timed(client, lists, samples)
    fill_drills(say, community=community, by=by, drills=min(A_PAGE, drills))
    oldest = Drill.objects.filter(community=community).order_by("pk")[0]
    pages = lists | {name: reverse(name, args=[oldest.case.number]) for name in OF_ONE}
    few = timed(client, pages, samples)
    fill_drills(say, community=community, by=by, drills=drills)
    full = timed(client, pages, samples)
    heading(say, f"Pages with {drills:,} drills ÷ the same page without")
    for name, took in empty.items():
        times(say, f"{name}: a page of rows ÷ empty", took, few[name], "")
        times(say, f"{name}: full ÷ empty", took, full[name], TARGET)
    for name, took in few.items():
        times(say, f"{name}: full ÷ {A_PAGE} rows", took, full[name], TARGET)
    _call_the_roll(say, community, by, people=people)


def _community(say: Say, *, people: int) -> Community:
    """The first of the city, with so many who live there."""
    first = Community.objects.order_by("pk").first()
    if first is None or Resident.objects.filter(community=first).count() < people:
        fill_city(residents=people * 12, communities=10, progress=say)
    return Community.objects.order_by("pk")[0]


def _officer(community: Community) -> User:
    user, _made = User.objects.get_or_create(username="bench-safety", defaults={"name": "测试安全专员"})
    Membership.objects.get_or_create(
        user=user, role=Role.SAFETY, community=community, defaults={"starts_on": clock.today()}
    )
    return user


def _client(user: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


# ---- the roll ----------------------------------------------------------------------------------------------------------
def _call_the_roll(say: Say, community: Community, by: User, *, people: int) -> None:
    """Each phone takes every second name: it taps, and loads the page that the answer leads to."""
    drill = _ready(community, by, people)
    rows = list(Booking.objects.filter(session=drill.session).order_by("pk").values_list("pk", flat=True))
    started = time.perf_counter()
    with ThreadPoolExecutor(2) as phones:
        list(phones.map(lambda part: _call(by, drill, part), (rows[::2], rows[1::2])))
    took = time.perf_counter() - started
    here = Booking.objects.filter(session=drill.session, state="arrived").count()
    heading(say, f"{people} people called in on two phones")
    fact(say, "the machine's part of it", f"{took:,.1f} s", "≤ 600 s")
    fact(say, "a tap and the page after it", f"{2000 * took / max(people, 1):,.0f} ms", "")
    fact(say, "called in, each once", f"{here}", f"= {people}")


def _ready(community: Community, by: User, people: int) -> Drill:
    """The newest, as if it were today's, with so many who signed up."""
    now: Any = clock.now()
    session = Session.objects.create(
        community=community, kind="activity", title="测试点名", starts_at=now, capacity=people, taken=people,
        ends_at=now + (clock.day_bounds(clock.today())[1] - clock.day_bounds(clock.today())[0]) / 24, place_text="广场",
    )  # fmt: skip
    sign_up_many(session, list(Resident.objects.filter(community=community).order_by("pk")[:people]))
    drill = Drill.objects.filter(community=community).order_by("-pk")[0]
    Drill.objects.filter(pk=drill.pk).update(session=session, state="ready", closed_at=None, commander=by)
    return Drill.objects.select_related("case", "session").get(pk=drill.pk)


def _call(by: User, drill: Drill, rows: list[int]) -> None:
    client, number = _client(by), drill.case.number
    for row in rows:
        answer = client.post(
            reverse("drill_called", args=[number]), {"booking": row, "once": f"bench-{row}"}, follow=True
        )
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.status_code} for {row}")
    connections.close_all()
