"""A piece failed: told to whoever looks after safety there, while the hazard is open. What expires is told by the due register."""

from django.utils.translation import gettext_lazy as _

from community_portal.matters.notices import while_in
from community_portal.outbox.kinds import Kind
from safety.workflow.states import HAZARD_OPEN

EQUIPMENT = (
    Kind(
        "equipment_fails",
        _("消防器材不好"),
        _("%(number)s：%(piece)s（%(where)s）巡查时不好，已登记隐患，请看一下。"),
        while_in(*map(str, HAZARD_OPEN)),
        for_staff=True,
    ),
)
