from community_portal.matters.lists import rows_of
from community_portal.measure import Measure, register_figures
from tests.toy_service.models import Aid, Loan

LIST = rows_of(Loan)

register_figures(
    Measure(
        "loans_asked", "申请助行器", "件", Loan, "opened_at", ("aid",), LIST,
        split="{r}.aid", names=lambda: dict(Aid.choices),
    ),
    Measure("loans_brought", "送到助行器", "件", Loan, "closed_at", ("state",), LIST, "{r}.state = 'closed'", good=1),
)  # fmt: skip
