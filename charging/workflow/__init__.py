"""The flows of charging: a wire let down from a window, and a site from the first idea to ports that work."""

from charging.workflow.sites import SITE
from charging.workflow.wires import WIRE

__all__ = ["SITE", "WIRE"]
