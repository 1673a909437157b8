"""Drills in bulk, ten years of them in one community: marks, head counts, what was left to be put right, duties and campaign sessions."""

import datetime as dt
import time
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from community_portal import clock
from community_portal.bookings.models import Booking, BookingState, Session
from community_portal.casework.models import Case
from community_portal.demo.bench.report import Say
from community_portal.dues.models import DueItem
from community_portal.people.models import User
from community_portal.places.models import Community
from safety.dues import DUTIES
from safety.models import (
    AssemblyPoint,
    Campaign,
    CampaignSession,
    Check,
    CheckItem,
    CorrectiveAction,
    Drill,
    DrillMark,
    DrillPremises,
    DrillStation,
    HeadCount,
    MarkKind,
    Objective,
    Premises,
    Skill,
    Venue,
)

DAY = dt.timedelta(days=1)
FLOORS, HOUSES, YEARS = 18, 12, 10
TABLES = (
    "safety_drill, safety_drillpremises, safety_drillmark, safety_headcount, safety_assemblypoint, safety_drillstation, "
    "safety_correctiveaction, safety_campaignsession, safety_premises, dues_dueitem, casework_case, bookings_session, bookings_booking"
)


def fill_drills(say: Say, *, community: Community, by: User, drills: int) -> None:
    """Up to so many that are over, the same number of campaign sessions, and what was due for twelve houses each month."""
    started = time.monotonic()
    have = Drill.objects.filter(community=community).count()
    missing = max(drills - have, 0)
    houses = _houses(community)
    if missing:
        made = _drills(community, houses, by, range(have, have + missing), of=drills)
        _marks(made, by)
        _actions(made, by)
        _sessions(community, range(have, have + missing), of=drills)
        _duties(community, houses, months=min(12 * YEARS, missing))
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {TABLES}")
    say(f"  {drills:>10,} drills, {DrillMark.objects.count():,} marks  {time.monotonic() - started:.0f} s")


def _kept(rows: Iterable[Any]) -> list[Any]:
    """Written together; all of one model."""
    made = list(rows)
    return list(type(made[0])._default_manager.bulk_create(made, batch_size=5_000)) if made else []


def _houses(community: Community) -> list[Premises]:
    return [
        Premises.objects.get_or_create(
            community=community, name=f"测试 {n} 幢",
            defaults={"kind": "homes", "floors": FLOORS, "height_m": 54, "since": dt.date(2010, 1, 1)},
        )[0]
        for n in range(1, HOUSES + 1)
    ]  # fmt: skip


def _moment(n: int, of: int) -> dt.datetime:
    """The n-th of so many, spread over the years until last week."""
    return clock.now() - 7 * DAY - (of - n) * (YEARS * 365 * DAY / max(of, 1))


def _cases(community: Community, numbers: Sequence[int], prefix: str, title: str, of: int) -> list[Case]:
    return _kept(
        Case(
            number=f"{prefix}-26-{n}", community=community, title=f"{title} {n}", words=title, source="desk",
            opened_at=_moment(n, of),
        )
        for n in numbers
    )  # fmt: skip


def _drills(
    community: Community, houses: Sequence[Premises], by: User, numbers: Sequence[int], *, of: int
) -> list[Drill]:
    """Closed ones, each with two houses, two stations, two points, a check-list and a session with one who came."""
    sessions = _kept(
        Session(
            community=community, kind="activity", title=f"测试演练 {n}", starts_at=_moment(n, of), capacity=100,
            ends_at=_moment(n, of) + dt.timedelta(hours=2), place_text="广场",
        )
        for n in numbers
    )  # fmt: skip
    made = _kept(
        _drill(community, case, session, by, _moment(n, of))
        for n, case, session in zip(numbers, _cases(community, numbers, "BD", "测试演练", of), sessions, strict=True)
    )
    _kept(
        DrillPremises(
            drill=one, community=community, premises=houses[(one.pk + k) % HOUSES], floors=FLOORS,
            evacuated_at=one.alarm_at, evacuated_in=180 + one.pk % 90,
        )
        for one in made
        for k in (0, 1)
    )  # fmt: skip
    _kept(
        DrillStation(drill=one, community=community, skill=skill, practised=20, practised_at=one.alarm_at)
        for one in made
        for skill in (Skill.SMOKE, Skill.EBIKE)
    )
    _kept(Objective(drill=one, number=1, words="5 分钟内撤空", rating="P") for one in made)
    _kept(CheckItem(drill=one, what=Check.POWER, done_at=one.alarm_at, done_by=by) for one in made)
    return made


def _drill(community: Community, case: Case, session: Session, by: User, at: dt.datetime) -> Drill:
    return Drill(
        case=case, community=community, session=session, state="closed", state_since=at + 20 * DAY, opened_at=at - 20 * DAY,
        closed_at=at + 20 * DAY, kinds=["evacuation"], starts_at=at, ends_at=at + dt.timedelta(hours=2), place="广场",
        commander=by, notified_at=at - 5 * DAY, alarm_at=at, over_at=at + dt.timedelta(minutes=30), participants=40,
        evaluated_at=at + 2 * DAY,
    )  # fmt: skip


def _marks(made: Sequence[Drill], by: User) -> None:
    """Every floor of both houses, the five moments, and two head counts at each of two points."""
    houses: dict[int, list[DrillPremises]] = {}
    for house in DrillPremises.objects.filter(drill__in=made):
        houses.setdefault(house.drill_id, []).append(house)
    _kept(mark for drill in made for mark in _marks_of(drill, houses[drill.pk], by))
    points = _kept(AssemblyPoint(drill=one, name=name, expected=20) for one in made for name in ("东", "西"))
    _kept(
        HeadCount(
            point=point, expected=20, present=19 + n, at=point.drill.alarm_at, by=by, key=f"{n}",
            recorded_at=point.drill.alarm_at,
        )
        for point in points
        for n in (0, 1)
    )  # fmt: skip


def _marks_of(drill: Drill, houses: Sequence[DrillPremises], by: User) -> Iterable[DrillMark]:
    def mark(kind: str, n: int, **scope: Any) -> DrillMark:
        assert drill.alarm_at is not None
        at = drill.alarm_at + dt.timedelta(seconds=n)
        return DrillMark(
            drill=drill, kind=kind, pressed_at=at, happened_at=at, by=by, key=f"{kind}{n}{len(scope)}", recorded_at=at,
            is_live=True, **scope,
        )  # fmt: skip

    five = (MarkKind.ALARM, MarkKind.CALL_119, MarkKind.MICRO_STATION, MarkKind.LAST_OUT, MarkKind.END)
    yield from (mark(kind, n * 100) for n, kind in enumerate(five))
    for h, house in enumerate(houses):
        yield from (
            mark(MarkKind.FLOOR_CLEAR, 5 + 10 * n + h, house=house, floor=n) for n in range(1, house.floors + 1)
        )


def _actions(made: Sequence[Drill], by: User) -> None:
    cases = _kept(
        Case(
            number=f"BA-26-{one.pk}", community_id=one.community_id, title="清楼道", words="堆物", source="drill",
            opened_at=one.starts_at,
        )
        for one in made
    )  # fmt: skip
    judge = User.objects.get_or_create(username="bench-judge", defaults={"name": "测试评估"})[0]
    _kept(
        CorrectiveAction(
            case=case, community_id=one.community_id, drill=one, state="checked", state_since=one.starts_at,
            opened_at=one.starts_at, closed_at=one.starts_at, due_on=one.starts_at.date(), proof="清了", done_by=by,
            checked_by=judge,
        )
        for case, one in zip(cases, made, strict=True)
    )  # fmt: skip


def _sessions(community: Community, numbers: Sequence[int], *, of: int) -> None:
    now, venues = clock.now(), list(Venue)
    campaign = Campaign.objects.get_or_create(
        street=community.street, name="测试宣传", starts_on=dt.date(2010, 1, 1),
        defaults={"topic": "fire", "ends_on": dt.date(2099, 1, 1), "created_at": now, "audiences": ["residents"]},
    )[0]  # fmt: skip
    _kept(
        CampaignSession(
            case=case, community=community, campaign=campaign, venue=venues[n % len(venues)], place=f"小区 {n % 40}",
            state="reported", state_since=at, opened_at=at, closed_at=at + DAY, starts_at=at, audience="residents",
            ends_at=at + dt.timedelta(hours=1), places_for=100, confirmed_at=at, held_at=at, heads=60,
            heads_how="counted",
        )
        for n, case in zip(numbers, _cases(community, numbers, "BS", "测试宣传", of), strict=True)
        for at in [_moment(n, of)]
    )  # fmt: skip


def _duties(community: Community, houses: Sequence[Premises], *, months: int) -> None:
    """A check a month of every house, done on its day."""
    now, today = clock.now(), clock.today()
    days = [today - 30 * DAY * (n + 1) for n in range(months)]
    _kept(
        DueItem(
            kind=DUTIES["fire_check"].name, community=community, subject_ref=house.ref, subject_label=house.name,
            starts_on=day, opens_on=day, due_on=day + 29 * DAY, clause="高层消防规定第 35 条", role="safety", made_at=now,
            done_on=day, done_at=now,
        )
        for house in houses
        for day in days
        if not DueItem.objects.filter(subject_ref=house.ref, starts_on=day).exists()
    )  # fmt: skip


def sign_up_many(session: Session, people: Sequence[Any]) -> list[Booking]:
    """So many families, each of one, who have not come yet."""
    now = clock.now()
    return _kept(
        Booking(
            session=session, community_id=session.community_id, resident=one, party_size=1, state=BookingState.BOOKED,
            source="desk", starts_at=session.starts_at, ends_at=session.ends_at, created_at=now,
        )
        for one in people
    )  # fmt: skip
