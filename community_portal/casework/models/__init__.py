"""One file from first word to last: the case, its append-only journal, its tasks and papers.

A matter (a help request, later an adaptation, a site, a hazard) is a row of its own app that inherits ``Matter`` and
points at the case; several matters may hang on one case, so that nobody has to tell the story twice.
"""

from community_portal.casework.models.cases import (
    READERS,
    Case,
    CaseCounter,
    CaseQuerySet,
    Commission,
    CommissionQuerySet,
    Event,
    EventQuerySet,
    Source,
    asked_by_delegation,
    began_with,
    of_matters_read_by,
    organisations_of,
    read_whole,
    reads_all_at,
)
from community_portal.casework.models.files import (
    NO_MOMENT,
    Attachment,
    AttachmentKind,
    AttachmentQuerySet,
    SavedFilter,
)
from community_portal.casework.models.matters import Matter, MatterQuerySet, truths_of
from community_portal.casework.models.tasks import Alarm, AlarmQuerySet, Posts, Task, TaskQuerySet, posts_of

__all__ = [
    "Alarm",
    "AlarmQuerySet",
    "Attachment",
    "AttachmentKind",
    "AttachmentQuerySet",
    "Case",
    "CaseCounter",
    "CaseQuerySet",
    "Commission",
    "CommissionQuerySet",
    "Event",
    "EventQuerySet",
    "Matter",
    "MatterQuerySet",
    "NO_MOMENT",
    "Posts",
    "READERS",
    "SavedFilter",
    "Source",
    "Task",
    "TaskQuerySet",
    "asked_by_delegation",
    "began_with",
    "of_matters_read_by",
    "organisations_of",
    "posts_of",
    "read_whole",
    "reads_all_at",
    "truths_of",
]
