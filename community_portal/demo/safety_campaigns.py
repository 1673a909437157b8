"""Huaqiao, where the railway passes: a street's campaign goes into a kindergarten, a school, estates, companies, sites and grids. And
what is due for the premises of three communities, most of it done, some of it late."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from community_portal import clock
from community_portal.demo.life import DAY, HOUR, Life
from community_portal.dues.actions import generate_dues, tick_off
from community_portal.dues.models import DueItem
from community_portal.matters.actions.steps import take
from community_portal.people.models import Organisation, User
from community_portal.people.staff.memberships import staff_at
from community_portal.places.models import Building, Community
from community_portal.rules.actions import load_rulebook
from safety.actions.asking_venues import answered
from safety.actions.campaigns import ask, confirm, hold, note_reach, plan_campaign, plan_session, say_feedback
from safety.actions.premises import save_premises
from safety.dues import DUTIES
from safety.models import Audience, Campaign, CampaignSession, Channel, Heads, Premises, PremisesKind, Topic, Venue

PLACE = "HQ"


@dataclass(frozen=True)
class Visit:
    """One session: where, for whom, how many came, and right answers of a hundred before and after."""

    venue: Venue
    place: str
    audience: Audience
    heads: int
    before: int
    after: int
    said: str
    children: int = 0


KINDERGARTEN = Visit(
    Venue.KINDERGARTEN, "花桥幼儿园", Audience.CHILDREN, 104, 41, 83, "孩子们回家都考爷爷奶奶：汽油能不能上火车。", 96
)
VISITS = (
    Visit(Venue.ESTATE, "花桥新苑中心广场", Audience.RESIDENTS, 46, 55, 80, "住在铁路边，才知道风筝线会缠电线。"),
    Visit(Venue.GRID, "铁路东片网格站", Audience.ELDERS, 22, 48, 76, "老人记住了不抄近路过铁道。"),
    Visit(Venue.SCHOOL, "花桥小学", Audience.PUPILS, 118, 62, 91, "四年级的孩子自己画了护路海报。", 110),
    Visit(Venue.COMPANY, "上海路物流园", Audience.WORKERS, 35, 58, 84, "司机都问清了超限怎么绕。"),
    Visit(Venue.SITE, "花桥安置房工地", Audience.WORKERS, 41, 44, 79, "塔吊离铁路多远，项目部贴了牌子。"),
    Visit(Venue.ESTATE, "花桥新苑二期", Audience.RESIDENTS, 38, 51, 78, "讲得明白，大家愿意听。"),
    Visit(Venue.GRID, "铁路西片网格站", Audience.RESIDENTS, 19, 50, 82, "网格员以后每周巡一次护栏。"),
    Visit(Venue.SCHOOL, "花桥中学", Audience.PUPILS, 132, 66, 90, "学生愿意当义务护路员。", 126),
    Visit(Venue.COMPANY, "花桥食品厂", Audience.WORKERS, 27, 57, 81, "班前会上也讲了一遍。"),
    Visit(Venue.HALL, "花桥社区会客厅", Audience.ELDERS, 24, 49, 77, "片子好看，听得懂。"),
)
VIEWS = ((Channel.VIDEO, 5200, 8600), (Channel.CHAT, 2100, 3800))


@dataclass
class Story:
    life: Life
    community: Community
    officer: User
    campaign: Campaign | None = None


def plan_campaigns(life: Life) -> None:
    community = life.town.communities[PLACE]
    officer = staff_at(community.pk, "safety", on=clock.local(life.until).date()).order_by("id")[0]
    story = Story(life, community, officer)
    days = life.working_days()
    life.at(clock.at_wall(days[0], dt.time(9)), lambda at: _begin(story, days[0], at=at))
    last = len(days) - 2
    for n, visit in enumerate(VISITS):
        _plan_visit(story, visit, days[4 + (last - 8) * n // len(VISITS)])
    _plan_visit(story, KINDERGARTEN, days[last - 1])
    life.at(clock.at_wall(days[last // 2], dt.time(17, 30)), lambda at: _reach(story, 0, at=at))
    life.at(clock.at_wall(days[last], dt.time(17, 30)), lambda at: _reach(story, 1, at=at))


def _begin(story: Story, day: dt.date, *, at: dt.datetime) -> None:
    partners = Organisation.objects.filter(name__in=["南通站派出所", "花桥幼儿园"])
    story.campaign = plan_campaign(
        story.community.street, partners=list(partners), name="铁路安全进万家", name_en="Railway safety for every home",
        topic=Topic.RAILWAY, organiser=partners.filter(kind="police").first(), starts_on=day, ends_on=dt.date(day.year, 12, 31),
        audiences=[one.value for one in Audience], planned_sessions=12,
        words="进学校、进小区、进企业、进工地、进网格，线上线下一起讲。", by=None, at=at,
    )  # fmt: skip


def _plan_visit(story: Story, visit: Visit, day: dt.date) -> None:
    """Planned four days before, confirmed the day after, held, and reported in the evening."""
    life, starts = story.life, clock.at_wall(day, dt.time(14 if visit.venue == Venue.SITE else 9, 30))
    kept: dict[str, CampaignSession] = {}

    def begin(at: dt.datetime) -> None:
        assert story.campaign is not None
        host = Organisation.objects.filter(name=visit.place).first()
        kept["it"] = plan_session(
            story.campaign, story.community, venue=visit.venue, place=visit.place, host=host, contact_name="接待老师",
            contact_phone="13906210001", starts_at=starts, ends_at=starts + HOUR * 1.5, audience=visit.audience,
            places_for=max(30, visit.heads), materials="动画片、找一找图卡、护路折页", by=story.officer, at=at,
        )  # fmt: skip

    def say_yes(at: dt.datetime) -> None:
        if visit is KINDERGARTEN:
            ask(kept["it"], by=story.officer, at=at)
            answered(kept["it"], comes=True, name="周园长", words="孩子们盼着呢", at=at + HOUR)
        else:
            confirm(kept["it"], by=story.officer, at=at, words="接待老师电话里说可以")

    life.at(starts - DAY * 4, begin)
    life.at(starts - DAY * 3 + HOUR, say_yes)
    life.at(starts + HOUR * 2, lambda at: _hold(story, kept["it"], visit, at=at))


def _hold(story: Story, session: CampaignSession, visit: Visit, *, at: dt.datetime) -> None:
    asked = 100 * max(1, visit.heads // 20)
    hold(
        session, heads=visit.heads, heads_how=Heads.COUNTED, signed=0, children=visit.children,
        consents=visit.children * 9 // 10, people_sent=4, leaflets=visit.heads, crowded_why="", asked_before=asked,
        right_before=asked * visit.before // 100, asked_after=asked, right_after=asked * visit.after // 100,
        by=story.officer, at=at,
    )  # fmt: skip
    say_feedback(session, feedback=visit.said, feedback_consent=True, by=story.officer, at=at)
    if visit is not KINDERGARTEN:  # its report is still to be written
        take(session, "report", by=story.officer, at=at)


def _reach(story: Story, n: int, *, at: dt.datetime) -> None:
    assert story.campaign is not None
    for channel, half, whole in VIEWS:
        note_reach(
            story.campaign, story.community, channel=channel, views=whole if n else half, as_of=clock.local(at).date(),
            by=story.officer, at=at,
        )  # fmt: skip


# ---- what is due --------------------------------------------------------------------------------------------------------
def plan_duties(life: Life) -> None:
    first = life.days()[0]
    life.at(clock.at_wall(first, dt.time(8)), lambda at: _register(life, first, at=at))
    for day in life.days():
        if day.day == 1 or day == clock.local(life.until).date():
            life.at(clock.at_wall(day, dt.time(5, 30)), lambda at: _generate(at))
    for day in life.working_days():
        if day.day in (12, 26):
            life.at(clock.at_wall(day, dt.time(16)), lambda at: _tick(life, at=at))


def _generate(at: dt.datetime) -> None:
    generate_dues(on=clock.local(at).date(), at=at, kinds=DUTIES.values())


def _register(life: Life, first: dt.date, *, at: dt.datetime) -> None:
    load_rulebook(at=at)
    property_company = Organisation.objects.filter(name="公园里物业").first()
    for building in Building.objects.filter(estate__community=life.town.communities["CA"]).order_by("number")[:4]:
        _premises(building, PremisesKind.HOMES, first, at=at, height_m=54, floors=18, property_company=property_company)
    for code, kind, name, heads in (
        ("HQ", PremisesKind.KINDERGARTEN, "花桥幼儿园", 104),
        ("HQ", PremisesKind.COMPANY, "花桥食品厂", 60),
        ("FM", PremisesKind.SITE, "富民新村充电棚", 0),
    ):
        about: dict[str, Any] = {
            "kind": kind,
            "name": name,
            "heads": heads,
            "height_m": 12,
            "floors": 3,
            "since": first,
        }
        save_premises(Premises(community=life.town.communities[code], **about), by=None, at=at)


def _premises(building: Building, kind: str, first: dt.date, *, at: dt.datetime, **about: Any) -> None:
    row = Premises(
        community=building.estate.community, building=building, grid=building.grid, kind=kind, since=first,
        name=f"{building.estate} {building}", heads=about["floors"] * 8, **about,
    )  # fmt: skip
    save_premises(row, by=None, at=at)


def _tick(life: Life, *, at: dt.datetime) -> None:
    """Most monthly checks are done in time; those of two houses in Chang'an are left."""
    on = clock.local(at).date()
    for code in ("CA", "HQ"):
        community = life.town.communities[code]
        officer = staff_at(community.pk, "safety", on=on).order_by("id").first()
        kept = Premises.objects.filter(community=community).order_by("id")[: 2 if code == "CA" else 9]
        items = DueItem.objects.open().filter(
            community=community,
            kind=DUTIES["fire_check"].name,
            starts_on__lte=on,
            subject_ref__in=[one.ref for one in kept],
        )
        for item in items.order_by("id"):
            if officer:
                tick_off(item, on=on, words="查过，通道没堵，灭火器在位。", by=officer, at=at)
