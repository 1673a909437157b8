"""Home adaptations on their way: the programme of the year with its list and prices, and homes of Yuanxing in every state until a
builder has them. Everything through the actions, in the order of time."""

import base64
import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from PIL import Image, ImageDraw

from community_portal import clock
from community_portal.casework.models import Source
from community_portal.casework.uploads import ReadFile, read_signature
from community_portal.demo.life import HOUR, Life
from community_portal.matters.actions.steps import take
from community_portal.people.models import Membership, Organisation, Resident, Role, User
from community_portal.people.register.queries import age_of
from community_portal.people.staff.memberships import staff_at
from community_portal.rules.actions import load_rulebook
from community_portal.signing.models import Means, Relation
from eldercare.ability import ITEMS
from eldercare.actions import (
    applications,
    assessments,
    consenting,
    eligibility,
    giving_up,
    orders,
    plans,
    public_notice,
    register,
    surveys,
)
from eldercare.actions.catalogues import draft_of, load_national, publish_catalogue
from eldercare.actions.programmes import save_programme
from eldercare.models import Adaptation, Assessment, CatalogueList, Programme
from eldercare.workflow.states import State

PLACE, STREET = "YX", "XH"
COLLEAGUE = "xh-eldercare-2"
PRICES = {
    # code: reference price, what the programme pays of one at most
    "floor_nonslip": (60, None), "floor_ramp": (400, None), "bath_rail": (240, 300), "bed_rail": (280, 350),
    "bath_chair": (220, 300), "stick": (90, 150), "anti_lost": (380, 500), "bed_nursing": (3400, 3400),
    "wheelchair": (3000, 3000), "light_motion": (80, 100), "monitor": (380, 400), "bath_toilet": (1300, None),
}  # fmt: skip
FUNDED = ["bed_nursing", "wheelchair", "light_motion", "monitor"]
PAPERS = ("申请表和承诺书", "身份证复印件", "房产证或公租房合同", "困难证明")
PAPERS_EN = ("Application and pledge", "Copy of ID card", "Title deed or public lease", "Proof of hardship")
WORDS = (
    "起夜要摸黑，摔过一回。",
    "洗澡站不住，要人扶。",
    "起床要拉着老伴的手。",
    "卫生间地滑，不敢一个人进。",
    "蹲下去就站不起来。",
)
FOUND = (("bathroom", "no_rail"), ("bathroom", "slippery"), ("passage", "dark"), ("bedroom", "bed"))
# What is done about what was found: item, how many, price.
DONE = (("bath_rail", 2, 240), ("floor_nonslip", 4, 60), ("light_motion", 2, 80), ("bed_rail", 1, 280))

# How far each home has come; the first are the oldest.
ENDS = (
    *[State.ORDERED] * 10, "already", "declined", State.CONFIRMING, State.CONFIRMING, State.PLANNING, State.PLANNING,
    State.ASSESSING, State.ASSESSING, "objected", State.NOTICE, State.NOTICE, State.REVIEWED, State.REVIEWED,
    State.SUBMITTED, State.SUBMITTED, State.WAITING, State.DRAFT,
)  # fmt: skip
# Working days from the application to each deed.
DAYS = {"look": 1, "decide": 3, "assess": 3, "plan": 2, "sign": 2, "order": 1}


def start_programme(life: Life) -> Programme:
    """The national list with the prices of the street, and the money of the year."""
    at = clock.at_wall(life.town.first_day, dt.time(8))
    load_rulebook(at=at)
    street = life.town.streets[STREET]
    officer = _officer(life)
    catalogue = _price_list(street, officer, at)
    return save_programme(
        Programme(
            street=street,
            name=f"{at.year} 年困难老人居家适老化改造",
            name_en=f"Home adaptations for the elderly {at.year}",
            year=at.year,
            family="home-adaptation",
            catalogue=catalogue,
            budget=Decimal(300_000),
            cap=Decimal(8_000),
            target_households=60,
            opens_on=dt.date(at.year, 1, 1),
            closes_on=dt.date(at.year + 1, 12, 31),
            funded_codes=FUNDED,
            papers=list(PAPERS),
            papers_en=list(PAPERS_EN),
        ),
        by=officer,
        at=at,
    )


def _price_list(street: Any, officer: User, at: dt.datetime) -> CatalogueList:
    drafts = [draft_of(item) for item in load_national(at=at).items.all()]
    priced = [
        replace(draft, price=_yuan(PRICES[draft.code][0]), price_cap=_yuan(PRICES[draft.code][1]))
        if draft.code in PRICES
        else draft
        for draft in drafts
    ]
    return publish_catalogue(
        priced,
        street=street,
        name="小海街道适老化改造项目清单",
        name_en="Xiaohai street's list of adaptations at home",
        source="民发〔2020〕86号，价格按本街道询价",
        valid_from=at.date(),
        by=officer,
        at=at,
    )


def _yuan(amount: int | None) -> Decimal | None:
    return None if amount is None else Decimal(amount)


def plan_adaptations(life: Life) -> None:
    """Homes of elders of eighty and more, each on its way from another day on."""
    start_programme(life)
    _hire_a_colleague(life)
    days = life.working_days()
    for n, (elder, end) in enumerate(zip(_elders(life), ENDS, strict=False)):
        way = Way(life, elder, end, n)
        day = days[min(way.starts_after, len(days) - 1)]
        life.at(clock.at_wall(day, dt.time(9)) + n % 7 * HOUR / 3, way.apply)


def _elders(life: Life) -> list[Resident]:
    """One of a home; that of the story is further on (eldercare_accepted.py)."""
    story = life.neighbours.by_code["xu"].household_id
    found: dict[int | None, Resident] = {}
    for resident in life.neighbours.by_community[PLACE]:
        age, home = age_of(resident, on=life.town.first_day), resident.household_id
        if age is not None and age >= 80 and home and home != story:
            found.setdefault(home, resident)
    return list(found.values())


def _officer(life: Life) -> User:
    return _somebody(life, Role.STREET_OFFICER)


def _somebody(life: Life, role: str) -> User:
    found = staff_at(life.town.communities[PLACE].pk, role, on=clock.local(life.until).date()).order_by("id").first()
    assert found is not None, role
    return found


def _hire_a_colleague(life: Life) -> None:
    """Two assess together: a second coordinator of the street."""
    colleague = User.objects.create(username=COLLEAGUE, name="金晶", password="!")
    Membership.objects.create(
        user=colleague, role=Role.ELDERCARE, street=life.town.streets[STREET], starts_on=life.town.began_on(PLACE)
    )


class Way:
    """One home on its way: each deed plans the next, until ``end``."""

    def __init__(self, life: Life, elder: Resident, end: str, n: int) -> None:
        self.life, self.elder, self.end, self.n = life, elder, end, n
        self.matter: Adaptation | None = None

    @property
    def starts_after(self) -> int:
        """Working days after the first: those that have come furthest began first."""
        return self.n % 5 if self.end in (State.ORDERED, "already", "declined") else 2 + self.n

    @property
    def carer(self) -> User:
        return _somebody(self.life, Role.ELDERCARE)

    def later(self, at: dt.datetime, days: int, deed: Callable[[dt.datetime], object]) -> None:
        """So many working days on, at the same hour; what would lie ahead of us is left undone."""
        day = clock.local(at).date()
        left = days
        while left:
            day += dt.timedelta(days=1)
            left -= self.life.calendar.is_working(day)
        self.life.at(clock.at_wall(day, clock.local(at).time()), deed)

    def fresh(self) -> Adaptation:
        assert self.matter is not None
        rows = Adaptation.objects.select_related("case__resident", "community__street", "programme", "resident")
        return rows.get(pk=self.matter.pk)

    def apply(self, at: dt.datetime) -> None:
        clerk = self.life.town.receptionists[PLACE]
        self._put_on_register(at)
        self.matter = applications.apply_for(
            self.elder,
            source=Source.DESK,
            words=WORDS[self.n % len(WORDS)],
            needs=WORDS[self.n % len(WORDS)],
            difficulties=["no_rail", "slippery", "dark"],
            tenure="own",
            will_be_demolished=False,
            is_unsafe=False,
            is_possible=True,
            other_programme=False,
            works_begun=False,
            by=clerk,
            at=at,
        )
        if self.end == State.DRAFT:
            return
        applications.say_yes(self.matter, by=clerk, at=at)
        for paper in self.matter.papers.all():
            applications.keep_paper(paper, was_seen=True, by=clerk, at=at)
        applications.submit(self.matter, by=clerk, at=at + HOUR / 4)
        if self.end not in (State.SUBMITTED, State.WAITING):
            self.later(at, DAYS["look"], self.look)
        elif self.end == State.WAITING:
            self.later(at, DAYS["look"], self.ask)

    def _put_on_register(self, at: dt.datetime) -> None:
        if not hasattr(self.elder, "elder"):
            register.open_profile(
                self.elder,
                hardship=("minimum", "marginal", "destitute")[self.n % 3],
                hardship_proof=f"低保 2026{self.n:04d}",
                living=("alone", "spouse", "children")[self.n % 3],
                by=self.carer,
                at=at,
            )

    def ask(self, at: dt.datetime) -> None:
        take(self.fresh(), "ask_resident", words="请带困难证明的原件来。", by=self.carer, at=at)

    def look(self, at: dt.datetime) -> None:
        matter = self.fresh()
        surveys.name_rooms(matter, ["bathroom", "passage", "bedroom"], by=self.carer, at=at)
        for room, hazard in FOUND[: 2 + self.n % 3]:
            surveys.add_finding(matter, room=room, hazard=hazard, by=self.carer, at=at)
        surveys.look_at_home(matter, words="看了三间，老人自己住得住。", by=self.carer, at=at)
        if self.end != State.REVIEWED:
            self.later(at, DAYS["decide"], self.decide)

    def decide(self, at: dt.datetime) -> None:
        officer = _officer(self.life)
        if self.end == "already":
            words = "2024 年在市里的项目改造过，这次不能再申请。"
            eligibility.reject(self.fresh(), exclusion="already", words=words, by=officer, at=at)
            return
        matter = self.fresh()
        eligibility.find_eligible(matter, words="", by=officer, at=at)
        if self.end == "objected":
            self.later(at, 2, self.object)
        elif self.end != State.NOTICE:
            self.later(at, 7, self.end_notice)

    def object(self, at: dt.datetime) -> None:
        public_notice.object_to(self.fresh(), words="他家儿子有两套房，算不算困难？", at=at)

    def end_notice(self, at: dt.datetime) -> None:
        assessor = Organisation.objects.filter(kind=Role.ASSESSOR).order_by("id").first()
        public_notice.end_notice(self.fresh(), assessor=assessor, by=_officer(self.life), at=at)
        if self.end != State.ASSESSING:
            self.later(at, DAYS["assess"], self.assess)

    def assess(self, at: dt.datetime) -> None:
        matter = self.fresh()
        sign_assessment(matter, by=self.carer, at=at)
        surveys.hand_in(matter, words="", by=self.carer, at=at)
        if self.end != State.PLANNING:
            self.later(at, DAYS["plan"], self.plan)

    def plan(self, at: dt.datetime) -> None:
        matter, items = self.fresh(), {item.code: item for item in self.fresh().catalogue.items.all()}
        findings = [f for survey in matter.case.home_surveys.all() for f in survey.findings.all()]
        for finding, (code, quantity, price) in zip(findings, DONE, strict=False):
            plans.save_line(
                matter,
                item=items[code],
                finding=finding,
                quantity=Decimal(quantity),
                price=Decimal(price + (120 if code == "bath_rail" and self.n % 4 == 0 else 0)),
                by=self.carer,
                at=at,
            )
        plans.propose(matter, by=self.carer, at=at + HOUR)
        if self.end == "declined":
            self.later(at, DAYS["sign"], self.decline)
        elif self.end != State.CONFIRMING:
            self.later(at, DAYS["sign"], self.sign)

    def decline(self, at: dt.datetime) -> None:
        giving_up.withdraw(self.fresh(), words="孩子要接去同住，先不改了。", by=self.carer, at=at)

    def sign(self, at: dt.datetime) -> None:
        consenting.sign_plan(
            self.fresh(),
            relation=Relation.SELF,
            name=self.elder.name,
            means=Means.FINGER,
            signature=drawn(self.n),
            pays=True,
            by=self.carer,
            at=at,
        )
        self.later(at, DAYS["order"], self.order)

    def order(self, at: dt.datetime) -> None:
        firm = Organisation.objects.filter(kind=Role.CONTRACTOR).order_by("id").first()
        orders.order(self.fresh(), contractor=firm, by=self.carer, at=at)


def sign_assessment(matter: Adaptation, *, by: User, at: dt.datetime) -> Assessment:
    """Two coordinators, all answers, three names."""
    other = assessments.second_assessors(matter.resident, matter, by=by, on=clock.local(at).date()).first()
    made = assessments.open_assessment(
        matter.resident, adaptation=matter, place="家里", informant="老伴", informant_relation=Relation.SPOUSE,
        assessor_2=other, by=by, at=at,
    )  # fmt: skip
    worse = matter.pk % 3 + 1
    answers = {item.code: max(0, item.most - worse * (n % 3 == 0)) for n, item in enumerate(ITEMS)}
    assessments.answer_items(made, answers, by=by, at=at)
    names = [assessments.Signature(part, drawn(n)) for n, part in enumerate(assessments.SIGNERS)]
    return assessments.close_assessment(made, signatures=names, by=by, at=at)


def drawn(n: int) -> ReadFile:
    """A name as a finger writes it, another one each time."""
    image = Image.new("RGBA", (300, 120))
    ImageDraw.Draw(image).line((20 + n, 30, 120, 90 - n, 260, 40 + n), fill="black", width=4)
    out = io.BytesIO()
    image.save(out, "PNG")
    found = read_signature("data:image/png;base64," + base64.b64encode(out.getvalue()).decode())
    assert found is not None
    return found
