"""Where eldercare is found on the pages of others."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal.front.doors import register_further_doors
from community_portal.front.parts import Way, register_parts
from community_portal.web.navigation import register_pages
from eldercare.doors import doors_to_look_in
from eldercare.workflow.adaptation import ADAPTATION
from eldercare.workflow.states import READERS
from eldercare.workflow.warranty import WARRANTY


def may_begin(matter: Any) -> bool:
    """Out of something else about a resident with a home; where one is under way there, the page leads to it."""
    resident = matter.case.resident
    return matter.flow not in (ADAPTATION, WARRANTY) and resident is not None and resident.household_id is not None


register_pages(
    menu=(
        ("eldercare", _("养老今日"), "heart-pulse", READERS),
        ("adaptations", _("适老化改造"), "house-heart-fill", READERS),
        ("warranties", _("报修"), "tools", READERS),
        ("elders", _("老人档案"), "people-fill", READERS),
    ),
    deeds=(("adapt_for", _("申请适老化改造"), "house-heart-fill"),),
    begins=(("adapt_from", _("从这件求助申请适老化改造"), "house-heart-fill", may_begin),),
    panels=(
        ("resident_elder", _("老人档案"), "people-fill"),
        ("resident_adaptations", _("适老化改造"), "house-heart-fill"),
        ("resident_warranties", _("报修"), "tools"),
    ),
    tiles=(
        (
            "settings_adaptations",
            _("适老化改造"),
            _("项目、预算、补贴上限、可以做哪些"),
            "house-heart-fill",
            "vermilion",
        ),
    ),
)
register_parts(
    tiles=(
        Way(
            page="apply_who",
            label=_("给家里做改造"),
            sub=_("装扶手、改卫生间，给老人申请"),
            icon="house-heart-fill",
            hue="amber",
        ),
    ),
)
register_further_doors(doors_to_look_in)
