"""The step tables of this service; Django finds them here when it starts."""

from eldercare.workflow.adaptation import ADAPTATION

__all__ = ["ADAPTATION"]
