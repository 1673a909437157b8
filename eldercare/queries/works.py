"""What a contractor sees of an order, and the orders that nobody has seen."""

from typing import Any, NamedTuple

from eldercare.models import Adaptation, LinePhoto, PlanLine, ProductRecord, WorkOrder
from eldercare.workflow.built import lines_of, lines_of_round, newest_results, wanted_products
from eldercare.workflow.states import State

STEPS = frozenset({"take_order", "refuse_order", "report_done", "ask_change", "ask_extension"})


class Sheet(NamedTuple):
    """A line with its photos and products; ``defect`` is what the last acceptance found wrong."""

    line: PlanLine
    before: list[LinePhoto]
    after: list[LinePhoto]
    units: list[tuple[int, ProductRecord | None]]
    defect: str
    is_now: bool


def order_shown(adaptation: Adaptation) -> WorkOrder | None:
    return adaptation.orders.filter(refused_at__isnull=True).select_related("contractor").first()


def sheets_of(adaptation: Adaptation) -> list[Sheet]:
    """Every line of the plan that holds; constant in queries."""
    lines = lines_of(adaptation)
    now = {line.pk for line in lines_of_round(adaptation)} if adaptation.round > 1 else {line.pk for line in lines}
    photos = LinePhoto.objects.filter(line__in=lines).select_related("attachment")
    products = ProductRecord.objects.filter(line__in=lines).select_related("certificate")
    found = newest_results(adaptation) if adaptation.round > 1 else {}
    return [_sheet(line, list(photos), list(products), found.get(line.number), line.pk in now) for line in lines]


def _sheet(line: PlanLine, photos: list[LinePhoto], products: list[ProductRecord], found: Any, is_now: bool) -> Sheet:
    mine = {one.number: one for one in products if one.line_id == line.pk}
    count = max(wanted_products(line), len(mine))
    return Sheet(
        line=line,
        before=[one for one in photos if one.line_id == line.pk and one.moment == "before"],
        after=[one for one in photos if one.line_id == line.pk and one.moment == "after"],
        units=[(n, mine.get(n)) for n in range(1, count + 1)],
        defect=found.defect if found is not None else "",
        is_now=is_now,
    )


def seen_by_nobody(user: Any) -> Any:
    """派出还没人看: orders that nobody of the contractor has opened."""
    adaptations = Adaptation.objects.visible_to(user).filter(state=State.ORDERED).order_by()
    return WorkOrder.objects.filter(adaptation__in=adaptations, seen_at__isnull=True, refused_at__isnull=True)


def first_of(orders: Any, most: int) -> Any:
    """The oldest, with what a line shows of them. They are found before anything is joined to them, however many wait behind."""
    first = orders.order_by("ordered_on", "id").values("pk")[:most]
    found = WorkOrder.objects.filter(pk__in=first).select_related(
        "adaptation__case", "adaptation__resident", "contractor"
    )
    return found.order_by("ordered_on", "id")
