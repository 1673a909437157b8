"""Xingfu's two drills: one held on a Saturday, evaluated, with three things to be put right; and one of tomorrow, ready but for two
lines of its check-list, with the retest of one of the three."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from community_portal import clock
from community_portal.bookings.actions.attendance import check_in
from community_portal.bookings.models import BookingState
from community_portal.demo.eldercare_accepted import picture
from community_portal.demo.life import DAY, Life, quietly
from community_portal.matters.actions.steps import take
from community_portal.people.models import Household, Resident, Role, User
from community_portal.people.staff.memberships import staff_at
from community_portal.places.actions import set_keeps_forms
from community_portal.places.models import Building, Community
from community_portal.refusals import Refusal
from safety.actions import corrective, day, plans
from safety.actions.checks import check
from safety.actions.day import Scope
from safety.actions.evaluation import hand_in, observe, rate
from safety.actions.helping import ask_for_help, assign_helper, confirm_helper
from safety.actions.practice import count_answers, count_practice
from safety.actions.sign_up import sign_up
from safety.models import (
    AssemblyPoint,
    Check,
    CorrectiveAction,
    Drill,
    DrillPremises,
    DrillStation,
    Group,
    GroupMember,
    Helper,
    MarkKind,
    Objective,
    Observation,
    Premises,
    PremisesKind,
    Question,
    Skill,
)
from safety.queries.helping import CANNOT_WALK

PLACE = "XF"
MINUTE = dt.timedelta(minutes=1)
SECONDS = {5: (48, 72, 118, 140, 185, 204), 6: (52, 80, 126, 150, 198, 220)}
GUIDES = ("钱卫东", "邵丽华", "邵丽华", "吴国平", "吴国平", "张海兵")
TEAM = (
    (Group.FIGHTING, "缪建军", "带微型站出水"),
    (Group.COMMUNICATION, "丁小兰", "模拟报 119，对讲机"),
    (Group.EVACUATION, "吴国平", "每层引导"),
    (Group.AID, "朱医生", "现场急救"),
    (Group.ORDER, "黄志强", "看住路口"),
)
HELPERS = ("曹建军", "陆小琴", "薛红", "成志华", "顾卫", "马晓燕")
HEADS = {"held": (34, 30), "ahead": (46, 38)}  # at the square and at the corner
WISH = "膝盖刚动过手术，下楼要有人扶"
STATIONS = ((Skill.SMOKE, 42), (Skill.KITCHEN, 31), (Skill.EBIKE, 36), (Skill.FIRST_AID, 28))
OBJECTIVES = ("5 分钟内两幢楼撤空", "每位走不动的居民都有人陪下楼", "微型站 3 分钟内到场")
QUESTIONS = ("电动车能推进楼道充电吗", "门外烟很大，开门还是关门堵缝")
FOUND = (
    ("6 幢 3 楼楼道堆了纸箱，两个人被绊了一下", "没人定期看", "清空 6 幢楼道，每周看一次"),
    ("5 幢一位老人没听见警报，后来在家里找到", "5 楼东头听不清", "5 幢 5 楼加一个警报喇叭"),
    ("东门小广场停了车，点人的地方不够", "演练那天没人看住", "集合点画线，演练日不停车"),
)


@dataclass
class Story:
    """Who plays which part; the rows as they come about."""

    life: Life
    community: Community
    safety: User
    manager: User
    street: User
    houses: list[Premises] = field(default_factory=list)
    held: Drill | None = None
    ahead: Drill | None = None

    @property
    def people(self) -> list[Resident]:
        return self.life.neighbours.by_community[PLACE]


def plan_drills(life: Life) -> None:
    community = life.town.communities[PLACE]
    set_keeps_forms(community.street, on=True, by=None)
    today = clock.local(life.until).date()

    def who(role: str) -> User:
        return staff_at(community.pk, role, on=today).order_by("id")[0]

    story = Story(life, community, who(Role.SAFETY), who(Role.MANAGER), who(Role.STREET_OFFICER))
    _plan_the_held_one(story, today - DAY * 9)
    _plan_the_next(story, today + DAY)


def _at(life: Life, on: dt.date, hour: int, minute: int, deed: Any) -> None:
    life.at(clock.at_wall(on, dt.time(hour, minute)), deed)


# ---- the one that was held ----------------------------------------------------------------------------------------------
def _plan_the_held_one(story: Story, on: dt.date) -> None:
    life, starts = story.life, clock.at_wall(on, dt.time(9, 30))
    _at(life, on - DAY * 11, 9, 20, lambda at: _draft(story, "held", "幸福家园消防演练", starts, at=at))
    _at(life, on - DAY * 10, 10, 0, lambda at: plans.approve(_of(story, "held"), by=story.street, at=at))
    _at(life, on - DAY * 8, 9, 0, lambda at: plans.notify(_of(story, "held"), by=story.safety, at=at))
    _at(life, on - DAY * 6, 19, 0, lambda at: _sign_up(story, "held", 63, at=at))
    _at(life, on - DAY * 3, 15, 0, lambda at: _help(story, "held", 4, at=at))
    _at(life, on - DAY, 16, 0, lambda at: _check(story, "held", len(Check), at=at))
    _at(life, on, 8, 50, lambda at: take(_of(story, "held"), "make_ready", by=story.safety, at=at))
    _at(life, on, 9, 30, lambda at: _hold(story, at=at))
    _at(life, on + DAY * 2, 14, 0, lambda at: _evaluate(story, at=at))
    _at(life, on + DAY * 5, 10, 0, lambda at: _put_right(story, at=at))


def _of(story: Story, which: str) -> Drill:
    drill = getattr(story, which)
    rows = Drill.objects.select_related("case", "community__street", "session", "commander", "deputy", "evaluator")
    return rows.get(pk=drill.pk)


def drilled_houses(community: Community) -> list[Premises]:
    """Houses 5 and 6 of Xingfu Homes, as safety knows them."""
    homes = Building.objects.filter(estate__community=community, number__in=(5, 6)).select_related("estate")
    return [_known(house, community) for house in homes.order_by("number", "pk").distinct("number")]


def _known(house: Building, community: Community) -> Premises:
    facts = {
        "grid": house.grid, "building": house, "kind": PremisesKind.HOMES, "floors": house.floors,
        "height_m": house.floors * 3, "heads": house.floors * 8, "since": dt.date(2012, 5, 1),
    }  # fmt: skip
    return Premises.objects.get_or_create(community=community, name=f"{house.estate} {house}", defaults=facts)[0]


def _premises(story: Story) -> list[Premises]:
    story.houses = story.houses or drilled_houses(story.community)
    return story.houses


def _draft(story: Story, which: str, title: str, starts_at: dt.datetime, *, at: dt.datetime) -> None:
    drill = plans.plan_drill(
        story.community, title=title, kinds=["evacuation", "extinguishing", "ebike", "first_aid"], starts_at=starts_at,
        ends_at=starts_at + MINUTE * 120, place="东门小广场", places_for=120,
        scenario="6 幢 3 楼厨房起火，烟进了楼道；车棚一辆电动车冒烟。", route="都走东侧楼梯，出单元门向东，不坐电梯。",
        stop_rule="真有人受伤、真的冒火、雷雨，马上停。", permission="放烟报过辖区消防站", medic="社区卫生站朱医生",
        weather="下雨改到会客厅讲解", commander=story.safety, evaluator=story.manager, by=story.safety, at=at,
    )  # fmt: skip
    setattr(story, which, drill)
    for part, row in _rows(story, which):
        plans.add_to_plan(drill, row, part=part, by=story.safety, at=at)
    plans.submit(drill, by=story.safety, at=at)


def _rows(story: Story, which: str) -> list[tuple[str, Any]]:
    square, corner = HEADS[which]
    guides = {str(n): name for n, name in enumerate(GUIDES, 1)}
    return [
        *(("objectives", Objective(words=words)) for words in OBJECTIVES),
        *(("houses", DrillPremises(premises=one, floors=one.floors, guides=guides)) for one in _premises(story)),
        *(
            ("stations", DrillStation(skill=skill, rounds=5, per_round=10, lead="消防站、社区医生"))
            for skill, _n in STATIONS
        ),
        ("points", AssemblyPoint(name="东门小广场", expected=square)),
        ("points", AssemblyPoint(name="健身角", expected=corner)),
        *(("questions", Question(words=words)) for words in QUESTIONS),
        *(("members", GroupMember(group=group, name=name, task=task, is_leader=True)) for group, name, task in TEAM),
    ]


def _sign_up(story: Story, which: str, people: int, *, at: dt.datetime) -> None:
    """Families of one to four until so many are coming."""
    drill, n = _of(story, which), 0
    for resident in story.people:
        size = min((3, 4, 2, 4, 3)[n % 5], people)
        if people <= 0 or resident.care_tags:
            continue
        try:
            sign_up(drill, resident, party_size=size, by=story.safety, at=at)
        except Refusal:  # has something else at that time
            continue
        people, n, at = people - size, n + 1, at + MINUTE


def _help(story: Story, which: str, how_many: int, *, at: dt.datetime) -> None:
    """Of the houses of the drill: whose file says that they cannot walk, then whose family says so."""
    drill, buildings = _of(story, which), {one.building_id for one in _premises(story)}
    homes = Household.objects.filter(building__in=buildings).values_list("pk", flat=True)
    here = [one for one in story.people if one.household_id in set(homes)]
    here.sort(key=lambda one: (not set(map(str, CANNOT_WALK)) & set(one.care_tags), not one.care_tags))
    for resident, name in zip(here[:how_many], HELPERS, strict=False):
        row = ask_for_help(drill, resident, wish="" if resident.care_tags else WISH, by=story.safety, at=at)
        row = Helper.objects.select_related("drill__case", "drill__community", "resident").get(pk=row.pk)
        phone = f"139510{HELPERS.index(name):02d}{resident.pk % 1000:03d}"
        assign_helper(row, name=name, phone=phone, by=story.safety, at=at)
        confirm_helper(row, by=story.safety, at=at + MINUTE * 30)


def _check(story: Story, which: str, how_many: int, *, at: dt.datetime) -> None:
    for item in list(_of(story, which).checks.select_related("drill__case", "drill__community"))[:how_many]:
        photos = [picture("care-bed", f"notice {which}", after=False)] if item.what == Check.NOTICES else None
        check(item, by=story.safety, at=at, photos=photos)


def _hold(story: Story, *, at: dt.datetime) -> None:
    """As it was pressed on two phones; one person was missing at first, and found at home."""
    drill = _of(story, "held")

    def press(kind: str, seconds: int, **scope: Any) -> None:
        moment, about = at + dt.timedelta(seconds=seconds), [str(getattr(one, "pk", one)) for one in scope.values()]
        day.press(drill, Scope(kind, **scope), key=":".join([kind, *about]), by=story.safety, at=moment)

    press(MarkKind.ALARM, 0)
    press(MarkKind.CALL_119, 21)
    press(MarkKind.MICRO_STATION, 128)
    for house in drill.houses.select_related("premises__building"):
        times = SECONDS[house.premises.building.number]  # type: ignore[union-attr]
        for floor in range(1, house.floors + 1):
            seconds = times[min(floor, len(times)) - 1] if floor < house.floors else times[-1]
            press(MarkKind.FLOOR_CLEAR, seconds, house=house, floor=floor)
    press(MarkKind.LAST_OUT, 224)
    for helper in drill.helpers.all():
        press(MarkKind.FOUND, 230 + helper.pk % 40, helper=helper)
    _count(story, drill, at=at)
    assert drill.session is not None
    for booking in drill.session.bookings.filter(state=BookingState.BOOKED).order_by("pk"):
        quietly(check_in, booking=booking, by=story.safety, at=at + MINUTE * 10)
    press(MarkKind.END, 1500)


def _count(story: Story, drill: Drill, *, at: dt.datetime) -> None:
    square, corner = drill.points.order_by("pk")
    day.count_heads(corner, present=30, key="corner", by=story.safety, at=at + MINUTE * 6)
    day.count_heads(square, present=33, key="square", by=story.safety, at=at + MINUTE * 7)
    day.count_heads(square, present=33, excused=1, key="found", by=story.safety, at=at + MINUTE * 14)


def _evaluate(story: Story, *, at: dt.datetime) -> None:
    drill = _of(story, "held")
    for station, (_skill, n) in zip(drill.stations.select_related("drill__case").order_by("pk"), STATIONS, strict=True):
        count_practice(station, practised=n, by=story.safety, at=at)
    for question, right in zip(drill.questions.select_related("drill"), (26, 31), strict=True):
        count_answers(
            question,
            before_asked=60,
            before_right=right,
            after_asked=60,
            after_right=right + 27,
            by=story.safety,
            at=at,
        )
    for objective, rating in zip(drill.objectives.select_related("drill__case"), "PSP", strict=True):
        rate(
            objective,
            rating=rating,
            why="" if rating == "P" else "一位没听见警报，后来在家里找到",
            by=story.manager,
            at=at,
        )
    observe(drill, kind="strength", words="电动车那一站排了队，孩子拉着爷爷来学", by=story.manager, at=at)
    for n, (words, why, title) in enumerate(FOUND):
        seen = observe(drill, kind="improve", words=words, why=why, by=story.manager, at=at)
        _open(seen, title, story, n, at=at)
    hand_in(
        drill,
        words="两幢楼撤空的中位 3 分 32 秒。一位老人没听见警报，后来在家里找到。",
        by=story.manager,
        at=at + MINUTE * 20,
    )


def _open(seen: Observation, title: str, story: Story, n: int, *, at: dt.datetime) -> None:
    due = clock.local(at).date() + DAY * (5, 10, 20)[n]
    corrective.open_action(seen, title=title, officer=story.safety, due_on=due, by=story.manager, at=at + MINUTE * n)


def _put_right(story: Story, *, at: dt.datetime) -> None:
    """The corridor is clear and looked at; tomorrow's drill tries it again."""
    rows = CorrectiveAction.objects.filter(drill=story.held).select_related("case", "community__street", "drill")
    action = rows.order_by("pk")[0]
    corrective.prove(action, words="纸箱清走了，楼道口贴了每周检查表。", by=story.safety, at=at)
    corrective.accept(action, by=story.manager, at=at + MINUTE * 90)
    if story.ahead is not None:
        corrective.carry(action, drill=story.ahead, by=story.safety, at=at + MINUTE * 100)


# ---- tomorrow's --------------------------------------------------------------------------------------------------------
def _plan_the_next(story: Story, on: dt.date) -> None:
    life, starts = story.life, clock.at_wall(on, dt.time(9, 30))
    _at(life, on - DAY * 8, 9, 30, lambda at: _draft(story, "ahead", "幸福家园冬季消防演练", starts, at=at))
    _at(life, on - DAY * 7, 9, 30, lambda at: plans.approve(_of(story, "ahead"), by=story.street, at=at))
    _at(life, on - DAY * 6, 9, 0, lambda at: plans.notify(_of(story, "ahead"), by=story.safety, at=at))
    _at(life, on - DAY * 4, 19, 0, lambda at: _sign_up(story, "ahead", 84, at=at))
    _at(life, on - DAY * 3, 15, 0, lambda at: _help(story, "ahead", 6, at=at))
    _at(life, on - DAY * 2, 16, 0, lambda at: _check(story, "ahead", 3, at=at))
