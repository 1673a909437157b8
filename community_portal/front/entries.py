"""Where the pages across services are found: first in the menu of those whose day they are, and the look-up at home."""

from django.utils.translation import gettext_lazy as _

from community_portal.people.models import HOUSE_STAFF, THIRD_PARTIES, Role
from community_portal.web.navigation import register_pages

register_pages(
    today=(
        ("workbench", _("今日工作台"), "sun", frozenset(map(str, HOUSE_STAFF - {Role.GRID_OFFICER} | THIRD_PARTIES))),
        ("field", _("我的网格"), "bicycle", frozenset({str(Role.GRID_OFFICER)})),
    ),
    first_pages={str(Role.GRID_OFFICER): "field"},
    tiles=(("settings_kept", _("没有网络时"), _("填好的表要不要存在手机上"), "wifi-off", "amber"),),
)
