"""Where this service is found on the pages of others: menus and bars, a resident's file, the settings, residents' home, the
workbench, the officer's doors."""

from django.utils.translation import gettext_lazy as _

from appointments import panels
from appointments.requests.doors import HELP_DOORS, at_a_booked_visit
from community_portal.front.doors import register_doors, register_visit_deeds
from community_portal.front.parts import Panel, Spot, Way, register_parts
from community_portal.people.models import Role
from community_portal.web.navigation import register_pages

PLAN_ACTIVITIES = frozenset({str(Role.RECEPTIONIST), str(Role.MANAGER), str(Role.STREET_OFFICER)})

register_pages(
    menu=(
        ("visits_today", _("预约与到访"), "calendar2-week", frozenset()),
        ("activity_list", _("社区活动"), "cup-hot", PLAN_ACTIVITIES),
        ("help_requests", _("求助与帮办"), "chat-heart", frozenset()),
    ),
    bar=(("book", _("预约"), "calendar3"),),
    top=(("intake", _("登记求助"), "plus-lg", "n"),),
    deeds=(
        ("book_for", _("代为预约"), "calendar2-check"),
        ("intake", _("登记求助"), "chat-heart"),
    ),
    panels=(
        ("resident_cases", _("求助与帮办"), "chat-heart"),
        ("resident_bookings", _("预约与到访"), "calendar2-check"),
    ),
    tiles=(
        ("settings_openings", _("每周开放时间"), _("什么时候可以约，约几个人"), "calendar2-week", "plum"),
        ("settings_closures", _("开门与闭馆"), _("会客厅几点开门，哪几天不开"), "door-open", "plum"),
        ("settings_hall", _("会客厅和房间"), _("名称、地址、值班电话，有哪些房间"), "house", "plum"),
        ("settings_services", _("服务项目"), _("名称、要带的材料、多长时间"), "card-checklist", "plum"),
        ("settings_categories", _("求助类别与时限"), _("每类求助几天办完"), "clock-history", "plum"),
    ),
)

register_parts(
    tiles=(
        Way(page="book", label=_("预约到访"), sub=_("选时间，来了不用等"), icon="calendar2-check"),
        Way(page="ask", label=_("我要求助"), sub=_("说说遇到的难处"), icon="chat-heart"),
        Way(
            page="book",
            query="channel=home",
            label=_("请人上门帮办"),
            sub=_("来不了，我们去您家"),
            icon="door-open",
            hue="green",
        ),
    ),
    asking=(Way(page="ask", label=_("我要求助"), icon="chat-heart"),),
    desk_buttons=(
        Way(page="visits_today", query="print=1", label=_("打印今日到访"), icon="printer"),
        Way(page="book_for", label=_("代为预约"), icon="calendar2-check"),
        Way(page="check_in_desk", label=_("活动签到"), icon="qr-code"),
    ),
    panels=(
        Panel(Spot.HERO, "book", "appointments/home_booking.html", panels.next_booking),
        Panel(Spot.HOME, "activities", "appointments/home_activities.html", panels.activities),
        Panel(Spot.MY_TIMES, "book", "appointments/my_bookings.html", panels.my_bookings),
        Panel(Spot.DESK, "visits_today", "appointments/visits_panel.html", panels.visits_of_today),
        Panel(Spot.DESK_SIDE, "intake", "appointments/intake_panel.html", panels.quick_intake),
    ),
)
register_doors(HELP_DOORS)
register_visit_deeds(at_a_booked_visit)
