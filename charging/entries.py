"""Where charging is found on the pages of others."""

from django.utils.translation import gettext_lazy as _

from charging.workflow.roles import SITE_READERS, WIRE_READERS
from community_portal.front.parts import Way, register_parts
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
