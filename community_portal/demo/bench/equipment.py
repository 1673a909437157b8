"""Equipment in bulk: its pages with a hundred thousand pieces and a year of looks, beside the same pages without; and how quickly a
phone's batch is taken in."""

import datetime as dt
import time
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from community_portal import clock
from community_portal.demo.bench.bulk import fill_city
from community_portal.demo.bench.pages import timed
from community_portal.demo.bench.report import Say, fact, heading, times
from community_portal.people.models import Membership, Role, User
from community_portal.places.models import Community
from community_portal.rules.actions import load_rulebook
from safety.actions.inspection_lists import load_general
from safety.actions.inspections import Found, inspect
from safety.models import Equipment, InspectionRound, Premises
from safety.queries.inspection_lists import list_for

PIECES, MONTHS, ON_A_PREMISES = 100_000, 12, 40
TARGET = "≤ 1.5"
LISTS = ("equipment_list", "inspection_rounds", "inspection_lists", "duties_desk", "dues")
_PIECES = """
INSERT INTO safety_equipment (community_id, premises_id, kind, code, spec, floor, spot, made_on, service_due_on, scrap_on, state,
    registered_at, responsible, scrapped_why)
SELECT %(community)s, %(first)s + n %% %(places)s, 'powder', 'B' || %(community)s || '-' || n, '', n %% 18, '楼梯口',
    %(today)s::date - (n %% 1500)::int, %(today)s::date + 1825 - (n %% 1500)::int, %(today)s::date + 3650 - (n %% 1500)::int, 'in_use',
    now(), '', ''
FROM generate_series(1, %(pieces)s) AS n
"""
_EVENTS = """
INSERT INTO safety_equipmentevent (equipment_id, what, premises_id, floor, spot, was, words, at)
SELECT id, 'registered', premises_id, floor, spot, '', '', now() FROM safety_equipment WHERE code LIKE 'B%%'
"""
_LOOKS = """
INSERT INTO safety_inspection (community_id, equipment_id, template_id, result, "on", started_at, ended_at, recorded_at, was_offline,
    by_id, key, is_counted, flag, words, to_spot)
SELECT e.community_id, e.id, %(template)s, 'ok', %(today)s::date - 30 * m, m.at, m.at + interval '40 seconds', m.at + interval '40 seconds',
    false, %(by)s, 'b' || e.id || '-' || m, true, '', '', ''
FROM safety_equipment e CROSS JOIN generate_series(1, %(months)s) AS m CROSS JOIN LATERAL
    (SELECT %(now)s::timestamptz - m * interval '30 days' - (e.id %% 20000) * interval '1 second' AS at) AS m_at(at)
WHERE e.code LIKE 'B%%'
""".replace("m.at", "m_at.at")


def run(say: Say, *, pieces: int = PIECES, months: int = MONTHS, samples: int = 40) -> None:
    load_rulebook(at=clock.now())
    load_general(at=clock.now())
    if not Community.objects.exists():
        fill_city(residents=1_000, communities=10, progress=say)
    communities = list(Community.objects.order_by("pk")[:10])
    by = _officer(communities[0])
    client = Client(SERVER_NAME="localhost")
    client.force_login(by)
    lists = {name: reverse(name) for name in LISTS}
    empty = timed(client, lists, samples)
    _fill(say, communities, by, pieces=pieces, months=months)
    full = timed(client, lists | _of_one(communities[0], by), samples)
    heading(say, f"Pages with {pieces:,} pieces and {months} months of looks ÷ the same page without")
    for name, took in empty.items():
        times(say, name, took, full[name], TARGET)
    for name in full.keys() - empty.keys():
        fact(say, name, f"{full[name]:,.1f} ms")
    _take_in(say, communities[0], by)


def _officer(community: Community) -> User:
    user, _made = User.objects.get_or_create(username="bench-equipment", defaults={"name": "测试安全专员"})
    today = clock.today()
    Membership.objects.get_or_create(user=user, role=Role.SAFETY, community=community, defaults={"starts_on": today})
    return user


def _fill(say: Say, communities: list[Community], by: User, *, pieces: int, months: int) -> None:
    """By the server itself; how a piece comes to be registered is none of this."""
    share, started = pieces // len(communities), time.monotonic()
    template = list_for("powder", street=None, on=clock.today())
    assert template is not None
    with transaction.atomic(), connection.cursor() as cursor:  # a piece and its history are one deed
        cursor.execute("SET LOCAL statement_timeout = 0; SET CONSTRAINTS ALL DEFERRED")
        for community in communities:
            first, places = _premises(community, share)
            given: dict[str, Any] = {
                "community": community.pk,
                "first": first,
                "places": places,
                "pieces": share,
                "today": clock.today(),
            }
            cursor.execute(_PIECES, given)
        cursor.execute(_EVENTS)
        given = {"template": template.pk, "today": clock.today(), "now": clock.now(), "by": by.pk, "months": months}
        cursor.execute(_LOOKS, given)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ANALYZE safety_equipment; ANALYZE safety_inspection; ANALYZE safety_equipmentevent")
    say(f"  {pieces:,} pieces, {pieces * months:,} looks  {time.monotonic() - started:.0f} s")


def _premises(community: Community, pieces: int) -> tuple[int, int]:
    """One after the other, so that rows may be spread by number."""
    many = max(1, pieces // ON_A_PREMISES)
    made = Premises.objects.bulk_create(
        Premises(
            community=community,
            kind="homes",
            name=f"测试楼 {n}",
            floors=18,
            since=clock.today() - dt.timedelta(days=400),
        )
        for n in range(many)
    )
    return made[0].pk, many


def _of_one(community: Community, by: User) -> dict[str, str]:
    piece = Equipment.objects.filter(community=community).latest("pk")
    now, today = clock.now(), clock.today()
    round_ = InspectionRound.objects.create(
        community=community, title="测试巡查", opens_on=today, due_on=today, started_at=now, started_by=by
    )
    round_.houses.create(premises=piece.premises, position=0)
    return {
        "one piece": piece.url,
        "search by code": f"{reverse('equipment_list')}?q={piece.code}",
        "what is late": f"{reverse('equipment_list')}?look=late",
        "what fails": f"{reverse('equipment_list')}?look=fails",
        "a round on the phone": reverse("inspection_round", args=[round_.pk]),
    }


def _take_in(say: Say, community: Community, by: User, *, many: int = 200) -> None:
    pieces: Any = Equipment.objects.filter(community=community).order_by("pk")[:many]
    template = list_for("powder", street=None, on=clock.today())
    answers = {item.code: "ok" for item in template.items.all()} if template else {}
    started = time.perf_counter()
    for piece in pieces:
        inspect(piece, Found(answers=answers, seconds=30), key=f"bench-{piece.pk}", by=by, at=clock.now())
    fact(say, "looks taken in, one after the other", f"{many / (time.perf_counter() - started):,.0f}/s")
