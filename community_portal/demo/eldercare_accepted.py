"""Homes of Yuanxing that were adapted and accepted by three, two of them at the second time; and one that stands half accepted,
for whoever opens the demonstration to finish."""

import datetime as dt
import io
import random
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from PIL import Image, ImageDraw

from community_portal import clock
from community_portal.casework.actions import commission, open_case, start_matter
from community_portal.casework.models import AttachmentKind, Task
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.demo.residents import Neighbours
from community_portal.demo.settle import Town
from community_portal.people.models import Resident, User
from community_portal.people.register.queries import age_of
from community_portal.signing.actions import hash_of
from eldercare.actions import acceptance
from eldercare.actions.after import follow_up, settle
from eldercare.actions.budget import bind
from eldercare.actions.products import record_product
from eldercare.models import (
    AcceptanceVisit,
    Adaptation,
    CatalogueItem,
    CatalogueList,
    LinePhoto,
    Moment,
    PlanLine,
    PlanVersion,
    Programme,
    Tenure,
    WorkOrder,
)
from eldercare.workflow.adaptation import ADAPTATION
from eldercare.workflow.built import content_of
from eldercare.workflow.states import State

HOMES, AT_SECOND_TIME = 37, (11, 23)
DAY = dt.timedelta(days=1)


class Piece(NamedTuple):
    """What is built in a home, why, and what it is called on its plate."""

    code: str
    name: str
    unit: str
    price: str
    is_device: bool
    why: str
    spec: str
    maker: str
    model: str
    name_en: str


PIECES = (
    Piece("care-bed", "电动护理床", "张", "2400", True, "自己起不了身", "电动，床栏两侧", "康禾", "KH-3", "Electric nursing bed"),
    Piece("wheelchair", "电动轮椅", "辆", "1980", True, "走不到小区门口", "轻便款", "行安", "XA-12", "Electric wheelchair"),
    Piece("rail", "卫生间扶手", "根", "180", False, "如厕站起来要扶，曾滑倒", "离地 70 厘米", "固力", "GL-60", "Bathroom rail"),
    Piece("night-light", "感应夜灯", "盏", "60", True, "夜里起来三次，没有灯", "离地 30 厘米", "明舍", "MS-N20", "Motion night light"),
    Piece("call-button", "紧急呼叫器", "个", "320", True, "白天一个人，叫不到人", "床头，拉绳到地面", "铃安", "LA-5", "Emergency call button"),
)  # fmt: skip
STEPS = (
    ("submit", State.DRAFT, State.SUBMITTED, "desk"),
    ("look_at_home", State.SUBMITTED, State.REVIEWED, "carer"),
    ("find_eligible", State.REVIEWED, State.NOTICE, "street"),
    ("end_notice", State.NOTICE, State.ASSESSING, "street"),
    ("hand_in", State.ASSESSING, State.PLANNING, "assessor"),
    ("propose", State.PLANNING, State.CONFIRMING, "carer"),
    ("order", State.CONFIRMING, State.ORDERED, "carer"),
    ("take_order", State.ORDERED, State.WORKS, "builder"),
    ("report_done", State.WORKS, State.ACCEPTING, "builder"),
)


class Party(NamedTuple):
    """Who does what in it."""

    street: User
    carer: User
    desk: User
    assessor: User
    builder: User


AUTHORITY = {
    "desk": "role:receptionist",
    "carer": "role:eldercare",
    "street": "role:street_officer",
    "assessor": "role:assessor",
    "builder": "role:contractor",
}


def accept_homes(town: Town, neighbours: Neighbours, *, until: dt.datetime) -> None:
    """Told by rows up to the acceptance, and by the real deeds from there on."""
    party = _party(town)
    programme = _programme(town)
    luck, elders = random.Random(37), _elders(neighbours)
    days = _days(until, HOMES)
    for n, (elder, day) in enumerate(zip(elders, days, strict=False)):
        home = _Home(town, party, programme, elder, n, day)
        home.build(luck.sample(PIECES, 2) if n % 3 else [PIECES[2], PIECES[3]])
        home.accept(at_second_time=n in AT_SECOND_TIME)
        home.finish(until)
    story = _Home(town, party, programme, neighbours.by_code["xu"], HOMES, clock.local(until).date() - DAY)
    story.build(list(PIECES))
    story.half_accept()


def _party(town: Town) -> Party:
    users = {
        user.username: user
        for user in User.objects.filter(username__in=["street-xh", "eldercare", "assessor", "contractor"])
    }
    return Party(
        users["street-xh"], users["eldercare"], town.receptionists["YX"], users["assessor"], users["contractor"]
    )


def _programme(town: Town) -> Programme:
    """The one of the street, or a new one with what is built here."""
    street = town.streets["XH"]
    found = Programme.objects.filter(street=street).first()
    if found is None:
        made_at = clock.at_wall(town.opened_on, dt.time(9))
        catalogue = CatalogueList.objects.create(
            street=street,
            name="小海街道适老化改造清单",
            version=1,
            source="小海街道",
            valid_from=town.opened_on,
            published_at=made_at,
        )
        found = Programme.objects.create(
            street=street, name="2026 年适老化改造", name_en="Home adaptations 2026", year=2026, family="home-adaptation",
            catalogue=catalogue, budget=Decimal(400_000), cap=Decimal(8_000), target_households=80,
            opens_on=town.opened_on, closes_on=town.opened_on + DAY * 400,
        )  # fmt: skip
    known = set(found.catalogue.items.values_list("code", flat=True))
    CatalogueItem.objects.bulk_create(
        CatalogueItem(
            catalogue=found.catalogue, code=piece.code, category="居家改造", name=piece.name, name_en=piece.name_en, is_basic=not piece.is_device,
            unit=piece.unit, price=Decimal(piece.price), needs_works=not piece.is_device, is_device=piece.is_device, position=90 + n,
        )
        for n, piece in enumerate(PIECES) if piece.code not in known
    )  # fmt: skip
    return found


def _elders(neighbours: Neighbours) -> list[Resident]:
    """One of each home, none of them in the stories, and none whose home is adapted or being adapted."""
    taken = set(Adaptation.objects.values_list("household", flat=True)) | {neighbours.by_code["xu"].household_id}
    found: dict[int, Resident] = {}
    for resident in neighbours.by_community["YX"]:
        home = resident.household_id
        if home and home not in taken and (age_of(resident, on=clock.today()) or 0) >= 65:
            found.setdefault(home, resident)
    return list(found.values())[:HOMES]


def _days(until: dt.datetime, count: int) -> list[dt.date]:
    """Working days before today, several homes on one: an acceptance day."""
    today = clock.local(until).date()
    days = [today - DAY * n for n in range(3, 90) if (today - DAY * n).weekday() < 5]
    return [days[(n // 3) * 2] for n in range(count)]


class _Home:
    """One home on its way."""

    def __init__(self, town: Town, party: Party, programme: Programme, elder: Resident, n: int, day: dt.date) -> None:
        self.town, self.party, self.programme, self.elder, self.n = town, party, programme, elder, n
        self.at = clock.at_wall(day, dt.time(9, 10)) + dt.timedelta(minutes=25 * (n % 3))
        self.firm = town.organisations["安居适老工程"]
        self.adaptation = self._begin()

    def _begin(self) -> Adaptation:
        began, community = self.at - DAY * 62, self.elder.community
        home = self.elder.household
        assert home is not None
        case = open_case(
            community=community, grid=home.grid, resident=self.elder, asker=None, title="适老化改造",
            words="家里起身、如厕不方便，想改一改。", source="desk", phone_tail="", by=self.party.desk, at=began,
        )  # fmt: skip
        matter = Adaptation(
            case=case, community=community, grid=case.grid, state=State.DRAFT, handler=self.party.desk, resident=self.elder,
            household=home, programme=self.programme, programme_family=self.programme.family, catalogue=self.programme.catalogue,
            cap=self.programme.cap, needs="起身、如厕不方便", consent_at=began, submitted_at=began, eligible_at=began + DAY * 4,
            tenure=Tenure.OWN, will_be_demolished=False, is_unsafe=False, is_possible=True, other_programme=False, works_begun=False,
            eligible_why="家里老人行动不便，街道上门看过，同意改造。",
        )  # fmt: skip
        start_matter(matter, by=self.party.desk, at=began, authority="role:receptionist")
        return matter

    def build(self, pieces: list[Piece]) -> None:
        """Planned, signed, ordered, built and reported, as rows with their lines in the journal."""
        self.pieces = pieces
        signed = self.at - DAY * 20
        plan = self._plan(signed)
        WorkOrder.objects.create(
            adaptation=self.adaptation, contractor=self.firm, plan=plan, ordered_by=self.party.street,
            ordered_on=signed.date(), seen_at=signed, starts_on=signed.date() + DAY * 3, safety_read_at=signed, done_on=self.at.date() - DAY,
        )  # fmt: skip
        self._tell_the_way()
        self._reach(State.ACCEPTING, contractor=self.firm, subsidy=plan.subsidy)
        self._bring_papers()
        bind(self.adaptation, plan.subsidy)
        self.visit = acceptance.open_round(self.adaptation, at=self.at)

    def _plan(self, signed: dt.datetime) -> PlanVersion:
        items = {item.code: item for item in self.programme.catalogue.items.all()}
        total = sum((Decimal(piece.price) for piece in self.pieces), Decimal(0))
        plan = PlanVersion.objects.create(
            adaptation=self.adaptation, version=1, total=total, subsidy=total, self_pay=0, made_by=self.party.carer,
            made_at=signed - DAY, proposed_at=signed - DAY,
        )  # fmt: skip
        self.lines = PlanLine.objects.bulk_create(
            PlanLine(
                plan=plan, number=n, item=items[piece.code], why=piece.why, spec=piece.spec, quantity=1,
                price=Decimal(piece.price), funded=Decimal(piece.price), ownership="lent" if piece.code == "care-bed" else "given",
            )
            for n, piece in enumerate(self.pieces, 1)
        )  # fmt: skip
        PlanVersion.objects.filter(pk=plan.pk).update(signed_at=signed)
        return plan

    def _tell_the_way(self) -> None:
        """Each step in its time, by whose it is; photos are taken before it is reported done."""
        given = {"end_notice": self.town.organisations["安泰能力评估"], "order": self.firm}
        moments = [self.at - DAY * (60 - 7 * n) for n in range(len(STEPS) - 1)] + [self.at - DAY]
        for (name, source, target, who), at in zip(STEPS, moments, strict=True):
            if name == "report_done":
                self._photograph()
            self.adaptation.write(
                name, by=getattr(self.party, who), at=at, authority=AUTHORITY[who], source_state=source, target_state=target, is_public=True
            )  # fmt: skip
            if name in given:
                commission(self.adaptation, organisation=given[name], by=self.party.street, at=at)

    def _reach(self, state: str, **changes: Any) -> None:
        for name, value in {"state": state, "state_since": self.at - DAY, **changes}.items():
            setattr(self.adaptation, name, value)
        Adaptation.objects.filter(pk=self.adaptation.pk).update(state=state, state_since=self.at - DAY, **changes)
        open_task = Task.objects.filter(flow=ADAPTATION.name, matter_id=self.adaptation.pk, done_at=None)
        open_task.update(state=state, assignee=None, role=ADAPTATION.states[state].owner)

    def _photograph(self) -> None:
        by, at = self.party.builder, self.at - DAY * 2
        for line, piece in zip(self.lines, self.pieces, strict=True):
            for moment in (Moment.BEFORE, Moment.AFTER):
                shot = picture(piece.code, f"{self.n}-{line.number}", after=moment == Moment.AFTER)
                detail = {"line": line.number, "moment": moment}
                told = self.adaptation.write("line_photo", by=by, at=at, authority="role:contractor", detail=detail)
                kept = keep_file(self.adaptation.case, shot, kind=AttachmentKind.PHOTO, by=by, at=at, event=told)
                taken = at if moment == Moment.AFTER else self.at - DAY * 30
                LinePhoto.objects.create(line=line, moment=moment, attachment=kept, taken_at=taken)

    def _bring_papers(self) -> None:
        for line, piece in zip(self.lines, self.pieces, strict=True):
            if piece.is_device:
                self._product(line, piece, None, certificate=paper(f"{self.n}-{line.number}"))

    def _product(self, line: PlanLine, piece: Piece, seen: int | None, **facts: Any) -> None:
        line.plan.adaptation = self.adaptation
        serial = f"{piece.model}-26{self.n:02d}{line.number:02d}"
        plate: dict[str, Any] = {"brand": piece.maker, "maker": piece.maker, "model": piece.model, "serial": serial}
        made: dict[str, Any] = {"made_on": self.at.date() - DAY * 120, "warranty_until": self.at.date() + DAY * 700}
        record_product(line, number=1, seen=seen, by=self.party.street, at=self.at, **plate, **made, **facts)

    def _decide(self, visit: AcceptanceVisit, number: int, result: str, **found: Any) -> None:
        row = visit.lines.select_related("visit", "line__item").get(line__number=number)
        row.visit.adaptation = self.adaptation
        acceptance.record_line(
            row, result=result, seen=row.version, by=self.party.street, at=self.at, found_quantity=Decimal(1), **found
        )

    def _try_products(self, numbers: list[int]) -> None:
        for line, piece in zip(self.lines, self.pieces, strict=True):
            if line.number in numbers:
                pull = {"pull_test": True} if piece.code == "rail" else {}
                self._product(line, piece, 1 if piece.is_device else None, works_now=True, **pull)

    def accept(self, *, at_second_time: bool) -> None:
        numbers = [line.number for line in self.lines]
        for number in numbers:
            if at_second_time and number == 1:
                found = {"defect": "螺丝松动，拉一下就晃", "rectify_by": self.at.date() + DAY * 3}
                self._decide(self.visit, number, "fail", **found)
            else:
                self._decide(self.visit, number, "pass")
        self._try_products(numbers)
        if at_second_time:
            self._again()
        self._hear()
        self._sign(self.visit)
        acceptance.accept(self.adaptation, by=self.party.street, at=self.at, words="三方都在")

    def _again(self) -> None:
        acceptance.send_back(self.adaptation, by=self.party.street, at=self.at, words="只改没通过的一项")
        self.at += dt.timedelta(hours=4)
        self._reach(State.ACCEPTING)
        self.visit = acceptance.open_round(self.adaptation, at=self.at)
        self._decide(self.visit, 1, "pass", words="重新打了膨胀螺丝")

    def _hear(self) -> None:
        score = 5 if self.n % 4 else 4
        said: dict[str, Any] = {
            "score": score,
            "can_use": True,
            "was_taught": True,
            "feels_safer": True,
            "by": self.party.carer,
            "at": self.at,
        }
        acceptance.record_interview(
            self.adaptation, visit=self.visit, name=self.elder.name, relation="self", words="夜里不用摸黑了。", **said
        )
        acceptance.record_interview(
            self.adaptation, visit=self.visit, name=f"{self.elder.name[:1]}晓燕", relation="child", words="夜里能叫到人，我敢睡了。",
            strain_before=5 - self.n % 2, strain_after=2 + self.n % 2, may_be_quoted=True, **said,
        )  # fmt: skip

    def _sign(
        self, visit: AcceptanceVisit, *, bodies: tuple[str, ...] = ("third_party", "community", "street")
    ) -> None:
        people = {
            "third_party": self.party.assessor, "community": self.party.desk, "street": self.party.street,
        }  # fmt: skip
        visit.adaptation = self.adaptation
        for body in bodies:
            user = people[body]
            member = acceptance.join_party(
                visit, body=body, name=str(user), user=user, by=self.party.street, at=self.at
            )
            digest = hash_of(content_of(visit))
            acceptance.sign_acceptance(member, signature=ink(body), seen_hash=digest, by=self.party.street, at=self.at)

    def finish(self, until: dt.datetime) -> None:
        """Paid a few days later; asked again after a month, where a month has passed."""
        paid_at = self.at + DAY * 5
        if paid_at > until:
            return
        amounts = {str(line.number): str(line.funded) for line in self.lines}
        total = sum((line.funded for line in self.lines), Decimal(0))
        settle(
            self.adaptation, invoice=f"XH26{self.n:04d}", invoice_sum=total, amounts=amounts, bank_tail="6688",
            paid_on=paid_at.date(), by=self.party.street, at=paid_at, words="",
        )  # fmt: skip
        asked_at = self.at + DAY * 31
        if asked_at <= until and self.n % 5:
            follow_up(
                self.adaptation,
                "first",
                name=self.elder.name,
                relation="self",
                score=5,
                by=self.party.carer,
                at=asked_at,
            )

    def half_accept(self) -> None:
        """Bed and wheelchair passed, the rail failed by its photo alone; the third party signed when all were decided, and the
        street wants to see lamp and button once more: two cards are open, and that signature has to be given again."""
        for number in (1, 2, 4, 5):
            self._decide(self.visit, number, "pass")
        shot = picture("rail", "found", after=True)
        due = self.at.date() + DAY * 10
        self._decide(self.visit, 3, "fail", defect="照片上扶手只打了两颗螺丝", rectify_by=due, photo=shot)
        self._try_products([1, 2])
        self._sign(self.visit, bodies=("third_party",))
        for number in (4, 5):
            self._decide(self.visit, number, "")


HUES = {
    "care-bed": "#c8b8a6",
    "wheelchair": "#a9c0b4",
    "rail": "#cfd8dc",
    "night-light": "#2f3541",
    "call-button": "#e4d4c0",
}


def picture(code: str, name: str, *, after: bool) -> ReadFile:
    """An invented photo: a wall, and what hangs on it afterwards. ``name`` makes each another file."""
    image = Image.new("RGB", (320, 240), HUES[code])
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 180, 320, 240), fill="#b89b7c")
    if after:
        pen.rounded_rectangle((70, 70, 250, 96), 12, fill="#f5f2ec", outline="#6b7a80", width=3)
        pen.ellipse((140, 120, 180, 160), fill="#f8d98f")
    return _as_file(image, f"{code}-{name}{'-after' if after else ''}")


def paper(name: str) -> ReadFile:
    """A certificate."""
    image = Image.new("RGB", (240, 320), "white")
    ImageDraw.Draw(image).rectangle((20, 20, 220, 300), outline="#a8231c", width=3)
    return _as_file(image, f"certificate-{name}")


def _as_file(image: Image.Image, name: str) -> ReadFile:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=60, comment=name.encode())
    return ReadFile(out.getvalue(), f"{name}.jpg", "image/jpeg", "jpg", *image.size)


def ink(name: str) -> ReadFile:
    """A signature: a line that goes up and down, another one for each name."""
    image, luck = Image.new("RGB", (400, 150), "white"), random.Random(name)
    points = [(30 + 28 * n, luck.randrange(30, 120)) for n in range(12)]
    for one, other in pairwise(points):
        ImageDraw.Draw(image).line((*one, *other), fill="#2b2420", width=4)
    out = io.BytesIO()
    image.save(out, "PNG")
    return ReadFile(out.getvalue(), "signature.png", "image/png", "png", *image.size)
