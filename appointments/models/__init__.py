from appointments.models.requests import (
    ROLES_BESIDES,
    Category,
    HelpRequest,
    HomeVisit,
    Outcome,
    Paper,
    PaperState,
    Urgency,
    VisitFinding,
)

__all__ = [
    "ROLES_BESIDES",
    "Category",
    "HelpRequest",
    "HomeVisit",
    "Outcome",
    "Paper",
    "PaperState",
    "Urgency",
    "VisitFinding",
]
