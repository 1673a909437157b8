"""What is lent, to whom, and what came back."""

from typing import Any

from eldercare.models import Adaptation, Loan, ProductRecord

MOST = 300


def lent_out(user: Any) -> dict[str, Any]:
    """``rows`` are out; ``back`` may stand in another home."""
    read = Adaptation.objects.visible_to(user).order_by().values("pk")
    lent = ProductRecord.objects.filter(line__plan__adaptation__in=read).select_related(
        "line__item", "line__plan__adaptation__case", "line__plan__adaptation__resident__household"
    )
    return {
        "rows": lent.filter(loan=Loan.OUT).order_by("recorded_at", "pk"),
        "back": lent.filter(loan=Loan.BACK).order_by("-came_back_on", "pk")[:MOST],
    }
