"""The step tables of this service; Django finds them here when it starts."""

from eldercare.workflow.adaptation import ADAPTATION
from eldercare.workflow.warranty import WARRANTY

__all__ = ["ADAPTATION", "WARRANTY"]
