from community_portal.matters.lists import rows_of
from community_portal.measure import Measure, register_figures
from tests.toy_service.models import Aid, Loan

ROWS = rows_of(Loan)
register_figures(
    Measure(
        "loans_asked",
        "申请助行器",
        "件",
        Loan,
        "opened_at",
        ("aid",),
        ROWS,
        split="{r}.aid",
        names=lambda: dict(Aid.choices),
    ),
    Measure("loans_brought", "送到助行器", "件", Loan, "brought_at", (), ROWS, "{r}.brought_at IS NOT NULL", good=1),
)
