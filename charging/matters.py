"""Wires, sites and faults of sockets among all kinds of matters: their deeds, their lists, the resident's page."""

from django.utils.translation import gettext_lazy as _

from charging.actions import confirming, faults
from charging.forms.faults import RepairForm
from charging.models import Fault, FaultReason, Site, WireReport
from community_portal.matters.columns import Column, MatterList, equals
from community_portal.matters.deeds import standard
from community_portal.matters.kinds import Deed, MatterKind, register_matters
from community_portal.people.models import Role

register_matters(
    MatterKind(
        model=WireReport,
        joins=("estate", "building"),
        my_url="my_wire",
        hands=frozenset({Role.CHARGING, Role.MANAGER, Role.GRID_OFFICER, Role.RECEPTIONIST}),
        personal=("place",),
        deeds=(Deed("check"), Deed("join"), Deed("talk"), Deed("close"), *standard("reopen")),
        listed=MatterList(title=_("飞线"), url_name="wires", order=("state", "grid")),
    )
)

register_matters(
    MatterKind(
        model=Site,
        joins=("estate", "building", "round", "contractor"),
        hands=frozenset({Role.CHARGING, Role.MANAGER}),
        deeds=tuple(
            Deed(name)
            for name in (
                "survey", "ask_utilities", "ready", "publish", "approve", "reject", "re_site", "order", "report_done",
                "accept", "send_back", "suspend", "resume", "remove",
            )
        ),
        listed=MatterList(title=_("选址"), url_name="charge_sites", order=("state",)),
    )
)  # fmt: skip

register_matters(
    MatterKind(
        model=Fault,
        joins=("port__point__site__estate", "operator"),
        hands=frozenset({Role.CHARGING, Role.MANAGER}),
        personal=("reports__phone", "reports__words"),
        deeds=(
            Deed("send_out", faults.send_out),
            Deed("repair", faults.repair, RepairForm, ("photos",)),
            Deed("not_found", confirming.not_found),
            Deed("confirm", confirming.confirm),
            Deed("still_broken", faults.still_broken),
        ),
        listed=MatterList(
            title=_("插座报修"),
            url_name="port_faults",
            none_yet=_("还没有插座报修。"),
            none_found=_("没有符合条件的报修。"),
            columns=(
                Column(_("插座"), ("port__code",)),
                Column(_("毛病"), ("reason",), lambda reason: FaultReason(reason).label),
                Column(_("谁来修"), ("operator__name",)),
            ),
            filters=(
                equals("reason", label=_("毛病"), choices=lambda places: FaultReason.choices),
                equals("port", "port__code"),
            ),
            order=("state", "reason"),
        ),
    )
)
