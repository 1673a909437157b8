"""Who does what in charging, and how long it may take: limits are rule data (rulebook/charging_limits.json), with what stands
here where none is published."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from charging.rules import limit_at
from community_portal import clock
from community_portal.casework.deadlines import Limit
from community_portal.people.models import Role

CHARGE = frozenset({Role.CHARGING, Role.MANAGER})
STREET = frozenset({Role.STREET_OFFICER})
CONTRACTOR = frozenset({Role.CONTRACTOR})
PROPERTY = frozenset({Role.PROPERTY})
SITE_READERS = CHARGE | STREET
WIRE_READERS = SITE_READERS | {Role.RECEPTIONIST, Role.GRID_OFFICER}


def limit_by_rule(code: str, amount: int, unit: str, rule: Any) -> Any:
    """So much time by the street's rule of this code, ``amount`` where none is published."""

    def limit(matter: Any) -> Limit:
        found = limit_at(matter.community, code, amount, on=clock.today())
        return Limit(int(found), unit, rule, (str(_("充电设施")), "Charging"))

    return limit
