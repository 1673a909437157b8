"""Where the pages across services are found: first in the menu of those whose day they are, and the look-up at home; what comes
due, on the workbench and below the officer's doors."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.dues.queries import soon_due
from community_portal.front.parts import Panel, Reader, Spot, register_parts
from community_portal.people.models import HOUSE_STAFF, THIRD_PARTIES, Role
from community_portal.web.navigation import register_pages

DUES_SHOWN = 6

register_pages(
    today=(
        ("workbench", _("今日工作台"), "sun", frozenset(map(str, HOUSE_STAFF - {Role.GRID_OFFICER} | THIRD_PARTIES))),
        ("field", _("我的网格"), "bicycle", frozenset({str(Role.GRID_OFFICER)})),
    ),
    first_pages={str(Role.GRID_OFFICER): "field"},
    tiles=(("settings_kept", _("没有网络时"), _("填好的表要不要存在手机上"), "wifi-off", "amber"),),
)


def dues(reader: Reader) -> dict[str, Any] | None:
    lines = soon_due(reader.user, on=clock.local(reader.at).date(), most=DUES_SHOWN)
    return {"lines": lines} if lines else None


register_parts(panels=tuple(Panel(spot, "dues", "dues/due_panel.html", dues) for spot in (Spot.DESK_SIDE, Spot.FIELD)))
