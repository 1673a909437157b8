"""Home adaptations and warranty tickets among all kinds of matters: their deeds, their lists, the resident's pages."""

from django.utils.translation import gettext_lazy as _

from community_portal.matters.columns import Column, Filter, MatterList, equals
from community_portal.matters.deeds import standard
from community_portal.matters.kinds import Deed, MatterKind, register_matters
from community_portal.people.models import Role
from community_portal.places.models import in_reader_language
from eldercare.actions import (
    acceptance,
    after,
    applications,
    changes,
    eligibility,
    giving_up,
    orders,
    plans,
    public_notice,
    surveys,
    warranty,
    works,
)
from eldercare.forms import deciding, ordering
from eldercare.forms.after import SettleForm
from eldercare.forms.warranty import RepairForm, SendOutForm
from eldercare.forms.works import TakeOrderForm
from eldercare.models import Adaptation, WarrantyTicket
from eldercare.queries import lists

register_matters(
    MatterKind(
        model=Adaptation,
        joins=("programme", "household__building__estate", "contractor", "resident__elder"),
        my_url="my_adaptation",
        hands=frozenset({Role.ELDERCARE, Role.GRID_OFFICER, Role.RECEPTIONIST, Role.MANAGER}),
        personal=("needs", "ended_why", "eligible_why"),
        deeds=(
            Deed("submit", applications.submit),
            Deed("look_at_home", surveys.look_at_home),
            Deed("find_eligible", eligibility.find_eligible, deciding.FindEligibleForm),
            Deed("reject", eligibility.reject, deciding.RejectForm, ("exclusion",)),
            Deed("end_notice", public_notice.end_notice, deciding.EndNoticeForm, ("assessor",)),
            Deed("hand_in", surveys.hand_in),
            Deed("propose", plans.propose),
            Deed("change_plan", plans.change_plan),
            Deed("order", orders.order, ordering.OrderForm, ("contractor",)),
            Deed("take_order", works.take_order, TakeOrderForm, ("starts_on", "ends_on", "safety_read")),
            Deed("refuse_order", works.refuse_order),
            Deed("report_done", works.report_done),
            Deed("ask_change", changes.ask_change, ordering.AskChangeForm, ordering.OF_A_CHANGE),
            Deed("grant_change", changes.grant_change),
            Deed("refuse_change", changes.refuse_change),
            Deed("accept", acceptance.accept),
            Deed("send_back", acceptance.send_back),
            Deed("settle", after.settle, SettleForm, ("invoice", "invoice_sum", "amounts", "bank_tail", "paid_on")),
            Deed("close"),
            Deed("pause"),
            Deed("go_on"),
            Deed("cancel", giving_up.cancel),
            *standard("ask_extension", "grant_extension", "refuse_extension"),
            *standard("ask_resident", "answer", "plan_visit", "call_off_visit"),
            Deed("withdraw", giving_up.withdraw),
        ),
        listed=MatterList(
            title=_("适老化改造"),
            url_name="adaptations",
            none_yet=_("还没有改造申请。"),
            none_found=_("没有符合条件的改造。"),
            none_of_theirs=_("没有申请过改造。"),
            columns=(
                Column(_("补贴"), ("subsidy",), lists.yuan),
                Column(_("自付"), ("self_pay",), lists.yuan, is_shown=False),
                Column(_("施工单位"), ("contractor__name",)),
                Column(_("项目"), ("programme__name", "programme__name_en"), in_reader_language, is_shown=False),
            ),
            filters=(
                equals("programme", "programme", label=_("项目"), choices=lists.programmes),
                equals("contractor", "contractor", label=_("施工单位"), choices=lists.contractors),
                Filter("unseen", lists.ordered_seen_by_nobody, label=_("派单"), choices=lists.unseen),
            ),
            order=("state", "programme", "contractor", "unseen", "grid"),
        ),
    )
)

register_matters(
    MatterKind(
        model=WarrantyTicket,
        joins=("product__line__item", "contractor", "adaptation__case"),
        my_url="my_warranty",
        hands=frozenset({Role.ELDERCARE}),
        personal=("fault", "found", "repaired"),
        deeds=(
            Deed("send_out", warranty.send_out, SendOutForm, ("contractor",)),
            Deed("decline"),
            Deed("find_fault", warranty.find_fault),
            Deed("repair", warranty.repair, RepairForm, ("photos",)),
            Deed("give_back", warranty.give_back),
            Deed("confirm"),
            Deed("close"),
            Deed("not_fixed", warranty.not_fixed),
            Deed("withdraw", warranty.withdraw),
        ),
        listed=MatterList(
            title=_("报修"),
            url_name="warranties",
            none_yet=_("还没有报修。"),
            none_found=_("没有符合条件的报修。"),
            none_of_theirs=_("没有报修过。"),
            columns=(
                Column(_("保修"), ("under_warranty",), lists.covered),
                Column(_("谁来修"), ("contractor__name",)),
            ),
            filters=(equals("contractor", "contractor", label=_("谁来修"), choices=lists.contractors),),
            order=("state", "contractor", "grid"),
        ),
    )
)
