"""An adaptation that is being built, put there by rows: a signed plan, a contractor with an order, an acceptance half done."""

import base64
import datetime as dt
import io
from decimal import Decimal
from typing import Any

from PIL import Image, ImageDraw

from community_portal.casework.actions import commission
from community_portal.casework.models import AttachmentKind
from community_portal.casework.uploads import ReadFile, keep_file, read_signature
from community_portal.people.models import Organisation, Role, User
from community_portal.signing.actions import hash_of
from eldercare.actions.acceptance import join_party, open_round, record_interview, record_line, sign_acceptance
from eldercare.actions.products import record_product
from eldercare.models import (
    AcceptanceVisit,
    Adaptation,
    CatalogueItem,
    LinePhoto,
    Moment,
    PlanLine,
    PlanVersion,
    ProductRecord,
    WorkOrder,
)
from eldercare.workflow.built import content_of
from eldercare.workflow.states import State
from tests.cast import Cast
from tests.eldercare.elders import MONDAY, make_adaptation
from tests.factories import make_member

LATER = MONDAY + dt.timedelta(days=2)  # a Wednesday, at work


def ink() -> ReadFile:
    """A signature as the page sends it."""
    image = Image.new("RGBA", (800, 300), (0, 0, 0, 0))
    ImageDraw.Draw(image).line((50, 50, 700, 250), fill=(40, 30, 30, 255), width=4)
    out = io.BytesIO()
    image.save(out, "PNG")
    read = read_signature(f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}")
    assert read
    return read


def snapshot(name: str = "a", taken_at: dt.datetime | None = None) -> ReadFile:
    """A photo; another ``name``, another picture."""
    return ReadFile(f"jpeg {name}".encode(), f"{name}.jpg", "image/jpeg", "jpg", 4, 3, taken_at)


def make_firm(name: str = "安居施工队", role: str = Role.CONTRACTOR) -> tuple[Organisation, User]:
    firm, _new = Organisation.objects.get_or_create(name=name, defaults={"kind": role})
    return firm, make_member(role, organisation=firm, name=f"{name}师傅")


def make_plan(adaptation: Adaptation, *codes: str, signed: bool = True, **over: Any) -> PlanVersion:
    """A line for each code of the catalogue, one of each, wholly funded."""
    items = {item.code: item for item in CatalogueItem.objects.filter(catalogue=adaptation.catalogue)}
    chosen = [items[code] for code in codes or ("rail", "floor", "bed")]
    total = sum((item.price or Decimal(0) for item in chosen), Decimal(0))
    plan = PlanVersion.objects.create(
        adaptation=adaptation,
        version=adaptation.plans.count() + 1,
        total=total,
        subsidy=total,
        self_pay=0,
        made_at=MONDAY,
    )
    PlanLine.objects.bulk_create(
        PlanLine(
            plan=plan,
            number=n,
            item=item,
            why="夜里起不来",
            price=item.price,
            funded=item.price,
            **{"quantity": 1} | over,
        )
        for n, item in enumerate(chosen, 1)
    )
    if signed:
        PlanVersion.objects.filter(pk=plan.pk).update(signed_at=MONDAY, proposed_at=MONDAY)
    return plan


def make_works(
    cast: Cast, state: str = State.WORKS, *codes: str, quantity: int = 1, **over: Any
) -> tuple[Adaptation, User]:
    """Ordered from a contractor, begun unless it is only ordered; the man of the contractor."""
    firm, man = make_firm()
    adaptation = make_adaptation(cast, **over)
    make_plan(adaptation, *codes, quantity=quantity)
    begun = {"starts_on": MONDAY.date(), "safety_read_at": MONDAY} if state != State.ORDERED else {}
    WorkOrder.objects.create(
        adaptation=adaptation, contractor=firm, plan=adaptation.plan, ordered_on=MONDAY.date(), **begun
    )
    commission(adaptation, organisation=firm, by=cast.reception, at=MONDAY)
    Adaptation.objects.filter(pk=adaptation.pk).update(contractor=firm)
    move_to(adaptation, state)
    return fresh(adaptation), man


def move_to(adaptation: Adaptation, state: str) -> None:
    Adaptation.objects.filter(pk=adaptation.pk).update(state=state)
    spec = adaptation.flow.states[state]
    adaptation.open_tasks().update(state=state, role=spec.owner, assignee=None)


def fresh(adaptation: Adaptation) -> Adaptation:
    joined = "case__resident", "community__street", "programme", "household", "resident"
    return Adaptation.objects.select_related(*joined).get(pk=adaptation.pk)


def finish_lines(adaptation: Adaptation, by: User) -> None:
    """A photo after and the papers of every device, as reporting asks for."""
    for line in adaptation.plan.lines.all():
        kept = keep_file(adaptation.case, snapshot(f"after {line.number}"), kind=AttachmentKind.PHOTO, by=by, at=MONDAY)
        LinePhoto.objects.create(line=line, moment=Moment.AFTER, attachment=kept, round=adaptation.round)
        if line.item.is_device:
            paper = snapshot(f"paper {line.number}")
            record_product(line, number=1, seen=None, brand="康禾", certificate=paper, by=by, at=MONDAY)


def make_accepting(cast: Cast, *codes: str, **over: Any) -> tuple[Adaptation, AcceptanceVisit]:
    """Reported done; nobody has looked yet."""
    adaptation, man = make_works(cast, State.WORKS, *codes, **over)
    finish_lines(adaptation, man)
    move_to(adaptation, State.ACCEPTING)
    adaptation = fresh(adaptation)
    return adaptation, open_round(adaptation, at=MONDAY)


def decide_all(visit: AcceptanceVisit, by: User, *, fail: tuple[int, ...] = ()) -> None:
    """Every line passes but those; every product works."""
    for row in visit.lines.select_related("line__item", "visit"):
        found = {"defect": "松动", "rectify_by": LATER.date()} if row.line.number in fail else {}
        result = "fail" if row.line.number in fail else "pass"
        record_line(row, result=result, seen=row.version, by=by, at=LATER, **found)
        if row.line.item.is_device or row.line.item.needs_works:
            there = row.line.products.first()
            seen = there.version if there else None
            record_product(row.line, number=1, seen=seen, brand="康禾", works_now=True, by=by, at=LATER)


def hear(adaptation: Adaptation, visit: AcceptanceVisit, by: User) -> None:
    record_interview(adaptation, visit=visit, name="陈平", relation="self", score=5, by=by, at=LATER)


def sign_all(visit: AcceptanceVisit, by: User) -> None:
    for body, name in (("third_party", "沈惠芳"), ("community", "周文彬"), ("street", "陆海燕")):
        member = join_party(visit, body=body, name=name, by=by, at=LATER)
        digest = _digest(visit)
        sign_acceptance(member, signature=ink(), seen_hash=digest, by=by, at=LATER)


def _digest(visit: AcceptanceVisit) -> str:
    return hash_of(content_of(visit))


def make_lived_with(cast: Cast, *, until: dt.date | None) -> tuple[Adaptation, User]:
    """Accepted, and lived with since: a bed and a rail, under warranty ``until`` then. And the man of the builder."""
    adaptation, man = make_works(cast, State.WORKS, "bed", "rail")
    finish_lines(adaptation, man)
    rail = adaptation.plan.lines.get(item__code="rail")
    record_product(rail, number=1, seen=None, brand="稳手", by=man, at=MONDAY)
    ProductRecord.objects.filter(line__plan__adaptation=adaptation).update(warranty_until=until)
    Adaptation.objects.filter(pk=adaptation.pk).update(accepted_at=LATER)
    move_to(adaptation, State.FOLLOW_UP)
    return fresh(adaptation), man
