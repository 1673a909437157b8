"""Wires, sites and faults of sockets among all kinds of matters: their deeds, their lists, the resident's page."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from charging.actions import confirming, deciding, faults, sites, wires, works
from charging.forms.deciding import ApproveForm
from charging.forms.faults import RepairForm
from charging.forms.sites import RejectForm, ReSiteForm, SurveyForm
from charging.forms.wires import CheckForm, CloseForm, JoinForm
from charging.forms.works import OrderForm
from charging.models import Fault, FaultReason, Site, WireReport
from charging.queries import lists
from community_portal.matters.columns import Column, MatterList, equals
from community_portal.matters.kinds import Deed, MatterKind, register_matters
from community_portal.people.models import Role

register_matters(
    MatterKind(
        model=WireReport,
        joins=("estate", "building", "site__estate"),
        my_url="my_wire",
        news=lists.news_of_a_wire,
        hands=frozenset({Role.CHARGING, Role.MANAGER, Role.GRID_OFFICER, Role.RECEPTIONIST}),
        deeds=(
            Deed("check", wires.check, CheckForm, ("cause",)),
            Deed("join", wires.join, JoinForm, ("first",)),
            Deed("talk"),
            Deed("close", wires.close, CloseForm, ("outcome",)),
            Deed("reopen", wires.reopen),
        ),
        listed=MatterList(
            title=_("飞线"),
            url_name="wires",
            none_yet=_("还没有人报过飞线。"),
            none_found=_("没有符合条件的飞线。"),
            none_of_theirs=_("没有报过飞线。"),
            columns=(
                Column(_("小区"), ("estate__name", "estate__name_en"), lists.estate_name),
                Column(_("原因"), ("cause",), lists.cause),
                Column(_("紧急"), ("is_urgent",), lists.urgent, flag=lists.urgent),
            ),
            filters=(
                lists.by_row("estate", label=_("小区"), choices=lists.estates),
                equals("cause", "cause", label=_("原因"), choices=lists.causes),
            ),
            order=("state", "estate", "cause", "grid"),
        ),
    )
)

register_matters(
    MatterKind(
        model=Site,
        joins=("estate", "building", "round", "contractor", "replaces__case", "community__street"),
        hands=frozenset({Role.CHARGING, Role.MANAGER}),
        deeds=(
            Deed("survey", sites.survey, SurveyForm, ("kind", "area", "planned_ports", "groups")),
            Deed("ask_utilities", partial(sites.move_on, step="ask_utilities")),
            Deed("ready", partial(sites.move_on, step="ready")),
            Deed("publish", deciding.publish),
            Deed("approve", deciding.approve, ApproveForm, ("ports",)),
            Deed("reject", sites.reject, RejectForm, ("code", "plain")),
            Deed("re_site", sites.re_site, ReSiteForm, ("name", "kind", "planned_ports", "area")),
            Deed("order", works.order, OrderForm, ("contractor", "price")),
            Deed("report_done", works.report_done),
            Deed("accept", works.accept),
            Deed("send_back", works.send_back),
            Deed("suspend"),
            Deed("resume", partial(sites.move_on, step="resume")),
            Deed("remove", works.remove),
        ),
        listed=MatterList(
            title=_("选址"),
            url_name="charge_sites",
            who=_("地点"),
            none_yet=_("还没有选过位置。"),
            none_found=_("没有符合条件的位置。"),
            none_of_theirs=_("没有选址。"),
            columns=(
                Column(_("哪一种"), ("kind",), lists.kind),
                Column(_("个数"), ("approved_ports", "planned_ports"), lists.ports),
                Column(_("批次"), ("round__number",), lists.round_words),
            ),
            filters=(
                lists.by_row("estate", label=_("小区"), choices=lists.estates),
                lists.by_row("round", label=_("批次"), choices=lists.rounds),
                equals("kind", "kind", label=_("哪一种"), choices=lists.kinds),
            ),
            order=("state", "estate", "round", "kind"),
        ),
    )
)

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
            who=_("地点"),
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
