"""一户一方案: lines that each answer a finding, what the programme pays of them, and putting the plan before the family.

A version that was put before somebody stays as they saw it: what is changed afterwards is another version.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from community_portal.answers.actions import revoke_links
from community_portal.casework.flow import may_take
from community_portal.matters.actions.steps import authority_in, take
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.signing.actions import hash_of
from eldercare.actions.budget import bind, set_free
from eldercare.actions.invitations import PLAN, invite_to_sign
from eldercare.models import Adaptation, CatalogueItem, LineState, Ownership, PlanLine, PlanVersion, RoomKind
from eldercare.money import Item, share_out
from eldercare.queries.plans import content_of
from eldercare.workflow.adaptation import ADAPTATION
from eldercare.workflow.states import State

NOTHING = {"subsidy": Decimal(0), "self_pay": Decimal(0)}
UNSHARED = {"funded": Decimal(0), "family": Decimal(0)}  # until all are added up
OF_A_LINE = (
    "number", "finding_id", "answer_id", "why", "item_id", "room", "spec", "quantity", "price", "is_self_paid", "ownership",
)  # fmt: skip


def may_plan(adaptation: Adaptation, user: Any) -> bool:
    """Whoever may propose a plan makes it, while there is one to make."""
    return adaptation.state == State.PLANNING and may_take(ADAPTATION.by_name["propose"], adaptation, user)


def _must_plan(adaptation: Adaptation, by: User, *, at: dt.datetime) -> str:
    if adaptation.state != State.PLANNING:
        raise Changed(_("情况有变：现在不在做方案，请再看一眼。"))
    if not may_plan(adaptation, by):
        raise NotAllowed(_("方案由养老专干或评估机构来做。"))
    return authority_in(adaptation, by, at=at)


def version_in_hand(adaptation: Adaptation, *, by: User | None, at: dt.datetime) -> PlanVersion:
    """The version that is being made: the newest, if nobody was shown it yet; else a copy of it, or an empty first one."""
    Adaptation.objects.select_for_update().get(pk=adaptation.pk)
    newest = adaptation.plan
    if newest is not None and newest.proposed_at is None and newest.signed_at is None:
        return newest  # type: ignore[no-any-return]
    return copy_of(adaptation, newest, by=by, at=at)


def copy_of(adaptation: Adaptation, plan: PlanVersion | None, *, by: User | None, at: dt.datetime) -> PlanVersion:
    """A further version with the lines of ``plan`` that still hold."""
    last = adaptation.plans.aggregate(last=Max("version"))["last"] or 0
    made = PlanVersion.objects.create(adaptation=adaptation, version=last + 1, made_by=by, made_at=at)
    lines = plan.lines.filter(state=LineState.ACTIVE) if plan else []
    PlanLine.objects.bulk_create(
        PlanLine(plan=made, **{name: getattr(line, name) for name in OF_A_LINE}) for line in lines
    )
    add_up(made, adaptation)
    return made


@transaction.atomic
def save_line(adaptation: Adaptation, *, by: User, at: dt.datetime, number: int | None = None, **line: Any) -> PlanLine:
    """Adds a line, or changes that of this number; all sums are made anew. Raises Refusal beside the field that is wrong."""
    authority = _must_plan(adaptation, by, at=at)
    plan = version_in_hand(adaptation, by=by, at=at)
    values = read_line(adaptation, **line)
    if number is None:
        number = (plan.lines.aggregate(last=Max("number"))["last"] or 0) + 1
        made = PlanLine.objects.create(plan=plan, number=number, **values)
    else:
        known = plan.lines.filter(number=number).first()
        if known is None:
            raise Changed(_("情况有变：这一行刚刚有人删了。"))
        made = known
        for name, value in (values | UNSHARED).items():
            setattr(made, name, value)
        made.save()
    add_up(plan, adaptation)
    adaptation.write("plan_line", by=by, at=at, authority=authority, detail={"item": made.item.name, "n": number})
    made.refresh_from_db()
    return made


@transaction.atomic
def drop_line(adaptation: Adaptation, *, number: int, by: User, at: dt.datetime) -> None:
    """Takes a line out of the version that is being made."""
    authority = _must_plan(adaptation, by, at=at)
    plan = version_in_hand(adaptation, by=by, at=at)
    line = plan.lines.filter(number=number).select_related("item").first()
    if line is None:
        raise Changed(_("情况有变：这一行刚刚有人删了。"))
    line.delete()
    add_up(plan, adaptation)
    adaptation.write("plan_line_dropped", by=by, at=at, authority=authority, detail={"item": line.item.name})


def read_line(
    adaptation: Adaptation,
    *,
    item: CatalogueItem,
    quantity: Decimal,
    price: Decimal,
    finding: Any = None,
    answer: Any = None,
    why: str = "",
    room: str = "",
    spec: str = "",
    is_self_paid: bool = False,
    ownership: str = Ownership.GIVEN,
) -> dict[str, Any]:
    """The fields of a line, checked: what it answers is of this case, the item of its list, and nothing is for nothing."""
    why = read_text(why, field="why", longest=200)
    _must_answer_something(adaptation, finding, answer, why)
    if item.catalogue_id != adaptation.catalogue_id:
        raise Refusal(_("这个项目不在这件改造用的清单里。"), code="other_list", field="item")
    if quantity <= 0 or quantity != quantity.quantize(Decimal("0.01")) or quantity >= 10**6:
        raise Refusal(_("数量要大于 0，最多两位小数。"), code="bad_quantity", field="quantity")
    _must_have_a_price(item, price, ownership)
    if ownership == Ownership.LENT and not item.may_be_lent:
        raise Refusal(_("这一样不能借用，只能给老人。"), code="not_lent", field="ownership")
    if room and room not in RoomKind.values:
        raise Refusal(_("请选装在哪里。"), code="bad_room", field="room")
    return {
        "item": item,
        "quantity": quantity,
        "price": price,
        "finding": finding,
        "answer": answer,
        "why": why,
        "room": room or (finding.room if finding else ""),
        "spec": read_text(spec, field="spec", longest=120),
        "is_self_paid": is_self_paid,
        "ownership": ownership,
    }


def _must_answer_something(adaptation: Adaptation, finding: Any, answer: Any, why: str) -> None:
    if finding is None and answer is None and len(why) < 2:
        raise Refusal(_("这一行针对什么问题？选一条发现，或者写明为什么。"), code="no_finding", field="reason")
    of_case = finding is None or finding.survey.case_id == adaptation.case_id
    of_elder = answer is None or answer.assessment.resident_id == adaptation.resident_id
    if not (of_case and of_elder):
        raise Refusal(_("这条发现是别人家的。"), code="other_finding", field="reason")


def _must_have_a_price(item: CatalogueItem, price: Decimal, ownership: str) -> None:
    if price < 0 or price != price.quantize(Decimal("0.01")) or price >= 10**6:
        raise Refusal(_("单价不能是负数，最多到分。"), code="bad_price", field="price")
    if price == 0 and not (item.is_device and ownership == Ownership.GIVEN):
        raise Refusal(_("施工不能是 0 元；只有送的设备才可以。"), code="free_works", field="price")


def add_up(plan: PlanVersion, adaptation: Adaptation) -> None:
    """Shares every line out between programme and family, in their order, and keeps the sums."""
    lines = list(plan.lines.filter(state=LineState.ACTIVE).select_related("item").order_by("number"))
    shares = share_out([_as_item(line, adaptation) for line in lines], cap=adaptation.cap)
    for line, share in zip(lines, shares, strict=True):
        line.funded, line.family = share.funded, share.family
    PlanLine.objects.bulk_update(lines, ["funded", "family"])
    plan.subsidy = sum((share.funded for share in shares), Decimal(0))
    plan.self_pay = sum((share.family for share in shares), Decimal(0))
    plan.total = plan.subsidy + plan.self_pay
    plan.save(update_fields=["total", "subsidy", "self_pay"])


def _as_item(line: PlanLine, adaptation: Adaptation) -> Item:
    funds = line.item.is_basic or line.item.code in adaptation.programme.funded_codes
    return Item(line.quantity, line.price, funds and not line.is_self_paid, line.item.price_cap)


@transaction.atomic
def propose(adaptation: Adaptation, *, by: User, at: dt.datetime, seen: int | None = None, words: str = "") -> None:
    """Puts the plan before the family: from now on it stays as it is, and its money is set aside. Raises PartsMissing, and
    Refusal ``no_budget`` when the programme has not that much left."""
    plan = version_in_hand(adaptation, by=by, at=at)
    take(
        adaptation,
        "propose",
        by=by,
        at=at,
        seen=seen,
        words=words,
        changes={"subsidy": plan.subsidy, "self_pay": plan.self_pay},
    )
    bind(adaptation, plan.subsidy)
    put_forward(plan, at=at)
    invite_to_sign(adaptation, plan, by=by, at=at)


def put_forward(plan: PlanVersion, *, at: dt.datetime) -> None:
    """Somebody is about to read it: it has its hash, and changes no more."""
    plan.proposed_at, plan.content_sha256 = at, hash_of(content_of(plan))
    plan.save(update_fields=["proposed_at", "content_sha256"])


@transaction.atomic
def change_plan(adaptation: Adaptation, *, by: User, at: dt.datetime, seen: int | None = None, words: str = "") -> None:
    """The family wants it otherwise: back to who makes plans, the money is free again, and no link signs the old one."""
    take(adaptation, "change_plan", by=by, at=at, seen=seen, words=words, changes=dict(NOTHING))
    set_free(adaptation)
    revoke_links(adaptation, purpose=PLAN, at=at)
