"""Where the pages of this service are found on the pages of others: the staff menu, a resident's file, the settings."""

from django.utils.translation import gettext_lazy as _

from community_portal.people.models import Role
from community_portal.web.navigation import register_pages

PLAN_ACTIVITIES = frozenset({str(Role.RECEPTIONIST), str(Role.MANAGER), str(Role.STREET_OFFICER)})

register_pages(
    menu=(
        ("visits_today", _("预约与到访"), "calendar2-week", frozenset()),
        ("activity_list", _("社区活动"), "cup-hot", PLAN_ACTIVITIES),
        ("help_requests", _("求助与帮办"), "chat-heart", frozenset()),
    ),
    panels=(
        ("resident_cases", _("求助与帮办"), "chat-heart"),
        ("resident_bookings", _("预约与到访"), "calendar2-check"),
    ),
    tiles=(
        ("settings_openings", _("每周开放时间"), _("什么时候可以约，约几个人"), "calendar2-week", "appointments"),
        ("settings_closures", _("开门与闭馆"), _("会客厅几点开门，哪几天不开"), "door-open", "appointments"),
        ("settings_hall", _("会客厅和房间"), _("名称、地址、值班电话，有哪些房间"), "house", "appointments"),
        ("settings_services", _("服务项目"), _("名称、要带的材料、多长时间"), "card-checklist", "appointments"),
        ("settings_categories", _("求助类别与时限"), _("每类求助几天办完"), "clock-history", "appointments"),
    ),
)
