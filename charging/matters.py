"""Wires and sites among all kinds of matters: their deeds, their lists, the resident's page."""

from django.utils.translation import gettext_lazy as _

from charging.models import Site, WireReport
from community_portal.matters.columns import MatterList
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
