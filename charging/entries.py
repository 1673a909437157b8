"""Where charging is found on the pages of others."""

from django.utils.translation import gettext_lazy as _

from charging.workflow.roles import WIRE_READERS
from community_portal.front.parts import Way, register_parts
from community_portal.people.api_clients import register_scopes
from community_portal.people.models import Role
from community_portal.web.navigation import register_pages

LOOKS = WIRE_READERS | {Role.OPERATOR}

register_pages(
    menu=(
        ("charge_ports", _("充电点和插座"), "ev-station", LOOKS),
        ("port_faults", _("插座报修"), "plug", WIRE_READERS),
        ("charging_operator", _("充电运营"), "lightning-charge", frozenset({Role.OPERATOR})),
    ),
    first_pages={Role.OPERATOR: "charging_operator"},
)
register_parts(
    tiles=(
        Way(
            page="charging_near",
            label=_("去哪儿充电"),
            sub=_("哪里有空的充电口，坏了扫码报"),
            icon="ev-station",
            hue="amber",
        ),
    ),
)
register_scopes(port_status=_("报充电插座的状态"))
