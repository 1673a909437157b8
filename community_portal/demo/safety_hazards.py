"""Hazards of Chang'an, and a few next door: in every state, one passed to the fire brigade and unanswered, one place for the third time."""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from PIL import Image, ImageDraw

from community_portal import clock
from community_portal.casework.uploads import ReadFile
from community_portal.demo.life import Life
from community_portal.matters.actions.extensions import ask_extension
from community_portal.matters.actions.steps import take
from community_portal.people.models import Membership, Organisation, Role, User
from community_portal.people.staff.memberships import staff_at
from community_portal.places.models import Community
from safety.actions import hazard_fixing, hazard_transfers, hazards
from safety.models import Hazard, Premises
from safety.queries.hazards import asked_now
from safety.workflow.hazards import FIX_DAYS

DONE = ("verify", "assign", "begin", "submit", "pass")


@dataclass(frozen=True)
class Tale:
    """One hazard: what, which of the premises, where in it, in whose words, how bad, found how many working days ago, and its way."""

    kind: str
    house: int
    place: str
    words: str
    days_ago: int
    way: tuple[str, ...]
    level: str = "general"
    source: str = "resident"
    community: str = "CA"
    mended: str = "清走了，画了线，请大家别再堆。"


TALES = (
    Tale("blocked_way", 1, "2 单元 1 楼架空层", "架空层堆了旧家具，推童车过不去。", 33, DONE),
    Tale("blocked_way", 1, "2 单元 1 楼架空层", "又堆上了纸箱和旧床垫。", 20, (*DONE, "reopen", "assign", "submit", "pass")),
    Tale("blocked_way", 1, "2 单元 1 楼架空层", "旧家具挡住通道，晚上看不见。", 7, ("verify", "assign", "begin", "submit")),
    Tale("extinguisher", 0, "3 楼电梯口", "灭火器压力不够，指针在红区。", 24, DONE, source="grid", mended="换了新的，压力在绿区。"),
    Tale("lights", 2, "地下车库出口", "疏散指示牌不亮。", 16, ("verify", "assign", "begin", "submit", "fail", "submit", "pass"), mended="换了灯，断电试过会亮。"),
    Tale("fire_door", 3, "15 楼", "防火门关不上，闭门器掉了。", 14, ("verify", "assign", "begin"), "serious", "property"),
    Tale("wiring", 0, "地下一层配电间", "电线裸着，旁边堆了纸。", 6, ("verify", "assign", "extend"), "major", "grid"),
    Tale("fire_lane", 0, "小区东门消防车道", "限高杆拦住消防车道，消防车进不来。", 9, ("verify", "transfer", "chase"), "serious"),
    Tale("hydrant", 2, "6 楼", "消火栓打开没有水。", 3, ("verify", "assign"), "serious", "property"),
    Tale("locked_exit", 3, "1 楼后门", "后门安全出口上了锁。", 2, ("fix",), source="grid", mended="当场打开，换成推杆锁。"),
    Tale("fire_lane", 2, "北门", "北门口停了车，占着消防通道。", 2, ("verify",)),
    Tale("storage", 1, "1 楼车棚", "有人在车棚里放了油桶。", 1, ()),
    Tale("blocked_way", 2, "3 楼", "门口放了两袋装修垃圾。", 11, ("not_hazard",)),
    Tale("lights", 2, "地下车库", "车库的指示牌不亮。", 15, ("duplicate",)),
    Tale("wire", 3, "4 楼窗口", "从四楼窗口拉线下来充电。", 5, ("pass_on",)),
    Tale("gas", 1, "食堂厨房", "燃气软管老化，厨房里有味道。", 12, DONE, "major", "staff", "HQ", "换成金属管，燃气公司验过。"),
    Tale("extinguisher", 0, "大门口", "灭火器找不到了。", 4, ("verify", "assign"), source="staff", community="HQ"),
)  # fmt: skip


@dataclass
class Story:
    life: Life
    tale: Tale
    n: int
    known: dict[int, int]
    hazard_id: int = 0
    shots: int = field(default=0)

    @property
    def community(self) -> Community:
        return self.life.town.communities[self.tale.community]

    def who(self, role: str, at: dt.datetime) -> User:
        return staff_at(self.community.pk, role, on=clock.local(at).date()).order_by("id")[0]

    def hazard(self) -> Hazard:
        rows = Hazard.objects.select_related("case__asker", "community__street", "handler", "organisation", "premises")
        return rows.get(pk=self.hazard_id)

    def shot(self, *, after: bool, at: dt.datetime) -> list[ReadFile]:
        self.shots += 1
        return [picture(f"{self.n}-{self.shots}", hue=self.n, after=after, taken_at=at)]


def plan_hazards(life: Life) -> None:
    """Each step on a working day of its own, from the day on which it was found."""
    days = life.working_days()
    known: dict[int, int] = {}
    for n, tale in enumerate(TALES):
        first = max(len(days) - 1 - tale.days_ago, 1)
        story = Story(life, tale, n, known)
        life.at(clock.at_wall(days[first], dt.time(8, 40 + n)), _opens(story))
        for more, step in enumerate(tale.way, 1):
            on = days[min(first + more, len(days) - 1)]
            life.at(clock.at_wall(on, dt.time(10 + more % 6, 5 + n)), _does(story, step))


def _opens(story: Story) -> Callable[[dt.datetime], object]:
    return lambda at: _open(story, at=at)


def _does(story: Story, step: str) -> Callable[[dt.datetime], object]:
    return lambda at: DEEDS[step](story, story.hazard(), at=at)


def _open(story: Story, *, at: dt.datetime) -> None:
    """Of residents every second leaves no name."""
    tale = story.tale
    houses = list(
        Premises.objects.filter(community=story.community).select_related("building__estate", "grid").order_by("pk")
    )
    neighbours = story.life.neighbours.by_community[tale.community]
    by_name = tale.source == "resident" and story.n % 2 == 1
    reporter = neighbours[story.n] if by_name else None
    place = houses[tale.house % len(houses)]
    by = _finder(story, place, at)
    made = hazards.open_hazard(
        community=story.community, kind=tale.kind, words=tale.words, premises=place,
        place_text=tale.place, source=tale.source, reporter=reporter, by=by, at=at,
        code="" if by_name or by else f"{204_000 + 37 * story.n:06d}", photos=story.shot(after=False, at=at),
    )  # fmt: skip
    story.hazard_id = story.known[story.n] = made.pk


def _finder(story: Story, place: Premises, at: dt.datetime) -> User | None:
    """Nobody in particular, somebody of the company that manages the place, or one of us."""
    if story.tale.source == "resident":
        return None
    if story.tale.source == "property":
        return _works_for(place.property_company_id, at)
    return story.who(Role.GRID_OFFICER if story.tale.source == "grid" else Role.SAFETY, at)


def _works_for(firm: int | None, at: dt.datetime) -> User:
    posts = Membership.objects.in_force(on=clock.local(at).date()).filter(organisation=firm)
    return posts.select_related("user").order_by("id")[0].user


def _verify(story: Story, hazard: Hazard, *, at: dt.datetime) -> None:
    hazards.verify(
        hazard, level=story.tale.level, words="去看过，确实这样。", by=story.who(Role.SAFETY, at), at=at,
        photos=story.shot(after=False, at=at) if story.tale.level != "general" else None,
    )  # fmt: skip


def _day(hazard: Hazard, at: dt.datetime) -> dt.date:
    today = clock.local(at).date()
    return hazard_fixing.last_day(hazard_fixing.calendar_from(today), today, FIX_DAYS[hazard.level])  # type: ignore[index]


def _assign(story: Story, hazard: Hazard, *, at: dt.datetime) -> None:
    firm = hazard.premises.property_company if hazard.premises else None
    hazard_fixing.assign(
        hazard, officer=story.who(Role.SAFETY, at), organisation=firm, due_on=_day(hazard, at), cost=Decimal(600),
        paid_by="物业出" if firm else "单位自己出", interim="拉了警戒带，夜里加巡一次。" if hazard.is_high else "",
        words="改好拍照。", by=story.who(Role.SAFETY, at), at=at,
    )  # fmt: skip


def _rectifier(story: Story, hazard: Hazard, at: dt.datetime) -> User:
    """Of the company that was given it; else whoever sees to it."""
    return _works_for(hazard.organisation_id, at) if hazard.organisation_id else story.who(Role.SAFETY, at)


def _begin(story: Story, hazard: Hazard, *, at: dt.datetime) -> None:
    hazard_fixing.begin(hazard, by=_rectifier(story, hazard, at), at=at)


def _submit(story: Story, hazard: Hazard, *, at: dt.datetime) -> None:
    by = _rectifier(story, hazard, at)
    hazard_fixing.submit(hazard, words=story.tale.mended, photos=story.shot(after=True, at=at), by=by, at=at)


def _fix(story: Story, hazard: Hazard, *, at: dt.datetime) -> None:
    by = story.who(Role.SAFETY, at)
    hazards.fix(hazard, words=story.tale.mended, photos=story.shot(after=True, at=at), by=by, at=at)


def _pass(story: Story, hazard: Hazard, *, at: dt.datetime) -> None:
    hazard_fixing.pass_look(
        hazard, answers=dict.fromkeys(asked_now(hazard), True), signature=hand(), words="看过，改好了，谢谢您告诉我们。",
        by=story.who(Role.MANAGER, at), at=at,
    )  # fmt: skip


def _fail(story: Story, hazard: Hazard, *, at: dt.datetime) -> None:
    answers = dict.fromkeys(asked_now(hazard), False)
    by = story.who(Role.MANAGER, at)
    hazard_fixing.fail_look(hazard, answers=answers, words="还有一块没亮。", due_on=_day(hazard, at), by=by, at=at)


def _reopen(story: Story, hazard: Hazard, *, at: dt.datetime) -> None:
    hazard_fixing.reopen(hazard, words="又堆上了。", by=story.who(Role.MANAGER, at), at=at)


def _extend(story: Story, hazard: Hazard, *, at: dt.datetime) -> None:
    by = _rectifier(story, hazard, at)
    ask_extension(hazard, days=5, words="电缆要订货，五天才到。", by=by, at=at)


def _transfer(story: Story, hazard: Hazard, *, at: dt.datetime) -> None:
    hazard_transfers.transfer(
        hazard, body=Organisation.objects.get(name="唐闸消防救援站"), who="值班室", phone="13800005119",
        words="限高杆是交管装的，请一起来看，能不能拆。", by=story.who(Role.SAFETY, at), at=at,
    )  # fmt: skip


def _chase(story: Story, hazard: Hazard, *, at: dt.datetime) -> None:
    hazard_transfers.chase(hazard, phone="13800005119", by=story.who(Role.SAFETY, at), at=at)


def _not_hazard(story: Story, hazard: Hazard, *, at: dt.datetime) -> None:
    take(hazard, "not_hazard", words="装修垃圾当天就运走了，通道没堵。", by=story.who(Role.SAFETY, at), at=at)


def _duplicate(story: Story, hazard: Hazard, *, at: dt.datetime) -> None:
    first = Hazard.objects.select_related("case").get(pk=story.known[4])
    hazards.duplicate(hazard, first=first, by=story.who(Role.SAFETY, at), at=at)


def _pass_on(story: Story, hazard: Hazard, *, at: dt.datetime) -> None:
    hazards.pass_on(hazard, words="从四楼拉下来，挂在人行道上面。", by=story.who(Role.SAFETY, at), at=at)


DEEDS: dict[str, Any] = {
    "verify": _verify,
    "assign": _assign,
    "begin": _begin,
    "submit": _submit,
    "fix": _fix,
    "pass": _pass,
    "fail": _fail,
    "reopen": _reopen,
    "extend": _extend,
    "transfer": _transfer,
    "chase": _chase,
    "not_hazard": _not_hazard,
    "duplicate": _duplicate,
    "pass_on": _pass_on,
}


def picture(name: str, *, hue: int, after: bool, taken_at: dt.datetime) -> ReadFile:
    """An invented photo: a passage, and what stands in it, or a line along it afterwards. ``name`` makes each another file."""
    wall = ("#cfc8bd", "#d6d0c4", "#c8cdd0", "#d3cabd")[hue % 4]
    image = Image.new("RGB", (320, 320), wall)
    pen = ImageDraw.Draw(image)
    pen.polygon(((0, 320), (110, 190), (210, 190), (320, 320)), fill="#e6dfd3")
    pen.rectangle((110, 90, 210, 190), fill="#ece8e0")
    pen.rectangle((135, 110, 185, 190), fill="#6f9a86")
    if after:
        pen.polygon(((60, 320), (125, 190), (135, 190), (95, 320)), fill="#e0aa3e")
        pen.polygon(((225, 320), (185, 190), (195, 190), (260, 320)), fill="#e0aa3e")
    else:
        pen.rectangle((20, 150, 110, 300), fill="#8a5a36")
        pen.rectangle((90, 220, 250, 300), fill="#9c3f44")
        pen.rectangle((200, 150, 290, 230), fill="#d8b98a")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=60, comment=name.encode())
    return ReadFile(out.getvalue(), f"{name}.jpg", "image/jpeg", "jpg", 320, 320, taken_at)


def hand() -> ReadFile:
    image = Image.new("RGB", (240, 90), "white")
    ImageDraw.Draw(image).line((12, 64, 60, 22, 96, 70, 150, 30, 226, 58), fill="#222222", width=4)
    out = io.BytesIO()
    image.save(out, "PNG")
    return ReadFile(out.getvalue(), "signature.png", "image/png", "png", 240, 90)
