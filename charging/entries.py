"""Where charging is found on the pages of others."""

from django.utils.translation import gettext_lazy as _

from charging.passing import wire_from
from charging.queries.boxes import boxes_of
from charging.workflow.roles import SITE_READERS, WIRE_READERS
from community_portal.front.parts import Way, register_parts
from community_portal.matters.panels import MatterPanel, register_matter_panels
from community_portal.matters.passing import Taker, register_taker
from community_portal.people.api_clients import register_scopes
from community_portal.people.models import Role
from community_portal.web.navigation import register_pages

register_pages(
    menu=(
        ("charging_desk", _("充电设施"), "ev-station", SITE_READERS),
        ("wires", _("飞线"), "lightning-charge", WIRE_READERS),
        ("charge_sites", _("选址"), "geo-alt", SITE_READERS),
    ),
    panels=(("resident_wires", _("飞线"), "lightning-charge"),),
)
register_parts(
    tiles=(
        Way(
            page="planned_sites",
            label=_("附近的充电规划"),
            sub=_("打算装在哪里，这里为什么不能装"),
            icon="ev-station",
            hue="amber",
        ),
    ),
)

# Sockets, for whoever looks after them, repairs them or has to charge.
register_pages(
    menu=(
        ("charge_ports", _("充电点和插座"), "plug", WIRE_READERS | {Role.OPERATOR}),
        ("port_faults", _("插座报修"), "tools", WIRE_READERS),
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
register_matter_panels(MatterPanel("charge_ports", "charging/parts/boxes_panel.html", boxes_of, is_beside=True))
register_taker(Taker("wire", wire_from))
