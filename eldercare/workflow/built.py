"""What is being built and accepted of an adaptation, read by relations alone: the step table and the actions ask the same."""

from decimal import Decimal
from typing import Any

PASSED, FAILED = ("pass",), ("fail", "missing")
ZERO = Decimal(0)


def signed_plan(matter: Any) -> Any:
    """The plan that holds: the newest that was signed. None before there is one."""
    return matter.plans.filter(signed_at__isnull=False).order_by("-version").first()


def lines_of(matter: Any) -> list[Any]:
    """Every line that is to be built, in order."""
    plan = signed_plan(matter)
    return (
        list(plan.lines.filter(state="active").select_related("item", "finding", "answer").order_by("number"))
        if plan
        else []
    )


def lines_of_round(matter: Any) -> list[Any]:
    """All lines in the first round; afterwards those that failed in the round before, and no others."""
    lines = lines_of(matter)
    if matter.round == 1:
        return lines
    before = matter.acceptances.filter(round=matter.round - 1, lines__result__in=FAILED)
    failed = set(before.values_list("lines__line__number", flat=True))
    return [line for line in lines if line.number in failed]


def open_visit(matter: Any) -> Any:
    """The round of acceptance that is not decided; None when there is none."""
    return matter.acceptances.filter(decided_at__isnull=True).first()


def newest_results(matter: Any) -> dict[int, Any]:
    """Of each line, by its number, what was found last."""
    rows = [row for visit in matter.acceptances.order_by("round") for row in visit.lines.select_related("line__item")]
    return {row.line.number: row for row in rows if row.result}


def accepted_sum(matter: Any) -> Decimal:
    """What the programme owes at most: the funded parts of the lines that passed, within the cap. Waived, failed and missing
    lines are not paid."""
    passed = [row.line for row in newest_results(matter).values() if row.result in PASSED]
    return min(matter.cap, sum((line.funded for line in passed), ZERO))


def passed_count(matter: Any) -> int:
    return sum(row.result in PASSED for row in newest_results(matter).values())


def content_of(visit: Any) -> dict[str, Any]:
    """What a member of the party signs: each line with what was found, each product, what was said. The words of the source
    language, so that a signature holds in every language."""
    rows = visit.lines.select_related("line__item").prefetch_related("line__products")
    lines = list(rows.order_by("line__number"))
    return {
        "number": visit.adaptation.case.number,
        "round": visit.round,
        "lines": [_line(row) for row in lines],
        "products": [_product(one) for row in lines for one in row.line.products.all()],
        "interviews": [[one.name, one.score, one.words, one.why_not] for one in visit.interviews.order_by("id")],
    }


def _line(row: Any) -> list[Any]:
    return [
        row.line.number,
        row.line.item.name,
        row.result,
        row.found_quantity,
        row.found_spec,
        row.defect,
        row.words,
    ]


def _product(one: Any) -> list[Any]:
    return [one.line.number, one.number, one.brand, one.model, one.serial, one.works_now, one.pull_test]


def wanted_products(line: Any) -> int:
    """How many products of a line are looked at one by one: devices by the piece; a rail that needs works once."""
    if line.item.is_device:
        return max(1, int(line.quantity))
    return 1 if line.item.needs_works else 0
