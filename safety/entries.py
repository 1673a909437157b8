"""Where drills are found on the pages of others."""

from django.utils.translation import gettext_lazy as _

from community_portal.front.parts import Way, register_parts
from community_portal.web.navigation import register_pages
from safety.workflow.states import PLANNERS, READERS

register_pages(
    menu=(
        ("drills", _("消防演练"), "megaphone", READERS),
        ("correctives", _("演练整改"), "wrench-adjustable", READERS),
        ("plan_new_drill", _("筹划一场演练"), "plus-lg", PLANNERS),
    ),
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
    ),
)
