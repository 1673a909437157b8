"""Chang'an: a stilt floor full of things and bikes about which nine owners in ten complained. The property company asked them, led a joint
meeting of four sides, and in nine days it was boards, zones and sprinklers; after thirty days it still works. Told by the real deeds."""

import datetime as dt
from decimal import Decimal
from typing import Any

from community_portal import clock
from community_portal.deliberations.actions.meetings import (
    Invited,
    call_meeting,
    carry_out,
    close_decision,
    decide,
    hold_meeting,
    write_minutes,
)
from community_portal.deliberations.actions.opinions import open_survey
from community_portal.deliberations.models import Channel, MeetingKind, PartyRole, SurveyAnswer
from community_portal.deliberations.topics import topic_of
from community_portal.demo.settle import Town
from community_portal.people.models import Organisation, User
from community_portal.people.staff.managing import give_estate
from community_portal.places.models import Building, Estate
from community_portal.rules.actions import load_rulebook
from safety.actions import retrofit_checks, retrofits
from safety.actions.retrofit_rows import add_measure, add_zone, contribute, finish_measure
from safety.models import Gives, MeasureKind, Retrofit

PLACE, ESTATE, COMPANY = "CA", "万科公园里", "公园里物业"
DAY = dt.timedelta(days=1)
ASKED, ANSWERED, REPORTED = 412, 405, 379
SEEN, NOT_SEEN = "有，乱停乱放", "没有"
BIKES = (18, 20, 17, 19, 16, 20, 18, 15, 18, 20, 17, 18, 16, 19)
GAPS = (4, 10)  # behind these the next one stands apart, without a board
SIDES = (
    (PartyRole.PROPERTY, COMPANY, 4), (PartyRole.FIRE, "唐闸消防救援站", 2), (PartyRole.COMMUNITY, "社区物业站", 2),
    (PartyRole.OWNERS, "住户代表", 9),
)  # fmt: skip
MEASURES = (
    (MeasureKind.CLEAR, "清走架空层的堆物"), (MeasureKind.BOARD, "装防火隔板 10 道"), (MeasureKind.ZONE, "画线，分成 14 个小区块"),
    (MeasureKind.SPRINKLER, "每个区装喷淋"),
)  # fmt: skip
GIFTS = (
    (PartyRole.PROPERTY, "物业党支部", Gives.PEOPLE, "牵头开会，盯工期 9 天", None),
    (PartyRole.PROPERTY, COMPANY, Gives.MONEY, "隔板 10 道、画线、清运 6 车", 62_000),
    (PartyRole.OWNERS, "全体业主", Gives.MONEY, "公共收益，46 人来清了一个周末", 92_400),
    (PartyRole.STREET, "唐闸镇街道", Gives.MONEY, "喷淋补助", 32_000),
    (PartyRole.FIRE, "消防救援站", Gives.SKILL, "看现场 2 次，定分区办法", None),
    (PartyRole.COMMUNITY, "长岸社区", Gives.PEOPLE, "上门问 405 户，协调 3 次", None),
)
DECIDED = ("分成 14 个分区，装隔板", "每个分区装喷淋", "停车约定贴到单元门口")


def build_retrofits(town: Town, *, until: dt.datetime) -> None:
    """The story, and another that has just begun."""
    load_rulebook(at=until)
    today = clock.local(until).date()
    estate = Estate.objects.select_related("community__street").get(community=town.communities[PLACE], name=ESTATE)
    keeper, safety = (User.objects.get(username=name) for name in ("property", "safety-ca"))
    company = Organisation.objects.get(name=COMPANY)
    give_estate(estate, organisation=company, since=today - 800 * DAY, by=None, at=until)
    story = Story(estate, company, keeper, safety, today)
    story.ask()
    story.meet()
    story.build()
    story.test()
    story.begin_another()


class Story:
    """One retrofit with its people, told by days before today."""

    retrofit: Retrofit

    def __init__(self, estate: Estate, company: Organisation, keeper: User, safety: User, today: dt.date) -> None:
        self.estate, self.company, self.keeper, self.safety, self.today = estate, company, keeper, safety, today

    def ago(self, days: int, hour: int = 10) -> dt.datetime:
        return clock.at_wall(self.today - days * DAY, dt.time(hour))

    def ask(self) -> None:
        told: dict[str, Any] = {"by": self.keeper, "at": self.ago(80)}
        words = "架空层堆满东西，电动车乱停，有的还在充电，住户天天反映。"
        self.retrofit = retrofits.open_retrofit(
            self.estate, place="架空层", words=words, title=f"{ESTATE}架空层消防改造", **told
        )
        survey = open_survey(
            topic_of(self.retrofit), title="架空层问卷", questions=[_question()], base_count=ASKED,
            base_how="全体业主户数，物业台账", opens_on=self.today - 79 * DAY, closes_on=self.today - 71 * DAY, **told,
        )  # fmt: skip
        SurveyAnswer.objects.bulk_create(
            SurveyAnswer(
                survey=survey, household=f"{n % 8 + 1}幢{n // 8 + 101}", answers={"q1": SEEN if n < REPORTED else NOT_SEEN},
                channel=Channel.DOOR if n % 3 else Channel.ONLINE, recorded_by=self.keeper, at=self.ago(78 - n % 7),
            )
            for n in range(ANSWERED)
        )  # fmt: skip
        retrofits.count_survey(self.retrofit, survey=survey, choice=SEEN, by=self.keeper, at=self.ago(70))

    def meet(self) -> None:
        by = self.keeper
        meeting = call_meeting(
            topic_of(self.retrofit), kind=MeetingKind.JOINT, title="架空层怎么改，大家一起商量", starts_at=self.ago(65, 14),
            place="物业会议室", parties=[Invited(role, name) for role, name, _n in SIDES], by=by, at=self.ago(68),
        )  # fmt: skip
        came = {party.pk: n for party, (_role, _name, n) in zip(meeting.parties.all(), SIDES, strict=True)}
        hold_meeting(meeting, came=came, by=by, at=self.ago(65, 16))
        words = "消防救援站讲了架空层起火有多快。大家同意：清空、分区、装隔板，每个区装喷淋；钱由物业、公共收益和街道三方出。"
        write_minutes(meeting, words=words, publish=True, by=by, at=self.ago(64))
        due = {0: self.today - 38 * DAY, 1: self.today - 38 * DAY, 2: self.today + 15 * DAY}
        for n, text in enumerate(DECIDED):
            whose: dict[str, Any] = {"owner": self.safety} if n == 2 else {"organisation": self.company}
            decide(meeting, words=text, due_on=due[n], by=by, at=self.ago(64), **whose)
        self.meeting = meeting
        retrofits.agree(self.retrofit, by=by, at=self.ago(52))

    def build(self) -> None:
        by, one = self.keeper, self.retrofit
        for kind, words in MEASURES:
            add_measure(one, kind=kind, words=words, by=by, at=self.ago(51))
        for n, bikes in enumerate(BIKES, start=1):
            divided: dict[str, Any] = (
                {"divided_by": "gap", "metres": Decimal("2.2")}
                if n in GAPS
                else {"divided_by": "screen", "metres": Decimal("1.8")}
            )
            add_zone(one, number=n, bikes=bikes, has_sprinkler=True, by=by, at=self.ago(50), **divided)
        for role, name, gives, words, amount in GIFTS:
            money = Decimal(amount) if amount else None
            contribute(one, role=role, name=name, gives=gives, words=words, amount=money, by=by, at=self.ago(49))
        retrofits.start(one, by=by, at=self.ago(47))
        for n, measure in enumerate(one.measures.select_related("retrofit__case")):
            finish_measure(measure, by=by, at=self.ago(45 - 2 * n))
        retrofits.report_done(one, by=by, at=self.ago(38, 9))
        retrofits.accept(one, words="14 个区都合规，喷淋都试过。", by=self.safety, at=self.ago(38, 15))
        for decision in self.meeting.decisions.filter(organisation=self.company).select_related("meeting"):
            carry_out(decision, words="做好了，验收通过。", by=by, at=self.ago(37))
            close_decision(decision, by=self.safety, at=self.ago(36))

    def test(self) -> None:
        zones = len(BIKES)
        retrofit_checks.pass_test(
            self.retrofit, tested=zones, working=zones, words="堆物 0 处", by=self.safety, at=self.ago(8)
        )

    def begin_another(self) -> None:
        told: dict[str, Any] = {"by": self.keeper, "at": self.ago(5)}
        building = Building.objects.filter(estate=self.estate).select_related("grid").order_by("-number").first()
        words = "东侧车棚顶是泡沫板，住户担心，先问问大家。"
        made = retrofits.open_retrofit(self.estate, building=building, place="东侧车棚", words=words, **told)
        open_survey(
            topic_of(made), title="东侧车棚问卷", questions=[_question()], base_count=96, base_how="这几幢的户数",
            opens_on=self.today - 4 * DAY, closes_on=self.today + 6 * DAY, **told,
        )  # fmt: skip


def _question() -> dict[str, Any]:
    return {"code": "q1", "text": "您家楼下有没有乱堆乱停？", "choices": [SEEN, NOT_SEEN]}
