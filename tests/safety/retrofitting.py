"""Retrofits for tests: an estate with its property company, and a retrofit in any of its states, by its deeds."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from community_portal import clock
from community_portal.deliberations.actions.meetings import Invited, call_meeting, decide, hold_meeting
from community_portal.deliberations.actions.opinions import answer_survey, open_survey
from community_portal.deliberations.models import Meeting, Survey
from community_portal.deliberations.topics import topic_of
from community_portal.people.models import Organisation, Role, User
from community_portal.people.staff.managing import give_estate
from community_portal.places.models import Estate
from community_portal.rules.actions import load_rulebook
from safety.actions import retrofit_checks, retrofits
from safety.actions.retrofit_rows import add_measure, add_zone, contribute, finish_measure
from safety.models import Retrofit
from tests.cast import MONDAY, Cast
from tests.factories import make_estate, make_member

DAY = dt.timedelta(days=1)
SIDES = {"property": 4, "fire": 2, "community": 2, "owners": 9}
YES, NO = "有", "没有"
QUESTION = {"code": "q1", "text": "楼下有没有乱停？", "choices": [YES, NO]}
SCREEN: dict[str, Any] = {"divided_by": "screen", "metres": Decimal("1.8"), "has_sprinkler": True}


@dataclass
class Site:
    """Who manages the estate (``keeper`` of ``firm``), who accepts (``safety``)."""

    cast: Cast
    estate: Estate
    firm: Organisation
    keeper: User
    safety: User


def make_firm(name: str = "公园里物业", username: str = "keeper") -> tuple[Organisation, User]:
    firm = Organisation.objects.create(name=name, kind=Role.PROPERTY)
    return firm, make_member(Role.PROPERTY, organisation=firm, username=username, name="高磊")


def make_site(cast: Cast, *, since: dt.date = dt.date(2026, 1, 1), username: str = "safety") -> Site:
    load_rulebook(at=MONDAY)
    estate = make_estate(community=cast.home, name="万科公园里")
    firm, keeper = make_firm()
    give_estate(estate, organisation=firm, since=since, by=cast.manager, at=MONDAY)
    return Site(
        cast, estate, firm, keeper, make_member(Role.SAFETY, community=cast.home, username=username, name="沈国强")
    )


def make_retrofit(site: Site, *, by: User | None = None, at: dt.datetime = MONDAY) -> Retrofit:
    return retrofits.open_retrofit(
        site.estate, place="架空层", words="堆物、乱停，住户天天反映", by=by or site.keeper, at=at
    )


def ask(
    retrofit: Retrofit, site: Site, *, base: int = 4, yes: int = 3, no: int = 0, at: dt.datetime = MONDAY
) -> Survey:
    day = clock.local(at).date()
    survey = open_survey(
        topic_of(retrofit), title="架空层问卷", questions=[QUESTION], base_count=base, base_how="业主户数", opens_on=day,
        closes_on=day + 365 * DAY, by=site.keeper, at=at,
    )  # fmt: skip
    for n in range(yes + no):
        answers = {"q1": YES if n < yes else NO}
        answer_survey(survey, household=f"{n + 1}室", answers=answers, channel="door", by=site.keeper, at=at)
    return survey


def make_asked(site: Site, **more: Any) -> Retrofit:
    retrofit = make_retrofit(site)
    survey = ask(retrofit, site, **more)
    retrofits.count_survey(retrofit, survey=survey, choice=YES, by=site.keeper, at=MONDAY)
    return retrofit


def meet(retrofit: Retrofit, site: Site, *, sides: dict[str, int] | None = None, decides: bool = True) -> Meeting:
    came = SIDES if sides is None else sides
    meeting = call_meeting(
        topic_of(retrofit), kind="joint", title="一起商量", starts_at=MONDAY, place="物业会议室",
        parties=[Invited(role) for role in came], by=site.keeper, at=MONDAY,
    )  # fmt: skip
    hold_meeting(meeting, came={one.pk: came[one.role] for one in meeting.parties.all()}, by=site.keeper, at=MONDAY)
    if decides:
        due = MONDAY.date() + 30 * DAY
        decide(meeting, words="分区、装隔板", due_on=due, organisation=site.firm, by=site.keeper, at=MONDAY)
    return meeting


def make_agreed(site: Site, **more: Any) -> Retrofit:
    retrofit = make_asked(site, **more)
    meet(retrofit, site)
    retrofits.agree(retrofit, by=site.keeper, at=MONDAY)
    return retrofit


def plan(retrofit: Retrofit, site: Site, *, zones: int = 2) -> None:
    by: dict[str, Any] = {"by": site.keeper, "at": MONDAY}
    add_measure(retrofit, kind="board", words="装隔板", **by)
    for n in range(1, zones + 1):
        add_zone(retrofit, number=n, bikes=18, **SCREEN, **by)
    contribute(retrofit, role="property", name="公园里物业", gives="money", words="隔板", amount=Decimal(6000), **by)
    contribute(retrofit, role="fire", name="消防站", gives="skill", words="定分区办法", amount=None, **by)


def make_started(site: Site, **more: Any) -> Retrofit:
    retrofit = make_agreed(site, **more)
    plan(retrofit, site)
    retrofits.start(retrofit, by=site.keeper, at=MONDAY)
    return retrofit


def make_done(site: Site, *, days: int = 9) -> Retrofit:
    retrofit = make_started(site)
    for one in retrofit.measures.select_related("retrofit__case"):
        finish_measure(one, by=site.keeper, at=MONDAY)
    retrofits.report_done(retrofit, by=site.keeper, at=MONDAY + days * DAY)
    return retrofit


def make_running(site: Site, *, days: int = 9) -> Retrofit:
    retrofit = make_done(site, days=days)
    retrofits.accept(retrofit, by=site.safety, at=MONDAY + days * DAY)
    return Retrofit.objects.select_related("case", "community__street").get(pk=retrofit.pk)


def passes(retrofit: Retrofit, site: Site, *, after: int) -> None:
    at = MONDAY + (9 + after) * DAY
    retrofit_checks.pass_test(retrofit, tested=14, working=14, by=site.safety, at=at)
