"""What is said about wires, sites and faults of sockets beyond what is said about any matter (matters/notices.py)."""

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from charging.models import Site, UtilityAnswer
from charging.workflow.faults import TO_REPAIR, Mending
from charging.workflow.sites import State
from charging.workflow.wires import Wire
from community_portal.casework.notices import still_unanswered
from community_portal.matters.notices import StillTrue, while_in
from community_portal.outbox.kinds import Kind, register_kinds
from community_portal.outbox.models import Message


def while_it_is_asked(message: Message, at: dt.datetime) -> str:
    """True while the utility has not answered."""
    asked = UtilityAnswer.objects.filter(pk=message.context.get("asked"), answer="", superseded_at__isnull=True)
    waits = asked.exclude(site__state__in=[State.REJECTED, State.REMOVED]).exists()
    return "" if waits else gettext_noop("情况已经变了")


def while_the_site_is(*states: str) -> StillTrue:
    """True while the place that the message speaks of is still in one of these; the matter it is sent for is the wire."""

    def untrue_because(message: Message, at: dt.datetime) -> str:
        found = Site.objects.filter(pk=message.context.get("site"), state__in=states).exists()
        return "" if found else gettext_noop("情况已经变了")

    return untrue_because


register_kinds(
    Kind(
        "wire_reported",
        _("飞线已收到"),
        _("【%(hall)s】您报的飞线收到了，编号 %(number)s，会有人去看。查进度：%(url)s，编号加手机后四位。"),
    ),
    Kind(
        "wire_closed",
        _("飞线处理完了"),
        _("【%(hall)s】您报的飞线 %(number)s 处理完了：%(words)s 有疑问请打 %(phone)s。"),
        while_in(Wire.CLOSED, Wire.JOINED),
    ),
    Kind(
        "site_rejected",
        _("附近那个位置不装"),
        _("【%(hall)s】您报过飞线 %(number)s。附近的%(place)s不装充电口了：%(words)s 有疑问请打 %(phone)s。"),
        while_the_site_is(State.REJECTED),
    ),
    Kind(
        "site_opened",
        _("附近可以充电了"),
        _("【%(hall)s】您报过飞线 %(number)s。%(words)s 有疑问请打 %(phone)s。"),
        while_the_site_is(State.IN_SERVICE),
    ),
    Kind(
        "utility_asked",
        _("问管线"),
        _("【%(hall)s】想在%(place)s装电动车充电口，请您书面答复能不能装：%(url)s 有疑问请打 %(phone)s。"),
        while_it_is_asked,
    ),
    Kind(
        "site_chase",
        _("管线单位还没答复"),
        _("%(number)s“%(title)s”还有单位没答复，请打电话催一催。"),
        still_unanswered,
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
    Kind(
        "site_ordered",
        _("新的施工单"),
        _("%(number)s“%(title)s”派给你们装充电口，%(due)s 前装好。"),
        while_in(State.BUILDING),
    ),
    Kind(
        "site_sent_back",
        _("验收退回整改"),
        _("%(number)s“%(title)s”验收没有全过，请照单子整改。"),
        while_in(State.BUILDING),
    ),
)
