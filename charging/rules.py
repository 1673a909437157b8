"""The codes of the general rules of this service (rulebook/), and single limits of them."""

import datetime as dt
from typing import Any

from community_portal.places.models import Community
from community_portal.rules.evaluation import limit_of

SITING = "charge_siting"
LIMITS = "charging_limits"
WEIGHTS = "charging_weights"


def limit_at(community: Community, code: str, default: Any, *, on: dt.date) -> Any:
    """A limit of charging in force at this place on that day."""
    return limit_of(LIMITS, code, street=community.street, on=on, default=default)


def weight_at(community: Community, code: str, default: Any, *, on: dt.date) -> Any:
    return limit_of(WEIGHTS, code, street=community.street, on=on, default=default)
