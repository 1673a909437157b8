"""Drills for tests: the people of one, its houses, and a drill in any of its states, by its deeds."""

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any

from community_portal import clock
from community_portal.bookings.actions import book
from community_portal.bookings.models import Booking
from community_portal.captured import captured
from community_portal.casework.uploads import ReadFile
from community_portal.matters.actions.steps import take
from community_portal.people.models import CareTag, Resident, Role, User
from safety.actions import day, plans
from safety.actions.checks import check
from safety.actions.corrective import open_action
from safety.actions.day import Scope
from safety.actions.evaluation import hand_in, observe, rate
from safety.actions.helping import ask_for_help
from safety.actions.practice import count_answers, count_practice
from safety.models import (
    AssemblyPoint,
    Check,
    Drill,
    DrillMark,
    DrillPremises,
    DrillStation,
    Group,
    GroupMember,
    Helper,
    MarkKind,
    Objective,
    Premises,
    Question,
)
from tests.cast import MONDAY, Cast
from tests.factories import make_building, make_estate, make_household, make_member, make_resident, make_session

presses = itertools.count(1)
STARTS = MONDAY + dt.timedelta(days=10)
PHOTO = ReadFile(b"\xff\xd8photo", "notice.jpg", "image/jpeg", "jpg", 10, 10, None)


@dataclass
class Party:
    """Who plans and leads (``safety``), stands by (``deputy``) and evaluates (``judge``), and the house."""

    cast: Cast
    safety: User
    deputy: User
    judge: User
    premises: Premises


def make_party(cast: Cast, *, floors: int = 3) -> Party:
    house = make_building(
        estate=make_estate(community=cast.home, name="幸福家园"), grid=cast.grid, number=5, floors=floors
    )
    premises = Premises.objects.create(
        community=cast.home, grid=cast.grid, building=house, kind="homes", name="幸福家园 5 幢", floors=floors,
        since=dt.date(2020, 1, 1),
    )  # fmt: skip
    return Party(
        cast,
        safety=make_member(Role.SAFETY, community=cast.home, username="safety", name="沈国强"),
        deputy=make_member(Role.SAFETY, community=cast.home, username="safety-2", name="高峰"),
        judge=cast.manager,
        premises=premises,
    )


def make_draft(
    party: Party, *, at: dt.datetime = MONDAY, starts_at: dt.datetime = STARTS, title: str = "幸福家园消防演练"
) -> Drill:
    drill = plans.plan_drill(
        party.cast.home, title=title, kinds=["evacuation", "ebike"], starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(hours=2), place="东门小广场", places_for=100, scenario="3 楼厨房起火", route="走东楼梯",
        stop_rule="真有人受伤马上停", commander=party.safety, deputy=party.deputy, evaluator=party.judge, by=party.safety, at=at,
    )  # fmt: skip
    rows: list[tuple[str, Any]] = [
        ("objectives", Objective(words="5 分钟内撤空")),
        ("houses", DrillPremises(premises=party.premises, floors=party.premises.floors, guides={"3": "吴国平"})),
        ("stations", DrillStation(skill="smoke", rounds=4, per_round=10)),
        ("stations", DrillStation(skill="ebike", rounds=2, per_round=5)),
        ("points", AssemblyPoint(name="东门小广场", expected=20)),
        ("questions", Question(words="电动车能推进楼道充电吗")),
        ("questions", Question(words="烟大了怎么走")),
        *(("members", GroupMember(group=group, name=f"组长{group}", is_leader=True)) for group in Group.values),
    ]
    for part, row in rows:
        plans.add_to_plan(drill, row, part=part, by=party.safety, at=at)
    return drill


def make_notified(party: Party, **over: Any) -> Drill:
    drill = make_draft(party, **over)
    at = over.get("at", MONDAY)
    plans.submit(drill, by=party.safety, at=at)
    plans.approve(drill, by=party.cast.street_officer, at=at)
    plans.notify(drill, by=party.safety, at=at)
    return drill


def check_all(drill: Drill, party: Party, *, at: dt.datetime = MONDAY) -> None:
    for item in drill.checks.select_related("drill__case"):
        check(item, by=party.safety, at=at, photos=[PHOTO] if item.what == Check.NOTICES else None)


def make_ready(party: Party, **over: Any) -> Drill:
    drill = make_notified(party, **over)
    check_all(drill, party)
    take(drill, "make_ready", by=party.safety, at=STARTS - dt.timedelta(hours=1))
    return drill


def make_running(party: Party, **over: Any) -> Drill:
    drill = make_ready(party, **over)
    press(drill, MarkKind.ALARM, by=party.safety, at=STARTS)
    drill.refresh_from_db()
    return drill


def make_ended(party: Party, **over: Any) -> Drill:
    """Three floors clear after 60, 120 and 212 seconds, twenty of twenty at the point."""
    drill = make_running(party, **over)
    house = drill.houses.get()
    for floor, seconds in ((1, 60), (2, 120), (3, 212)):
        press(drill, MarkKind.FLOOR_CLEAR, by=party.safety, at=after(seconds), house=house, floor=floor)
    press(drill, MarkKind.LAST_OUT, by=party.safety, at=after(215))
    day.count_heads(drill.points.get(), present=20, key="heads", by=party.safety, at=after(300))
    press(drill, MarkKind.END, by=party.safety, at=after(400))
    drill.refresh_from_db()
    return drill


def make_evaluated(party: Party, **over: Any) -> Drill:
    """With one thing to be improved and its action."""
    drill, at = make_ended(party, **over), after(86400)
    for station in drill.stations.select_related("drill"):
        count_practice(station, practised=9, by=party.safety, at=at)
    for question in drill.questions.select_related("drill"):
        count_answers(question, before_asked=20, before_right=8, after_asked=20, after_right=17, by=party.safety, at=at)
    for objective in drill.objectives.select_related("drill"):
        rate(objective, rating="S", why="3 楼慢了", by=party.judge, at=at)
    seen = observe(drill, kind="improve", words="3 楼楼道堆了纸箱", why="没人管", by=party.judge, at=at)
    open_action(seen, title="清 3 楼楼道", officer=party.deputy, due_on=after(86400 * 9).date(), by=party.judge, at=at)
    hand_in(drill, words="总的顺利", by=party.judge, at=at)
    return drill


def after(seconds: float) -> dt.datetime:
    return STARTS + dt.timedelta(seconds=seconds)


def press(
    drill: Drill, kind: str, *, by: User | None, at: dt.datetime, key: str = "", offline: dt.datetime | None = None,
    words: str = "", **scope: Any
) -> DrillMark:  # fmt: skip
    with captured(offline):
        return day.press(
            drill, Scope(kind, **scope), key=key or f"{kind}:{next(presses)}", by=by, at=at,
            words=words,
        )  # fmt: skip


def make_frail(party: Party, name: str = "沈玉英", room: str = "302", *tags: str) -> Resident:
    household = make_household(building=party.premises.building, room=room)
    return make_resident(household=household, name=name, care_tags=list(tags or (CareTag.IMMOBILE,)))


def help_row(drill: Drill, resident: Resident) -> Helper:
    return Helper.objects.select_related("drill__case", "drill__community", "resident").get(
        drill=drill, resident=resident
    )


def make_shown(cast: Cast) -> dict[str, Any]:
    """For the tests that open every page: a drill to come, one that was held, what each holds, by the names in their addresses."""
    party, now = make_party(cast), clock.now()
    ahead = make_notified(party, at=now, starts_at=now + dt.timedelta(days=9))
    frail = make_frail(party)
    ask_for_help(ahead, frail, by=party.safety, at=now)
    check_all(ahead, party, at=now)
    held = make_evaluated(party, title="秋季消防演练")
    booking = book(session=ahead.session, resident=cast.elder, by=party.safety, at=now)  # type: ignore[arg-type]
    Drill.objects.filter(pk=held.pk).update(session=None)
    seen = make_session(
        community=cast.home, kind="activity", title="秋季消防演练", starts_at=now + dt.timedelta(days=20)
    )
    came = book(session=seen, resident=cast.elder, by=party.safety, at=now)
    Booking.objects.filter(pk=came.pk).update(state="arrived", arrived_at=now)
    Drill.objects.filter(pk=held.pk).update(session=seen)
    return {
        "drill": ahead.case.number, "helper": ahead.helpers.get().pk, "held_drill": held.case.number, "signed": booking.pk,
        "observation": held.observations.get().pk, "corrective": held.actions.get().case.number, "certificate": came.pk,
    }  # fmt: skip
