"""Household plans as they are read, shown and signed."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from eldercare.ability import ITEMS
from eldercare.models import Adaptation, Assessment, LineState, PlanLine, PlanVersion, SurveyFinding

ITEMS_BY_CODE = {item.code: item for item in ITEMS}


def lines_of(plan: PlanVersion | None) -> list[PlanLine]:
    """The lines that hold, with what a page reads of them."""
    if plan is None:
        return []
    rows = plan.lines.filter(state=LineState.ACTIVE).select_related("item", "finding", "answer")
    return list(rows.order_by("number"))


def threads_of(plan: PlanVersion | None) -> list[dict[str, Any]]:
    """Finding → line → product → result, a line each: what was found, what is done about it, what stands there now, and what the
    last acceptance said."""
    if plan is None:
        return []
    rows = plan.lines.select_related("item", "finding", "answer").prefetch_related("products", "accepted_as")
    return [
        {
            "line": line,
            "why": why_of(line),
            "is_of_the_body": line.answer_id is not None,
            "total": line.funded + line.family,
            "products": list(line.products.all()),
            "result": max(line.accepted_as.all(), key=lambda one: one.pk, default=None),
        }
        for line in rows.filter(state=LineState.ACTIVE).order_by("number")
    ]


def content_of(plan: PlanVersion) -> dict[str, Any]:
    """What is signed: every line as it stands on the screen, with its price, who pays it, and the sums."""
    lines = plan.lines.filter(state=LineState.ACTIVE).select_related("item").order_by("number")
    return {
        "version": plan.version,
        "total": plan.total,
        "subsidy": plan.subsidy,
        "self_pay": plan.self_pay,
        "lines": [
            {
                "number": line.number,
                "item": line.item.name,
                "room": line.room,
                "spec": line.spec,
                "quantity": line.quantity,
                "price": line.price,
                "funded": line.funded,
                "family": line.family,
                "ownership": line.ownership,
            }
            for line in lines
        ],
    }


def plan_to_sign(adaptation: Adaptation) -> PlanVersion | None:
    """The version that waits for the family: the one that was proposed, or that of a change that is asked for."""
    return waiting_plans(adaptation).order_by("-version").first()


def waiting_plans(adaptation: Adaptation) -> QuerySet[PlanVersion]:
    return PlanVersion.objects.filter(adaptation=adaptation, proposed_at__isnull=False, signed_at__isnull=True)


PICTURES = (
    ("bed", "moon"),
    ("bath", "droplet"),
    ("kitchen", "cup-hot"),
    ("light", "sun"),
    ("door", "door-open"),
    ("floor", "house"),
    ("wheelchair", "person-wheelchair"),
    ("monitor", "bell"),
    ("socket", "plug"),
)


def picture_of(code: str) -> str:
    """The icon of an item, by the beginning of its code."""
    return next((icon for start, icon in PICTURES if code.startswith(start)), "tools")


def shown_plan(plan: PlanVersion) -> dict[str, Any]:
    """A plan as families read it: what is done, why, what it costs, and who pays."""
    return {
        "plan": plan,
        "lines": [
            {
                "line": line,
                "icon": picture_of(line.item.code),
                "quantity": f"{line.quantity.normalize():f}",
                "unit": line.item.unit_said,
                "total": line.funded + line.family,
                "why": why_of(line, for_family=True),
            }
            for line in lines_of(plan)
        ],
    }


def why_of(line: PlanLine, *, for_family: bool = False) -> str:
    """What a line answers: a finding of the survey, an answer of the assessment, or words."""
    if line.finding is not None:
        return str(line.finding.get_hazard_display() if for_family else line.finding)
    if line.answer is not None:
        return str(ITEMS_BY_CODE[line.answer.item].name) if line.answer.item in ITEMS_BY_CODE else line.answer.item
    return line.why


def reasons_for(adaptation: Adaptation) -> dict[str, tuple[Any, Any]]:
    """What a line of the plan may answer: findings of surveys of the case, and what the newest signed assessment found hard."""
    findings = SurveyFinding.objects.filter(survey__case=adaptation.case_id).select_related("survey")
    found: dict[str, tuple[Any, Any]] = {f"finding-{one.pk}": (one, one) for one in findings}
    signed = Assessment.objects.filter(resident=adaptation.resident_id, signed_at__isnull=False)
    newest = signed.order_by("-on", "-id").first()
    for answer in newest.answers.select_related("assessment") if newest else ():
        item = ITEMS_BY_CODE.get(answer.item)
        if item is not None and answer.score < item.most:
            label = _("能力评估：%(item)s %(score)s 分（满分 %(most)s）")
            found[f"answer-{answer.pk}"] = (
                label % {"item": item.name, "score": answer.score, "most": item.most},
                answer,
            )
    return found


def reason_key(line: PlanLine) -> str:
    if line.finding_id:
        return f"finding-{line.finding_id}"
    return f"answer-{line.answer_id}" if line.answer_id else "why"
