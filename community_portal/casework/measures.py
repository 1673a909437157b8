"""What is late, over every flow, in 件: open tasks past their limit at this moment."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal.casework.flow import FLOWS
from community_portal.casework.models import Task
from community_portal.casework.queries import late_rows, read_late
from community_portal.measure import Now, Rows, register_figures


def _flows() -> dict[str, Any]:
    return {name: flow.label for name, flow in FLOWS.items()}


OVERDUE = Now(
    "overdue", _("超期"), _("件"),
    read=lambda places, at: Task.objects.overdue(at=at).filter(community_id__in=places),
    rows=Rows("casework/overdue_rows.html", read_late, late_rows, by="due_at"),
    split="flow", names=_flows, hue="vermilion", good=-1,
)  # fmt: skip
register_figures(OVERDUE)
