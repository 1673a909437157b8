"""What stands in a home and can be reported as broken."""

from django.db.models import Exists, OuterRef, QuerySet

from eldercare.models import Adaptation, Loan, ProductRecord, WarrantyTicket
from eldercare.workflow.states import State
from eldercare.workflow.warranty import UNDER_WAY

LIVED_WITH = frozenset({State.ACCEPTED, State.FOLLOW_UP, State.CLOSED})


def may_report(adaptation: Adaptation) -> bool:
    """Accepted: before that, what does not work is rectified."""
    return adaptation.state in LIVED_WITH


def products_of(adaptation: Adaptation) -> QuerySet[ProductRecord]:
    """What stands there, with ``is_reported`` while a ticket about it is open; none before the acceptance."""
    tickets = WarrantyTicket.objects.filter(product=OuterRef("pk"), state__in=UNDER_WAY)
    rows = ProductRecord.objects.filter(line__plan__adaptation=adaptation).exclude(loan=Loan.BACK)
    found = rows.select_related("line__item", "line__plan").annotate(is_reported=Exists(tickets))
    return found.order_by("line__number", "number") if may_report(adaptation) else found.none()
