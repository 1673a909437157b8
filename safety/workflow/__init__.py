"""The step tables of this service; Django finds them here when it starts."""

from safety.workflow.campaigns import CAMPAIGN_SESSION
from safety.workflow.corrective import CORRECTIVE
from safety.workflow.drill import DRILL
from safety.workflow.hazards import HAZARD

__all__ = ["CAMPAIGN_SESSION", "CORRECTIVE", "DRILL", "HAZARD"]
