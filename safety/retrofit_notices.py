"""What is said about retrofits, each while it is still true."""

from django.utils.translation import gettext_lazy as _

from community_portal.matters.notices import while_in
from community_portal.outbox.kinds import Kind
from safety.workflow.retrofit_states import Making

RETROFIT_NOTICES = (
    Kind(
        "retrofit_yours",
        _("请您单位问住户"),
        _("%(number)s“%(title)s”：社区提的改造，请您单位先问住户。"),
        while_in(Making.SURVEY),
        for_staff=True,
    ),
    Kind(
        "retrofit_to_accept",
        _("改造完工，请验收"),
        _("%(number)s“%(title)s”完工了，请去验收。"),
        while_in(Making.ACCEPTING),
        for_staff=True,
    ),
    Kind(
        "retrofit_back",
        _("改造没通过验收"),
        _("%(number)s“%(title)s”没通过验收：%(said)s"),
        while_in(Making.WORKS),
        for_staff=True,
    ),
    Kind(
        "retrofit_failed",
        _("改造后试了不管用"),
        _("%(number)s“%(title)s”试了有不管用的，请重新施工：%(said)s"),
        while_in(Making.WORKS),
        for_staff=True,
    ),
)
