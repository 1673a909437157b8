"""Where eldercare is found on the pages of others."""

from django.utils.translation import gettext_lazy as _

from community_portal.front.doors import register_further_doors
from community_portal.web.navigation import register_pages
from eldercare.doors import doors_to_look_in
from eldercare.workflow.adaptation import READERS

register_pages(
    menu=(
        ("adaptations", _("适老化改造"), "house-heart-fill", READERS),
        ("elders", _("老人档案"), "heart-pulse", READERS),
    ),
    panels=(
        ("resident_elder", _("老人档案"), "heart-pulse"),
        ("resident_adaptations", _("适老化改造"), "house-heart-fill"),
    ),
)
register_further_doors(doors_to_look_in)
