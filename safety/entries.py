"""Where drills are found on the pages of others."""

from django.utils.translation import gettext_lazy as _

from community_portal.front.parts import Way, register_parts
from community_portal.people.models import Role
from community_portal.web.navigation import register_pages
from safety.workflow.states import PLANNERS, READERS

register_pages(
    menu=(
        ("duties_desk", _("应办的事"), "calendar-check", READERS),
        ("hazards_desk", _("隐患"), "exclamation-triangle", READERS),
        ("drills", _("消防演练"), "fire", READERS),
        ("correctives", _("演练整改"), "wrench-adjustable", READERS),
        ("campaigns", _("宣传"), "megaphone", READERS),
        ("campaign_sessions", _("宣传场次"), "calendar3", READERS),
        ("equipment_list", _("消防器材"), "fire", READERS),
        ("inspection_rounds", _("器材巡查"), "clipboard-check", READERS),
        ("retrofits", _("改造项目"), "tools", READERS),
        ("new_retrofit", _("提一个改造"), "tools", frozenset({*PLANNERS, Role.PROPERTY})),
        ("property_desk", _("我们管的楼"), "building", frozenset({Role.PROPERTY})),
        ("plan_new_drill", _("筹划一场演练"), "plus-lg", PLANNERS),
        ("new_hazard", _("登记隐患"), "camera", READERS | {Role.PROPERTY}),
    ),
    panels=(("resident_hazards", _("报过的隐患"), "exclamation-triangle"),),
)
register_parts(
    tiles=(
        Way(
            page="safety",
            label=_("消防演练"),
            sub=_("和家里人一起学逃生"),
            icon="megaphone",
            hue="vermilion",
        ),
        Way(
            page="railway_game",
            label=_("小小护路员"),
            sub=_("什么不能上火车？给孩子玩的"),
            icon="emoji-smile",
            hue="vermilion",
        ),
    ),
)
