"""What is said about wires and sites beyond what is said about any matter (matters/notices.py)."""

from django.utils.translation import gettext_lazy as _

from charging.workflow.sites import State
from charging.workflow.wires import Wire
from community_portal.matters.notices import while_in
from community_portal.outbox.kinds import Kind, register_kinds

register_kinds(
    Kind(
        "wire_closed",
        _("飞线处理完了"),
        _("【%(hall)s】您报的飞线 %(number)s 处理完了：%(words)s 有疑问请打 %(phone)s。"),
        while_in(Wire.CLOSED),
    ),
    Kind(
        "site_chase",
        _("管线单位还没答复"),
        _("%(number)s“%(title)s”还有单位没答复，请打电话催一催。"),
        while_in(State.CHECKING),
        for_staff=True,
    ),
)
