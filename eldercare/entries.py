"""Where eldercare is found on the pages of others."""

from django.utils.translation import gettext_lazy as _

from community_portal.web.navigation import register_pages
from eldercare.workflow.adaptation import READERS

register_pages(
    menu=(
        ("eldercare", _("养老今日"), "heart-pulse", READERS),
        ("adaptations", _("适老化改造"), "house-heart-fill", READERS),
    ),
    panels=(("resident_adaptations", _("适老化改造"), "house-heart-fill"),),
)
