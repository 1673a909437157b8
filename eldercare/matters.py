"""Home adaptations among all kinds of matters: their deeds, their list, the resident's page."""

from django.utils.translation import gettext_lazy as _

from community_portal.matters.columns import Column, MatterList
from community_portal.matters.deeds import standard
from community_portal.matters.kinds import Deed, MatterKind, register_matters
from community_portal.people.models import Role
from eldercare.actions import surveys
from eldercare.models import Adaptation

register_matters(
    MatterKind(
        model=Adaptation,
        joins=("programme", "household__building__estate", "contractor"),
        my_url="my_adaptation",
        hands=frozenset({Role.ELDERCARE, Role.GRID_OFFICER, Role.RECEPTIONIST, Role.MANAGER}),
        personal=("needs", "ended_why", "eligible_why"),
        deeds=(
            Deed("submit"),
            Deed("look_at_home", surveys.look_at_home),
            Deed("find_eligible"),
            Deed("reject"),
            Deed("end_notice"),
            Deed("hand_in", surveys.hand_in),
            Deed("propose"),
            Deed("change_plan"),
            Deed("order"),
            Deed("take_order"),
            Deed("refuse_order"),
            Deed("report_done"),
            Deed("ask_change"),
            Deed("grant_change"),
            Deed("refuse_change"),
            Deed("accept"),
            Deed("send_back"),
            Deed("settle"),
            Deed("close"),
            Deed("pause"),
            Deed("go_on"),
            Deed("cancel"),
            *standard("ask_extension", "grant_extension", "refuse_extension"),
            *standard("ask_resident", "answer", "plan_visit", "call_off_visit", "withdraw"),
        ),
        listed=MatterList(
            title=_("适老化改造"),
            url_name="adaptations",
            none_yet=_("还没有改造申请。"),
            none_found=_("没有符合条件的改造。"),
            none_of_theirs=_("没有申请过改造。"),
            columns=(Column(_("施工单位"), ("contractor__name",), lambda name: name or ""),),
            order=("state", "grid"),
        ),
    )
)
