"""The flows of charging: a wire let down from a window, a site from the first idea to ports that work, and a port that does not."""

from charging.workflow.faults import FAULT
from charging.workflow.sites import SITE
from charging.workflow.wires import WIRE

__all__ = ["FAULT", "SITE", "WIRE"]
