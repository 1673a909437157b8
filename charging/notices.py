"""What is said about wires, sites and faults of sockets beyond what is said about any matter (matters/notices.py)."""

from django.utils.translation import gettext_lazy as _

from charging.workflow.faults import TO_REPAIR, Mending
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
    Kind(
        "port_fault_given",
        _("插座坏了"),
        _("%(number)s“%(title)s”要你们修，%(due)s 前修好。"),
        while_in(*TO_REPAIR),
        for_staff=True,
    ),
    Kind(
        "port_repaired",
        _("插座说是修好了"),
        _("【%(hall)s】您报的插座 %(port)s 说是修好了，方便时去试试。还不行就再扫一次码。电话 %(phone)s。"),
        while_in(Mending.REPAIRED, Mending.CONFIRMED),
    ),
    Kind(
        "port_fault_not_found",
        _("插座没有查到毛病"),
        _("【%(hall)s】您报的插座 %(port)s 去看没有查到毛病：%(words)s 还不行就再扫一次码。电话 %(phone)s。"),
        while_in(Mending.NOT_FOUND),
    ),
)
